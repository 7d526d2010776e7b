"""What a caller does, and what the tree answers: nodes that decide and hand over."""

from typing import Any

import pytest

from calls.calendar import Hours, WorkCalendar, round_the_clock, week
from calls.floor import Relaxation, SkillNeed
from calls.words import Level
from ivr import steps
from ivr.interpreter import CallFacts
from tests.ivr.trees import tree
from tests.ivr.walking import NOW, Walk

pytestmark = pytest.mark.unit

NEVER = WorkCalendar(zone="UTC", weekly=week({}))
ENDS: dict[str, Any] = {
    name: {"kind": "hangup", "reason": name} for name in ("one", "star", "slow", "lost")
}


def facts(**fields: Any) -> CallFacts:
    return CallFacts(**{"now": NOW, **fields})


# --- hours, branch, set, go to --------------------------------------------------------------

HOURS = {
    "kind": "hours",
    "calendar": "office",
    "open": "one",
    "closed": "star",
    "holiday": "slow",
    "emergency": "lost",
}
ALWAYS = round_the_clock("UTC")
HOLIDAY = WorkCalendar(
    zone="UTC",
    weekly=((Hours(opens="00:00", closes="24:00"),),) * 7,
    closed=frozenset({ALWAYS.date_at(NOW)}),
)


@pytest.mark.parametrize(
    ("calendar", "emergency", "without", "ends"),
    [
        (ALWAYS, False, (), "one"),
        (NEVER, False, (), "star"),
        (HOLIDAY, False, (), "slow"),
        (HOLIDAY, False, ("holiday",), "star"),
        (ALWAYS, True, (), "lost"),
        (ALWAYS, True, ("emergency",), "star"),
        (None, False, (), "one"),
    ],
)
def test_the_hour_decides(
    calendar: WorkCalendar | None, emergency: bool, without: tuple[str, ...], ends: str
) -> None:
    node = {name: value for name, value in HOURS.items() if name not in without}
    calendars = {"office": calendar} if calendar else {}
    known = facts(calendars=calendars, emergency=emergency)
    walk = Walk(tree({"h": node, **ENDS}), known)
    assert walk.effect == steps.HangUp(reason=ends)


def test_in_an_emergency_calls_begin_elsewhere() -> None:
    nodes = {"a": {"kind": "goto", "to": "one"}, **ENDS}
    assert Walk(tree(nodes, emergency="lost"), facts(emergency=True)).nodes == "lost"
    assert Walk(tree(nodes, emergency="lost")).nodes == "a one"
    assert Walk(tree(nodes), facts(emergency=True)).nodes == "a one"


BRANCH = {
    "kind": "branch",
    "cases": [
        {"on": "level", "levels": ["gold", "vip"], "to": "one"},
        {"on": "number", "lists": ["blocked"], "prefixes": ["+8610"], "to": "star"},
        {"on": "number", "hidden": True, "to": "slow"},
        {"on": "variable", "variable": "contract", "values": ["A", "B"], "to": "a"},
        {"on": "variable", "variable": "note", "to": "b"},
    ],
    "otherwise": "lost",
}


@pytest.mark.parametrize(
    ("known", "ends"),
    [
        ({"level": Level.VIP, "number": "+86101"}, "one"),
        ({"number": "+8610123"}, "star"),
        ({"number": "95"}, "star"),
        ({"number": "+8621"}, "lost"),
        ({"number": ""}, "slow"),
        ({"number": "1;2"}, "slow"),
        ({"number": "1", "variables": {"contract": "B"}}, "a"),
        ({"number": "1", "variables": {"contract": "C"}}, "lost"),
        ({"number": "1", "variables": {"note": "x"}}, "b"),
        ({"number": "1", "variables": {"note": ""}}, "lost"),
    ],
)
def test_the_first_case_that_holds_wins(known: dict[str, Any], ends: str) -> None:
    more = {"a": {"kind": "hangup", "reason": "a"}, "b": {"kind": "hangup", "reason": "b"}}
    lists = {"blocked": frozenset({"95"})}
    walk = Walk(tree({"x": BRANCH, **ENDS, **more}), facts(number_lists=lists, **known))
    assert walk.effect == steps.HangUp(reason=ends)


def test_what_the_tree_learned_comes_before_what_the_house_knew() -> None:
    case = {"on": "variable", "variable": "v", "values": ["tree"], "to": "one"}
    nodes = {
        "s": {"kind": "set", "variable": "v", "value": "tree", "next": "g"},
        "g": {"kind": "goto", "to": "x"},
        "x": {"kind": "branch", "cases": [case], "otherwise": "lost"},
    }
    walk = Walk(tree({**nodes, **ENDS}), facts(variables={"v": "house"}))
    assert walk.nodes == "s g x one"
    assert walk.told == [steps.VariableNoted(name="v", value="tree")]


# --- look-up --------------------------------------------------------------------------------

LOOKUP = {
    "kind": "lookup",
    "what": "ticket",
    "keep": {"state": "state", "due": "due"},
    "found": "one",
    "not_found": "star",
    "failed": "slow",
    "budget_s": 0.5,
}


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        (steps.Found(values={}), "one"),
        (steps.NotFound(), "star"),
        (steps.LookUpFailed(), "slow"),
    ],
)
def test_a_look_up_is_found_not_found_or_too_late(answer: steps.Answer, ends: str) -> None:
    walk = Walk(tree({"l": LOOKUP, **ENDS}), facts(number="95"))
    assert walk.effect == steps.LookUp(what="ticket", key="95", budget_s=0.5)
    assert walk.give(answer).effect == steps.HangUp(reason=ends)
    assert walk.told == []


