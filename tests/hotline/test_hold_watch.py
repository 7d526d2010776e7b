"""A caller on hold for too long: her agent is reminded, and she may go back to her queue."""

import pytest

from calls.floor import HoldRule
from calls.words import AgentState
from tests.hotline.stories import TO_QUEUE, Stage, play, rows

pytestmark = pytest.mark.story

HOLDS = (
    TO_QUEUE
    + """
   2.6   ann  rings
   4.0   ann  answers
  10.0   ann  holds
"""
)
RULE = HoldRule(remind_after_s=30.0, back_after_s=50.0)


def reminded(stage: Stage) -> list[float]:
    """When her agent's screen began to say so."""
    told = [(at, one.held_too_long) for at, one in stage.talks_shown]
    return [at for (at, now), (_, before) in zip(told[1:], told, strict=False) if now > before]


def test_rings_an_agent_who_holds_too_long_is_reminded_once_and_may_take_her_caller_back() -> None:
    stage = play(
        HOLDS
        + """
        45.0  ann  takes back
        60.0  li   hangs up
        """,
        hold=RULE,
    )
    assert reminded(stage) == [40.0]
    assert not stage.talks_shown[-1][1].held_too_long
    assert stage.table("fact", since=41.0)[0] == "45.00 fact TalkResumed o1"


def test_rings_who_is_taken_back_in_time_has_a_new_clock_the_next_time() -> None:
    stage = play(
        HOLDS
        + """
        30.0  ann  takes back
        35.0  ann  holds
        64.0  ann  takes back
        70.0  li   hangs up
        """,
        hold=RULE,
    )
    assert reminded(stage) == []


def test_rings_she_goes_back_to_the_head_of_her_queue_and_another_agent_has_her() -> None:
    stage = play(
        HOLDS
        + """
        61.0  ben  rings
        62.0  ben  answers
        80.0  li   hangs up
        """,
        hold=RULE,
    )
    assert stage.table("fact", "asked", since=41.0) == rows(
        """
        60.00 fact TalkFinished o1 agent
        60.00 fact QueueJoined sales
        60.00 asked OfferCall sales ben o2 li
        60.00 fact OfferMade sales ben o2
        61.00 fact PhoneRang o2
        62.00 fact CallAnswered ben o2 1
        63.50 fact TalkBegan o2
        80.00 fact TalkFinished o2 caller
        80.00 fact CallEnded caller
        """
    )
    assert stage.asterisk.legs == {}
    assert stage.state_of("ann") is AgentState.READY


def test_rings_a_queue_may_want_neither() -> None:
    stage = play(HOLDS + "900.0 li hangs up", hold=HoldRule(remind_after_s=0.0))
    assert reminded(stage) == []
    assert "900.00 fact TalkFinished o1 caller" in stage.table("fact")


def test_rings_the_clock_of_a_hold_goes_on_under_the_next_controller() -> None:
    stage = play(
        HOLDS
        + """
        20.0  controller dies
        21.0  controller starts
        22.0  li   returns
        55.0  li   hangs up
        """,
        hold=RULE,
    )
    assert reminded(stage) == [40.0]
