"""Who is calling: customers first and known on the screen before it rings; strangers harmless."""

import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from calls.words import Role
from runtime.web.client import ApiRefused, Client, Event, Unreachable
from telephony.robots.scenario import Answers
from tests.e2e.hotline import PASSWORD, pressing, until
from tests.e2e.stories import Everyday, Story, everyday
from tests.e2e.trees import menu, queue, tree

pytestmark = pytest.mark.e2e

KIND = Answers(after_s=0.3)
KNOWN, VIP = "13955550001", "13955550002"
CUSTOMERS = f"""客户编号,姓名,电话,公司,级别,语言,备注
K1,李文,{KNOWN},华信科技,gold,,
K2,赵敏,{VIP},,vip,,
"""
VIPS_FIRST = tree(
    "hello",
    hello={"kind": "say", "says": ["short"], "next": "wait"},
    wait=queue("levels", priority_by_level={"vip": 30}),
)
BY_KEY = tree("menu", menu=menu({"4": "wait"}), wait=queue("support"))
SECRET = "touched-by-a-stranger"
RUNS = f"${{SHELL(touch {{folder}}/{SECRET})}}"
HOSTILE: dict[str, tuple[str, str]] = {
    "quotes": ("13900000001", r"O\"Neill\\'; DROP TABLE calls;--"),
    "runs": ("13900000002", RUNS),
    "dials": ("%24%7BSHELL(touch%20{folder}/" + SECRET + ")%7D", "Eve"),
    "breaks": ("139%0d%0aVariable:%20TR_PLACE=1", "Eve"),
    "speaks": ("13900000003", "张三丰\u202egnp.exe 🙂"),
    "long": ("1" * 500, "A" * 500),
    "marks": ("13900000004", "<script>alert(1)</script>"),
    "controls": ("13900000005", "Eve\x07\x1b31m"),
    "plans": ("13900000006", "a|b&c,d;e${EXTEN}"),
}
"""Story to number and name as they stand in the SIP message."""


@pytest.fixture(scope="module")
def house() -> Iterator[Everyday]:
    stories = {
        "support": Story(tree=BY_KEY),
        "levels": Story(tree=VIPS_FIRST),
        "nobody": Story(agents=2),
        **{story: Story() for story in HOSTILE},
    }
    with everyday(stories) as opened:
        file = opened.folder / "customers.csv"
        file.write_text(CUSTOMERS, encoding="utf-8")
        opened.threering("import-customers", str(file))
        yield opened


class Screen:
    """The live stream as a browser gets it, with the moment each event came."""

    def __init__(self, house: Everyday) -> None:
        web = house.site.configuration.settings.web
        self._client = Client(f"http://{web.address}:{web.port}")
        self._client.sign_in("boss", PASSWORD)
        self.events: list[tuple[float, Event]] = []
        threading.Thread(target=self._watch, daemon=True).start()
        until(lambda: self.events, "the stream begins")

    def _watch(self) -> None:
        with suppress(Unreachable):
            for event in self._client.events():
                self.events.append((time.time(), event))

    def pops(self, offer: str) -> list[tuple[float, dict[str, Any]]]:
        """When each pop of this offer came, and the pop."""
        return [
            (at, event.data["pop"])
            for at, event in self.events
            if event.name in {"PopShown", "PopPatched"} and event.data["offer"] == offer
        ]


@pytest.fixture(scope="module")
def screen(house: Everyday) -> Screen:
    return Screen(house)


def test_the_screen_shows_who_calls_before_the_phone_rings(house: Everyday, screen: Screen) -> None:
    [agent] = house["support"].agents
    phone = house.staff(Answers(after_s=0.3, alert_s=0.5), agent)
    for count in (1, 2):
        caller = house.comes("support", *pressing("4"), number=KNOWN)
        house.happened(KNOWN, "TalkBegan", count=count)
        house.ticket_of(KNOWN)
        caller.hangs_up()
        until(lambda count=count: len(house.records()) == count, "her call is recorded")
    offer = house.facts_of(KNOWN, "OfferMade")[1]["offer"]
    (shown_at, pop), *_ = screen.pops(offer)
    assert shown_at < phone.times("rang")[1]
    last = screen.pops(offer)[-1][1]
    [match] = last["matches"]
    assert (match["name"], match["level"], match["company"]) == ("李文", "gold", "华信科技")
    assert pop["keys"] == ["4"]
    assert [ticket["kind"] for ticket in last["tickets"]] == ["technical"]
    assert [contact["agent"] for contact in last["contacts"]] == [agent]


