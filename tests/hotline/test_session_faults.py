"""Controllers die and links are cut in the middle of stories: callers go on, no agent is stuck."""

from itertools import pairwise

import pytest

from calls import events
from tests.hotline.stories import NOBODY_FREE, OVER, TO_QUEUE, lines_of, play, rows

pytestmark = pytest.mark.story


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


@pytest.mark.parametrize(
    ("reply_s", "ready"),
    [(0.2, (12.1, 12.5, 12.59, 12.602)), (0.001, (11.994, 11.998, 12.001, 12.0025, 12.004))],
    ids=["slow Asterisk", "slow disk"],
)
def test_who_comes_back_is_offered_once_whatever_was_on_its_way_to_her(
    reply_s: float, ready: tuple[float, ...]
):
    """An agent comes free between her new session's first word and her place in the queue: on a
    busy machine that is a while. What was offered her by then is taken back, and rings nowhere."""
    for ready_at in ready:
        stage = play(
            NOBODY_FREE
            + TO_QUEUE
            + f"""
             9.0  controller dies
            11.0  controller starts
            12.0  li         returns
            {ready_at} ben   is ready
            14.0  ben        rings
            15.0  ben        answers
            20.0  li         hangs up
            """,
            journal_s=0.01,
            reply_s=reply_s,
        )
        made = [words for words in stage.words("fact") if words.startswith("OfferMade")]
        assert len(made) == 1, (ready_at, stage.table("agi", "told", "asked", "fact", since=11.0))
        assert len([words for words in stage.words("agi") if words.startswith("Dial")]) == 1
        assert "CallAnswered ben" in " ".join(stage.words("fact"))


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
