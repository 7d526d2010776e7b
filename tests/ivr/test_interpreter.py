"""What a caller does, and what the tree answers: one story for each kind of node."""

from typing import Any

import pytest

from calls.calendar import Hours, WorkCalendar, round_the_clock, week
from calls.floor import SkillNeed
from calls.words import Language, Level
from ivr import steps
from ivr.interpreter import GRACE_STEPS, CallFacts, StepRefused, begin, step
from tests.ivr.trees import BYE, tree
from tests.ivr.walking import NOW, Walk

pytestmark = pytest.mark.unit

NEVER = WorkCalendar(zone="UTC", weekly=week({}))
MENU: dict[str, Any] = {
    "kind": "menu",
    "says": ["choose"],
    "keys": {"1": "one", "*": "star"},
    "timeout_says": ["silence"],
    "invalid_says": ["wrong"],
    "on_timeout": "slow",
    "on_invalid": "lost",
}
ENDS: dict[str, Any] = {
    name: {"kind": "hangup", "reason": name} for name in ("one", "star", "slow", "lost")
}


def facts(**fields: Any) -> CallFacts:
    return CallFacts(**{"now": NOW, **fields})


# --- say, consent, hang up ------------------------------------------------------------------


def test_a_say_is_played_to_its_end_and_leads_on() -> None:
    walk = Walk(tree({"a": {"kind": "say", "says": ["hello"], "next": "b"}, "b": BYE}))
    assert walk.heard == "hello"
    assert walk.done().effect == steps.HangUp()
    assert walk.nodes == "a b"


def test_a_farewell_is_said_before_the_line_is_cut() -> None:
    walk = Walk(tree({"a": {"kind": "hangup", "says": ["bye"], "reason": "done"}}))
    assert walk.heard == "bye"
    assert walk.done().effect == steps.HangUp(reason="done")


def test_hearing_the_consent_is_consent() -> None:
    walk = Walk(tree({"a": {"kind": "consent", "says": ["taped"], "next": "b"}, "b": BYE}))
    assert isinstance(walk.effect, steps.Say)
    assert walk.done().told == [steps.ConsentNoted(given=True)]


@pytest.mark.parametrize(("key", "given"), [("9", False), ("", True), ("1", True)])
def test_recording_can_be_refused_by_one_key(key: str, given: bool) -> None:
    node = {"kind": "consent", "says": ["taped"], "next": "b", "refuse_key": "9"}
    walk = Walk(tree({"a": node, "b": BYE}))
    assert isinstance(walk.effect, steps.Ask)
    assert walk.press(key).told == [steps.ConsentNoted(given=given)]


# --- menu -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "heard", "ends"),
    [
        (["1"], "", "one"),
        (["*"], "", "star"),
        (["7"], "wrong choose", None),
        ([""], "silence choose", None),
        (["7", "1"], "", "one"),
        (["7", "", "*"], "", "star"),
        (["", "", ""], "", "slow"),
        (["7", "8", "9"], "", "lost"),
        (["", "", "7"], "", "lost"),
        (["7", "7", ""], "", "slow"),
        (["11"], "wrong choose", None),
        (["１"], "wrong choose", None),
    ],
)
def test_a_menu_hears_keys_silence_and_mistakes(
    keys: list[str], heard: str, ends: str | None
) -> None:
    walk = Walk(tree({"m": MENU, **ENDS})).press(*keys)
    if ends is None:
        assert walk.heard == heard
    else:
        assert walk.effect == steps.HangUp(reason=ends)


def test_a_menu_entered_again_begins_with_fresh_tries() -> None:
    menu = {**MENU, "keys": {"1": "m"}, "tries": 2}
    walk = Walk(tree({"m": menu, **ENDS})).press("7", "1")
    assert walk.heard == "choose"
    assert walk.press("7").heard == "wrong choose"


def test_a_menu_says_how_it_wants_to_be_asked() -> None:
    menu = {**MENU, "timeout_s": 7, "barge_in": False}
    effect = Walk(tree({"m": menu, **ENDS})).effect
    assert isinstance(effect, steps.Ask)
    asked = (effect.node, effect.max_keys, effect.first_timeout_s, effect.barge_in)
    assert asked == ("m", 1, 7.0, False)


def test_a_staff_number_may_be_dialled_and_keys_of_the_menu_still_act_at_once() -> None:
    menu = {**MENU, "staff": {"to": "queue", "length": 4}}
    queue = {
        "kind": "queue",
        "queue": "sales",
        "staff": "staff_number",
        "next": "one",
        "otherwise": "lost",
    }
    walk = Walk(tree({"m": menu, "queue": queue, **ENDS}))
    assert isinstance(walk.effect, steps.Ask)
    assert (walk.effect.max_keys, walk.effect.at_once) == (4, "*1")
    assert walk.press("80").heard == "wrong choose"
    walk.press("8001")
    assert walk.effect == steps.Enqueue(queue="sales", staff_number="8001")  # type: ignore[arg-type]
    assert walk.told == [steps.VariableNoted(name="staff_number", value="8001")]


