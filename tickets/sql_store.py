"""Tickets in SQL. A call record is claimed and its ticket made in one unit of work."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.words import Level
from storage import outbox
from storage.base import Base, BigId
from storage.database import Database
from tickets.changes import Scope
from tickets.clocks import ClockKind
from tickets.complaints.sql_store import SqlComplaints
from tickets.followups.sql_store import SqlFollowUps
from tickets.forms.sql_store import SqlForms
from tickets.model import (
    LIVE,
    CallLink,
    CallRole,
    Channel,
    Entry,
    EntryKind,
    Priority,
    Ticket,
    TicketKind,
    TicketState,
)
from tickets.ports import AnswerFigures, EndedCall, TicketFilter
from tickets.sql_beside import CLOCKS, WATCHERS, WORDS, RowsBeside, department_word
from tickets.tasks.sql_store import SqlTaskRows

_PRIORITIES = list(Priority)
MAX_NUMBER = 2**63 - 1
LOOK = 200
"""Tickets of an index looked at at once: what a filter leaves of them is shown."""
MOST_LOOKS = 50
"""After so many the page ends, should a filter leave next to nothing."""


class TicketRow(Base):
    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    priority: Mapped[int] = mapped_column(server_default="0")
    titles: Mapped[str] = mapped_column(server_default="{}")
    customer: Mapped[str | None]
    number: Mapped[str] = mapped_column(server_default="")
    queue: Mapped[str | None]
    level: Mapped[str | None]
    assignee: Mapped[str | None]
    rule: Mapped[str] = mapped_column(server_default="")
    opened_at: Mapped[float] = mapped_column(index=True)
    due_at: Mapped[float | None]
    updated_at: Mapped[float]
    closed_at: Mapped[float | None]
    department: Mapped[str] = mapped_column(server_default="")
    owner: Mapped[str] = mapped_column(server_default="")
    answered_at: Mapped[float | None]
    merged_into: Mapped[int | None] = mapped_column(BigId, index=True)
    merged_from_state: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        Index(None, "customer", "state", "kind"),
        Index(None, "number", "state", "kind"),
        Index(None, "state", "due_at"),
        Index(None, "assignee", "state"),
        Index(None, "department", "state", "due_at"),
        Index(None, "owner", "state"),
        {"sqlite_autoincrement": True},
    )


class CallRow(Base):
    __tablename__ = "ticket_calls"

    call: Mapped[str] = mapped_column(primary_key=True)
    ticket: Mapped[int] = mapped_column(
        BigId, ForeignKey("tickets.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str]
    at: Mapped[float]
    finished_at: Mapped[float | None]
    outbox: Mapped[int | None] = mapped_column(BigId, unique=True)
    came_from: Mapped[int | None] = mapped_column(BigId)


class EntryRow(Base):
    __tablename__ = "ticket_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket: Mapped[int] = mapped_column(
        BigId, ForeignKey("tickets.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[float]
    who: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    call: Mapped[str | None]
    channel: Mapped[str] = mapped_column(server_default="")


_TICKETS = cast(Table, TicketRow.__table__)
_CALLS = cast(Table, CallRow.__table__)
_ENTRIES = cast(Table, EntryRow.__table__)
# What runs for every call is built once; building costs ten times what running does.
_TICKET_OF = (
    select(_TICKETS)
    .join(_CALLS, _CALLS.c.ticket == _TICKETS.c.id)
    .where(_CALLS.c.call == bindparam("its_call"))
)
_LIVE_ONES = (
    select(_TICKETS)
    .where(_TICKETS.c.state.in_(sorted(LIVE)))
    .order_by(_TICKETS.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_JOINABLE = _LIVE_ONES.where(
    _TICKETS.c.kind == bindparam("of_kind"), _TICKETS.c.opened_at >= bindparam("since")
)
_OF_CUSTOMER = _TICKETS.c.customer == bindparam("of_customer")
_OF_NUMBER = _TICKETS.c.number == bindparam("of_number")
# One index each: an OR over customer and number would read every live ticket.
_HERS = _JOINABLE.where(_OF_CUSTOMER)
_OF_HER_NUMBER = _JOINABLE.where(_OF_NUMBER)
_UNOWNED_OF_HER_NUMBER = _OF_HER_NUMBER.where(_TICKETS.c.customer.is_(None))
_LIVE_OF_CUSTOMERS = _LIVE_ONES.where(
    _TICKETS.c.customer.in_(bindparam("customers", expanding=True))
)
_LIVE_OF_NUMBER = _LIVE_ONES.where(_OF_NUMBER)
_ADD = insert(_TICKETS).returning(_TICKETS.c.id)
_SAVE = update(_TICKETS).where(_TICKETS.c.id == bindparam("its_id"))
_LINK = insert(_CALLS)
_FINISH = update(_CALLS).where(_CALLS.c.call == bindparam("its_call"))
_WRITE = insert(_ENTRIES)


class SqlTickets:
    """A TicketStore over a migrated Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator["SqlRows"]:
        with self._database.asking() as connection:
            yield SqlRows(connection)

    @contextmanager
    def writing(self) -> Iterator["SqlRows"]:
        with self._database.changing() as connection:
            yield SqlRows(connection)


