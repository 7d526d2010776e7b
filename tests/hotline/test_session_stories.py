"""Offers and talks of a caller's session as stories: all that must follow, in order."""

import pytest

from calls.words import NoAnswer
from tests.hotline.stories import NOBODY_FREE, OVER, TO_QUEUE, play, rows

pytestmark = pytest.mark.story


def test_answered_on_ring_two_talked_surveyed_and_left_in_order():
    stage = play(
        TO_QUEUE
        + """
         2.54 ann  rings
         9.0  ann  answers
        30.0  ann  hangs up
        33.0  li   presses 5
        """
    )
    assert stage.table("agi", "told", "asked", "fact", "screen", "audio") == rows(
        """
        0.00 told EdgeSynced
        0.00 fact CallArrived
        0.00 fact NodeEntered consent
        0.00 agi play told
        2.00 fact ConsentAsked True
        2.00 fact NodeEntered menu
        2.00 agi play menu
        2.50 fact KeysPressed 1 menu
        2.50 fact NodeEntered sales
        2.50 fact QueueJoined sales
        2.50 told CallQueued sales en li
        2.50 asked OfferCall sales ann o1 li
        2.50 screen PopShown sales ann o1
        2.50 fact OfferMade sales ann o1
        2.50 agi Dial PJSIP/ann-desk,14.90^3.00,gm(default)A(:staff-8001)
        2.54 told OfferRang o1
        2.54 fact PhoneRang o1
        2.54 screen CallRinging ann o1
        9.00 told OfferAnswered o1
        9.00 fact CallAnswered ann o1 2
        10.50 fact TalkBegan o1
        30.00 fact TalkFinished o1 agent
        30.00 screen PopWithdrawn ann o1 over
        30.00 told TalkEnded o1 agent
        30.00 audio kept
        30.00 fact NodeEntered survey
        30.00 agi play rate
        33.00 fact KeysPressed 5 survey
        33.00 fact SurveyAnswered 5 service
        33.00 fact NodeEntered bye
        33.00 agi CTLDONE=1
        33.00 fact CallEnded system done
        33.00 agi closed
        """
    )


def test_a_phone_that_rings_out_is_followed_by_the_next_agents():
    stage = play(
        TO_QUEUE
        + """
         2.54 ann  rings
        17.33 ben  rings
        19.0  ben  answers
        25.0  ben  hangs up
        26.0  li   hangs up
        """
    )
    assert stage.table("agi", "ami", "told", "asked", since=2.54) == rows(
        """
        2.54 told OfferRang o1
        17.29 ami Hangup PJSIP/ann-desk
        17.29 told OfferFailed o1 rang_out
        17.29 asked OfferCall sales ben o2 li
        17.29 agi Dial PJSIP/ben-desk,14.90^3.00,gm(default)A(:staff-8001)
        17.33 told OfferRang o2
        19.00 told OfferAnswered o2
        25.00 told TalkEnded o2 agent
        25.00 agi play rate
        """
    )
    assert stage.strikes_of("ann") == {NoAnswer.RANG_OUT: 1}


@pytest.mark.parametrize(
    ("before", "then", "why"),
    [
        ("", "3.0 ann rejects", NoAnswer.REJECTED),
        ("", "3.0 ann is busy", NoAnswer.BUSY),
        ("0.0 ann unregisters", "", NoAnswer.NOT_REGISTERED),
        ("", "", NoAnswer.NEVER_RANG),
    ],
)
def test_whatever_keeps_the_first_agent_is_named_and_the_next_is_rung(
    before: str, then: str, why: NoAnswer
):
    stage = play(
        before
        + TO_QUEUE
        + then
        + """
         5.55 ben  rings
         7.0  ben  answers
        20.0  ben  hangs up
        21.0  li   hangs up
        """
    )
    offered = [words for words in stage.words("asked") if words.startswith("OfferCall")]
    assert offered == ["OfferCall sales ann o1 li", "OfferCall sales ben o2 li"]
    assert f"OfferFailed o1 {why}" in stage.words("told")
    assert f"OfferMissed o1 {why}" in stage.words("fact")
    assert "TalkFinished o2 agent" in stage.words("fact")


