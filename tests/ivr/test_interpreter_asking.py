"""What a caller does, and what the tree answers: nodes that speak and ask."""

from typing import Any

import pytest

from calls.words import Language
from ivr import steps
from tests.ivr.trees import BYE, tree
from tests.ivr.walking import Walk

pytestmark = pytest.mark.unit

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