def test_what_was_found_is_kept_spoken_and_counts_as_self_service() -> None:
    says = ["state-is", {"variable": "state"}, {"variable": "due", "read_as": "date"}]
    walk = Walk(tree({"l": {**LOOKUP, "says": says}, **ENDS}), facts(number="95"))
    walk.give(steps.Found(values={"state": "open", "due": "2026-10-08", "more": "x"}))
    assert walk.heard == "state-is 'open' ~2026-10-08"
    assert walk.done().effect == steps.HangUp(reason="one")
    assert walk.told == [
        steps.VariableNoted(name="state", value="open"),
        steps.VariableNoted(name="due", value="2026-10-08"),
        steps.SelfServiceDone(node="l"),
    ]


@pytest.mark.parametrize("key", [{}, {"key": "unset"}])
def test_nothing_is_looked_up_without_a_key(key: dict[str, str]) -> None:
    walk = Walk(tree({"l": {**LOOKUP, **key}, **ENDS}), facts(number=""))
    assert walk.effect == steps.HangUp(reason="star")


# --- queue, voicemail, transfer, script -----------------------------------------------------

QUEUE = {
    "kind": "queue",
    "queue": "sales",
    "priority": 1,
    "priority_by_level": {"vip": 30},
    "needs": [{"skill": "english", "level": 3}],
    "relax": [{"after_s": 20, "needs": [{"skill": "english", "level": 0}]}],
    "next": "one",
    "branches": {"exit_key": "star", "full": "slow"},
    "otherwise": "lost",
}


@pytest.mark.parametrize(
    ("result", "ends"),
    [
        ("served", "one"),
        ("exit_key", "star"),
        ("full", "slow"),
        ("closed", "lost"),
        ("nobody", "lost"),
        ("failed", "lost"),
        ("struck by lightning", "lost"),
    ],
)
def test_a_queue_is_left_by_what_came_of_it(result: str, ends: str) -> None:
    walk = Walk(tree({"q": QUEUE, **ENDS}))
    assert walk.returned(result).effect == steps.HangUp(reason=ends)


@pytest.mark.parametrize(("level", "priority"), [(Level.VIP, 30), (Level.GOLD, 1)])
def test_the_callers_level_sets_her_priority(level: Level, priority: int) -> None:
    effect = Walk(tree({"q": QUEUE, **ENDS}), facts(level=level)).effect
    assert isinstance(effect, steps.Enqueue)
    assert effect.priority == priority
    assert effect.needs == (SkillNeed(skill="english", level=3),)
    dropped = (SkillNeed(skill="english", level=0),)
    assert effect.relax == (Relaxation(after_s=20.0, needs=dropped),)


@pytest.mark.parametrize(
    ("result", "on_empty", "ends"),
    [("stored", "lost", "one"), ("empty", "lost", "lost"), ("empty", None, "one")],
)
def test_a_message_is_stored_or_empty(result: str, on_empty: str | None, ends: str) -> None:
    node = {"kind": "voicemail", "says": ["speak"], "box": "b", "next": "one", "max_s": 60}
    if on_empty:
        node["on_empty"] = on_empty
    walk = Walk(tree({"v": node, **ENDS}))
    assert walk.heard == "speak"
    assert isinstance(walk.effect, steps.TakeVoicemail)
    assert (walk.effect.box, walk.effect.max_s) == ("b", 60)
    assert walk.returned(result).effect == steps.HangUp(reason=ends)


TRANSFER = {"kind": "transfer", "next": "one", "otherwise": "lost", "branches": {"refused": "slow"}}


@pytest.mark.parametrize(
    ("result", "ends"), [("answered", "one"), ("refused", "slow"), ("failed", "lost")]
)
def test_a_transfer_ends_by_its_result(result: str, ends: str) -> None:
    walk = Walk(tree({"t": {**TRANSFER, "to": "+8610123"}, **ENDS}))
    assert walk.effect == steps.Transfer(to="+8610123")
    assert walk.returned(result).effect == steps.HangUp(reason=ends)


def test_a_transfer_goes_to_a_cleaned_number_or_nowhere() -> None:
    made = tree({"t": {**TRANSFER, "variable": "v"}, **ENDS})
    assert Walk(made, facts(variables={"v": "010-123"})).effect == steps.Transfer(to="010123")
    for bad in ("", "1&2", "SIP/x"):
        assert Walk(made, facts(variables={"v": bad})).effect == steps.HangUp(reason="lost")


@pytest.mark.parametrize(
    ("result", "ends"), [("ok", "one"), ("failed", "lost"), ("missing", "slow")]
)
def test_a_script_gets_variables_and_ends_by_its_result(result: str, ends: str) -> None:
    node = {
        "kind": "script",
        "script": "weather.agi",
        "arguments": ["plain", "{city}", "{unset}", "{"],
        "next": "one",
        "branches": {"missing": "slow"},
        "otherwise": "lost",
    }
    walk = Walk(tree({"s": node, **ENDS}), facts(variables={"city": "北京"}))
    expected = steps.RunScript(script="weather.agi", arguments=("plain", "北京", "", "{"))
    assert walk.effect == expected
    assert walk.returned(result).effect == steps.HangUp(reason=ends)
