"""The state table itself: every state can be reached, none is a trap, what is absent is refused."""

import pytest

from acd.agents import TABLE, Action, AgentEvent, NotPossible, edges, refusal, step
from calls.words import AgentState

pytestmark = pytest.mark.unit

CALL_ENDS = {
    AgentState.OFFERED: (AgentEvent.RELEASED, AgentEvent.MISSED, AgentEvent.ANSWERED),
    AgentState.TALKING: (AgentEvent.TALK_ENDED,),
}


def reachable(start: AgentState) -> set[AgentState]:
    found, todo = {start}, [start]
    while todo:
        state = todo.pop()
        for (before, _), (after, _) in TABLE.items():
            if before is state and after not in found:
                found.add(after)
                todo.append(after)
    return found


def test_every_state_is_reached_from_logged_out():
    assert reachable(AgentState.LOGGED_OUT) == set(AgentState)


@pytest.mark.parametrize("state", AgentState)
def test_from_every_state_there_is_a_way_to_ready_and_a_way_home(state):
    assert {AgentState.READY, AgentState.LOGGED_OUT} <= reachable(state)


@pytest.mark.parametrize("state", CALL_ENDS)
def test_a_state_with_a_call_is_left_whichever_way_the_call_ends(state):
    for event in CALL_ENDS[state]:
        assert step(state, event)[0] is not state


@pytest.mark.parametrize("state", AgentState)
def test_an_agent_can_log_out_in_every_state_but_logged_out(state):
    refused = refusal(state, AgentEvent.LOGGED_OUT)
    assert (refused is not None) == (state is AgentState.LOGGED_OUT)


def test_only_a_ready_agent_is_offered_a_call():
    offered = [state for state, event in TABLE if event is AgentEvent.OFFERED]
    assert offered == [AgentState.READY]


def test_what_the_table_does_not_hold_is_refused_with_state_and_event():
    with pytest.raises(NotPossible, match="logged_out: offered"):
        step(AgentState.LOGGED_OUT, AgentEvent.OFFERED)
    assert "while talking: wrap_up_over" in str(
        refusal(AgentState.TALKING, AgentEvent.WRAP_UP_OVER)
    )


def test_only_an_answer_and_a_return_clear_the_strikes_of_somebody_at_work():
    cleared = {event for (_, event), (_, do) in TABLE.items() if Action.CLEAR_STRIKES in do}
    assert AgentEvent.ANSWERED in cleared
    assert not cleared & {AgentEvent.MISSED, AgentEvent.RELEASED, AgentEvent.OFFERED}


def test_the_edges_are_the_table():
    assert len(edges()) == len(TABLE)
    assert ("offered", "answered", "talking", ("clear_strikes",)) in edges()
