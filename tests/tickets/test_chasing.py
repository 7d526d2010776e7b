"""A department's time: until it has a ticket, until it answers, and what comes when it is late."""

from typing import Any

import pytest

from calls.ids import AgentId, TicketId
from storage.database import Database
from tests.tickets.house import HOUR, MONDAY_9, House, abandoned, talked
from tickets.changes import Reply, Scope
from tickets.clocks import ClockKind
from tickets.model import Channel, NotAnswered, Ticket, TicketState
from tickets.tasks.model import Task
from tickets.tasks.ports import TaskFilter

pytestmark = pytest.mark.contract

TUESDAY_9 = MONDAY_9 + 24 * HOUR
WEDNESDAY_9 = MONDAY_9 + 48 * HOUR
TOLD = Reply(Channel.PHONE, "换新的")


@pytest.fixture
def house(database: Database) -> House:
    made = House(database)
    made.ask(talked("cn1-1", queue="tech"))
    made.work()
    return made


def tasks(house: House, **wanted: Any) -> list[Task]:
    with house.store.reading() as rows:
        return rows.tasks.find(TaskFilter(**wanted), 100, 0)


def said(house: House) -> list[tuple[str, str]]:
    return [(task.kind, task.owner) for task in tasks(house)]


def ticket(house: House) -> Ticket:
    return house.tickets()[0]


def test_a_ticket_comes_to_its_department_with_two_clocks(house: House) -> None:
    one = ticket(house)
    assert (one.department, one.owner, one.assignee) == ("technology", "", "a2")
    reach, answer = one.clock(ClockKind.REACH), one.clock(ClockKind.ANSWER)
    assert reach is not None
    assert answer is not None
    assert reach.due_at == MONDAY_9 + 2 * HOUR
    # Two working days of nine hours: Tuesday at six, when the day is over.
    assert answer.due_at == one.due_at == TUESDAY_9 + 9 * HOUR


def test_who_takes_a_ticket_stops_the_first_clock(house: House) -> None:
    one = house.change(owner="zhao", who="zhao", now=MONDAY_9 + HOUR)
    assert (one.owner, one.state) == ("zhao", "in_progress")
    reach, answer = one.clock(ClockKind.REACH), one.clock(ClockKind.ANSWER)
    assert reach is not None
    assert answer is not None
    assert (reach.stopped_at, reach.late_at, answer.running) == (MONDAY_9 + HOUR, None, True)
    house.chasing.step(MONDAY_9 + 3 * HOUR)
    assert said(house) == []


def test_a_department_is_warned_before_and_chased_after(house: House) -> None:
    assert house.chasing.step(MONDAY_9 + 1.4 * HOUR) == 0
    house.chasing.step(MONDAY_9 + 1.5 * HOUR)
    assert said(house) == [("hurry", "department:technology")]
    house.chasing.step(MONDAY_9 + 2 * HOUR)
    assert sorted(said(house))[::2] == [("chase", "agent:a2"), ("late", "role:supervisor")]
    (chase,) = tasks(house, owners=("agent:a2",))
    assert chase.titles["en"].startswith("Technology has not taken ticket 1: ask it, and call")
    assert "致电客户致歉" in chase.titles["zh-CN"]
    assert (chase.ticket, chase.number, chase.customer) == ("1", "+8613812345678", "c7")
    assert chase.due_at == MONDAY_9 + 4 * HOUR
    kinds = [entry.kind for entry in ticket(house).entries]
    assert kinds[-2:] == ["warned", "late"]


def test_each_is_told_once_however_often_one_looks(house: House) -> None:
    for _ in range(3):
        house.chasing.step(WEDNESDAY_9)
    # Found so late, nobody is warned any more: both clocks are over.
    assert sorted({kind for kind, _ in said(house)}) == ["chase", "late"]
    assert len(said(house)) == 4
    assert [entry.text for entry in ticket(house).entries if entry.kind == "late"] == [
        "answer",
        "reach",
    ]


def test_an_answer_stops_the_clocks_and_takes_the_hurry_away(house: House) -> None:
    house.chasing.step(MONDAY_9 + 1.5 * HOUR)
    one = house.change(reply=TOLD, now=MONDAY_9 + 1.6 * HOUR)
    assert one.answered_at == MONDAY_9 + 1.6 * HOUR
    assert all(clock.stopped for clock in one.clocks)
    assert [task.state for task in tasks(house)] == ["cancelled"]
    house.chasing.step(WEDNESDAY_9 + 99 * HOUR)
    assert len(said(house)) == 1


