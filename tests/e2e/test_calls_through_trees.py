"""What callers do in trees, and what becomes of it: keys, languages, messages, scripts, ways out.

The calls of ``day`` are placed at once when the module begins; most tests read one of them.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from calls.words import Language
from ivr.speech.shelf import Shelf
from ivr.speech.voices import DEFAULT_VOICES
from runtime.prepare import shipped_trees
from telephony.robots.scenario import Answers, HangUp, Press, Speak, StayUntilHungUp, Wait
from tests.e2e.ear import Ear, tone_shares
from tests.e2e.hotline import Caller, Phone, pressing, until
from tests.e2e.stories import Everyday, Story, everyday
from tests.e2e.trees import MESSAGE, menu, queue, tree

pytestmark = pytest.mark.e2e

KIND = Answers(after_s=0.3, talk_s=6.0)
"""Talks on for some seconds after the staff number."""
AGENT_HZ, CALLER_HZ = 440.0, 1000.0
PURE = 0.85
"""Share of a tone in a stretch of sound that is this tone and nothing else."""
HOTLINE, UNKNOWN = "4008001234", "4009998888"
STRAY = "13944440050"
"""Who dials the unknown number."""
DIALLED_OUT = "+8613900001111"

STORIES = {
    "english": Story(
        tree=tree(
            "ask",
            ask={
                "kind": "language",
                "says": ["short"],
                "choices": {"1": "zh-CN", "2": "en"},
                "otherwise": "zh-CN",
                "next": "wait",
            },
            wait=queue("english"),
        )
    ),
    "recorded": Story(
        tree=tree(
            "told",
            told={"kind": "consent", "says": ["short"], "next": "wait"},
            wait=queue("recorded"),
        )
    ),
    "refused": Story(
        tree=tree(
            "told",
            told={
                "kind": "consent",
                "says": ["short"],
                "next": "wait",
                "refuse_key": "2",
                "timeout_s": 5,
            },
            wait=queue("refused"),
        )
    ),
    "unasked": Story(),
    "message": Story(agents=0, tree=tree("message", message=MESSAGE)),
    "scored": Story(
        tree=tree(
            "wait",
            wait=queue("scored", next="rate"),
            rate={
                "kind": "survey",
                "question": "service",
                "says": ["short"],
                "timeout_s": 15,
                "next": "bye",
            },
        )
    ),
    "exits": Story(
        agents=0,
        rules={"exit_key": "0"},
        tree=tree("wait", wait=queue("exits", branches={"exit_key": "message"}), message=MESSAGE),
    ),
    "zero": Story(
        rules={"exit_key": "0"},
        tree=tree(
            "menu",
            menu=menu({"0": "wait"}),
            wait=queue("zero", branches={"exit_key": "message"}),
            message=MESSAGE,
        ),
    ),
    "closed": Story(
        agents=0,
        tree=tree(
            "hours",
            hours={"kind": "hours", "calendar": "never", "open": "wait", "closed": "message"},
            wait=queue("closed"),
            message=MESSAGE,
        ),
    ),
    "scripted": Story(agents=0),  # its tree needs a folder of the test's
    "out": Story(
        agents=0,
        tree=tree(
            "go",
            go={"kind": "transfer", "to": DIALLED_OUT, "next": "bye", "otherwise": "failed"},
            failed={"kind": "hangup"},
        ),
    ),
    "forbidden": Story(
        agents=0,
        tree=tree(
            "go",
            go={
                "kind": "transfer",
                "to": "+8619000001111",
                "next": "bye",
                "otherwise": "bye",
                "branches": {"refused": "may_not"},
            },
            may_not={"kind": "say", "says": ["short"], "next": "bye"},
        ),
    ),
}


def scripted(told: Path) -> Story:
    run = {"kind": "script", "script": "greets.py", "arguments": [str(told)], "next": "bye"}
    return Story(agents=0, tree=tree("run", run={**run, "otherwise": "bye"}))


def number_of(story: str) -> str:
    return f"139444400{list(STORIES).index(story):02}"


def today_and_tomorrow() -> list[str]:
    """In the centre's time zone, wherever midnight falls meanwhile."""
    here = datetime.now(UTC) + timedelta(hours=8)
    return [(here + timedelta(days=days)).date().isoformat() for days in (0, 1)]


@pytest.fixture(scope="module")
def told_by_script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("script") / "told"


@pytest.fixture(scope="module")
def house(told_by_script: Path) -> Iterator[Everyday]:
    never = {"week": {"mon-sun": "00:00-24:00"}, "holidays": "none", "closed": today_and_tomorrow()}
    routes = {
        "mobiles": {
            "trunk": "line",
            "caller_number": "+861062345678",
            "allow": ["+861390000"],
            "daily_cap": 5,
        }
    }
    stories = {**STORIES, "scripted": scripted(told_by_script)}
    with everyday(stories, calendars={"never": never}, trunks={"routes": routes}) as opened:
        yield opened


