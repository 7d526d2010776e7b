"""The desk beside a live hotline: nothing lost, nothing doubled, whatever fails in between."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from calls.bus import Bus
from calls.clock import ManualClock
from calls.fold import fold
from calls.ids import CustomerId, TicketId
from calls.notices import Alarm
from calls.words import Language
from storage import outbox
from storage.database import Database
from storage.offload import Offload
from storage.search_words import words_asked, words_of
from tests.calls.tables import facts
from tests.databases import KINDS, NewDatabase
from tests.tickets.house import (
    ANSWERED,
    ENDED,
    MONDAY_9,
    TALKED,
    House,
    abandoned,
    answered,
    talked,
)
from tickets.at_answer import OpenAtAnswer
from tickets.changes import Change, Nobody, Reply
from tickets.knowledge.service import Cut, Cutting
from tickets.model import Channel, NoSuchTicket, TicketState
from tickets.ports import TicketFilter
from tickets.service import BEHIND, PUT_OFF_S, REFUSED, Tickets
from tickets.tasks.ports import TaskFilter

pytestmark = pytest.mark.integration
LATE = MONDAY_9 + 48 * 3600


class Live:
    def __init__(self, database: Database) -> None:
        self.house = House(database)
        self.clock = ManualClock(MONDAY_9)
        self.alarms: list[Alarm] = []
        self.offload = Offload(threads=1)
        self.tickets = Tickets(
            self.house.desk,
            self.house.handling,
            self.house.store,
            self.offload,
            Cutting(_cut(words_of), _cut(words_asked)),
            self.clock,
            self.alarms.append,
        )

    def step(self) -> bool:
        return self.tickets.step(self.clock.now())

    async def closed(self, opener: OpenAtAnswer) -> None:
        closing = asyncio.ensure_future(opener.close())
        await self.until(closing.done)

    async def until(self, true: Callable[[], bool]) -> None:
        for _ in range(500):
            if true():
                return
            self.clock.advance(0.5)
            await asyncio.sleep(0.01)
        assert true()


@pytest.fixture
def live(database: Database, run: Callable[..., Any]) -> Iterator[Live]:
    made = Live(database)
    yield made
    run(made.offload.close())


class Killed(BaseException):
    """The process dies here."""


def at_step(house: House, number: int, act: Callable[[], Any]) -> int:
    """Act, and die at the ``number``-th thing the database is asked; how many there were."""
    count = 0

    def step(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Killed

    assert house.database is not None
    engine = house.database.engine
    event.listen(engine, "before_cursor_execute", step)
    event.listen(engine, "commit", step)
    try:
        act()
    except Killed:
        pass
    finally:
        event.remove(engine, "before_cursor_execute", step)
        event.remove(engine, "commit", step)
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_step_each_call_has_one_ticket(kind: str, new_database: NewDatabase) -> None:
    def story(house: House) -> None:
        house.answer(answered("cn1-1"))
        house.work()

    def made() -> House:
        house = House(new_database(kind))
        house.ask(talked("cn1-1"))
        house.ask(abandoned("cn1-2"))
        return house

    whole = made()
    steps = at_step(whole, 0, lambda: story(whole))
    assert steps > 20
    for number in range(1, steps + 1):
        house = made()
        at_step(house, number, lambda house=house: story(house))  # type: ignore[misc]
        story(house)
        assert house.calls() == whole.calls(), number
        assert house.desk.waiting(10) == [], number


def test_one_record_that_cannot_become_a_ticket_does_not_hold_up_the_others(live: Live) -> None:
    assert live.house.database is not None
    with live.house.database.session() as session:
        outbox.put(session, outbox.CALL_ENDED, [("broken", "{}")], MONDAY_9)
    live.house.ask(abandoned("cn1-1"))
    while live.step():
        pass
    assert live.house.calls() == [[("cn1-1", "opened", True)]]
    (left,) = live.house.desk.waiting(10)
    with live.house.database.reading() as session:
        (message,) = outbox.pending(session, outbox.CALL_ENDED, 10)
    assert (left.payload, message.tries) == ("{}", 1)
    live.step()
    live.clock.advance(PUT_OFF_S)
    live.step()
    with live.house.database.reading() as session:
        (message,) = outbox.pending(session, outbox.CALL_ENDED, 10)
    assert message.tries == 2


def test_more_records_than_fit_in_one_go_are_all_dealt_with(live: Live) -> None:
    for n in range(130):
        live.house.ask(abandoned(f"cn1-{n}", number=str(1_000_000 + n)))
    assert [live.step() for _ in range(3)] == [True, True, False]
    assert len(live.house.calls()) == 100  # a page; all of them are done
    assert live.house.desk.waiting(1) == []


def test_while_the_database_is_locked_records_wait_and_an_alarm_shows(
    live: Live, run: Callable[..., Any]
) -> None:
    live.house.ask(abandoned("cn1-1"))
    deal_with, locked = live.house.desk.deal_with, True

    def locked_out(*args: Any) -> Any:
        if locked:
            raise OSError("database is locked")
        return deal_with(*args)

    live.house.desk.deal_with = locked_out  # type: ignore[method-assign]

    async def story() -> None:
        nonlocal locked
        running = asyncio.ensure_future(live.tickets.run())
        await live.until(lambda: len(live.alarms) == 1)
        locked = False
        await live.until(lambda: len(live.alarms) == 2)
        live.house.ask(abandoned("cn1-2", number=""))
        live.tickets.wake()
        await live.until(lambda: len(live.house.calls()) == 2)
        live.tickets.stop()
        await running

    run(story())
    assert [(alarm.name, alarm.on) for alarm in live.alarms] == [(BEHIND, True), (BEHIND, False)]


def test_a_refused_record_raises_an_alarm(live: Live, run: Callable[..., Any]) -> None:
    assert live.house.database is not None
    with live.house.database.session() as session:
        outbox.put(session, outbox.CALL_ENDED, [("broken", "{}")], MONDAY_9)

    async def story() -> None:
        running = asyncio.ensure_future(live.tickets.run())
        await live.until(lambda: len(live.alarms) == 1)
        live.tickets.stop()
        await running

    run(story())
    assert (live.alarms[0].name, live.alarms[0].on) == (REFUSED, True)


def test_the_ticket_is_there_while_the_agent_talks(live: Live, run: Callable[..., Any]) -> None:
    failures: list[Any] = []
    bus = Bus(lambda *failure: failures.append(failure))
    ready: list[tuple[str, str]] = []
    opener = OpenAtAnswer(live.tickets, lambda record, t: ready.append((record.call, t.id)))
    opener.listen(bus)
    story = facts(ANSWERED.format(queue="sales") + TALKED + ENDED, "cn1-1")

    async def live_call() -> None:
        for fact in story[:6]:
            bus.publish(fact)
            bus.publish(fact)
        await live.closed(opener)
        assert ready == [("cn1-1", "1")] * 2
        assert live.house.calls() == [[("cn1-1", "opened", False)]]
        for fact in story[6:]:
            bus.publish(fact)
        await live.closed(opener)

    run(live_call())
    live.house.ask(fold(story))
    live.step()
    assert live.house.calls() == [[("cn1-1", "opened", True)]]
    assert failures == []


def test_when_no_ticket_can_be_opened_at_answer_the_record_opens_it(
    live: Live, run: Callable[..., Any]
) -> None:
    bus = Bus(lambda *failure: None)
    opener = OpenAtAnswer(live.tickets)
    opener.listen(bus)
    story = facts(ANSWERED.format(queue="sales") + TALKED + ENDED, "cn1-1")

    def gone(*_: Any) -> None:
        raise OSError("database gone")

    async def live_call() -> None:
        live.house.desk.open_at_answer = gone  # type: ignore[method-assign]
        for fact in story:
            bus.publish(fact)
        await live.closed(opener)

    run(live_call())
    assert live.house.calls() == []
    live.house.ask(fold(story))
    live.step()
    assert live.house.calls() == [[("cn1-1", "opened", True)]]


def test_a_caller_from_before_a_restart_gets_her_ticket_from_her_record(
    live: Live, run: Callable[..., Any]
) -> None:
    bus = Bus(lambda *failure: None)
    opener = OpenAtAnswer(live.tickets)
    opener.listen(bus)

    async def rest_of_call() -> None:
        for fact in facts(ANSWERED.format(queue="sales") + TALKED + ENDED, "cn1-1")[2:]:
            bus.publish(fact)
        await live.closed(opener)

    run(rest_of_call())
    assert live.house.calls() == []


def test_tickets_are_asked_for_off_the_loop(live: Live, run: Callable[..., Any]) -> None:
    async def story() -> None:
        opening = asyncio.ensure_future(live.tickets.open_for(answered("cn1-1")))
        await live.until(opening.done)
        ticket = opening.result()
        assert ticket is not None
        (glimpse,) = live.tickets.glimpses([CustomerId("c7")], "", Language.ZH)
        assert (glimpse.id, glimpse.title) == ("1", "销售 Li")
        note = Change(note="note", assignee=Nobody(), state=TicketState.IN_PROGRESS)
        changed = await live.tickets.change(ticket.id, note, "a2")
        assert await live.tickets.get(ticket.id) == changed
        assert [one.id for one in await live.tickets.find(TicketFilter())] == ["1"]
        with pytest.raises(NoSuchTicket, match="there is no ticket 7"):
            await live.tickets.get(TicketId("7"))

    run(story())


def _cut(words: Callable[[str], list[str]]) -> Cut:
    async def cut(text: str) -> list[str]:
        return words(text)

    return cut


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_step_between_hang_up_and_closed_each_thing_is_there_once(
    kind: str, new_database: NewDatabase
) -> None:
    def story(house: House) -> None:
        """As house and people do it again after a start: they look, and do what is not done."""
        house.work()
        house.chasing.step(LATE)
        id_ = house.tickets()[0].id
        if not house.tickets()[0].answered_at:
            house.change(id_, who="zhao", now=LATE, reply=Reply(Channel.PHONE, "换新的"))
        if house.tickets()[0].state != "closed":
            house.change(id_, who="zhao", now=LATE, state=TicketState.CLOSED)
        house.chasing.step(LATE + 9 * 3600)

    def made() -> House:
        house = House(new_database(kind))
        house.ask(talked("cn1-1", queue="tech"))
        return house

    def left(house: House) -> tuple[Any, ...]:
        (ticket,) = house.tickets()
        with house.store.reading() as rows:
            tasks = rows.tasks.find(TaskFilter(), 100, 0)
        entries = [(one.kind, one.text) for one in ticket.entries]
        # A number given away before the kill is not given again.
        keys = sorted(task.key.replace(f":{ticket.id}:", ":1:") for task in tasks)
        return ticket.state, house.calls(), entries, keys

    whole = made()
    steps = at_step(whole, 0, lambda: story(whole))
    assert left(whole)[3] == [
        "chase:1:answer:1",
        "chase:1:reach:1",
        "late:1:answer:1",
        "late:1:reach:1",
    ]
    assert steps > 60
    for number in range(1, steps + 1):
        house = made()
        at_step(house, number, lambda house=house: story(house))  # type: ignore[misc]
        story(house)
        assert left(house) == left(whole), number