# --- language -------------------------------------------------------------------------------

LANGUAGE = {
    "kind": "language",
    "says": ["hi", "pick"],
    "choices": {"2": "en", "1": "zh-CN"},
    "otherwise": "zh-CN",
    "next": "b",
}


@pytest.mark.parametrize(
    ("keys", "language"),
    [
        (["1"], Language.ZH),
        (["2"], Language.EN),
        (["5", "2"], Language.EN),
        (["", ""], Language.ZH),
        (["5", "5"], Language.ZH),
    ],
)
def test_a_language_is_chosen_once_and_kept(keys: list[str], language: Language) -> None:
    walk = Walk(tree({"a": LANGUAGE, "b": BYE})).press(*keys)
    assert walk.told == [steps.LanguageSet(language=language)]
    assert walk.cursor.language is language
    assert walk.effect == steps.HangUp()


def test_each_language_is_offered_in_its_own_words() -> None:
    walk = Walk(tree({"a": LANGUAGE, "b": BYE}))
    assert walk.heard == "hi@zh pick@zh hi@en pick@en"
    assert walk.press("5").heard == "hi@zh pick@zh hi@en pick@en"


# --- ask ------------------------------------------------------------------------------------

ASK = {
    "kind": "ask",
    "says": ["number"],
    "variable": "account",
    "invalid_says": ["wrong"],
    "next": "one",
    "on_fail": "lost",
}


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        ({}, "12", "1*"),
        ({"min_length": 3, "max_length": 4}, "123", "12"),
        ({"min_length": 3, "max_length": 4}, "1234", "12345"),
        ({"check": {"rule": "luhn"}}, "79927398713", "79927398710"),
        ({"check": {"rule": "modulo", "divisor": 11}}, "121", "122"),
        ({"check": {"rule": "modulo", "divisor": 7, "remainder": 3}}, "10", "11"),
        ({"check": {"rule": "regex", "pattern": "[1-9][0-9]{5}"}}, "100000", "000000"),
        ({"check": {"rule": "regex", "pattern": "[*][0-9]+"}}, "*1", "1"),
    ],
)
def test_an_entry_is_checked_before_it_is_believed(
    rule: dict[str, Any], good: str, bad: str
) -> None:
    walk = Walk(tree({"a": {**ASK, **rule}, **ENDS}))
    assert walk.press(bad).heard == "wrong number"
    assert walk.press(good).effect == steps.HangUp(reason="one")
    assert walk.told == [steps.VariableNoted(name="account", value=good)]


def test_silence_is_asked_again_without_blame_and_ends_with_the_last_try() -> None:
    walk = Walk(tree({"a": ASK, **ENDS})).press("")
    assert walk.heard == "number"
    assert walk.press("", "").effect == steps.HangUp(reason="lost")


def test_a_secret_is_used_but_never_noted() -> None:
    check = {"kind": "lookup", "what": "pin", "key": "account", "found": "one"}
    nodes = {
        "a": {**ASK, "secret": True, "next": "check"},
        "check": {**check, "not_found": "lost", "failed": "lost"},
    }
    walk = Walk(tree({**nodes, **ENDS}))
    assert isinstance(walk.effect, steps.Ask)
    assert walk.effect.secret
    assert walk.press("1234").effect == steps.LookUp(what="pin", key="1234")
    assert walk.told == []


CONFIRM = {"says": ["you-typed", {"variable": "account", "read_as": "digits"}]}


def test_an_entry_is_read_back_and_counts_only_when_confirmed() -> None:
    walk = Walk(tree({"a": {**ASK, "confirm": CONFIRM}, **ENDS}))
    assert walk.press("42").heard == "you-typed 42#"
    assert walk.cursor.value_of("account") is None
    assert walk.press("2").heard == "number"
    assert walk.press("43").heard == "you-typed 43#"
    walk.press("1")
    assert walk.effect == steps.HangUp(reason="one")
    assert walk.told == [steps.VariableNoted(name="account", value="43")]


def test_a_confirmation_nobody_gives_ends_with_the_last_try() -> None:
    walk = Walk(tree({"a": {**ASK, "confirm": CONFIRM}, **ENDS})).press("42", "", "9")
    assert walk.heard == "you-typed 42#"
    assert walk.press("").effect == steps.HangUp(reason="lost")
    assert walk.told == []


KNOWN_TO = {"rule": "lookup", "what": "accounts", "keep": {"owner": "name"}}