def test_a_repeated_call_joins_the_ticket_that_is_open(house: Everyday, screen: Screen) -> None:
    ticket = house.ticket_of(KNOWN)
    assert ticket["customer"] == "K1"
    until(lambda: len(house.ticket_of(KNOWN)["calls"]) == 2, "the second call joins")
    assert [call["role"] for call in house.ticket_of(KNOWN)["calls"]] == ["opened", "joined"]


def test_a_customer_of_the_highest_level_goes_before_those_who_came_earlier(
    house: Everyday,
) -> None:
    [agent] = house["levels"].agents
    order = ("13955550010", "13955550011", VIP)
    callers = {}
    for number in order:
        callers[number] = house.comes("levels", number=number)
        house.happened(number, "QueueJoined")
    house.staff(KIND, agent)
    for number in (VIP, *order[:2]):
        house.happened(number, "CallAnswered")
        answered = [one for one in order if house.facts_of(one, "CallAnswered")]
        assert number in answered
        callers[number].hangs_up()
    times = {number: house.happened(number, "CallAnswered")["at"] for number in order}
    assert sorted(order, key=times.__getitem__) == [VIP, *order[:2]]


def test_text_of_strangers_reaches_screens_clean_and_runs_nothing(
    house: Everyday, screen: Screen
) -> None:
    folder = house.site.recordings
    house.staff(KIND, *(house[story].agents[0] for story in HOSTILE))
    callers = []
    for story, (number, name) in HOSTILE.items():
        written = [text.replace("{folder}", str(folder)) for text in (number, name)]
        callers.append(house.comes(story, number=written[0], name=written[1]))
    arrived = {stage.number: story for story, stage in house.stages.items() if story in HOSTILE}
    answered = until(lambda: _answered(house, arrived), "every one of them is answered")
    for caller in callers:
        caller.hangs_up()
    for story, (call, offer) in answered.items():
        number, name = call["number"], call.get("name", "")
        assert set(number) <= set("0123456789+*#"), story
        assert len(name) <= 80, story
        assert not [one for one in name if unicodedata.category(one)[0] == "C"], story
        assert screen.pops(offer), story
        for _, pop in screen.pops(offer):
            assert pop["number"] in {number, f"+86{number}"}, story
    assert answered["dials"][0]["number"] == answered["breaks"][0]["number"] == ""
    assert answered["speaks"][0]["name"].startswith("张三丰")
    assert answered["marks"][0]["name"] == "<script>alert(1)</script>"
    assert not list(folder.rglob(SECRET))


def _answered(
    house: Everyday, arrived: dict[str, str]
) -> dict[str, tuple[dict[str, Any], str]] | None:
    """Story to her arrival and the offer that was answered, once all have been."""
    facts = house.facts()
    offers = {one["call"]: one["offer"] for one in facts if one["fact"] == "CallAnswered"}
    found = {
        arrived[one["dialled"]]: (one, offers[one["call"]])
        for one in facts
        if one["fact"] == "CallArrived" and one["dialled"] in arrived and one["call"] in offers
    }
    return found if len(found) == len(arrived) else None


def test_the_api_refuses_strangers_unknown_agents_and_what_makes_no_sense(
    house: Everyday,
) -> None:
    web = house.site.configuration.settings.web
    stranger = Client(f"http://{web.address}:{web.port}")
    assert _refused(lambda: stranger.get("/floor")) == 401
    assert _refused(lambda: stranger.post("/agents/a8101/log-in", {})) in {401, 403}
    assert _refused(lambda: house.client.post("/agents/nobody/log-in", {})) == 404
    assert _refused(lambda: house.client.get("/calls/none-such")) == 404
    own, other = house["nobody"].agents
    assert _refused(lambda: house.client.post(f"/agents/{own}/ready", {})) == 409
    house.hires("worker", Role.AGENT, agent=own)
    worker = house.signed_in("worker")
    assert worker.post(f"/agents/{own}/log-in", {})["state"] == "not_ready"
    assert _refused(lambda: worker.post(f"/agents/{other}/log-in", {})) == 403
    assert _refused(lambda: worker.put("/emergency", {"on": True})) == 403


def _refused(ask: Any) -> int:
    with pytest.raises(ApiRefused) as refused:
        ask()
    return refused.value.status
