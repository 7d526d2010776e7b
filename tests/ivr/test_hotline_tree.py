"""The tree we ship, walked by its callers."""

from pathlib import Path

import pytest

import config
from calls.calendar import WorkCalendar, round_the_clock, week
from calls.words import Language, Level
from ivr import steps
from ivr.document import load_tree
from ivr.interpreter import CallFacts
from ivr.validator import Known, check
from tests.ivr.walking import NOW, Walk

pytestmark = pytest.mark.story

FILE = Path(config.__file__).parent / "trees" / "hotline.json"
HOTLINE = load_tree(FILE.read_bytes(), str(FILE))
OPEN = round_the_clock("Asia/Shanghai")
CLOSED = WorkCalendar(zone="Asia/Shanghai", weekly=week({}))
HOLIDAY = WorkCalendar(
    zone="Asia/Shanghai", weekly=OPEN.weekly, closed=frozenset({OPEN.date_at(NOW)})
)


def caller(
    calendar: WorkCalendar = OPEN, *, emergency: bool = False, level: Level = Level.NORMAL
) -> Walk:
    known = CallFacts(now=NOW, level=level, calendars={"hotline": calendar}, emergency=emergency)
    return Walk(HOTLINE, known)


def in_menu(walk: Walk) -> Walk:
    """Language chosen, consent heard."""
    return walk.press("1").done()


def test_nothing_is_wrong_with_it() -> None:
    known = Known(
        queues={"sales", "support", "service"},
        calendars={"hotline"},
        lookups={"ticket"},
        boxes={"hotline"},
        scripts=(),
        number_lists=(),
        languages=set(Language),
    )
    assert check(HOTLINE, known) == []


@pytest.mark.parametrize(("key", "queue"), [("1", "sales"), ("2", "support"), ("4", "service")])
def test_two_keys_bring_a_caller_to_a_queue(key: str, queue: str) -> None:
    walk = in_menu(caller()).press(key)
    assert walk.effect == steps.Enqueue(queue=queue)  # type: ignore[arg-type]
    assert steps.ConsentNoted(given=True) in walk.told


def test_the_language_is_asked_in_both_and_kept() -> None:
    walk = caller()
    assert walk.heard == "welcome@zh choose_language@zh welcome@en choose_language@en"
    assert walk.press("2").cursor.language is Language.EN
    assert walk.heard == "recorded"


@pytest.mark.parametrize("keys", [["0"], ["", ""], ["7", "7"]])
def test_who_wants_an_agent_or_has_no_keys_gets_an_agent(keys: list[str]) -> None:
    walk = in_menu(caller()).press(*keys).done()
    assert walk.effect == steps.Enqueue(queue="service")  # type: ignore[arg-type]


def test_nine_repeats_the_menu() -> None:
    assert in_menu(caller()).press("9").heard == "main_menu"


def test_a_better_level_waits_less() -> None:
    priorities = []
    for level in (Level.NORMAL, Level.SILVER, Level.GOLD, Level.VIP):
        effect = in_menu(caller(level=level)).press("1").effect
        assert isinstance(effect, steps.Enqueue)
        priorities.append(effect.priority)
    assert priorities == sorted(set(priorities))


def test_a_talk_is_followed_by_the_survey_and_a_farewell() -> None:
    walk = in_menu(caller()).press("1").returned("served").press("5")
    assert walk.told[-1] == steps.SurveyScored(question="satisfaction", score=5)
    assert walk.heard == "rate_thanks"
    assert walk.done().heard == "goodbye"
    assert walk.done().effect == steps.HangUp(reason="done")


@pytest.mark.parametrize(("result", "before"), [("exit_key", 0), ("full", 1), ("nobody", 1)])
def test_who_does_not_wait_is_promised_a_call_back_and_may_leave_a_message(
    result: str, before: int
) -> None:
    walk = in_menu(caller()).press("2").returned(result)
    for _ in range(before):
        assert walk.heard == "busy"
        walk.done()
    assert walk.told[-1] == steps.VariableNoted(name="callback", value="yes")
    assert walk.heard == "callback_promise leave_message"
    assert walk.returned("stored").heard == "message_thanks"
    assert walk.done().heard == "goodbye"


@pytest.mark.parametrize(("calendar", "said"), [(CLOSED, "closed"), (HOLIDAY, "holiday")])
def test_out_of_hours_a_message_is_taken(calendar: WorkCalendar, said: str) -> None:
    walk = in_menu(caller(calendar))
    assert walk.heard == said
    assert isinstance(walk.done().effect, steps.TakeVoicemail)
    assert walk.returned("empty").heard == "goodbye"


def test_in_an_emergency_everybody_hears_why_and_may_leave_a_message() -> None:
    walk = caller(emergency=True)
    assert walk.heard == "emergency"
    assert isinstance(walk.done().effect, steps.TakeVoicemail)


def test_a_ticket_is_asked_for_by_number_and_its_state_is_read_out() -> None:
    walk = in_menu(caller()).press("3", "1024")
    assert walk.effect == steps.LookUp(what="ticket", key="1024")
    walk.give(steps.Found(values={"state": "in_progress"}))
    assert walk.heard == "your_ticket 1024# ticket_state_in_progress"
    assert walk.done().told[-1] == steps.SelfServiceDone(node="find_ticket")
    assert walk.heard == "after_ticket_menu"
    assert walk.press("", "").heard == "goodbye"


def test_an_unknown_ticket_may_be_typed_again_and_a_broken_look_up_leads_to_a_person() -> None:
    walk = in_menu(caller()).press("3", "9").give(steps.NotFound())
    assert walk.heard == "ticket_unknown"
    assert walk.done().press("1", "10").give(steps.LookUpFailed()).heard == "lookup_failed"
    walk.done().done()
    assert walk.effect == steps.Enqueue(queue="service")  # type: ignore[arg-type]
