"""Everything the house knows of one person, read from each room on one database. Synchronous."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from calls.ids import CustomerId
from calls.record import CallRecord
from cti.personal import calls_of
from runtime.person.model import CustomerMoment, MomentKind, Person
from tickets.followups.model import FollowUp
from tickets.followups.sql_store import FollowUpFilter, SqlFollowUps
from tickets.model import EntryKind, Ticket
from tickets.personal import tickets_of
from tickets.tasks.model import BY_RECORD, Task
from tickets.tasks.ports import TaskFilter
from tickets.tasks.sql_store import SqlTaskRows

MOST_TASKS = 200


def moments(
    session: Session, person: Person, limit: int, before: float | None = None
) -> list[CustomerMoment]:
    """Newest first, all that began before ``before``, at most ``limit``."""
    ids, numbers = person.customers, person.numbers
    found: list[CustomerMoment] = []
    for record in calls_of(session, ids, numbers, limit, before):
        found += _of_call(record)
    for ticket in tickets_of(session, ids, numbers, limit, before):
        found += _of_ticket(ticket)
    for one in _follow_ups(session, person):
        found += _of_follow_up(one)
    for task in _tasks(session, ids):
        found.append(_of_task(task))
    earlier = (one for one in found if before is None or one.at < before)
    return sorted(earlier, key=lambda one: (-one.at, one.kind))[:limit]


def _follow_ups(session: Session, person: Person) -> list[FollowUp]:
    rows = SqlFollowUps(session)
    found: dict[int, FollowUp] = {}
    for wanted in (
        *(FollowUpFilter(over=None, customer=one) for one in person.customers),
        *(FollowUpFilter(over=None, number=one) for one in person.numbers),
    ):
        found |= {one.task.id: one for one in rows.find(wanted, MOST_TASKS, 0)}
    return list(found.values())


def _tasks(session: Session, customers: Sequence[CustomerId]) -> list[Task]:
    rows = SqlTaskRows(session)
    found = (rows.find(TaskFilter(customer=one), MOST_TASKS, 0) for one in customers)
    return [task for some in found for task in some if task.kind not in BY_RECORD]


def _of_call(record: CallRecord) -> Iterator[CustomerMoment]:
    yield CustomerMoment(
        at=record.started_at,
        kind=MomentKind.CALL,
        what=str(record.outcome or ""),
        call=record.call,
        who=record.last_agent or record.out_by or "",
        queue=record.queue or "",
        text=record.number,
        out=record.out_by is not None,
    )
    if record.scores:
        yield CustomerMoment(
            at=record.ended_at or record.started_at,
            kind=MomentKind.SURVEY,
            call=record.call,
            who=record.last_agent or "",
            score=min(record.scores.values()),
        )


def _of_ticket(ticket: Ticket) -> Iterator[CustomerMoment]:
    yield CustomerMoment(
        at=ticket.opened_at,
        kind=MomentKind.TICKET,
        what=ticket.state,
        titles=ticket.titles,
        ticket=ticket.id,
        who=ticket.owner or ticket.assignee or "",
    )
    for entry in ticket.entries:
        if entry.kind is EntryKind.REPLY:
            yield CustomerMoment(
                at=entry.at,
                kind=MomentKind.REPLY,
                what=str(entry.channel or ""),
                text=entry.text,
                ticket=ticket.id,
                who=entry.who,
            )


def _of_follow_up(one: FollowUp) -> Iterator[CustomerMoment]:
    yield CustomerMoment(
        at=one.ended_at or one.task.opened_at,
        kind=MomentKind.FOLLOW_UP,
        what=str(one.ending or one.task.state),
        titles=one.task.titles,
        text=one.answers.opinion,
        ticket=one.task.ticket,
        call=one.task.call,
        who=one.task.closed_by,
        score=one.answers.score,
    )


def _of_task(task: Task) -> CustomerMoment:
    return CustomerMoment(
        at=task.opened_at,
        kind=MomentKind.TASK,
        what=task.state,
        titles=task.titles,
        text=task.outcome,
        ticket=task.ticket,
        call=task.call,
        who=task.closed_by,
    )