class Day:
    """Phones, callers, and the ears of two who listen."""

    def __init__(self, house: Everyday) -> None:
        self.house = house
        self.ear, self.stray_ear = Ear(), Ear()
        self.stray = house.calls(dial=UNKNOWN, number=STRAY, ear=self.stray_ear.port)
        self.phone = house.staff(
            KIND,
            *(
                house[story].agents[0]
                for story in STORIES
                if house[story].agents and story != "zero"
            ),
        )
        self.provider = self._provider()
        speaks = Speak(str(tone(house, CALLER_HZ)))
        leaves_message = (speaks, Wait(3.0), HangUp())
        stays = StayUntilHungUp(60.0)
        self.callers: dict[str, Caller] = {
            "english": self._comes("english", *pressing("2")),
            "recorded": self._comes("recorded", speaks, stays),
            "refused": self._comes("refused", *pressing("2")),
            "unasked": self._comes("unasked", stays, ear=self.ear.port),
            "message": self._comes("message", *leaves_message),
            "scored": self._comes("scored", Wait(8.0), Press("2"), stays),
            "exits": self._comes("exits", Wait(1.0), Press("0"), Wait(2.0), HangUp()),
            "closed": self._comes("closed", *leaves_message),
            "scripted": self._comes("scripted", Wait(1.0), Press("7"), stays),
            "out": self._comes("out"),
            "forbidden": self._comes("forbidden"),
        }

    def _comes(self, story: str, *steps: Any, ear: int = 0) -> Caller:
        return self.house.comes(story, *steps, number=number_of(story), ear=ear)

    def _provider(self) -> Phone:
        return self.house.beyond_the_trunk(Answers(after_s=0.3, talk_s=2.0))

    def record(self, story: str) -> dict[str, Any]:
        return self.house.record_of(number_of(story))


@pytest.fixture(scope="module")
def day(house: Everyday) -> Iterator[Day]:
    day = Day(house)
    yield day
    day.ear.close()
    day.stray_ear.close()


def prompt(house: Everyday, name: str) -> Path:
    """The audio of one of the shipped tree's prompts, in Chinese."""
    [shipped] = shipped_trees()
    text = shipped.prompts[name][Language.ZH].text
    return Shelf(house.site.prompts).fixed(Language.ZH, text, DEFAULT_VOICES[Language.ZH])


def tone(house: Everyday, hz: float) -> Path:
    return house.sound(f"tone-{hz:g}", "synth", "2", "sine", f"{hz:g}", "gain", "-6")


def test_a_menu_key_that_is_also_the_exit_key_does_not_take_her_out_of_the_queue(
    house: Everyday, day: Day
) -> None:
    [agent] = house["zero"].agents
    caller = house.comes("zero", *pressing("0"), number=number_of("zero"))
    house.happened(number_of("zero"), "QueueJoined")
    house.staff(Answers(after_s=0.3), agent)
    house.happened(number_of("zero"), "CallAnswered")
    assert not house.facts_of(number_of("zero"), "QueueLeft")
    caller.hangs_up()


def test_the_language_a_caller_chooses_is_kept_to_the_staff_number(
    house: Everyday, day: Day
) -> None:
    record = day.record("english")
    assert record["outcome"] == "answered"
    assert record["language"] == "en"
    assert record["keys"] == ["2"]
    number = house["english"].agents[0].removeprefix("a")
    file = house.site.prompts / "en" / "staff" / number
    assert f"A(:{file})" in house.site.asterisk().cel_file.read_text()


def test_the_staff_number_is_said_to_the_caller_before_they_talk(house: Everyday, day: Day) -> None:
    record = day.record("unasked")
    number = house["unasked"].agents[0].removeprefix("a")
    assert day.ear.heard_of(house.site.prompts / "zh-CN" / "staff" / f"{number}.wav") > 0.95
    [leg] = record["legs"]
    assert leg["talk_at"] > leg["answered_at"]


def test_a_talk_is_recorded_in_two_channels_without_music_or_prompts(
    house: Everyday, day: Day
) -> None:
    recorded = until(lambda: stored(house, "recorded"), "the recording is stored")
    assert recorded["flaw"] == ""
    file = house.audio_of(recorded["path"])
    caller, agent = tone_shares(file, CALLER_HZ)[0], tone_shares(file, AGENT_HZ)[1]
    for side in (caller, agent):
        assert len(side) >= 50, "a second of sound"
        assert sum(share > PURE for share in side) > 0.9 * len(side), "nothing but the tone"
    known = house.client.get(f"/recordings/{recorded['recording']}")["recording"]
    assert known["sha256"] == sha256(file.read_bytes()).hexdigest()
    assert known["bytes"] == file.stat().st_size


def stored(house: Everyday, story: str) -> dict[str, Any] | None:
    found = [one for one in house.record_of(number_of(story))["recordings"] if one["path"]]
    return found[0] if found else None