@pytest.mark.parametrize(
    ("answer", "ends", "told"),
    [
        (steps.Found(values={"owner": "Li", "age": "9"}), "one", ["name=Li", "account=42"]),
        (steps.LookUpFailed(), "one", ["account=42"]),
        (steps.NotFound(), None, []),
    ],
)
def test_an_entry_may_have_to_be_known(
    answer: steps.Answer, ends: str | None, told: list[str]
) -> None:
    walk = Walk(tree({"a": {**ASK, "check": KNOWN_TO}, **ENDS})).press("42")
    assert walk.effect == steps.LookUp(what="accounts", key="42")
    walk.give(answer)
    assert [f"{note.name}={note.value}" for note in walk.told] == told
    if ends is None:
        assert walk.heard == "wrong number"
    else:
        assert walk.effect == steps.HangUp(reason=ends)


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


# --- survey ---------------------------------------------------------------------------------

SURVEY = {
    "kind": "survey",
    "question": "satisfaction",
    "says": ["rate"],
    "invalid_says": ["wrong"],
    "next": "one",
}


def test_a_score_is_noted_and_thanked_for() -> None:
    walk = Walk(tree({"s": {**SURVEY, "thanks": ["thanks"]}, **ENDS})).press("5")
    assert walk.heard == "thanks"
    assert walk.told == [steps.SurveyScored(question="satisfaction", score=5)]
    assert walk.done().effect == steps.HangUp(reason="one")


@pytest.mark.parametrize("keys", [["0", "6"], ["", ""], ["*", "55"]])
def test_no_score_is_better_than_a_wrong_one(keys: list[str]) -> None:
    walk = Walk(tree({"s": SURVEY, **ENDS})).press(keys[0])
    assert walk.heard == ("wrong rate" if keys[0] else "rate")
    assert walk.press(keys[1]).effect == steps.HangUp(reason="one")
    assert walk.told == []


def test_a_score_without_thanks_leads_on_at_once() -> None:
    assert Walk(tree({"s": SURVEY, **ENDS})).press("1").effect == steps.HangUp(reason="one")


# --- the step limit -------------------------------------------------------------------------

CIRCLE = {"a": {"kind": "say", "says": ["round"], "next": "a"}}


def test_a_caller_who_goes_in_circles_is_let_go_at_the_step_limit() -> None:
    walk = Walk(tree(CIRCLE, limits={"max_steps": 9}))
    for _ in range(9):
        assert walk.heard == "round"
        walk.done()
    assert walk.effect == steps.HangUp(reason="step_limit")


def test_a_tree_may_have_its_own_way_out_which_is_limited_too() -> None:
    nodes = {**CIRCLE, "b": {"kind": "say", "says": ["sorry"], "next": "b"}}
    walk = Walk(tree(nodes, limits={"max_steps": 9, "on_limit": "b"}))
    for _ in range(9):
        walk.done()
    said = 0
    while isinstance(walk.effect, steps.Say):
        assert walk.heard == "sorry"
        said += 1
        walk.done()
    assert said == GRACE_STEPS
    assert walk.effect == steps.HangUp(reason="step_limit")


def test_nodes_that_ask_nothing_count_as_steps_too() -> None:
    nodes = {"a": {"kind": "goto", "to": "b"}, "b": {"kind": "goto", "to": "a"}}
    assert Walk(tree(nodes)).effect == steps.HangUp(reason="step_limit")


# --- what a session may not say -------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [steps.Began(), steps.Keys(keys="1"), steps.Returned(result="ok"), steps.NotFound()],
)
def test_an_answer_that_does_not_fit_is_refused_loudly(answer: steps.Answer) -> None:
    walk = Walk(tree({"hello": {"kind": "say", "says": ["x"], "next": "b"}, "b": BYE}))
    with pytest.raises(StepRefused, match=f"hello.*Say.*{type(answer).__name__}"):
        walk.give(answer)


def test_a_caller_who_was_let_go_cannot_answer_any_more() -> None:
    for made in (tree({"b": BYE}), tree(CIRCLE, limits={"max_steps": 5})):
        walk = Walk(made)
        while not isinstance(walk.effect, steps.HangUp):
            walk.done()
        with pytest.raises(StepRefused):
            walk.done()


def test_a_cursor_of_another_tree_is_refused() -> None:
    here, there = tree({"a": BYE}), tree({"other": {**MENU}, **ENDS})
    cursor = Walk(there).cursor
    for answer in (steps.Resumed(), steps.Keys(keys="1")):
        with pytest.raises(StepRefused, match="other"):
            step(here, cursor, answer, facts())


def test_a_node_that_is_not_there_is_named() -> None:
    broken = tree({"a": {"kind": "say", "says": ["x"], "next": "gone"}})
    with pytest.raises(StepRefused, match="gone"):
        Walk(broken).done()


def test_a_caller_lost_before_her_first_step_begins_when_she_is_back() -> None:
    made = tree({"a": {"kind": "say", "says": ["x"], "next": "b"}, "b": BYE})
    _, notes, effect = step(made, begin(made), steps.Resumed(), facts())
    assert notes == (steps.Entered(node="a"),)
    assert isinstance(effect, steps.Say)
