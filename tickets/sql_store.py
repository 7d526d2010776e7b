"""Tickets in SQL. A call record is claimed and its ticket made in one unit of work."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import ColumnElement, ForeignKey, Index, Row, Table, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.words import Level
from storage import outbox
from storage.base import Base, BigId
from storage.database import Database
from tickets.model import (
    LIVE,
    CallLink,
    Entry,
    EntryKind,
    Priority,
    Role,
    Ticket,
    TicketKind,
    TicketState,
)
from tickets.ports import EndedCall, TicketFilter

_LIVE = sorted(LIVE)
_PRIORITIES = list(Priority)
MAX_NUMBER = 2**63 - 1


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

    __table_args__ = (
        Index(None, "customer", "state", "kind"),
        Index(None, "number", "state", "kind"),
        Index(None, "state", "due_at"),
        Index(None, "assignee", "state"),
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


_TICKETS = cast(Table, TicketRow.__table__)
_CALLS = cast(Table, CallRow.__table__)
_ENTRIES = cast(Table, EntryRow.__table__)
# Tables, not mapped objects: most of these statements run for every call.


class SqlTickets:
    """A TicketStore over a migrated Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator["SqlRows"]:
        with self._database.reading() as session:
            yield SqlRows(session)

    @contextmanager
    def writing(self) -> Iterator["SqlRows"]:
        with self._database.session() as session:
            yield SqlRows(session)


class SqlRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def waiting(self, limit: int, after: int = 0) -> list[EndedCall]:
        messages = outbox.pending(self._session, outbox.CALL_ENDED, limit, after)
        return [EndedCall(message.id, message.payload) for message in messages]

    def claim(self, messages: Sequence[int], at: float) -> set[int]:
        return outbox.claim(self._session, messages, at)

    def put_off(self, message: int, error: str) -> None:
        outbox.put_off(self._session, message, error)

    def ticket_of(self, call: CallId) -> Ticket | None:
        row = self._session.execute(
            select(_TICKETS)
            .join(_CALLS, _CALLS.c.ticket == _TICKETS.c.id)
            .where(_CALLS.c.call == call)
        ).first()
        return None if row is None else _ticket(row)

    def live(
        self, kind: TicketKind, customer: CustomerId | None, number: str, since: float
    ) -> Ticket | None:
        table = _TICKETS.c
        fits = (table.kind == kind, table.opened_at >= since)
        found: list[Row[Any]] = []
        if customer is not None:
            found = self._live_ones(1, table.customer == customer, *fits)
        if number and not found:
            unowned = [] if customer is None else [table.customer.is_(None)]
            found = self._live_ones(1, table.number == number, *unowned, *fits)
        return _ticket(found[0]) if found else None

    def _live_ones(self, limit: int, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
        """One index each: an OR over customer and number would read every live ticket."""
        table = _TICKETS.c
        return list(
            self._session.execute(
                select(_TICKETS)
                .where(*conditions, table.state.in_(_LIVE))
                .order_by(table.id.desc())
                .limit(limit)
            ).all()
        )

    def add(self, ticket: Ticket) -> TicketId:
        stored = self._session.execute(
            insert(_TICKETS).returning(_TICKETS.c.id).values(_columns(ticket))
        )
        return TicketId(str(stored.scalar_one()))

    def save(self, ticket: Ticket) -> None:
        this = _TICKETS.c.id == int(ticket.id)
        self._session.execute(update(_TICKETS).where(this).values(_columns(ticket)))

    def link(self, ticket: TicketId, link: CallLink, message: int | None) -> None:
        self._session.execute(
            insert(_CALLS).values(
                call=link.call,
                ticket=int(ticket),
                role=link.role,
                at=link.at,
                finished_at=link.finished_at,
                outbox=message,
            )
        )

    def finish(self, call: CallId, at: float, message: int) -> None:
        this = _CALLS.c.call == call
        self._session.execute(update(_CALLS).where(this).values(finished_at=at, outbox=message))

    def write(self, ticket: TicketId, entry: Entry) -> None:
        self._session.execute(
            insert(_ENTRIES).values(
                ticket=int(ticket),
                at=entry.at,
                who=entry.who,
                kind=entry.kind,
                text=entry.text,
                call=entry.call,
            )
        )

    def get(self, id_: TicketId) -> Ticket | None:
        number = _number(id_)
        if number is None:
            return None
        read = self._session.execute
        row = read(select(_TICKETS).where(_TICKETS.c.id == number)).first()
        if row is None:
            return None
        call, entry = _CALLS.c, _ENTRIES.c
        calls = read(select(_CALLS).where(call.ticket == number).order_by(call.at, call.call)).all()
        entries = read(select(_ENTRIES).where(entry.ticket == number).order_by(entry.id)).all()
        return _ticket(row, tuple(map(_link, calls)), tuple(map(_entry, entries)))

    def find(self, wanted: TicketFilter, limit: int, before: TicketId | None) -> list[Ticket]:
        table = _TICKETS.c
        query = select(_TICKETS).where(*_conditions(wanted))
        if before is not None:
            query = query.where(table.id < (_number(before) or 0))
        query = query.order_by(table.id.desc()).limit(limit)
        return [_ticket(row) for row in self._session.execute(query).all()]

    def live_of(self, customers: Sequence[CustomerId], number: str, limit: int) -> list[Ticket]:
        table = _TICKETS.c
        found: dict[int, Row[Any]] = {}
        if customers:
            for row in self._live_ones(limit, table.customer.in_(customers)):
                found[row.id] = row
        if number:
            for row in self._live_ones(limit, table.number == number):
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
    for name in ("kind", "queue", "assignee", "customer"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(table[name] == value)
    if wanted.due_before is not None:
        conditions.append(table.due_at < wanted.due_before)
    return conditions


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
    }


def _ticket(
    row: Row[Any], calls: tuple[CallLink, ...] = (), entries: tuple[Entry, ...] = ()
) -> Ticket:
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
        rule=row.rule,
        due_at=row.due_at,
        closed_at=row.closed_at,
        calls=calls,
        entries=entries,
    )


def _link(row: Row[Any]) -> CallLink:
    return CallLink(CallId(row.call), Role(row.role), row.at, row.finished_at)


def _entry(row: Row[Any]) -> Entry:
    call = None if row.call is None else CallId(row.call)
    return Entry(row.at, row.who, EntryKind(row.kind), row.text, call)
