"""Any caller in any tree: never an error, always an end; and a silent one ends in a sound tree."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.words import Level
from ivr import steps
from ivr.document import dump_tree, hash_of, load_tree
from ivr.interpreter import GRACE_STEPS, CallFacts
from ivr.model import Tree
from ivr.validator import check, may_be_published
from tests.ivr.trees import tree
from tests.ivr.walking import NOW, Walk

pytestmark = pytest.mark.unit

MAX_STEPS = 40
KEYS = st.text("0123456789*#", max_size=6) | st.sampled_from(["", "1", "2", "9"])
RESULTS = ["served", "exit_key", "full", "stored", "empty", "answered", "refused", "ok", "missing"]
SILENT = {
    steps.Say: steps.Done(),
    steps.Ask: steps.Keys(keys=""),
    steps.LookUp: steps.NotFound(),
    steps.Enqueue: steps.Returned(result="nobody"),
    steps.TakeVoicemail: steps.Returned(result="empty"),
    steps.Transfer: steps.Returned(result="failed"),
    steps.RunScript: steps.Returned(result="missing"),
}


@st.composite
def nodes(draw: st.DrawFn, targets: st.SearchStrategy[str]) -> dict[str, Any]:
    to = {name: draw(targets) for name in ("next", "otherwise", "found", "not_found", "failed")}
    ways_on = {"next": to["next"], "otherwise": to["otherwise"]}
    tries = draw(st.integers(1, 3))
    kinds: list[dict[str, Any]] = [
        {"kind": "say", "says": ["p"], "next": to["next"]},
        {
            "kind": "consent",
            "says": ["p"],
            "next": to["next"],
            "refuse_key": draw(st.sampled_from([None, "9"])),
        },
        {
            "kind": "menu",
            "says": ["p"],
            "keys": {"1": draw(targets), "2": draw(targets)},
            "tries": tries,
            "on_timeout": to["next"],
            "on_invalid": to["otherwise"],
            "staff": draw(st.sampled_from([None, {"to": to["found"], "length": 3}])),
        },
        {
            "kind": "language",
            "says": ["p"],
            "choices": {"1": "zh-CN", "2": "en"},
            "otherwise": "en",
            "next": to["next"],
            "tries": tries,
        },
        {
            "kind": "ask",
            "says": ["p"],
            "variable": "v",
            "tries": tries,
            "next": to["next"],
            "on_fail": to["failed"],
            "max_length": 5,
            "check": draw(
                st.sampled_from([None, {"rule": "luhn"}, {"rule": "lookup", "what": "x"}])
            ),
            "confirm": draw(st.sampled_from([None, {"says": [{"variable": "v"}]}])),
        },
        {"kind": "hours", "calendar": "c", "open": to["next"], "closed": to["otherwise"]},
        {
            "kind": "branch",
            "otherwise": to["otherwise"],
            "cases": [
                {"on": "level", "levels": ["vip"], "to": to["found"]},
                {"on": "variable", "variable": "v", "to": to["next"]},
            ],
        },
        {
            "kind": "lookup",
            "what": "x",
            "found": to["found"],
            "not_found": to["not_found"],
            "failed": to["failed"],
            "keep": {"a": "v"},
            "says": draw(st.sampled_from([[], ["p"]])),
        },
        {"kind": "queue", "queue": "q", **ways_on, "branches": {"exit_key": to["found"]}},
        {
            "kind": "voicemail",
            "says": ["p"],
            "box": "b",
            "next": to["next"],
            "on_empty": to["otherwise"],
        },
        {"kind": "transfer", "to": "95", **ways_on},
        {"kind": "survey", "question": "s", "says": ["p"], "next": to["next"], "tries": tries},
        {"kind": "script", "script": "s", **ways_on},
        {"kind": "set", "variable": "w", "value": "x", "next": to["next"]},
        {"kind": "goto", "to": to["next"]},
        {"kind": "hangup", "says": draw(st.sampled_from([[], ["p"]]))},
    ]
    return draw(st.sampled_from(kinds))


@st.composite
def random_trees(draw: st.DrawFn) -> Tree:
    names = [f"n{number}" for number in range(draw(st.integers(1, 9)))]
    targets = st.sampled_from(names)
    emergency = draw(st.sampled_from([None, *names]))
    on_limit = draw(st.sampled_from([None, *names]))
    return tree(
        {name: draw(nodes(targets)) for name in names},
        emergency=emergency,
        limits={"max_steps": MAX_STEPS, "on_limit": on_limit},
    )


facts = st.builds(
    CallFacts,
    now=st.just(NOW),
    number=st.sampled_from(["", "+8610123"]),
    level=st.sampled_from(Level),
    emergency=st.booleans(),
)


def answers_to(effect: steps.Effect) -> st.SearchStrategy[steps.Answer]:
    match effect:
        case steps.Say():
            return st.just(steps.Done())
        case steps.Ask():
            return st.builds(steps.Keys, keys=KEYS)
        case steps.LookUp():
            found = st.builds(steps.Found, values=st.just({"a": "1"}))
            return found | st.just(steps.NotFound()) | st.just(steps.LookUpFailed())
    return st.builds(steps.Returned, result=st.sampled_from(RESULTS) | st.text(max_size=5))


@settings(max_examples=150, deadline=None)
@given(random_trees(), facts, st.data())
def test_every_caller_of_every_tree_is_let_go_in_the_end(
    made: Tree, known: CallFacts, data: st.DataObject
) -> None:
    walk = Walk(made, known)
    for _ in range(MAX_STEPS + GRACE_STEPS + 2):
        if isinstance(walk.effect, steps.HangUp):
            break
        walk.give(data.draw(answers_to(walk.effect)))
    assert isinstance(walk.effect, steps.HangUp)
    assert walk.cursor.steps <= MAX_STEPS + GRACE_STEPS + 1


@settings(max_examples=150, deadline=None)
@given(random_trees(), facts)
def test_a_sound_tree_leads_a_silent_caller_to_its_own_end(made: Tree, known: CallFacts) -> None:
    if not may_be_published(check(made)):
        return
    walk = Walk(made, known)
    for _ in range(MAX_STEPS):
        if isinstance(walk.effect, steps.HangUp):
            break
        walk.give(SILENT[type(walk.effect)])
    assert isinstance(walk.effect, steps.HangUp)
    assert walk.effect.reason != "step_limit"


@settings(max_examples=60, deadline=None)
@given(random_trees())
def test_a_tree_written_and_read_again_is_the_same_version(made: Tree) -> None:
    again = load_tree(dump_tree(made), "again")
    assert again == made
    assert hash_of(again) == hash_of(made)
