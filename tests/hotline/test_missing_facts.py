"""Asterisk's rows beside what sessions told: exactly what is missing is told, with true times."""

import pytest

from calls.clock import ManualClock
from calls.events import Fact
from calls.fold import fold
from calls.ids import CallId, RecordingId
from calls.words import LeaveReason, NoAnswer, Outcome, Party
from hotline.missing import Message, missing_facts
from hotline.told import Told
from tests.calls.tables import facts
from tests.hotline.cel_rows import CALL, trace

pytestmark = pytest.mark.story

# Seconds, event, channel, and what else the row says. "caller" and phones are channels' nicknames.
ANSWERED = """
0      CHAN_START   caller  number=13812345678 exten=4008001234 context=inbound
0.1    ANSWER       caller
10     CHAN_START   d1
14     ANSWER       d1
14.2   BRIDGE_ENTER d1
14.2   BRIDGE_ENTER caller
74     BRIDGE_EXIT  d1
74     HANGUP       d1      source=caller cause=16
74.1   HANGUP       caller  source=caller cause=16
74.1   LINKEDID_END caller
"""
QUEUED = """
0.2   CallArrived      number=13812345678 dialled=4008001234 trunk=hotline
5     QueueJoined      queue=sales
9.9   OfferMade        offer=o1 queue=sales agent=a1 device=d1
"""


def told_by(table: str) -> Told:
    told = Told(ManualClock(1000.0))
    for fact in facts(table, CALL):
        told.hear(fact)
    return told


def missing(rows: str, table: str = "", *messages: Message) -> list[Fact]:
    return missing_facts(CallId(CALL), told_by(table).get(CallId(CALL)), trace(rows), messages)


def shown(found: list[Fact]) -> list[tuple[str, float]]:
    return [(type(fact).__name__, fact.at) for fact in found]


def test_a_call_nobody_told_of_is_told_from_its_arrival_to_its_end() -> None:
    arrived, ended = missing(ANSWERED)
    assert shown([arrived, ended]) == [("CallArrived", 0.0), ("CallEnded", 74.1)]
    record = fold([arrived, ended])
    assert (record.number, record.dialled, record.trunk) == ("13812345678", "4008001234", "line")
    assert (record.ended_by, record.cause) == (Party.CALLER, "hang-up cause 16")
    assert record.reconciled
    assert record.outcome is Outcome.ABANDONED_IN_MENU


def test_an_answer_and_a_talk_nobody_saw_are_told_with_the_ring_unknown() -> None:
    found = missing(ANSWERED, QUEUED)
    assert shown(found) == [
        ("CallAnswered", 14.0),
        ("TalkBegan", 14.2),
        ("TalkFinished", 74.0),
        ("CallEnded", 74.1),
    ]
    record = fold([*facts(QUEUED, CALL), *found])
    assert (record.agent, record.ring, record.within_rule) == ("a1", None, None)
    assert (round(record.talk_s, 3), round(record.waited_s, 3)) == (59.8, 9.0)
    assert record.legs[0].ended_by is Party.CALLER
    assert record.outcome is Outcome.ANSWERED


def test_a_talk_whose_beginning_was_told_lacks_only_its_end() -> None:
    began = QUEUED + "14 CallAnswered offer=o1 agent=a1 device=d1 ring=1\n14.2 TalkBegan offer=o1"
    found = missing(ANSWERED, began)
    assert shown(found) == [("TalkFinished", 74.0), ("CallEnded", 74.1)]
    assert fold([*facts(began, CALL), *found]).ring == 1


def test_who_hung_up_is_what_asterisk_says() -> None:
    rows = ANSWERED.replace("source=caller", "source=d1")
    finished, ended = missing(rows, QUEUED)[-2:]
    assert finished.by is Party.AGENT  # type: ignore[union-attr]
    assert ended.by is Party.AGENT  # type: ignore[union-attr]


def test_a_caller_who_gave_up_waiting_abandoned_the_queue() -> None:
    rows = """
    0   CHAN_START   caller  number=138 exten=4001 context=inbound
    30  HANGUP       caller  source=caller cause=16
    30  LINKEDID_END caller
    """
    waiting = "0.2 CallArrived number=138\n5 QueueJoined queue=sales"
    found = missing(rows, waiting)
    assert shown(found) == [("CallEnded", 30.0)]
    record = fold([*facts(waiting, CALL), *found])
    assert (record.outcome, record.waited_s) == (Outcome.ABANDONED_IN_QUEUE, 25.0)


RANG = """
0     CHAN_START   caller  number=138 exten=4001 context=inbound
10    CHAN_START   d1
{leg}  HANGUP       d1      source={by} cause={cause}
40    HANGUP       caller  source=caller cause=16
40    LINKEDID_END caller
"""