class SqlRows(RowsBeside):
    """What is a ticket's own; what stands beside it is in sql_beside."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._connection = connection
        self.tasks = SqlTaskRows(connection)
        self.complaints = SqlComplaints(connection)
        self.follow_ups = SqlFollowUps(connection)
        self.forms = SqlForms(connection)

    def waiting(self, limit: int, after: int = 0) -> list[EndedCall]:
        messages = outbox.pending(self._connection, outbox.CALL_ENDED, limit, after)
        return [EndedCall(message.id, message.payload) for message in messages]

    def claim(self, messages: Sequence[int], at: float) -> set[int]:
        return outbox.claim(self._connection, messages, at)

    def put_off(self, message: int, error: str) -> None:
        outbox.put_off(self._connection, message, error)

    def ticket_of(self, call: CallId) -> Ticket | None:
        row = self._connection.execute(_TICKET_OF, {"its_call": call}).first()
        return None if row is None else _ticket(row)

    def live(
        self, kind: TicketKind, customer: CustomerId | None, number: str, since: float
    ) -> Ticket | None:
        asked = {"of_kind": kind, "since": since, "most": 1}
        row = None
        if customer is not None:
            row = self._connection.execute(_HERS, asked | {"of_customer": customer}).first()
        if number and row is None:
            others = _OF_HER_NUMBER if customer is None else _UNOWNED_OF_HER_NUMBER
            row = self._connection.execute(others, asked | {"of_number": number}).first()
        return None if row is None else _ticket(row)

    def add(self, ticket: Ticket) -> TicketId:
        return TicketId(str(self._connection.execute(_ADD, _columns(ticket)).scalar_one()))

    def save(self, ticket: Ticket) -> None:
        self._connection.execute(_SAVE, _columns(ticket) | {"its_id": int(ticket.id)})

    def link(self, ticket: TicketId, link: CallLink, message: int | None) -> None:
        self._connection.execute(
            _LINK,
            {
                "call": link.call,
                "ticket": int(ticket),
                "role": link.role,
                "at": link.at,
                "finished_at": link.finished_at,
                "outbox": message,
            },
        )

    def finish(self, call: CallId, at: float, message: int) -> None:
        self._connection.execute(_FINISH, {"its_call": call, "finished_at": at, "outbox": message})

    def write(self, ticket: TicketId, entry: Entry) -> None:
        self._connection.execute(
            _WRITE,
            {
                "ticket": int(ticket),
                "at": entry.at,
                "who": entry.who,
                "kind": entry.kind,
                "text": entry.text,
                "call": entry.call,
                "channel": entry.channel or "",
            },
        )

    def rewrite(self, ticket: TicketId, entry: Entry) -> None:
        place = _ENTRIES.c
        changed = self._connection.execute(
            update(_ENTRIES)
            .where(
                place.ticket == int(ticket),
                place.who == entry.who,
                place.kind == entry.kind,
                place.call == entry.call,
            )
            .values(at=entry.at, text=entry.text)
        )
        if not cast(Any, changed).rowcount:
            self.write(ticket, entry)

    def get(self, id_: TicketId) -> Ticket | None:
        number = _number(id_)
        if number is None:
            return None
        read = self._connection.execute
        row = read(select(_TICKETS).where(_TICKETS.c.id == number)).first()
        if row is None:
            return None
        call, entry = _CALLS.c, _ENTRIES.c
        calls = read(select(_CALLS).where(call.ticket == number).order_by(call.at, call.call)).all()
        entries = read(select(_ENTRIES).where(entry.ticket == number).order_by(entry.id)).all()
        parts = read(select(_TICKETS.c.id).where(_TICKETS.c.merged_into == number)).scalars().all()
        return replace(
            _ticket(row),
            calls=tuple(map(_link, calls)),
            entries=tuple(map(_entry, entries)),
            parts=tuple(TicketId(str(part)) for part in parts),
            clocks=self.clocks([id_]).get(id_, ()),
            **self.beside(number),
        )

    def find(self, wanted: TicketFilter, limit: int, before: TicketId | None) -> list[Ticket]:
        table = _TICKETS.c
        query = select(_TICKETS).where(*_conditions(wanted))
        if before is not None:
            query = query.where(table.id < (_number(before) or 0))
        query = query.order_by(table.id.desc()).limit(limit)
        return [_ticket(row) for row in self._connection.execute(query).all()]

    def carry(self, calls: Sequence[CallId], to: TicketId, came_from: TicketId | None) -> None:
        number = None if came_from is None else int(came_from)
        self._connection.execute(
            update(_CALLS).where(_CALLS.c.call.in_(calls)).values(ticket=int(to), came_from=number)
        )

    def search(
        self, words: Sequence[str], wanted: TicketFilter, limit: int, before: TicketId | None
    ) -> list[Ticket]:
        found: list[Ticket] = []
        below = None if before is None else _number(before)
        asked = list(words)
        if wanted.scope.departments is not None and len(wanted.scope.departments) == 1:
            asked.append(department_word(wanted.scope.departments[0]))
        for _ in range(MOST_LOOKS):
            page = WORDS.newest(self._connection, asked, LOOK, below)
            if not page:
                break
            query = select(_TICKETS).where(_TICKETS.c.id.in_(page), *_conditions(wanted))
            rows = self._connection.execute(query.order_by(_TICKETS.c.id.desc())).all()
            found += [_ticket(row) for row in rows]
            if len(found) >= limit or len(page) < LOOK:
                break
            below = page[-1]
        return found[:limit]

    def share_answered(self, since: float, until: float, scope: Scope) -> list[AnswerFigures]:
        table = _TICKETS.c
        late = exists().where(
            CLOCKS.c.ticket == table.id,
            CLOCKS.c.kind == ClockKind.ANSWER,
            CLOCKS.c.late_at.is_not(None),
        )
        answered = table.answered_at.is_not(None)

        def count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
            return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)

        query = (
            select(
                table.department,
                func.count(),
                count(answered),
                count(answered, ~late),
                count(late),
                count(~answered, table.state.in_(sorted(LIVE))),
            )
            .where(table.opened_at >= since, table.opened_at < until)
            .where(table.merged_into.is_(None), *_in_scope(scope))
            .group_by(table.department)
            .order_by(table.department)
        )
        return [AnswerFigures(*row) for row in self._connection.execute(query)]

    def live_of(self, customers: Sequence[CustomerId], number: str, limit: int) -> list[Ticket]:
        found: dict[int, Row[Any]] = {}
        ways: list[tuple[Any, dict[str, Any]]] = []
        if customers:
            ways.append((_LIVE_OF_CUSTOMERS, {"customers": list(customers)}))
        if number:
            ways.append((_LIVE_OF_NUMBER, {"of_number": number}))
        for statement, asked in ways:
            for row in self._connection.execute(statement, asked | {"most": limit}).all():
                found[row.id] = row
        return [_ticket(found[id_]) for id_ in sorted(found, reverse=True)[:limit]]


def _number(id_: TicketId) -> int | None:
    """None for what no ticket can be called."""
    if not (id_.isascii() and id_.isdigit() and len(id_) < 20):
        return None
    return int(id_) if int(id_) <= MAX_NUMBER else None


def _conditions(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    table = _TICKETS.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(table.state.in_(wanted.states))
    for name in ("kind", "queue", "assignee", "customer", "department", "owner"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(table[name] == value)
    if wanted.call is not None:
        of_call = select(_CALLS.c.ticket).where(_CALLS.c.call == wanted.call)
        conditions.append(table.id.in_(of_call))
    if wanted.due_before is not None:
        conditions.append(table.due_at < wanted.due_before)
    if wanted.watcher is not None:
        watched = select(WATCHERS.c.ticket).where(WATCHERS.c.who == wanted.watcher)
        conditions.append(table.id.in_(watched))
    if wanted.late:
        late = select(CLOCKS.c.ticket).where(CLOCKS.c.late_at.is_not(None))
        conditions.append(table.id.in_(late))
    return [*conditions, *_in_scope(wanted.scope)]


def _in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.departments is None:
        return []
    return [_TICKETS.c.department.in_(scope.departments)]


def _columns(ticket: Ticket) -> dict[str, object]:
    return {
        "kind": ticket.kind,
        "state": ticket.state,
        "priority": ticket.priority.rank,
        "titles": json.dumps(ticket.titles, ensure_ascii=False, sort_keys=True),
        "customer": ticket.customer,
        "number": ticket.number,
        "queue": ticket.queue,
        "level": ticket.level,
        "assignee": ticket.assignee,
        "rule": ticket.rule,
        "opened_at": ticket.opened_at,
        "due_at": ticket.due_at,
        "updated_at": ticket.updated_at,
        "closed_at": ticket.closed_at,
        "department": ticket.department,
        "owner": ticket.owner,
        "answered_at": ticket.answered_at,
        "merged_into": None if ticket.merged_into is None else int(ticket.merged_into),
        "merged_from_state": ticket.merged_from_state,
        "version": ticket.version,
    }


def _ticket(row: Row[Any]) -> Ticket:
    return Ticket(
        id=TicketId(str(row.id)),
        kind=TicketKind(row.kind),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        state=TicketState(row.state),
        priority=_PRIORITIES[row.priority],
        titles=json.loads(row.titles),
        customer=None if row.customer is None else CustomerId(row.customer),
        number=row.number,
        queue=None if row.queue is None else QueueId(row.queue),
        level=None if row.level is None else Level(row.level),
        assignee=None if row.assignee is None else AgentId(row.assignee),
        department=row.department,
        owner=row.owner,
        rule=row.rule,
        due_at=row.due_at,
        closed_at=row.closed_at,
        answered_at=row.answered_at,
        merged_into=_id(row.merged_into),
        merged_from_state=TicketState(row.merged_from_state) if row.merged_from_state else None,
        version=row.version,
    )


def _id(number: int | None) -> TicketId | None:
    return None if number is None else TicketId(str(number))


def _link(row: Row[Any]) -> CallLink:
    role = CallRole(row.role)
    return CallLink(CallId(row.call), role, row.at, row.finished_at, _id(row.came_from))


def _entry(row: Row[Any]) -> Entry:
    call = None if row.call is None else CallId(row.call)
    channel = Channel(row.channel) if row.channel else None
    return Entry(row.at, row.who, EntryKind(row.kind), row.text, call, channel)
