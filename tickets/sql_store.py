"""Tickets in SQL. A call record is claimed and its ticket made in one unit of work."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, insert, or_, select, update
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

    def claim(self, message: int, at: float) -> bool:
        return outbox.claim(self._session, message, at)

    def put_off(self, message: int, error: str) -> None:
        outbox.put_off(self._session, message, error)

    def ticket_of(self, call: CallId) -> Ticket | None:
        row = self._session.get(CallRow, call)
        return None if row is None else self.get(TicketId(str(row.ticket)))

    def live(
        self, kind: TicketKind, customer: CustomerId | None, number: str, since: float
    ) -> Ticket | None:
        ways: list[ColumnElement[bool]] = []
        if customer is not None:
            ways.append(TicketRow.customer == customer)
        if number:
            unowned = TicketRow.customer.is_(None)
            same = TicketRow.number == number
            ways.append(same if customer is None else and_(same, unowned))
        if not ways:
            return None
        row = self._session.scalars(
            select(TicketRow)
            .where(
                or_(*ways),
                TicketRow.state.in_(_LIVE),
                TicketRow.kind == kind,
                TicketRow.opened_at >= since,
            )
            .order_by(TicketRow.id.desc())
            .limit(1)
        ).first()
        return None if row is None else _ticket(row)

    def add(self, ticket: Ticket) -> TicketId:
        row = TicketRow(**_columns(ticket))
        self._session.add(row)
        self._session.flush()
        return TicketId(str(row.id))

    def save(self, ticket: Ticket) -> None:
        self._session.execute(
            update(TicketRow).where(TicketRow.id == int(ticket.id)).values(**_columns(ticket))
        )

    def link(self, ticket: TicketId, link: CallLink, message: int | None) -> None:
        self._session.execute(
            insert(CallRow).values(
                call=link.call,
                ticket=int(ticket),
                role=link.role,
                at=link.at,
                finished_at=link.finished_at,
                outbox=message,
            )
        )

    def finish(self, call: CallId, at: float, message: int) -> None:
        self._session.execute(
            update(CallRow).where(CallRow.call == call).values(finished_at=at, outbox=message)
        )

    def write(self, ticket: TicketId, entry: Entry) -> None:
        self._session.execute(
            insert(EntryRow).values(
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
        row = None if number is None else self._session.get(TicketRow, number)
        if row is None:
            return None
        calls = self._session.scalars(
            select(CallRow).where(CallRow.ticket == number).order_by(CallRow.at, CallRow.call)
        ).all()
        entries = self._session.scalars(
            select(EntryRow).where(EntryRow.ticket == number).order_by(EntryRow.id)
        ).all()
        return _ticket(row, tuple(map(_link, calls)), tuple(map(_entry, entries)))

    def find(self, wanted: TicketFilter, limit: int, before: TicketId | None) -> list[Ticket]:
        query = select(TicketRow).where(*_conditions(wanted))
        if before is not None:
            query = query.where(TicketRow.id < (_number(before) or 0))
        query = query.order_by(TicketRow.id.desc()).limit(limit)
        return [_ticket(row) for row in self._session.scalars(query)]

    def live_of(self, customers: Sequence[CustomerId], number: str, limit: int) -> list[Ticket]:
        ways: list[ColumnElement[bool]] = []
        if customers:
            ways.append(TicketRow.customer.in_(customers))
        if number:
            ways.append(TicketRow.number == number)
        if not ways:
            return []
        query = (
            select(TicketRow)
            .where(or_(*ways), TicketRow.state.in_(_LIVE))
            .order_by(TicketRow.id.desc())
            .limit(limit)
        )
        return [_ticket(row) for row in self._session.scalars(query)]


def _number(id_: TicketId) -> int | None:
    """None for what no ticket can be called."""
    if not (id_.isascii() and id_.isdigit() and len(id_) < 20):
        return None
    return int(id_) if int(id_) <= MAX_NUMBER else None


def _conditions(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(TicketRow.state.in_(wanted.states))
    for name in ("kind", "queue", "assignee", "customer"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(TicketRow, name) == value)
    if wanted.due_before is not None:
        conditions.append(TicketRow.due_at < wanted.due_before)
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
    row: TicketRow, calls: tuple[CallLink, ...] = (), entries: tuple[Entry, ...] = ()
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


def _link(row: CallRow) -> CallLink:
    return CallLink(CallId(row.call), Role(row.role), row.at, row.finished_at)


def _entry(row: EntryRow) -> Entry:
    call = None if row.call is None else CallId(row.call)
    return Entry(row.at, row.who, EntryKind(row.kind), row.text, call)
