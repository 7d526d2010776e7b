"""Sessions of callers for whom several phones ring: what follows, in order, from who does what."""

import pytest

from calls.floor import RingTogether
from calls.words import AgentState, NoAnswer, Strategy
from tests.hotline.stories import OVER, TO_QUEUE, Stage, play, rows

pytestmark = pytest.mark.story

BOTH_RING = (
    TO_QUEUE
    + """
  3.0   ann  rings
  3.1   ben  rings
"""
)


def rung(story: str, **rules: object) -> Stage:
    rule = {"strategy": Strategy.RING_ALL, "together": RingTogether(at_most=2), **rules}
    return play(BOTH_RING + story, **rule)  # type: ignore[arg-type]


def nobody_is_held(stage: Stage) -> None:
    assert {stage.state_of("ann"), stage.state_of("ben")} <= set(OVER)
    assert not stage.asterisk.legs


def test_acd_1_one_answers_the_other_stops_they_talk_and_she_goes_on_in_her_tree():
    stage = rung(
        """
         5.0  ben  answers
        15.0  ben  hangs up
        """
    )
    assert stage.table("fact", since=2.6)[:6] == rows(
        """
        3.00 fact PhoneRang o1
        3.10 fact PhoneRang o2
        5.00 fact CallAnswered ben o2 1
        5.01 fact OfferMissed o1 answered_elsewhere
        6.50 fact TalkBegan o2
        15.00 fact TalkFinished o2 agent
        """
    )
    assert "NodeEntered survey" in stage.words("fact")
    assert stage.strikes_of("ann") == {}
    nobody_is_held(stage)


def test_p5_both_answer_at_the_same_moment_and_one_of_them_has_her():
    stage = rung(
        """
         5.0  ann  answers
         5.0  ben  answers
        15.0  ann  hangs up
        """
    )
    words = stage.words("fact")
    assert [one for one in words if one.startswith("CallAnswered")] == ["CallAnswered ann o1 1"]
    assert "OfferMissed o2 answered_elsewhere" in words
    nobody_is_held(stage)


def test_p6_who_answers_and_drops_before_the_talk_leaves_the_other_to_ring_again():
    stage = rung(
        """
         5.0  ann  answers
         5.5  ann  hangs up
         6.0  ben  rings
         7.0  ben  answers
        15.0  ben  hangs up
        """
    )
    words = stage.words("fact")
    assert [one for one in words if one.startswith("CallAnswered")] == [
        "CallAnswered ann o1 1",
        "CallAnswered ben o3 1",
    ]
    assert "TalkBegan o1" not in words
    assert words.count("TalkBegan o3") == 1
    nobody_is_held(stage)


def test_acd_1_one_rejects_and_the_other_goes_on_ringing():
    stage = rung(
        """
         4.0  ann  rejects
         6.0  ben  answers
        15.0  li   hangs up
        """
    )
    assert stage.strikes_of("ann") == {NoAnswer.REJECTED: 1}
    assert "CallAnswered ben o2 1" in stage.words("fact")
    assert sum("Dial Local/" in words for words in stage.words("agi")) == 1
    nobody_is_held(stage)


def test_acd_1_each_phone_has_its_own_three_rings_and_then_all_ring_once_more():
    stage = play(
        TO_QUEUE
        + """
         2.55  ann  rings
         2.65  ben  rings
        19.0   li   hangs up
        """,
        strategy=Strategy.RING_ALL,
    )
    assert stage.table("ami", "asked", since=3.0)[:5] == rows(
        """
        17.30 ami Hangup PJSIP/ann-desk
        17.40 ami Hangup PJSIP/ben-desk
        17.40 asked OfferCall sales ann o3 li
        17.40 asked OfferCall sales ben o4 li
        19.00 asked WithdrawOffer o3
        """
    )


def test_p20_she_hangs_up_while_both_ring():
    stage = rung("4.0 li hangs up")
    words = stage.words("fact")
    assert "OfferMissed o1 caller_left" in words
    assert "OfferMissed o2 caller_left" in words
    assert stage.words("told").count("CallerLeft hung_up li") == 1
    assert [stage.state_of(name) for name in ("ann", "ben")] == [AgentState.READY] * 2
    nobody_is_held(stage)


def test_p17_the_controller_dies_while_both_ring_and_nobody_stays_reserved():
    stage = rung(
        """
         4.0  controller dies
         6.0  controller starts
        20.0  li   returns
        30.0  li   hangs up
        """
    )
    nobody_is_held(stage)


def test_the_link_is_cut_while_both_ring():
    stage = rung(
        """
         4.0  link cut
         5.0  ben  answers
         6.0  link back
        20.0  ben  hangs up
        """
    )
    assert "CallAnswered ben o2" in stage.words("fact")
    nobody_is_held(stage)
