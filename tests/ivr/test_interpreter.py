"""The walk itself: the step limit, and what a session may not say."""

from typing import Any

import pytest

from ivr import steps
from ivr.interpreter import GRACE_STEPS, CallFacts, StepRefused, begin, step
from tests.ivr.trees import BYE, tree
from tests.ivr.walking import NOW, Walk

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


def facts(**fields: Any) -> CallFacts:
    return CallFacts(**{"now": NOW, **fields})


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
