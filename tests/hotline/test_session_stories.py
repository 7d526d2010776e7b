"""The caller's session, told as stories: what happens when, and all that must follow, in order."""

from itertools import pairwise

import pytest

from calls import events
from calls.words import AgentState, NoAnswer
from tests.hotline.stories import lines_of, play

pytestmark = pytest.mark.story

TO_QUEUE = """
  0.0   li   calls
  2.5   li   presses 1
"""
NOBODY_FREE = """
  0.0   ann  pauses
  0.0   ben  pauses
"""
OVER = (AgentState.READY, AgentState.NOT_READY, AgentState.NOT_RESPONDING)


def rows(table: str) -> list[str]:
    return [" ".join(line.split()) for line in table.strip().splitlines()]


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
        pytest.param(
            TO_QUEUE + "2.54 ann rings\n 4.0 ann answers\n 8.0 ann hangs up\n 8.0 li hangs up",
            """
            2.54 told OfferRang o1
            2.54 fact PhoneRang o1
            2.54 screen CallRinging ann o1
            4.00 told OfferAnswered o1
            4.00 fact CallAnswered ann o1 1
            5.50 fact TalkBegan o1
            8.00 fact TalkFinished o1 caller
            8.00 screen PopWithdrawn ann o1 over
            8.00 told TalkEnded o1 caller
            8.00 fact CallEnded caller
            """,
            id="at the moment the agent hangs up",
        ),
    ],
)
def test_who_hangs_up_leaves_nobody_behind(story: str, then: str):
    stage = play(story)
    assert stage.table("told", "asked", "fact", "screen", since=2.54) == rows(then)
    assert stage.state_of("ann") in OVER
    assert stage.edge.callers == 0


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


def test_the_exit_key_leads_to_voicemail_but_the_menus_own_key_is_none():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + """
         4.0  li   presses 9
         9.0  li   presses 1
        """
    )
    assert stage.table("agi", "told", "asked", "fact", "audio", since=2.5) == rows(
        """
        2.50 fact KeysPressed 1 menu
        2.50 fact NodeEntered sales
        2.50 fact QueueJoined sales
        2.50 told CallQueued sales en li
        2.50 agi music
        9.00 told CallerLeft exit_key li
        9.00 fact QueueLeft sales exit_key
        9.00 fact NodeEntered message
        9.00 agi play message
        11.00 agi record
        19.00 fact VoicemailLeft 8.0
        19.00 audio message kept
        19.00 fact NodeEntered bye
        19.00 agi CTLDONE=1
        19.00 fact CallEnded system done
        19.00 agi closed
        """
    )


def test_keys_typed_ahead_during_the_consent_count_in_the_menu():
    stage = play(
        """
         0.0  li   calls
         1.0  li   presses 1
         3.0  li   hangs up
        """
    )
    assert stage.table("agi", "fact") == rows(
        """
        0.00 fact CallArrived
        0.00 fact NodeEntered consent
        0.00 agi play told
        2.00 fact ConsentAsked True
        2.00 fact NodeEntered menu
        2.00 fact KeysPressed 1 menu
        2.00 fact NodeEntered sales
        2.00 fact QueueJoined sales
        2.00 fact OfferMade sales ann o1
        2.00 agi Dial PJSIP/ann-desk,14.90^3.00,gm(default)A(:staff-8001)
        3.00 fact QueueLeft sales hung_up
        3.00 fact OfferMissed o1 caller_left
        3.00 fact CallEnded caller
        """
    )


def test_an_offer_cuts_the_announcement_of_her_place():
    stage = play(
        NOBODY_FREE
        + TO_QUEUE
        + """
        13.0  ben  is ready
        13.05 ben  rings
        14.0  ben  answers
        20.0  ben  hangs up
        21.0  li   hangs up
        """,
        announce_every_s=10.0,
    )
    assert stage.table("agi", "ami", "asked", since=2.5) == rows(
        """
        2.50 agi music
        12.50 asked TellPlace 1 li
        12.50 agi play place-1
        13.00 asked OfferCall sales ben o1 li
        13.00 ami ControlPlayback PJSIP/li
        13.00 agi Dial PJSIP/ben-desk,14.90^3.00,gm(default)A(:staff-8001)
        20.00 agi play rate
        """
    )


def test_a_look_up_that_is_too_late_takes_the_fallback():
    stage = play(
        """
         0.0  li   calls
         2.5  li   presses 2
         4.0  li   hangs up
        """,
        look_up_s=1.0,
    )
    assert stage.table("agi", "fact", since=2.5) == rows(
        """
        2.50 fact KeysPressed 2 menu
        2.50 fact NodeEntered account
        2.80 fact NodeEntered sorry
        2.80 agi play sorry
        4.00 fact CallEnded caller
        """
    )