def test_a_caller_who_left_while_a_phone_rang_abandoned_it_ringing() -> None:
    rang = QUEUED + "10.1 PhoneRang offer=o1"
    found = missing(RANG.format(leg=39.9, by="caller", cause=16), rang)
    assert shown(found) == [("CallEnded", 40.0)]
    record = fold([*facts(rang, CALL), *found])
    assert record.outcome is Outcome.ABANDONED_RINGING
    assert record.legs[0].missed is NoAnswer.CALLER_LEFT


@pytest.mark.parametrize(
    ("cause", "why"), [(17, NoAnswer.BUSY), (21, NoAnswer.REJECTED), (16, NoAnswer.FAILED)]
)
def test_an_offer_that_ended_before_the_call_did_was_missed_then(cause: int, why: NoAnswer) -> None:
    rang = QUEUED + "10.1 PhoneRang offer=o1"
    found = missing(RANG.format(leg=20, by="d1", cause=cause), rang)
    assert shown(found) == [("OfferMissed", 20.0), ("CallEnded", 40.0)]
    record = fold([*facts(rang, CALL), *found])
    assert record.legs[0].missed is why
    assert record.outcome is Outcome.ABANDONED_IN_QUEUE


def test_an_agent_lost_while_the_staff_number_was_said_did_not_talk() -> None:
    rows = RANG.format(leg=20, by="d1", cause=16).replace("20  HANGUP", "18 ANSWER d1\n20  HANGUP")
    found = missing(rows, QUEUED)
    assert shown(found) == [
        ("CallAnswered", 18.0),
        ("OfferMissed", 20.0),
        ("CallEnded", 40.0),
    ]
    record = fold([*facts(QUEUED, CALL), *found])
    assert record.outcome is Outcome.ABANDONED_IN_QUEUE
    assert (record.talk_s, record.answered_at) == (0.0, None)


def test_two_offers_to_one_device_are_told_apart_by_time() -> None:
    rows = """
    0    CHAN_START   caller  number=138 exten=4001 context=inbound
    10   CHAN_START   d1
    15   HANGUP       d1      source=caller cause=16
    20   CHAN_START   d1/2
    22   ANSWER       d1/2
    22.5 BRIDGE_ENTER d1/2
    60   HANGUP       d1/2    source=d1/2 cause=16
    61   HANGUP       caller  source=caller cause=16
    61   LINKEDID_END caller
    """
    offers = QUEUED + "19.9 OfferMade offer=o2 queue=sales agent=a1 device=d1 attempt=2"
    record = fold([*facts(offers, CALL), *missing(rows, offers)])
    first, second = record.legs
    assert (first.offer, first.ended_at, first.talked) == ("o1", 15.0, False)
    assert (second.offer, second.answered_at, second.ended_at) == ("o2", 22.0, 60.0)


RESCUED = """
0    CHAN_START   caller  number=138 exten=4001 context=inbound
0.1  ANSWER       caller
45   TR_RESCUED   caller  extra=voicemail
80   HANGUP       caller  source=caller cause=16
80   LINKEDID_END caller
"""


def test_a_rescued_caller_stopped_waiting_when_she_was_rescued() -> None:
    waiting = "0.2 CallArrived number=138\n5 QueueJoined queue=sales"
    message = Message(RecordingId("v-1"), 20.0, 79.0)
    found = missing(RESCUED, waiting, message)
    assert shown(found) == [
        ("QueueLeft", 45.0),
        ("Rescued", 45.0),
        ("VoicemailLeft", 79.0),
        ("CallEnded", 80.0),
    ]
    assert found[0].reason is LeaveReason.LOST  # type: ignore[union-attr]
    record = fold([*facts(waiting, CALL), *found])
    assert (record.outcome, record.waited_s) == (Outcome.RESCUED, 40.0)
    assert [one.recording for one in record.voicemails] == ["v-1"]


def test_a_call_asterisk_could_not_finish_writing_is_lost_when_last_heard_of() -> None:
    torn = ANSWERED[: ANSWERED.index("74     BRIDGE_EXIT")]
    found = missing(torn, QUEUED)
    assert shown(found) == [("CallAnswered", 14.0), ("TalkBegan", 14.2), ("CallEnded", 14.2)]
    record = fold([*facts(QUEUED, CALL), *found])
    assert (record.cause, record.ended_by) == ("lost", Party.SYSTEM)
    assert record.outcome is Outcome.ANSWERED


@pytest.mark.parametrize("rows", [ANSWERED, RESCUED, RANG.format(leg=20, by="d1", cause=17)])
@pytest.mark.parametrize("table", ["", QUEUED])
def test_whatever_of_it_was_told_before_a_crash_the_record_is_the_same(
    rows: str, table: str
) -> None:
    message = Message(RecordingId("v-1"), 20.0, 79.0)
    found = missing(rows, table, message)
    whole = fold([*facts(table, CALL), *found])
    for told in range(len(found) + 1):
        again = told_by(table)
        for fact in found[:told]:
            again.hear(fact)
        rest = missing_facts(CallId(CALL), again.get(CallId(CALL)), trace(rows), [message])
        assert fold([*facts(table, CALL), *found[:told], *rest]) == whole
