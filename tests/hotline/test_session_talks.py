"""A talk on hold and what becomes of it: also when its controller dies."""

import pytest

from calls.words import AgentState
from tests.hotline.stories import TO_QUEUE, play, rows

pytestmark = pytest.mark.story

TALKING = (
    TO_QUEUE
    + """
   2.6   ann  rings
   4.0   ann  answers
"""
)
"""They hear each other from 5.5 on."""
DIES_ON_HOLD = (
    TALKING
    + """
  10.0   ann  holds
  20.0   controller dies
  21.0   controller starts
  22.0   li   returns
"""
)


def test_cti_12_a_caller_on_hold_hears_music_and_is_taken_back() -> None:
    stage = play(
        TALKING
        + """
        10.0  ann  holds
        30.0  ann  takes back
        50.0  li   hangs up
        """
    )
    assert stage.table("agi", "ami", "fact", "talk", "told", since=9.0) == rows(
        """
        10.00 ami Redirect PJSIP/li
        10.00 fact TalkHeld o1
        10.00 talk TalkChanged ann o1 held
        10.01 agi music
        30.00 fact TalkResumed o1
        30.00 talk TalkChanged ann o1 talking
        30.00 agi Bridge PJSIP/ann-desk
        50.00 fact TalkFinished o1 caller
        50.00 told TalkEnded o1 caller
        50.00 talk TalkChanged ann o1 over
        50.00 fact CallEnded caller
        50.00 ami Hangup PJSIP/ann-desk
        """
    )


def test_a_resumed_talk_may_last_as_long_as_any_and_a_hold_is_allowed_at_once() -> None:
    stage = play(TALKING + "10.0 ann holds\n 12.0 ann takes back\n 400.0 li hangs up")
    line = stage.asterisk.lines["li"]
    allowed = [round(at - stage.began_at, 1) for at in line.allowed]
    assert [at for at in allowed if at > 9.0] == [10.0, 12.0]
    assert line.variables["TIMEOUT(absolute)"] == "7200"


def test_cti_12_a_talk_on_hold_outlives_its_controller_and_is_taken_back() -> None:
    stage = play(
        DIES_ON_HOLD
        + """
        40.0  ann  takes back
        60.0  ann  hangs up
        64.0  li   hangs up
        """
    )
    assert stage.table("agi", "ami", "fact", "talk", "told", since=21.5) == rows(
        """
        22.00 fact SessionResumed sales
        22.00 talk TalkChanged ann o1 held
        22.00 agi music
        40.00 fact TalkResumed o1
        40.00 talk TalkChanged ann o1 talking
        40.00 agi Bridge PJSIP/ann-desk
        60.00 fact TalkFinished o1 agent
        60.00 told TalkEnded o1 agent
        60.00 talk TalkChanged ann o1 over
        60.00 ami Hangup PJSIP/ann-desk
        60.00 fact NodeEntered survey
        60.00 agi play rate
        64.00 fact CallEnded caller
        """
    )
    assert stage.state_of("ann") is AgentState.READY


def test_cti_12_the_agent_of_a_talk_that_is_rejoined_has_her_screen_again() -> None:
    stage = play(DIES_ON_HOLD + "40.0 li hangs up")
    assert [shown for shown in stage.table("screen", since=21.0) if "PopShown" in shown]
    assert stage.table("told", since=22.0) == ["40.00 told TalkEnded o1 caller"]
    assert stage.asterisk.legs == {}, "nobody is left behind"


def test_cti_12_a_talk_taken_back_once_is_held_again_and_outlives_a_second_controller() -> None:
    stage = play(
        DIES_ON_HOLD
        + """
        30.0  ann  takes back
        40.0  ann  holds
        41.0  controller dies
        42.0  controller starts
        43.0  li   returns
        50.0  ann  takes back
        60.0  li   hangs up
        """
    )
    assert [row for row in stage.table("agi") if "Bridge" in row] == rows(
        """
        30.00 agi Bridge PJSIP/ann-desk
        50.00 agi Bridge PJSIP/ann-desk
        """
    )
    assert stage.table("audio") == ["60.00 audio kept"]
    assert stage.state_of("ann") is AgentState.READY


def test_who_hangs_up_on_hold_while_no_controller_is_there_leaves_no_leg_behind() -> None:
    stage = play(
        TALKING
        + """
        10.0  ann  holds
        20.0  controller dies
        20.5  li   hangs up
        21.0  controller starts
        """
    )
    assert stage.table("ami", since=20.0) == ["21.00 ami Hangup PJSIP/ann-desk"]
    assert stage.asterisk.legs == {}
    assert stage.state_of("ann") is AgentState.READY


def test_an_agent_who_hangs_up_while_no_controller_is_there_has_ended_the_talk() -> None:
    stage = play(
        TALKING
        + """
        10.0  ann  holds
        20.0  controller dies
        20.5  ann  hangs up
        21.0  controller starts
        22.0  li   returns
        30.0  li   hangs up
        """
    )
    assert stage.table("fact", since=20.0) == rows(
        """
        22.00 fact SessionResumed sales
        22.00 fact TalkFinished o1 agent
        22.00 fact NodeEntered survey
        30.00 fact CallEnded caller
        """
    )
    assert stage.state_of("ann") is AgentState.READY


def test_a_talk_whose_words_cannot_be_read_is_over_and_its_agent_is_let_go() -> None:
    forgets = "21.5 li forgets TR_PARTED\n 22.0 li returns"
    lines = DIES_ON_HOLD.replace("22.0   li   returns", forgets)
    stage = play(lines + "\n30.0 li hangs up")
    assert "22.00 fact TalkFinished o1 agent" in stage.table("fact")
    assert stage.table("ami", since=21.0) == ["22.00 ami Hangup PJSIP/ann-desk"]
    assert stage.asterisk.legs == {}
    assert stage.state_of("ann") is AgentState.READY


def test_a_parted_leg_that_dies_unheard_is_found_gone_when_the_link_is_back() -> None:
    stage = play(
        TALKING
        + """
        10.0  ann  holds
        20.0  link cut
        21.0  ann  hangs up
        22.0  link back
        30.0  li   hangs up
        """
    )
    assert "22.00 fact TalkFinished o1 agent" in stage.table("fact")
    assert stage.state_of("ann") is AgentState.READY