@pytest.mark.parametrize(
    ("story", "then"),
    [
        pytest.param(
            """
            0.0 li         calls
            2.5 controller dies
            4.0 controller starts
            5.0 li         returns
            6.0 li         presses 1
            7.0 li         hangs up
            """,
            """
            4.00 told EdgeSynced
            5.00 fact SessionResumed menu
            5.00 agi play menu
            6.00 fact KeysPressed 1 menu
            6.00 fact NodeEntered sales
            6.00 fact QueueJoined sales
            6.00 told CallQueued sales en li
            6.00 asked OfferCall sales ann o1 li
            6.00 fact OfferMade sales ann o1
            6.00 agi Dial PJSIP/ann-desk,14.90^3.00,gm(default)A(:staff-8001)
            7.00 told CallerLeft hung_up li
            7.00 asked WithdrawOffer o1
            7.00 fact QueueLeft sales hung_up
            7.00 fact OfferMissed o1 caller_left
            7.00 fact CallEnded caller
            """,
            id="in the menu",
        ),
        pytest.param(
            NOBODY_FREE
            + TO_QUEUE
            + """
             9.0 controller dies
            11.0 controller starts
            12.0 li         returns
            20.0 ben        is ready
            20.1 ben        rings
            21.0 ben        answers
            30.0 ben        hangs up
            31.0 li         hangs up
            """,
            """
            11.00 told EdgeSynced
            12.00 fact SessionResumed sales
            12.00 fact QueueJoined sales
            12.00 told CallQueued sales en li
            12.00 agi music
            20.00 asked OfferCall sales ben o1 li
            20.00 fact OfferMade sales ben o1
            20.00 agi Dial PJSIP/ben-desk,14.90^3.00,gm(default)A(:staff-8001)
            20.10 told OfferRang o1
            20.10 fact PhoneRang o1
            21.00 told OfferAnswered o1
            21.00 fact CallAnswered ben o1 1
            22.50 fact TalkBegan o1
            30.00 fact TalkFinished o1 agent
            30.00 told TalkEnded o1 agent
            30.00 fact NodeEntered survey
            30.00 agi play rate
            31.00 fact CallEnded caller
            """,
            id="waiting",
        ),
        pytest.param(
            TO_QUEUE
            + """
             2.54 ann        rings
             4.0  controller dies
             6.0  controller starts
            18.0  li         returns
            18.1  ben        rings
            20.0  ben        answers
            30.0  ben        hangs up
            31.0  li         hangs up
            """,
            """
            6.00 told EdgeSynced
            17.40 told OfferFailed o1 failed
            17.40 asked OfferCall sales ben o2 li
            18.00 fact SessionResumed sales
            18.00 fact OfferMissed o1 failed
            18.00 told OfferFailed o1 failed
            18.00 fact QueueJoined sales
            18.00 told CallQueued sales en li
            18.00 asked WithdrawOffer o2
            18.00 asked OfferCall sales ben o3 li
            18.00 fact OfferMade sales ben o3
            18.00 agi Dial PJSIP/ben-desk,14.90^3.00,gm(default)A(:staff-8001)
            18.10 told OfferRang o3
            18.10 fact PhoneRang o3
            20.00 told OfferAnswered o3
            20.00 fact CallAnswered ben o3 1
            21.50 fact TalkBegan o3
            30.00 fact TalkFinished o3 agent
            30.00 told TalkEnded o3 agent
            30.00 fact NodeEntered survey
            30.00 agi play rate
            31.00 fact CallEnded caller
            """,
            id="while a phone rang",
        ),
        pytest.param(
            TO_QUEUE
            + """
             2.54 ann        rings
             3.0  ann        answers
             8.0  controller dies
            10.0  controller starts
            19.0  ann        hangs up
            20.0  li         returns
            21.0  li         presses 4
            """,
            """
            10.00 told EdgeSynced
            10.00 told OfferAnswered o1
            19.00 told TalkEnded o1 agent
            20.00 fact SessionResumed sales
            20.00 fact TalkFinished o1 agent
            20.00 told TalkEnded o1 agent
            20.00 told CallerLeft moved li
            20.00 fact NodeEntered survey
            20.00 agi play rate
            21.00 fact KeysPressed 4 survey
            21.00 fact SurveyAnswered 4 service
            21.00 fact NodeEntered bye
            21.00 agi CTLDONE=1
            21.00 fact CallEnded system done
            21.00 agi closed
            """,
            id="while they talked",
        ),
    ],
)
def test_who_comes_back_after_a_controllers_death_goes_on_where_she_was(story: str, then: str):
    stage = play(story)
    again = next(at for at, who, what in lines_of(story) if who == "controller")
    assert stage.table("agi", "told", "asked", "fact", since=again) == rows(then)
    assert {stage.state_of("ann"), stage.state_of("ben")} <= set(OVER)