def test_nothing_is_settled_before_the_customer_was_answered(house: House) -> None:
    for state in (TicketState.RESOLVED, TicketState.CLOSED):
        with pytest.raises(NotAnswered):
            house.change(state=state)
    assert ticket(house).state == "open"
    gone = Reply(Channel.UNREACHABLE, "number is dead")
    closed = house.change(reply=gone, state=TicketState.CLOSED)
    assert (closed.state, closed.answered_at) == ("closed", None)


def test_a_ticket_opened_again_owes_a_new_answer_in_new_time(house: House) -> None:
    house.change(reply=TOLD, state=TicketState.CLOSED)
    again = house.change(state=TicketState.OPEN, now=TUESDAY_9)
    assert (again.answered_at, again.closed_at, again.owner) == (None, None, "")
    assert [clock.round for clock in again.clocks] == [1, 1, 2, 2]
    assert again.due_at == WEDNESDAY_9 + 9 * HOUR
    with pytest.raises(NotAnswered):
        house.change(state=TicketState.CLOSED, now=TUESDAY_9)


def test_while_the_customer_is_waited_for_the_clocks_stand_still(house: House) -> None:
    held = house.change(pause="waiting for photos", now=MONDAY_9 + HOUR)
    assert [(clock.paused, clock.cause) for clock in held.clocks] == [
        (True, "waiting for photos")
    ] * 2
    house.chasing.step(WEDNESDAY_9)
    assert said(house) == []
    again = house.change(resume=True, now=TUESDAY_9)
    reach = again.clock(ClockKind.REACH)
    assert reach is not None
    assert (reach.due_at, again.due_at) == (TUESDAY_9 + HOUR, WEDNESDAY_9 + 8 * HOUR)


def test_another_department_has_its_own_time_to_take_it(house: House) -> None:
    house.change(owner="zhao", now=MONDAY_9 + HOUR)
    moved = house.change(department="sales", now=MONDAY_9 + 2 * HOUR)
    reach, answer = moved.clock(ClockKind.REACH), moved.clock(ClockKind.ANSWER)
    assert reach is not None
    assert answer is not None
    assert (moved.department, moved.owner) == ("sales", "")
    assert (reach.running, reach.due_at) == (True, MONDAY_9 + 4 * HOUR)
    assert (answer.round, answer.due_at) == (1, TUESDAY_9 + 9 * HOUR)


def test_without_an_agent_those_who_lead_chase(house: House) -> None:
    house.ask(abandoned("cn1-9", queue="tech", number="+8613900000009"))
    house.work()
    house.change("2", who="zhao", owner="zhao")
    house.change("1", who="zhao", owner="zhao")
    house.chasing.step(WEDNESDAY_9)
    owners = {task.owner for task in tasks(house, kind="chase")}
    assert owners == {"agent:a2", "role:supervisor"}


def test_the_share_answered_is_counted_per_department(house: House) -> None:
    for n in range(2, 5):
        house.ask(abandoned(f"cn1-{n}", queue="tech", number=f"+86138000000{n:02}"))
    house.work()
    house.change("1", reply=TOLD, now=MONDAY_9 + HOUR)
    house.change("2", reply=TOLD, now=WEDNESDAY_9 + 1)
    house.chasing.step(WEDNESDAY_9 + 1)
    house.change("3", reply=Reply(Channel.UNREACHABLE, "?"), state=TicketState.CLOSED)
    with house.store.reading() as rows:
        (found,) = rows.share_answered(MONDAY_9, MONDAY_9 + 1, Scope())
        assert rows.share_answered(MONDAY_9, MONDAY_9 + 1, Scope(("sales",))) == []
    assert (found.department, found.opened, found.answered) == ("technology", 4, 2)
    assert (found.answered_in_time, found.late, found.waiting) == (1, 3, 1)


def test_what_was_escalated_stays_when_the_agent_is_another(house: House) -> None:
    house.chasing.step(MONDAY_9 + 2 * HOUR)
    house.change(assignee=AgentId("a5"), now=MONDAY_9 + 2.1 * HOUR)
    house.chasing.step(MONDAY_9 + 2.2 * HOUR)
    assert [task.owner for task in tasks(house, kind="chase")] == ["agent:a2"]
    assert ticket(house).id == TicketId("1")
