"""Tables of what happened, and the record each leaves."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calls.codec import decode_fact, encode
from calls.events import Fact
from calls.fold import Fold, fold
from calls.words import Outcome
from tests.calls.tables import CALL, facts

pytestmark = pytest.mark.unit

ANSWERED = """
0     CallArrived      number=+8613812345678 name=Li dialled=4001 trunk=t1 tree=main tree_version=v7
0.1   LanguageChosen   language=zh-CN
0.2   NodeEntered      node=welcome
0.3   CustomerFound    customer=c7 level=gold name=李雷
4     KeysPressed      node=menu keys=2
4.1   NodeEntered      node=sales
4.2   VariableSet      name=order value=4711
5     QueueJoined      queue=sales
15    PlaceTold        queue=sales place=2
30    OfferMade        offer=o1 queue=sales agent=a1 device=a1-desk
30.2  PhoneRang        offer=o1
45    OfferMissed      offer=o1 why=rang_out
45.1  OfferMade        offer=o2 queue=sales agent=a2 device=a2-browser attempt=2
45.4  PhoneRang        offer=o2
52    CallAnswered     offer=o2 agent=a2 device=a2-browser ring=2
54.5  TalkBegan        offer=o2
54.6  RecordingStarted recording=r1 offer=o2
114.5 TalkFinished     offer=o2 by=agent
115   SurveyAnswered   question=satisfied score=5
117   RecordingStored  recording=r1 path=2024/r1.wav seconds=60 bytes=960044 sha256=ab
120   CallEnded        by=caller cause=16
"""

RUNG_TOGETHER = """
0     CallArrived      number=+8613812345678 dialled=4001
5     QueueJoined      queue=sales
6     OfferMade        offer=o1 queue=sales agent=a1 device=d1 rings=2
6     OfferMade        offer=o2 queue=sales agent=a2 device=d2 rings=2 attempt=2
6.2   PhoneRang        offer=o1
6.3   PhoneRang        offer=o2
9     CallAnswered     offer=o2 agent=a2 device=d2 ring=1
9.1   OfferMissed      offer=o1 why=answered_elsewhere
11    TalkBegan        offer=o2
20    TalkFinished     offer=o2 by=agent
21    CallEnded        by=caller
"""

RANG_OUT_THEN_LEFT = """
0     CallArrived      number=+8613812345678 dialled=4001
5     QueueJoined      queue=sales
6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
6.2   PhoneRang        offer=o1
21    OfferMissed      offer=o1 why=rang_out
25    QueueLeft        queue=sales reason=hung_up
25    CallEnded        by=caller
"""

LEFT_AS_IT_RANG = """
0     CallArrived      number=+8613812345678 dialled=4001
5     QueueJoined      queue=sales
6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
6.2   PhoneRang        offer=o1
9     QueueLeft        queue=sales reason=hung_up
9     OfferMissed      offer=o1 why=caller_left
9     CallEnded        by=caller
"""

LEFT_BEFORE_IT_RANG = """
0     CallArrived      number=+8613812345678 dialled=4001
5     QueueJoined      queue=sales
6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
6.1   QueueLeft        queue=sales reason=hung_up
6.1   OfferMissed      offer=o1 why=caller_left
6.1   CallEnded        by=caller
"""

LOST_IN_THE_ANNOUNCEMENT = """
0     CallArrived      number=+8613812345678 dialled=4001
5     QueueJoined      queue=sales
6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
6.2   PhoneRang        offer=o1
8     CallAnswered     offer=o1 agent=a1 device=d1 ring=1
10    TalkFinished     offer=o1 by=agent      # before the caller heard anybody
20    OfferMade        offer=o2 queue=sales agent=a2 device=d2 attempt=2
20.2  PhoneRang        offer=o2
23    CallAnswered     offer=o2 agent=a2 device=d2 ring=1
25    TalkBegan        offer=o2
55    TalkFinished     offer=o2 by=caller
55    CallEnded        by=caller
"""

LOST_THEN_LEFT = """
0     CallArrived      number=+8613812345678 dialled=4001
5     QueueJoined      queue=sales
6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
8     CallAnswered     offer=o1 agent=a1 device=d1 ring=1
10    TalkFinished     offer=o1 by=agent
14    QueueLeft        queue=sales reason=hung_up
14    CallEnded        by=caller
"""

TWO_QUEUES_TWO_AGENTS = """
0     CallArrived      number=+8613812345678 dialled=4001
10    QueueJoined      queue=sales
40    QueueLeft        queue=sales reason=exit_key
50    QueueJoined      queue=service
60    OfferMade        offer=o1 queue=service agent=a1 device=d1
61    PhoneRang        offer=o1
64    CallAnswered     offer=o1 agent=a1 device=d1 ring=1
66    TalkBegan        offer=o1
96    TalkFinished     offer=o1 by=agent
97    QueueJoined      queue=sales
100   OfferMade        offer=o2 queue=sales agent=a2 device=d2
101   PhoneRang        offer=o2
117   CallAnswered     offer=o2 agent=a2 device=d2 ring=4
119   TalkBegan        offer=o2
129   TalkFinished     offer=o2 by=caller
129   CallEnded        by=caller
"""

CONTROLLER_LOST_IN_TALK = """
0     CallArrived      number=+8613812345678 dialled=4001
5     QueueJoined      queue=sales
6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
7     PhoneRang        offer=o1
9     CallAnswered     offer=o1 agent=a1 device=d1
11    TalkBegan        offer=o1
# here it was killed; Asterisk wrote the end
71    CallEnded        by=caller source=cel
"""

CONTROLLER_LOST_WHILE_SHE_WAITED = """
0     CallArrived      number=+8613812345678 dialled=4001
5     QueueJoined      queue=sales
30    SessionResumed   node=q
30    QueueJoined      queue=sales
40    OfferMade        offer=o1 queue=sales agent=a1 device=d1
41    CallAnswered     offer=o1 agent=a1 device=d1
42    TalkBegan        offer=o1
50    TalkFinished     offer=o1 by=agent
50    CallEnded        by=system
"""


def shown(record: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def test_an_answered_call_leaves_a_whole_record() -> None:
    record = fold(facts(ANSWERED))
    assert shown(record, "call", "number", "name", "dialled", "trunk", "tree", "tree_version") == {
        "call": CALL,
        "number": "+8613812345678",
        "name": "Li",
        "dialled": "4001",
        "trunk": "t1",
        "tree": "main",
        "tree_version": "v7",
    }
    assert shown(record, "language", "customer", "level", "nodes", "keys", "variables") == {
        "language": "zh-CN",
        "customer": "c7",
        "level": "gold",
        "nodes": ("welcome", "sales"),
        "keys": ("2",),
        "variables": {"order": "4711"},
    }
    assert shown(record, "started_at", "ended_at", "ended_by", "cause", "outcome") == {
        "started_at": 0.0,
        "ended_at": 120.0,
        "ended_by": "caller",
        "cause": "16",
        "outcome": "answered",
    }
    assert shown(record, "queue", "queues", "first_queued_at", "waited_s", "answered_at") == {
        "queue": "sales",
        "queues": ("sales",),
        "first_queued_at": 5.0,
        "waited_s": 47.0,
        "answered_at": 52.0,
    }
    assert shown(record, "agent", "device", "ring", "answer_s", "talk_s", "within_rule") == {
        "agent": "a2",
        "device": "a2-browser",
        "ring": 2,
        "answer_s": 47.0,
        "talk_s": 60.0,
        "within_rule": True,
    }
    assert shown(record, "scores", "gaps", "reconciled", "arrived") == {
        "scores": {"satisfied": 5},
        "gaps": 0,
        "reconciled": False,
        "arrived": True,
    }
    (recording,) = record.recordings
    assert shown(recording, "recording", "offer", "path", "seconds", "flaw", "voicemail") == {
        "recording": "r1",
        "offer": "o2",
        "path": "2024/r1.wav",
        "seconds": 60.0,
        "flaw": "",
        "voicemail": False,
    }


def test_each_offer_is_a_leg_with_why_it_was_missed() -> None:
    first, second = fold(facts(ANSWERED)).legs
    names = ("agent", "made_at", "rang_at", "answered_at", "talk_at", "ended_at", "missed")
    assert [tuple(shown(leg, *names).values()) for leg in (first, second)] == [
        ("a1", 30.0, 30.2, None, None, 45.0, "rang_out"),
        ("a2", 45.1, 45.4, 52.0, 54.5, 114.5, None),
    ]
    assert (first.talked, second.talked, second.attempt, second.ring) == (False, True, 2, 2)
    assert second.ended_by == "agent"


def test_a_call_that_goes_on_has_no_outcome_yet() -> None:
    record = fold(facts(ANSWERED)[:-3])
    assert (record.outcome, record.ended_at, record.ended_by) == (None, None, None)
    assert record.answered_at == 52.0


@pytest.mark.parametrize(
    ("table", "outcome"),
    [
        (ANSWERED, Outcome.ANSWERED),
        (RANG_OUT_THEN_LEFT, Outcome.ABANDONED_IN_QUEUE),
        (LEFT_AS_IT_RANG, Outcome.ABANDONED_RINGING),
        (LEFT_BEFORE_IT_RANG, Outcome.ABANDONED_IN_QUEUE),
        (LOST_THEN_LEFT, Outcome.ABANDONED_IN_QUEUE),
        ("0 CallArrived number=1\n3 CallEnded by=caller", Outcome.ABANDONED_IN_MENU),
        ("0 CallArrived number=1\n3 CallEnded by=system", Outcome.REFUSED),
        (
            "0 CallArrived number=1\n3 CallEnded by=system source=cel",
            Outcome.ABANDONED_IN_MENU,
        ),
        ("0 CallArrived number=1\n3 Refused why=blocked\n3 CallEnded by=caller", Outcome.REFUSED),
        (
            "0 CallArrived number=1\n3 SelfServed node=order\n4 CallEnded by=caller",
            Outcome.SELF_SERVICE,
        ),
        (
            "0 CallArrived number=1\n3 VoicemailLeft recording=r seconds=9\n12 CallEnded by=caller",
            Outcome.VOICEMAIL,
        ),
        (
            "0 CallArrived number=1\n3 CallTransferred to=+8610\n12 CallEnded by=caller",
            Outcome.TRANSFERRED,
        ),
        (
            "0 CallArrived number=1\n3 Rescued how=voicemail\n12 CallEnded by=caller source=cel",
            Outcome.RESCUED,
        ),
        (
            "0 CallArrived number=1\n3 QueueJoined queue=q\n12 CallEnded by=caller source=cel",
            Outcome.ABANDONED_IN_QUEUE,
        ),
        (
            "0 CallArrived number=1\n1 QueueJoined queue=q\n9 QueueLeft queue=q reason=exit_key\n"
            "12 CallEnded by=caller",
            Outcome.ABANDONED_IN_MENU,
        ),
        (
            "0 CallArrived number=1\n1 QueueJoined queue=q\n1 QueueLeft queue=q reason=overflow\n"
            "12 CallEnded by=system",
            Outcome.REFUSED,
        ),
        (CONTROLLER_LOST_IN_TALK, Outcome.ANSWERED),
        (
            "0 CallArrived number=1\n1 QueueJoined queue=q\n8 CallbackPromised queue=q number=1\n"
            "9 QueueLeft queue=q reason=callback\n12 CallEnded by=system",
            Outcome.CALLBACK,
        ),
        (
            "0 CallArrived number=1\n0 QueueJoined queue=q\n"
            "0 CalledBack first=e-1 attempts=3 failed=failed\n0 CallEnded by=system",
            Outcome.CALLBACK_FAILED,
        ),
        ("0 CallArrived number=1 out_by=a1\n9 CallEnded by=system cause=busy", Outcome.NOT_REACHED),
    ],
)
def test_every_call_ends_with_one_word(table: str, outcome: Outcome) -> None:
    assert fold(facts(table)).outcome is outcome


def test_every_outcome_has_a_story_here() -> None:
    mark = test_every_call_ends_with_one_word.pytestmark[0]
    assert {outcome for _, outcome in mark.args[1]} == set(Outcome)


def test_an_agent_lost_before_the_talk_counts_as_waiting_not_as_an_answer() -> None:
    record = fold(facts(LOST_IN_THE_ANNOUNCEMENT))
    assert shown(record, "agent", "answered_at", "answer_s", "waited_s", "talk_s") == {
        "agent": "a2",
        "answered_at": 23.0,
        "answer_s": 18.0,
        "waited_s": 3.0 + 13.0,
        "talk_s": 30.0,
    }
    assert [leg.talked for leg in record.legs] == [False, True]


def test_a_caller_who_hangs_up_during_the_announcement_was_answered() -> None:
    record = fold(
        facts(
            """
            0     CallArrived      number=1
            5     QueueJoined      queue=sales
            6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
            8     CallAnswered     offer=o1 agent=a1 device=d1 ring=3
            9     TalkFinished     offer=o1 by=caller
            9     CallEnded        by=caller
            """
        )
    )
    assert (record.outcome, record.talk_s, record.within_rule) == ("answered", 1.0, True)


def test_waits_and_talks_of_several_queues_add_up_and_the_first_answer_is_the_calls() -> None:
    record = fold(facts(TWO_QUEUES_TWO_AGENTS))
    assert shown(record, "queue", "queues", "waited_s", "talk_s", "agent", "answer_s") == {
        "queue": "service",
        "queues": ("sales", "service"),
        "waited_s": 30.0 + 14.0 + 20.0,
        "talk_s": 40.0,
        "agent": "a1",
        "answer_s": 54.0,
    }
    assert record.last_agent == "a2"


def test_whether_the_rule_was_kept_is_unknown_when_the_ring_is() -> None:
    assert fold(facts(CONTROLLER_LOST_IN_TALK)).within_rule is None
    late = facts(ANSWERED.replace("ring=2", "ring=4"))
    assert fold(late).within_rule is False
    assert fold(late, rings=4).within_rule is True


def test_a_call_that_ended_without_a_controller_ends_its_talk_when_asterisk_says() -> None:
    record = fold(facts(CONTROLLER_LOST_IN_TALK))
    assert (record.talk_s, record.reconciled, record.ended_at) == (60.0, True, 71.0)
    assert (record.legs[0].ended_at, record.legs[0].ended_by) == (71.0, "caller")


def test_a_sessions_word_about_the_end_goes_before_asterisks_file() -> None:
    both = CONTROLLER_LOST_IN_TALK + "70 CallEnded by=agent cause=16\n"
    record = fold(facts(both))
    assert (record.ended_by, record.ended_at, record.reconciled) == ("agent", 70.0, False)


def test_a_caller_who_comes_back_to_another_controller_has_waited_all_the_time() -> None:
    record = fold(facts(CONTROLLER_LOST_WHILE_SHE_WAITED))
    assert shown(record, "gaps", "waited_s", "queues") == {
        "gaps": 1,
        "waited_s": 36.0,
        "queues": ("sales",),
    }


def test_a_talk_whose_answer_nobody_saw_is_a_talk_with_an_unknown_ring() -> None:
    record = fold(
        facts(
            """
            0     CallArrived      number=1
            5     QueueJoined      queue=sales
            6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
            7     PhoneRang        offer=o1
            60    SessionResumed
            60    TalkFinished     offer=o1 by=agent
            61    CallEnded        by=system
            """
        )
    )
    assert (record.outcome, record.ring, record.within_rule) == ("answered", None, None)
    assert record.waited_s == 2.0


def test_a_voicemail_is_kept_with_its_file() -> None:
    record = fold(
        facts(
            """
            0   CallArrived      number=1
            3   RecordingStarted recording=v1
            20  VoicemailLeft    recording=v1 seconds=16
            21  RecordingStored  recording=v1 path=v1.wav seconds=16.2 bytes=1 sha256=x flaw=silent
            22  CallEnded        by=caller
            """
        )
    )
    (voicemail,) = record.voicemails
    assert (voicemail.path, voicemail.seconds, voicemail.flaw) == ("v1.wav", 16.2, "silent")


def test_a_record_without_an_arrival_says_so() -> None:
    record = fold(facts("60 SessionResumed node=q\n61 QueueJoined queue=q"))
    assert (record.arrived, record.started_at) == (False, 60.0)


def test_a_fact_of_another_call_is_refused() -> None:
    with pytest.raises(ValueError, match="told to the record of"):
        fold(facts(LOST_THEN_LEFT) + facts(LOST_THEN_LEFT, call="cn1-2"))
    with pytest.raises(ValueError, match="no facts"):
        fold([])


STORIES = [
    facts(table)
    for table in (
        ANSWERED,
        RANG_OUT_THEN_LEFT,
        LEFT_AS_IT_RANG,
        LOST_IN_THE_ANNOUNCEMENT,
        LOST_THEN_LEFT,
        TWO_QUEUES_TWO_AGENTS,
        CONTROLLER_LOST_IN_TALK,
        CONTROLLER_LOST_WHILE_SHE_WAITED,
    )
]


@given(st.sampled_from(STORIES), st.data())
@settings(max_examples=150, deadline=None)
def test_the_order_of_telling_does_not_change_the_record(
    story: list[Fact], data: st.DataObject
) -> None:
    assert fold(data.draw(st.permutations(story))) == fold(story)


@given(st.sampled_from(STORIES), st.data())
@settings(max_examples=100, deadline=None)
def test_telling_a_fact_again_does_not_change_the_record(
    story: list[Fact], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(story), max_size=30))
    assert fold(story + again) == fold(story)


@given(st.sampled_from(STORIES), st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_missing_a_record_can_be_made_and_adds_up(
    story: list[Fact], data: st.DataObject
) -> None:
    known = data.draw(st.lists(st.sampled_from(story), min_size=1, unique_by=lambda f: f.key))
    assume(any(Fold(fact.call).add(fact) for fact in known))  # a place told is no news
    record = fold(known)
    assert record.waited_s >= 0
    assert record.talk_s >= 0
    assert (record.outcome is None) == (record.ended_at is None)
    assert (record.outcome is Outcome.ANSWERED) <= (record.answered_at is not None)
    assert record.answer_s is None or record.answer_s >= 0


@given(st.sampled_from(STORIES))
def test_facts_read_back_from_a_journal_give_the_same_record(story: list[Fact]) -> None:
    assert fold(decode_fact(encode(fact)) for fact in story) == fold(story)


def test_a_growing_fold_tells_news_from_repetition() -> None:
    growing = Fold(facts(ANSWERED)[0].call)
    news = [growing.add(fact) for fact in facts(ANSWERED)]
    assert news.count(False) == 1  # a place told is no news to the record
    assert not any(growing.add(fact) for fact in facts(ANSWERED))
    assert growing.ended
    assert growing.record() == fold(facts(ANSWERED))


def test_an_answer_is_judged_by_the_rings_of_its_own_queue() -> None:
    for allowed, within in ((2, True), (1, False)):
        told = ANSWERED.replace("a2-browser attempt=2", f"a2-browser attempt=2 rings={allowed}")
        assert fold(facts(told)).within_rule is within


def test_acd_1_of_several_phones_one_talked_and_the_others_are_told_apart() -> None:
    record = fold(facts(RUNG_TOGETHER))
    assert (record.outcome, record.agent, record.ring) == (Outcome.ANSWERED, "a2", 1)
    assert (record.waited_s, record.talk_s) == (4.0, 9.0)
    assert [(leg.agent, leg.missed, leg.talked) for leg in record.legs] == [
        ("a1", "answered_elsewhere", False),
        ("a2", None, True),
    ]
