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
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.words import Level
from storage import outbox
from storage.base import Base, BigId, is_sqlite
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
from tickets.ports import AnswerFigures, EndedCall, Joining, TicketFilter
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
_TICKETS_OF = (
    select(_CALLS.c.call, _TICKETS)
    .join(_CALLS, _CALLS.c.ticket == _TICKETS.c.id)
    .where(_CALLS.c.call.in_(bindparam("calls", expanding=True)))
)
_LIVE_ONES = (
    select(_TICKETS)
    .where(_TICKETS.c.state.in_(sorted(LIVE)))
    .order_by(_TICKETS.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_OF_NUMBER = _TICKETS.c.number == bindparam("of_number")


def _newest_of(these: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Any:
    """The newest live ticket of each kind for each of ``these``; one index each: an OR over
    customer and number would read every live ticket."""
    table = _TICKETS.c
    newest = (
        select(func.max(table.id))
        .where(
            these.in_(bindparam("these", expanding=True)),
            table.state.in_(sorted(LIVE)),
            table.kind.in_(bindparam("kinds", expanding=True)),
            table.opened_at >= bindparam("since"),
            *conditions,
        )
        .group_by(these, table.kind)
    )
    return select(_TICKETS).where(table.id.in_(newest))


_OF_CUSTOMERS = _newest_of(_TICKETS.c.customer)
_OF_NUMBERS = _newest_of(_TICKETS.c.number)
_UNOWNED_OF_NUMBERS = _newest_of(_TICKETS.c.number, _TICKETS.c.customer.is_(None))
_LIVE_OF_CUSTOMERS = _LIVE_ONES.where(
    _TICKETS.c.customer.in_(bindparam("customers", expanding=True))
)
_LIVE_OF_NUMBER = _LIVE_ONES.where(_OF_NUMBER)
_ADD = insert(_TICKETS)
# Who writes holds the database: nobody else takes the same ones.
_NUMBERS = {
    True: text(
        "WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < :many)"
        " SELECT n + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'tickets'), 0)"
        " FROM more"
    ),
    False: text(
        "SELECT nextval(pg_get_serial_sequence('tickets', 'id')) FROM generate_series(1, :many)"
    ),
}
"""Of new tickets, by whether it is SQLite: known beforehand, all rows go in one statement."""
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

    def tickets_of(self, calls: Sequence[CallId]) -> dict[CallId, Ticket]:
        if not calls:
            return {}
        rows = self._connection.execute(_TICKETS_OF, {"calls": list(calls)})
        return {CallId(row.call): _ticket(row) for row in rows}

    def joinable(self, asked: Sequence[Joining]) -> list[Ticket | None]:
        known = [one.customer for one in asked if one.customer is not None]
        hers = self._newest(_OF_CUSTOMERS, known, asked, "customer")
        own = [one.number for one in asked if one.customer is not None]
        unowned = self._newest(_UNOWNED_OF_NUMBERS, own, asked, "number")
        others = [one.number for one in asked if one.customer is None]
        anybodys = self._newest(_OF_NUMBERS, others, asked, "number")
        found = []
        for one in asked:
            by_number = anybodys if one.customer is None else unowned
            ticket = hers.get((one.customer, one.kind)) or by_number.get((one.number, one.kind))
            found.append(ticket if ticket and ticket.opened_at >= one.since else None)
        return found

    def _newest(
        self, query: Any, these: Sequence[str], asked: Sequence[Joining], by: str
    ) -> dict[tuple[str | None, TicketKind], Ticket]:
        wanted = sorted({one for one in these if one})
        if not wanted:
            return {}
        kinds = sorted({one.kind for one in asked})
        since = min(one.since for one in asked)
        values = {"these": wanted, "kinds": kinds, "since": since}
        tickets = map(_ticket, self._connection.execute(query, values))
        return {(getattr(ticket, by), ticket.kind): ticket for ticket in tickets}

    def add(self, ticket: Ticket) -> TicketId:
        return self.add_all([ticket])[0]

    def add_all(self, tickets: Sequence[Ticket]) -> list[TicketId]:
        if not tickets:
            return []
        taken = _NUMBERS[is_sqlite(self._connection)]
        numbers = sorted(self._connection.execute(taken, {"many": len(tickets)}).scalars())
        self._many(
            _ADD, [_columns(one) | {"id": id_} for id_, one in zip(numbers, tickets, strict=True)]
        )
        ids = [TicketId(str(number)) for number in numbers]
        self.keep_all_clocks({id_: ticket.clocks for id_, ticket in zip(ids, tickets, strict=True)})
        self.mark_all(ids)
        return ids

    def save(self, ticket: Ticket) -> None:
        self.save_all([ticket])

    def save_all(self, tickets: Sequence[Ticket]) -> None:
        rows = [_columns(ticket) | {"its_id": int(ticket.id)} for ticket in tickets]
        self._many(_SAVE, rows)

    def link(self, ticket: TicketId, link: CallLink, message: int | None) -> None:
        self.link_all([(ticket, link, message)])

    def link_all(self, links: Sequence[tuple[TicketId, CallLink, int | None]]) -> None:
        self._many(
            _LINK,
            [
                {
                    "call": link.call,
                    "ticket": int(ticket),
                    "role": link.role,
                    "at": link.at,
                    "finished_at": link.finished_at,
                    "outbox": message,
                }
                for ticket, link, message in links
            ],
        )

    def finish_all(self, ended: Sequence[tuple[CallId, float, int]]) -> None:
        names = ("its_call", "finished_at", "outbox")
        self._many(_FINISH, [dict(zip(names, one, strict=True)) for one in ended])

    def write(self, ticket: TicketId, entry: Entry) -> None:
        self.write_all([(ticket, entry)])

    def write_all(self, entries: Sequence[tuple[TicketId, Entry]]) -> None:
        self._many(
            _WRITE,
            [
                {
                    "ticket": int(ticket),
                    "at": entry.at,
                    "who": entry.who,
                    "kind": entry.kind,
                    "text": entry.text,
                    "call": entry.call,
                    "channel": entry.channel or "",
                }
                for ticket, entry in entries
            ],
        )

    def _many(self, statement: Any, rows: list[dict[str, object]]) -> None:
        if rows:
            self._connection.execute(statement, rows)

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
