"""One record and one message to the desk for each call, whatever comes twice, late or crashes."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from calls.clock import ManualClock
from calls.codec import encode
from calls.events import Fact, RecordingStored
from calls.fold import fold
from calls.ids import CallId, CustomerId, QueueId, RecordingId
from calls.journal import FACTS, MemoryJournal
from calls.notices import Alarm
from calls.words import Outcome
from cti.open_calls import LINGER_S, SILENCE_S
from cti.record_rows import LegRow, RecordRow
from cti.records import BEHIND, REFUSED, RecordKeeper, RecordWriter
from cti.records_sql import RecordFilter, SqlRecords
from storage import outbox
from storage.database import Database
from storage.offload import Offload
from tests.calls.tables import facts
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.integration

ANSWERED = """
0     CallArrived      number=+8613812345678 dialled=4001 tree_version=v1
1     CustomerFound    customer=c7 level=gold
5     QueueJoined      queue=sales
6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
7     PhoneRang        offer=o1
9     OfferMissed      offer=o1 why=rejected
10    OfferMade        offer=o2 queue=sales agent=a2 device=d2 attempt=2
11    PhoneRang        offer=o2
13    CallAnswered     offer=o2 agent=a2 device=d2 ring=1
15    TalkBegan        offer=o2
16    RecordingStarted recording=r1 offer=o2
75    TalkFinished     offer=o2 by=agent
76    CallEnded        by=caller
"""
ABANDONED = """
3     CallArrived      number=+8613899999999 dialled=4001 tree_version=v1
5     QueueJoined      queue=service
30    QueueLeft        queue=service reason=hung_up
30    CallEnded        by=caller
"""
STORED = RecordingStored(
    call=CallId("cn1-1"),
    at=77.0,
    key="late",
    recording=RecordingId("r1"),
    path="r1.wav",
    seconds=60.0,
    bytes=9,
    sha256="ab",
)


class Killed(BaseException):
    """The process dies here."""


class Desk:
    """The house around one record keeper; ``restart`` is what a crash leaves."""

    def __init__(self, database: Database) -> None:
        self.journal = MemoryJournal()
        self.database = database
        self.records = SqlRecords(self.database)
        self.restart()

    def restart(self) -> None:
        self.keeper = RecordKeeper(self.journal, self.records)

    def tell(self, *told: Fact) -> None:
        for fact in told:
            self.journal.append(FACTS, encode(fact))

    def settle(self, now: float) -> None:
        while self.keeper.step(now).more:
            pass

    def written(self) -> dict[str, int]:
        """Calls with a record, and how many messages each sent to the desk."""
        with self.database.reading() as session:
            calls = session.scalars(select(RecordRow.call)).all()
            asked = [message.key for message in outbox.pending(session, outbox.CALL_ENDED, 1_000)]
        assert set(asked) <= set(calls)
        return {call: asked.count(call) for call in calls}

    def legs(self) -> list[tuple[Any, ...]]:
        with self.database.reading() as session:
            rows = session.scalars(select(LegRow).order_by(LegRow.call, LegRow.made_at)).all()
            return [(row.call, row.offer, row.agent, row.missed, row.ring) for row in rows]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_an_ended_call_is_written_once_it_has_settled(desk: Desk) -> None:
    desk.tell(*facts(ANSWERED, "cn1-1"))
    desk.settle(now=77.9)
    assert desk.written() == {}
    desk.settle(now=78.0)
    assert desk.written() == {"cn1-1": 1}
    assert desk.records.get(CallId("cn1-1")) == fold(facts(ANSWERED, "cn1-1"))
    assert desk.legs() == [
        ("cn1-1", "o1", "a1", "rejected", None),
        ("cn1-1", "o2", "a2", None, 1),
    ]


def test_the_desk_is_told_the_whole_record(desk: Desk) -> None:
    desk.tell(*facts(ANSWERED, "cn1-1"), STORED)
    desk.settle(now=100.0)
    with desk.database.reading() as session:
        (message,) = outbox.pending(session, outbox.CALL_ENDED, 10)
    assert '"outcome":"answered"' in message.payload
    assert '"path":"r1.wav"' in message.payload


def test_a_call_that_goes_on_is_not_written(desk: Desk) -> None:
    desk.tell(*facts(ANSWERED, "cn1-1")[:-1])
    desk.settle(now=1_000.0)
    assert desk.written() == {}
    assert desk.keeper.open == 1


def test_facts_told_twice_make_one_record(desk: Desk) -> None:
    desk.tell(*facts(ANSWERED, "cn1-1"), *facts(ANSWERED, "cn1-1"))
    desk.settle(now=100.0)
    desk.tell(*facts(ANSWERED, "cn1-1"))
    desk.settle(now=200.0)
    assert desk.written() == {"cn1-1": 1}


def test_a_recording_stored_late_is_added_and_nothing_is_asked_again(desk: Desk) -> None:
    desk.tell(*facts(ANSWERED, "cn1-1"))
    desk.settle(now=100.0)
    desk.tell(STORED)
    desk.settle(now=101.0)
    record = desk.records.get(CallId("cn1-1"))
    assert record is not None
    assert [one.path for one in record.recordings] == ["r1.wav"]
    assert desk.written() == {"cn1-1": 1}
    assert len(desk.legs()) == 2


def test_a_recording_stored_after_a_restart_is_added_to_what_is_there(desk: Desk) -> None:
    desk.tell(*facts(ANSWERED, "cn1-1"))
    desk.settle(now=100.0)
    desk.restart()
    desk.tell(STORED)
    desk.settle(now=101.0)
    record = desk.records.get(CallId("cn1-1"))
    assert record is not None
    assert [(one.path, one.offer) for one in record.recordings] == [("r1.wav", "o2")]
    assert record.number == "+8613812345678"
    assert desk.written() == {"cn1-1": 1}


def test_a_call_that_lasts_keeps_the_mark_before_its_first_fact(desk: Desk) -> None:
    long, short = facts(ANSWERED, "cn1-1"), facts(ABANDONED, "cn1-2")
    desk.tell(*long[:4], *short)
    desk.settle(now=50.0)
    assert desk.written() == {"cn1-2": 1}
    assert desk.keeper.mark == 0
    desk.restart()
    desk.tell(*long[4:])
    desk.settle(now=100.0)
    assert desk.written() == {"cn1-1": 1, "cn1-2": 1}
    assert desk.records.get(CallId("cn1-1")) == fold(long)
    assert desk.keeper.mark == len(long) + len(short)


def test_a_mark_in_the_middle_of_a_written_call_does_not_spoil_its_record(desk: Desk) -> None:
    first, second = facts(ANSWERED, "cn1-1"), facts(ABANDONED, "cn1-2")
    desk.tell(*first[:6], second[0], *first[6:])
    desk.settle(now=100.0)
    assert 0 < desk.keeper.mark < len(first)
    desk.restart()
    desk.settle(now=200.0)
    assert desk.records.get(CallId("cn1-1")) == fold(first)
    assert len(desk.legs()) == 2


def test_calls_long_written_are_forgotten(desk: Desk) -> None:
    desk.tell(*facts(ANSWERED, "cn1-1"))
    desk.settle(now=80.0)
    assert desk.keeper.open == 1
    desk.tell(*facts(ABANDONED.replace("30 ", f"{100 + LINGER_S} "), "cn1-2"))
    desk.settle(now=110.0 + LINGER_S)
    assert desk.written() == {"cn1-1": 1, "cn1-2": 1}
    assert desk.keeper.open == 1


def test_a_call_whose_end_nobody_ever_told_is_written_after_a_day_of_silence(desk: Desk) -> None:
    desk.tell(*facts(ABANDONED, "cn1-1")[:2])
    desk.settle(now=SILENCE_S)
    assert desk.written() == {}
    desk.settle(now=SILENCE_S + 6.0)
    record = desk.records.get(CallId("cn1-1"))
    assert record is not None
    assert (record.ended_at, record.cause, record.reconciled) == (
        5.0,
        "its end was never told",
        True,
    )
    desk.restart()
    desk.settle(now=SILENCE_S + 60.0)
    assert desk.written() == {"cn1-1": 1}


def test_an_entry_that_is_no_fact_is_counted_and_passed_by(desk: Desk) -> None:
    desk.journal.append(FACTS, b"{}")
    desk.tell(*facts(ABANDONED, "cn1-1"))
    desk.journal.append(FACTS, b"\xff garbage")
    desk.settle(now=100.0)
    assert desk.keeper.unreadable == 2
    assert desk.written() == {"cn1-1": 1}


def statements_of(desk: Desk, act: Callable[[], None]) -> int:
    """How many things the database is asked while acting, commits included."""
    count = 0

    def step(*_: Any) -> None:
        nonlocal count
        count += 1

    event.listen(desk.database.engine, "before_cursor_execute", step)
    event.listen(desk.database.engine, "commit", step)
    act()
    event.remove(desk.database.engine, "before_cursor_execute", step)
    event.remove(desk.database.engine, "commit", step)
    return count


def kill_at(desk: Desk, number: int, act: Callable[[], None]) -> None:
    count = 0

    def step(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Killed

    event.listen(desk.database.engine, "before_cursor_execute", step)
    event.listen(desk.database.engine, "commit", step)
    try:
        act()
    except Killed:
        pass
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", step)
        event.remove(desk.database.engine, "commit", step)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_step_and_started_again_each_call_has_one_record(
    kind: str, new_database: NewDatabase
) -> None:
    told = [*facts(ANSWERED, "cn1-1"), *facts(ABANDONED, "cn1-2"), STORED]

    def house() -> Desk:
        made = Desk(new_database(kind))
        made.tell(*told)
        return made

    whole = house()
    steps = statements_of(whole, lambda: whole.settle(100.0))
    assert steps >= 10
    for number in range(1, steps + 1):
        desk = house()
        kill_at(desk, number, lambda desk=desk: desk.settle(100.0))  # type: ignore[misc]
        desk.restart()
        desk.settle(101.0)
        assert desk.written() == {"cn1-1": 1, "cn1-2": 1}, number
        assert desk.legs() == whole.legs(), number
        assert desk.records.get(CallId("cn1-1")) == whole.records.get(CallId("cn1-1")), number


def test_a_commit_whose_answer_was_lost_is_not_done_twice(desk: Desk) -> None:
    desk.tell(*facts(ANSWERED, "cn1-1"))
    write = desk.records.write

    def write_and_lose(*args: Any) -> list[CallId]:
        write(*args)
        desk.records.write = write  # type: ignore[method-assign]
        raise OSError("connection lost after commit")

    desk.records.write = write_and_lose  # type: ignore[method-assign]
    with pytest.raises(OSError, match="connection lost"):
        desk.keeper.step(100.0)
    desk.settle(101.0)
    assert desk.written() == {"cn1-1": 1}


def test_one_record_the_database_refuses_does_not_hold_up_the_others(desk: Desk) -> None:
    desk.tell(*facts(ANSWERED, "cn1-1"), *facts(ABANDONED, "cn1-2"))
    write = desk.records.write
    broken = True

    def refuse_the_first(records: Any, mark: int, at: float) -> list[CallId]:
        if broken and any(record.call == "cn1-1" for record in records):
            raise ValueError("a bug")
        return write(records, mark, at)

    desk.records.write = refuse_the_first  # type: ignore[method-assign]
    progress = desk.keeper.step(100.0)
    assert (progress.new, progress.refused) == (("cn1-2",), ("cn1-1",))
    assert desk.keeper.mark == 0
    broken = False
    progress = desk.keeper.step(161.0)
    assert (progress.new, progress.refused) == (("cn1-1",), ())
    assert desk.written() == {"cn1-1": 1, "cn1-2": 1}


def test_while_the_database_is_locked_records_wait_and_an_alarm_shows(
    desk: Desk, run: Callable[..., Any]
) -> None:
    """The facts stay in the journal and are caught up once."""
    desk.tell(*facts(ANSWERED, "cn1-1"))
    clock, alarms, written = ManualClock(100.0), list[Alarm](), list[CallId]()
    write, locked = desk.records.write, True

    def locked_write(*args: Any) -> list[CallId]:
        if locked:
            raise OSError("database is locked")
        return write(*args)

    desk.records.write = locked_write  # type: ignore[method-assign]

    async def story() -> None:
        nonlocal locked
        offload = Offload(threads=1)
        writer = RecordWriter(desk.keeper, offload, clock, alarms.append, written.extend)
        running = asyncio.ensure_future(writer.run())

        async def until(true: Callable[[], bool]) -> None:
            for _ in range(500):
                if true():
                    return
                clock.advance(0.5)
                await asyncio.sleep(0.01)
            assert true()

        await until(lambda: len(alarms) == 1)
        desk.tell(*facts(ABANDONED, "cn1-2"))
        for _ in range(20):
            clock.advance(0.5)
            await asyncio.sleep(0.005)
        locked = False
        await until(lambda: len(written) == 2)
        await until(lambda: len(alarms) == 2)
        writer.stop()
        await running
        await offload.close()

    run(story())
    assert [(alarm.name, alarm.on) for alarm in alarms] == [(BEHIND, True), (BEHIND, False)]
    assert sorted(written) == ["cn1-1", "cn1-2"]
    assert desk.written() == {"cn1-1": 1, "cn1-2": 1}
    assert REFUSED not in {alarm.name for alarm in alarms}


def test_calls_are_found_by_what_is_asked_newest_first(desk: Desk) -> None:
    for n in range(5):
        desk.tell(*facts(ANSWERED.replace("0     CallArrived", f"{n}     CallArrived"), f"cn1-{n}"))
    desk.tell(*facts(ABANDONED, "cn1-9"))
    desk.settle(now=100.0)

    def found(limit: int = 50, before: Any = None, **wanted: Any) -> list[str]:
        return [c.call for c in desk.records.recent(RecordFilter(**wanted), limit, before)]

    everything = ["cn1-4", "cn1-9", "cn1-3", "cn1-2", "cn1-1", "cn1-0"]
    assert found() == everything
    assert found(queue=QueueId("service")) == ["cn1-9"]
    assert found(outcome=Outcome.ABANDONED_IN_QUEUE) == ["cn1-9"]
    assert found(number="+8613899999999") == ["cn1-9"]
    assert found(customer=CustomerId("c7"), since=1.0, until=3.0) == ["cn1-2", "cn1-1"]
    assert found(agent="a2", limit=2) == ["cn1-4", "cn1-3"]
    pages: list[str] = []
    before = None
    while page := desk.records.recent(RecordFilter(), 2, before):
        pages += [record.call for record in page]
        before = (page[-1].started_at, page[-1].call)
    assert pages == everything


def test_the_last_contacts_are_of_the_customer_or_of_the_number(desk: Desk) -> None:
    for n in range(7):
        desk.tell(*facts(ANSWERED.replace("0     CallArrived", f"{n}     CallArrived"), f"cn1-{n}"))
    desk.tell(*facts(ABANDONED, "cn1-9"))
    desk.settle(now=100.0)
    by_customer = desk.records.last_contacts([CustomerId("c7")], "")
    assert [one.call for one in by_customer] == ["cn1-6", "cn1-5", "cn1-4", "cn1-3", "cn1-2"]
    assert (by_customer[0].agent, by_customer[0].queue, by_customer[0].outcome) == (
        "a2",
        "sales",
        "answered",
    )
    both = desk.records.last_contacts([CustomerId("c7")], "+8613899999999")
    assert [one.call for one in both] == ["cn1-6", "cn1-5", "cn1-4", "cn1-3", "cn1-9"]
    assert desk.records.last_contacts([], "") == []