def test_a_place_that_nobody_can_read_begins_anew():
    stage = play(
        """
         0.0 li         calls
         1.0 controller dies
         2.0 controller starts
         2.5 li         garbles TR_PLACE
         3.0 li         returns
         5.5 li         presses 1
         6.0 li         hangs up
        """
    )
    assert stage.table("agi", "fact", since=3.0) == rows(
        """
        3.00 fact CallArrived
        3.00 fact NodeEntered consent
        3.00 agi play told
        5.00 fact ConsentAsked True
        5.00 fact NodeEntered menu
        5.00 agi play menu
        5.50 fact KeysPressed 1 menu
        5.50 fact NodeEntered sales
        5.50 fact QueueJoined sales
        5.50 fact OfferMade sales ann o1
        5.50 agi Dial PJSIP/ann-desk,14.90^3.00,gm(default)A(:staff-8001)
        6.00 fact QueueLeft sales hung_up
        6.00 fact OfferMissed o1 caller_left
        6.00 fact CallEnded caller
        """
    )


LONGEST = """
   0.0  ben  pauses
   0.0  li   calls
   1.0  wang calls
   2.5  li   presses 1
   2.54 ann  rings
   4.0  wang presses 2
   8.0  ben  is ready
   8.05 ben  rings
  10.0  ben  answers
  17.5  ben  hangs up
  17.6  ben  rings
  19.0  ben  answers
  20.0  wang presses 5
  24.0  ben  hangs up
  25.0  li   presses 4
  26.0  zhao calls
  28.5  zhao presses 1
  28.55 ann  rings
  28.55 ben  rings
  30.0  ann  answers
  30.0  ben  answers
  40.0  zhao hangs up
  41.0  li   hangs up
  42.0  wang hangs up
  43.0  ann  hangs up
  43.0  ben  hangs up
"""


def test_the_longest_story_serves_everybody():
    stage = play(LONGEST)
    assert [words for words in stage.words("fact") if words.startswith(("Call", "Talk"))] == rows(
        """
        CallArrived
        CallArrived
        CallAnswered ben o2 1
        TalkBegan o2
        TalkFinished o2 agent
        CallAnswered ben o3 1
        CallEnded system done
        TalkBegan o3
        TalkFinished o3 agent
        CallEnded system done
        CallArrived
        CallAnswered ann o4 1
        TalkBegan o4
        TalkFinished o4 caller
        CallEnded caller
        """
    )


@pytest.mark.parametrize("gap_s", [0.02, 3.0])
@pytest.mark.parametrize("line", range(len(lines_of(LONGEST))))
def test_a_manager_link_cut_at_any_line_leaves_no_agent_stuck(line: int, gap_s: float):
    story = lines_of(LONGEST)
    at = story[line][0]
    cut = [(at, "link", "cut"), (at + gap_s, "link", "back")]
    lines = sorted([*story[:line], cut[0], *story[line:], cut[1]], key=lambda one: one[0])
    stage = play(lines)
    assert {stage.state_of("ann"), stage.state_of("ben")} <= set(OVER)
    assert stage.brain.engine.live.state.calls == {}
    assert stage.edge.callers == 0
    ended = [fact.call for fact in stage.facts if isinstance(fact, events.CallEnded)]
    assert sorted(ended) == ["east-1", "east-2", "east-3"]


@pytest.mark.parametrize("line", range(len(lines_of(LONGEST))))
def test_a_controller_that_dies_at_any_line_leaves_no_agent_stuck(line: int):
    story = lines_of(LONGEST)
    at = story[line][0]
    death = [(at, "controller", "dies"), (at + 1.5, "controller", "starts")]
    lines = sorted([*story[:line], death[0], *story[line:], death[1]], key=lambda one: one[0])
    stage = play(lines)
    assert {stage.state_of("ann"), stage.state_of("ben")} <= set(OVER)


def test_the_same_story_twice_gives_the_same_facts():
    first, second = play(LONGEST), play(LONGEST)
    assert first.facts == second.facts
    assert first.log == second.log
    assert all(one.at <= two.at for one, two in pairwise(first.facts))