@pytest.mark.parametrize(
    ("story", "then"),
    [
        pytest.param(
            "0.0 li calls\n 2.6 li hangs up",
            """
            2.60 fact CallEnded caller
            """,
            id="in the menu",
        ),
        pytest.param(
            NOBODY_FREE + TO_QUEUE + "9.0 li hangs up",
            """
            9.00 told CallerLeft hung_up li
            9.00 fact QueueLeft sales hung_up
            9.00 fact CallEnded caller
            """,
            id="waiting",
        ),
        pytest.param(
            TO_QUEUE + "2.54 ann rings\n 4.0 li hangs up",
            """
            2.54 told OfferRang o1
            2.54 fact PhoneRang o1
            2.54 screen CallRinging ann o1
            4.00 told CallerLeft hung_up li
            4.00 asked WithdrawOffer o1
            4.00 fact QueueLeft sales hung_up
            4.00 fact OfferMissed o1 caller_left
            4.00 screen PopWithdrawn ann o1 caller_left
            4.00 fact CallEnded caller
            """,
            id="ringing",
        ),
        pytest.param(
            TO_QUEUE + "2.54 ann rings\n 4.0 ann answers\n 4.0 li hangs up",
            """
            2.54 told OfferRang o1
            2.54 fact PhoneRang o1
            2.54 screen CallRinging ann o1
            4.00 told CallerLeft hung_up li
            4.00 asked WithdrawOffer o1
            4.00 fact QueueLeft sales hung_up
            4.00 fact OfferMissed o1 caller_left
            4.00 screen PopWithdrawn ann o1 caller_left
            4.00 fact CallEnded caller
            """,
            id="as the agent answers",
        ),
        pytest.param(
            TO_QUEUE + "2.54 ann rings\n 4.0 ann answers\n 5.0 li hangs up",
            """
            2.54 told OfferRang o1
            2.54 fact PhoneRang o1
            2.54 screen CallRinging ann o1
            4.00 told OfferAnswered o1
            4.00 fact CallAnswered ann o1 1
            5.00 fact TalkFinished o1 caller
            5.00 screen PopWithdrawn ann o1 over
            5.00 told TalkEnded o1 caller
            5.00 fact CallEnded caller
            """,
            id="during the staff number",
        ),
    ],
)
@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "unrecorded"])
def test_who_hangs_up_leaves_nobody_behind(story: str, then: str, recorded: bool):
    stage = play(story, recorded=recorded)
    assert stage.table("told", "asked", "fact", "screen", since=2.54) == rows(then)
    assert stage.state_of("ann") in OVER
    assert stage.edge.callers == 0


def test_both_hanging_up_at_once_ends_talk_and_call_once():
    stage = play(
        TO_QUEUE
        + """
         2.54 ann  rings
         4.0  ann  answers
         8.0  ann  hangs up
         8.0  li   hangs up
        """
    )
    assert stage.table("told", "asked", "fact", "screen", since=8.0) == rows(
        """
        8.00 fact TalkFinished o1 caller
        8.00 screen PopWithdrawn ann o1 over
        8.00 told TalkEnded o1 caller
        8.00 fact CallEnded caller
        """
    )


def test_an_answer_that_loses_the_race_to_our_cancel_costs_no_strike():
    stage = play(
        TO_QUEUE
        + """
         2.5  ann  will be too late
         2.54 ann  rings
        18.0  ben  rings
        19.0  ben  answers
        25.0  ben  hangs up
        26.0  li   hangs up
        """
    )
    assert stage.table("ami", "told", "asked", since=2.54) == rows(
        """
        2.54 told OfferRang o1
        17.29 ami Hangup PJSIP/ann-desk
        17.29 told OfferFailed o1 withdrawn
        17.29 asked OfferCall sales ben o2 li
        18.00 told OfferRang o2
        19.00 told OfferAnswered o2
        25.00 told TalkEnded o2 agent
        """
    )
    assert stage.strikes_of("ann") == {}


def test_a_leg_that_dies_during_the_staff_number_sends_her_to_the_head_of_the_queue():
    stage = play(
        TO_QUEUE
        + """
         2.54 ann  rings
         2.6  wang calls
         2.7  ben  pauses
         4.0  ann  answers
         4.8  wang presses 1
         5.0  ann  hangs up
         5.05 ann  rings
         7.0  ann  answers
        20.0  ann  hangs up
        21.0  li   hangs up
        21.0  wang hangs up
        """
    )
    assert stage.table("told", "asked", since=2.6) == rows(
        """
        2.70 told AgentNotReady ben pause
        4.00 told OfferAnswered o1
        4.80 told CallQueued sales en wang
        5.00 told CallQueued sales en li
        5.00 asked OfferCall sales ann o2 li
        5.00 told TalkEnded o1 agent
        5.05 told OfferRang o2
        7.00 told OfferAnswered o2
        20.00 told TalkEnded o2 agent
        20.00 asked OfferCall sales ann o3 wang
        21.00 told CallerLeft hung_up wang
        21.00 asked WithdrawOffer o3
        """
    )