@pytest.mark.parametrize(("story", "consent"), [("refused", False), ("unasked", None)])
def test_without_consent_nothing_is_recorded(
    house: Everyday, day: Day, story: str, consent: bool | None
) -> None:
    record = day.record(story)
    assert record["outcome"] == "answered"
    assert record["consent"] is consent
    assert record["recordings"] == []
    offer = record["legs"][0]["offer"]
    assert not list((house.site.recordings / "spool").glob(f"{offer}*"))


def test_a_message_is_kept_with_its_sound_and_leaves_a_ticket(house: Everyday, day: Day) -> None:
    assert day.record("message")["outcome"] == "voicemail"
    message = until(lambda: stored(house, "message"), "the message is stored")
    assert message["voicemail"] is True
    assert message["flaw"] == ""
    [shares] = tone_shares(house.audio_of(message["path"]), CALLER_HZ)
    assert sum(share > PURE for share in shares) >= 50, "a second of what she said"
    ticket = house.ticket_of(number_of("message"))
    assert (ticket["rule"], ticket["kind"]) == ("voicemail", "other")


def test_a_score_after_the_talk_is_in_the_record_and_a_low_one_leaves_a_ticket(
    house: Everyday, day: Day
) -> None:
    record = day.record("scored")
    assert record["outcome"] == "answered"
    assert record["scores"] == {"service": 2}
    assert house.ticket_of(number_of("scored"))["rule"] == "low-score"


def test_the_exit_key_leads_a_waiting_caller_to_the_voicemail(house: Everyday, day: Day) -> None:
    record = day.record("exits")
    assert record["nodes"][:2] == ["wait", "message"]
    [left] = house.facts_of(number_of("exits"), "QueueLeft")
    assert left["reason"] == "exit_key"


def test_out_of_hours_a_caller_is_led_to_the_voicemail(house: Everyday, day: Day) -> None:
    record = day.record("closed")
    assert record["nodes"][:2] == ["hours", "message"]
    assert record["outcome"] == "voicemail"


def test_a_site_s_own_script_is_run_and_hears_the_caller_s_keys(
    house: Everyday, day: Day, told_by_script: Path
) -> None:
    day.record("scripted")
    [ran] = house.facts_of(number_of("scripted"), "ScriptRan")
    assert (ran["script"], ran["result"]) == ("greets.py", "ok")
    assert told_by_script.read_text() == f"{number_of('scripted')} pressed 7"


def test_a_transfer_goes_out_over_the_route_that_allows_it(house: Everyday, day: Day) -> None:
    record = day.record("out")
    assert record["outcome"] == "transferred"
    assert record["transferred_to"] == DIALLED_OUT
    assert record["nodes"] == ["go", "bye"]
    [rang] = [line for line in day.provider.log() if line.word == "rang"]
    assert rang.line == DIALLED_OUT


def test_what_no_route_allows_is_not_dialled(house: Everyday, day: Day) -> None:
    record = day.record("forbidden")
    assert record["nodes"] == ["go", "may_not", "bye"]
    assert record["outcome"] == "refused"
    assert not record["transferred_to"]
    assert len(day.provider.times("rang")) == 1, "only the allowed one"


def test_an_unknown_called_number_opens_the_default_tree(house: Everyday, day: Day) -> None:
    until(lambda: day.stray_ear.heard_of(prompt(house, "welcome")) > 0.95, "she hears the welcome")
    day.stray.hangs_up()
    record = house.record_of(STRAY)
    assert record["tree"] == "hotline"
    assert record["dialled"] == UNKNOWN


def test_the_state_of_a_ticket_is_told_to_whoever_keys_in_its_number(
    house: Everyday, day: Day
) -> None:
    ticket = house.ticket_of(number_of("message"))["id"]
    caller = house.calls(*pressing(f"13{ticket}#"), dial=HOTLINE, number="13944440060")
    house.happened("13944440060", "SelfServed")
    caller.hangs_up()
    record = house.record_of("13944440060")
    assert record["variables"]["ticket_state"] == "open"
    assert record["outcome"] == "self_service"


def test_the_emergency_switch_holds_for_the_next_caller(house: Everyday, day: Day) -> None:
    house.client.put("/emergency", {"on": True})
    try:
        with closing(Ear()) as ear:
            caller = house.calls(dial=HOTLINE, number="13944440070", ear=ear.port)
            until(lambda: ear.heard_of(prompt(house, "emergency")) > 0.95, "she hears why")
            caller.hangs_up()
    finally:
        house.client.put("/emergency", {"on": False})
    assert house.record_of("13944440070")["nodes"][0] == "emergency_note"
    caller = house.calls(dial=HOTLINE, number="13944440071")
    assert house.happened("13944440071", "NodeEntered")["node"] == "language"
    caller.hangs_up()
