"""What the desk promises, over every place where tickets are kept."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.words import Language
from storage.database import Database
from tests.databases import KINDS, NewDatabase
from tests.tickets.house import HOUR, MONDAY_9, House, abandoned, answered, talked
from tickets.changes import Reply
from tickets.model import (
    NEXT,
    Amendment,
    CallLink,
    CallRole,
    ChangeRefused,
    Channel,
    NoSuchTicket,
    NotItsCall,
    Priority,
    Ticket,
    TicketKind,
    TicketState,
)
from tickets.ports import TicketFilter

pytestmark = pytest.mark.contract
TOLD = Reply(Channel.PHONE, "换新的")


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def test_a_ticket_waits_as_soon_as_the_agent_has_answered(house: House) -> None:
    ticket = house.answer(answered("cn1-1"), MONDAY_9)
    assert ticket is not None
    assert (ticket.kind, ticket.state, ticket.priority) == ("sales", "open", "normal")
    assert ticket.titles == {"zh-CN": "销售 Li", "en": "sales: Li"}
    assert (ticket.customer, ticket.level, ticket.queue) == ("c7", "gold", "sales")
    assert (ticket.assignee, ticket.rule, ticket.number) == ("a2", "sales", "+8613812345678")
    assert house.calls() == [[("cn1-1", "opened", False)]]


def test_the_due_time_runs_in_working_hours(house: House) -> None:
    friday_17 = MONDAY_9 + 4 * 24 * HOUR + 8 * HOUR
    ticket = house.answer(answered("cn1-1"), friday_17)
    assert ticket is not None
    assert ticket.due_at == MONDAY_9 + 7 * 24 * HOUR + 8 * HOUR


def test_the_end_of_the_call_finishes_the_ticket_its_answer_opened(house: House) -> None:
    house.answer(answered("cn1-1"), MONDAY_9)
    house.ask(talked("cn1-1"))
    house.work(MONDAY_9 + 90)
    assert house.calls() == [[("cn1-1", "opened", True)]]
    (ticket,) = house.tickets()
    assert [entry.kind for entry in ticket.entries] == ["call", "call_ended"]
    assert ticket.updated_at == MONDAY_9 + 90
    assert ticket.state is TicketState.OPEN


def test_an_answer_told_twice_opens_one_ticket(house: House) -> None:
    first = house.answer(answered("cn1-1"), MONDAY_9)
    second = house.answer(answered("cn1-1"), MONDAY_9 + 5)
    assert first == second
    assert house.calls() == [[("cn1-1", "opened", False)]]


def test_a_record_that_comes_twice_is_dealt_with_once(house: House) -> None:
    house.ask(abandoned("cn1-1"))
    waiting = house.desk.waiting(10)
    assert house.desk.deal_with(waiting, MONDAY_9) == ["1"]
    assert house.desk.deal_with(waiting, MONDAY_9) == [None]
    assert house.desk.waiting(10) == []
    assert house.calls() == [[("cn1-1", "opened", True)]]
    assert [entry.kind for entry in house.tickets()[0].entries] == ["call"]


def test_an_answer_told_after_the_record_changes_nothing(house: House) -> None:
    house.ask(talked("cn1-1"))
    house.work()
    known = house.tickets()
    again = house.answer(answered("cn1-1"), MONDAY_9 + 100)
    assert again is not None
    assert again.id == known[0].id
    assert house.tickets() == known


def test_a_call_without_a_fitting_rule_leaves_no_ticket_and_waits_no_more(house: House) -> None:
    house.ask(abandoned("cn1-1", queue="elsewhere"))
    house.ask(abandoned("cn1-2", queue="nuisance"))
    assert house.work() == [None, None]
    assert house.answer(answered("cn1-3", queue="nuisance"), MONDAY_9) is None
    assert house.tickets() == []
    assert house.desk.waiting(10) == []


def test_a_second_call_of_the_customer_joins_her_live_ticket(house: House) -> None:
    house.ask(talked("cn1-1"))
    house.work()
    house.answer(answered("cn1-2"), MONDAY_9 + HOUR)
    house.ask(talked("cn1-2"))
    house.work(MONDAY_9 + 2 * HOUR)
    assert house.calls() == [[("cn1-1", "opened", True), ("cn1-2", "joined", True)]]


def test_a_call_without_a_customer_joins_the_live_ticket_of_its_number(house: House) -> None:
    house.ask(abandoned("cn1-1"))
    house.ask(abandoned("cn1-2"))
    house.ask(abandoned("cn1-3", number="+8613800000002"))
    house.work()
    assert house.calls() == [
        [("cn1-1", "opened", True), ("cn1-2", "joined", True)],
        [("cn1-3", "opened", True)],
    ]


def test_hidden_callers_never_share_a_ticket(house: House) -> None:
    house.ask(abandoned("cn1-1", number=""))
    house.ask(abandoned("cn1-2", number=""))
    house.work()
    assert len(house.tickets()) == 2


def test_another_kind_a_closed_ticket_and_an_old_one_are_not_joined(house: House) -> None:
    house.ask(talked("cn1-1"))
    house.work()
    house.ask(talked("cn1-2", queue="tech"))
    house.work()
    assert [ticket.kind for ticket in house.tickets()] == ["sales", "technical"]
    house.change("1", "a2", MONDAY_9, reply=TOLD, state=TicketState.RESOLVED)
    house.ask(talked("cn1-3"))
    house.work()
    house.ask(talked("cn1-4"))
    house.work(MONDAY_9 + 73 * HOUR)
    assert [len(ticket.calls) for ticket in house.tickets()] == [1, 1, 1, 1]


def test_a_low_score_makes_the_open_ticket_more_urgent_and_sooner_due(house: House) -> None:
    opened = house.answer(answered("cn1-1"), MONDAY_9)
    assert opened is not None
    house.ask(talked("cn1-1", score=1))
    house.work(MONDAY_9 + HOUR)
    (ticket,) = house.tickets()
    assert (ticket.priority, ticket.due_at) == (Priority.HIGH, MONDAY_9 + 3 * HOUR)
    assert opened.due_at == MONDAY_9 + 9 * HOUR


def test_joining_never_makes_a_ticket_less_urgent_or_later(house: House) -> None:
    house.ask(talked("cn1-1", score=1))
    house.work()
    (before,) = house.tickets()
    house.answer(answered("cn1-1"), MONDAY_9 + HOUR)
    house.ask(talked("cn1-2"))
    house.work(MONDAY_9 + HOUR)
    assert (house.tickets()[0].priority, house.tickets()[0].due_at) == (
        before.priority,
        before.due_at,
    )


def test_the_pop_shows_live_tickets_of_who_may_be_calling_newest_first(house: House) -> None:
    house.ask(talked("cn1-1"))
    house.ask(talked("cn1-2", queue="tech"))
    house.ask(abandoned("cn1-3"))
    house.work()
    house.change("2", "a2", MONDAY_9, reply=TOLD, state=TicketState.CLOSED)
    with house.store.reading() as rows:
        found = rows.live_of([CustomerId("c7"), CustomerId("c8")], "+8613800000001", 10)
        assert [ticket.id for ticket in found] == ["3", "1"]
        assert rows.live_of([], "", 10) == []
        assert len(rows.live_of([CustomerId("c7")], "+8613800000001", 1)) == 1
    glimpse = found[1].glimpse(Language.EN)
    assert (glimpse.id, glimpse.kind, glimpse.state, glimpse.title) == (
        "1",
        "sales",
        "open",
        "sales: Li",
    )


def test_tickets_are_found_by_what_is_asked_newest_first(house: House) -> None:
    house.ask(talked("cn1-1"))
    house.ask(talked("cn1-2", queue="tech"))
    house.ask(abandoned("cn1-3"))
    house.work()
    house.change("3", "a2", MONDAY_9, state=TicketState.IN_PROGRESS)

    def found(limit: int = 10, before: Any = None, **wanted: Any) -> list[str]:
        with house.store.reading() as rows:
            return [ticket.id for ticket in rows.find(TicketFilter(**wanted), limit, before)]

    assert found() == ["3", "2", "1"]
    assert found(limit=2) == ["3", "2"]
    assert found(before=TicketId("2")) == ["1"]
    assert found(states=(TicketState.IN_PROGRESS,)) == ["3"]
    assert found(kind=TicketKind.TECHNICAL) == ["2"]
    assert found(customer=CustomerId("c7"), queue=QueueId("sales")) == ["1"]
    assert found(assignee=AgentId("a2")) == ["2", "1"]
    assert found(due_before=MONDAY_9) == []
    assert found(due_before=MONDAY_9 + 10 * HOUR) == ["3", "1"]


def test_people_change_note_and_assign_and_each_is_kept(house: House) -> None:
    house.ask(talked("cn1-1"))
    house.work()
    one = TicketId("1")
    house.change(one, "a2", MONDAY_9 + 1, note="called back 已回电")
    house.change(one, "boss", MONDAY_9 + 2, assignee=AgentId("a5"))
    ticket = house.change(one, "a5", MONDAY_9 + 3, reply=TOLD, state=TicketState.RESOLVED)
    assert [(entry.who, entry.kind, entry.text) for entry in ticket.entries[1:]] == [
        ("a2", "note", "called back 已回电"),
        ("boss", "assigned", "a5"),
        ("a5", "reply", "换新的"),
        ("a5", "state", "resolved"),
    ]
    assert (ticket.assignee, ticket.closed_at, ticket.updated_at) == (
        "a5",
        MONDAY_9 + 3,
        MONDAY_9 + 3,
    )
    again = house.change(one, "a5", MONDAY_9 + 4, state=TicketState.OPEN)
    assert again.closed_at is None


def test_a_change_that_cannot_be_is_refused_with_what_could(house: House) -> None:
    house.ask(talked("cn1-1"))
    house.work()
    one = TicketId("1")
    house.change(one, "a2", MONDAY_9, reply=TOLD, state=TicketState.CLOSED)
    with pytest.raises(ChangeRefused, match="ticket 1 is closed: it may become open, not resolved"):
        house.change(one, "a2", MONDAY_9, state=TicketState.RESOLVED)
    assert len(house.tickets()[0].entries) == 3


@pytest.mark.parametrize("id_", ["9", "", "x", "１", "-1", "9" * 30])
def test_a_ticket_that_does_not_exist_is_said_to(house: House, id_: str) -> None:
    with pytest.raises(NoSuchTicket):
        house.change(id_, "a2", MONDAY_9, note="?")
    assert house.tickets() == []


def test_a_unit_of_work_that_fails_leaves_nothing(house: House) -> None:
    house.ask(abandoned("cn1-1"))
    (ended,) = house.desk.waiting(10)
    house.work()

    def write_then_fail() -> None:
        with house.store.writing() as rows:
            (known,) = rows.find(TicketFilter(), 1, None)
            other = rows.add(replace(known, number="1"))
            rows.link(other, CallLink(CallId("cn1-1"), CallRole.JOINED, 1.0), ended.message)

    # The same call on a second ticket.
    with pytest.raises(Exception, match=r"cn1-1|UNIQUE"):
        write_then_fail()
    assert len(house.tickets()) == 1


def test_ticket_numbers_go_on(house: House) -> None:
    for n in range(3):
        house.ask(abandoned(f"cn1-{n}", number=""))
    house.work()
    assert [ticket.id for ticket in house.tickets()] == ["1", "2", "3"]


def test_every_state_can_be_reached_and_left() -> None:
    reached = set().union(*NEXT.values())
    assert reached == set(TicketState) == set(NEXT)
    assert all(NEXT.values())


def test_a_note_on_a_call_is_one_entry_however_often_it_is_typed_on(house: House) -> None:
    ticket = house.answer(answered("cn1-1"), MONDAY_9)
    assert ticket is not None
    call = CallId("cn1-1")
    for n, text in enumerate(("a", "a b", "a b c")):
        house.change(ticket.id, "wang", MONDAY_9 + n, call_note=(call, text))
    house.change(ticket.id, "li", MONDAY_9 + 9, call_note=(call, "hers"))
    (kept,) = house.tickets()
    notes = [(one.who, one.text, one.at) for one in kept.entries if one.kind == "note"]
    assert notes == [("wang", "a b c", MONDAY_9 + 2), ("li", "hers", MONDAY_9 + 9)]
    with pytest.raises(NotItsCall):
        house.change(ticket.id, "wang", MONDAY_9, call_note=(CallId("cn1-2"), "x"))


def test_a_ticket_opened_by_hand_is_the_calls_ticket_and_its_record_finishes_it(
    house: House,
) -> None:
    wanted = Ticket(id=TicketId(""), kind=TicketKind.OTHER, opened_at=MONDAY_9, updated_at=MONDAY_9)
    made = house.handling.open_by_hand(wanted, CallId("cn1-1"), "wang", MONDAY_9)
    assert house.handling.open_by_hand(wanted, CallId("cn1-1"), "li", MONDAY_9 + 1).id == made.id
    answer = house.answer(answered("cn1-1"), MONDAY_9 + 2)
    assert answer is not None
    assert answer.id == made.id
    house.ask(talked("cn1-1"))
    house.work(MONDAY_9 + 90)
    assert house.calls() == [[("cn1-1", "opened", True)]]


def test_what_a_person_amends_is_in_the_history(house: House) -> None:
    ticket = house.answer(answered("cn1-1"), MONDAY_9)
    assert ticket is not None
    said = Amendment(priority=Priority.URGENT, titles={"en": "", "zh-CN": "改"})
    changed = house.change(ticket.id, "wang", MONDAY_9 + 5, amendment=said)
    assert (changed.priority, changed.kind, changed.titles) == ("urgent", "sales", {"zh-CN": "改"})
    last = changed.entries[-1]
    assert (last.who, last.kind, last.text) == ("wang", "amended", "priority=urgent")


def test_calls_dealt_with_together_end_as_they_would_one_by_one(new_database: NewDatabase) -> None:
    records = [
        talked("cn1-1"),
        abandoned("cn1-2", number="+8613812345678"),
        talked("cn1-3", queue="tech", score=1),
        abandoned("cn1-4", number=""),
        abandoned("cn1-5", number=""),
        talked("cn1-6", score=1),
        abandoned("cn1-7", queue="elsewhere"),
        abandoned("cn1-8"),
        abandoned("cn1-9", number="+8613800000009"),
    ]

    def left(at_once: int, kind: str) -> Any:
        house = House(new_database(kind))
        house.answer(answered("cn1-6"), MONDAY_9)
        for record in records:
            house.ask(record)
        while waiting := house.desk.waiting(at_once):
            house.desk.deal_with(waiting, MONDAY_9 + HOUR)
        return house.tickets()

    for kind in KINDS:
        one_by_one, together = left(1, kind), left(100, kind)
        assert together == one_by_one
        assert sum(len(ticket.calls) for ticket in together) == 8
        assert all(ticket.clocks for ticket in together)


def test_those_who_answer_at_once_for_one_caller_share_her_ticket(house: House) -> None:
    calls = [answered("cn1-1"), answered("cn1-2"), answered("cn1-1"), answered("cn1-3", "tech")]
    tickets = house.desk.open_at_answer(calls, MONDAY_9)
    assert [ticket and ticket.id for ticket in tickets] == ["1", "1", "1", "2"]
    assert [len(ticket.calls) for ticket in house.tickets()] == [2, 1]


def test_one_record_has_as_many_statements_as_fifty(house: House) -> None:
    def asked(first: int, count: int) -> int:
        for n in range(first, first + count):
            house.ask(abandoned(f"cn1-{n}", number=f"+86138{n:08}"))
        waiting, statements = house.desk.waiting(100), 0

        def count_it(*_: Any) -> None:
            nonlocal statements
            statements += 1

        event.listen(house.database.engine, "before_cursor_execute", count_it)
        house.desk.deal_with(waiting, MONDAY_9)
        event.remove(house.database.engine, "before_cursor_execute", count_it)
        return statements

    assert asked(1, 1) == asked(100, 50)
