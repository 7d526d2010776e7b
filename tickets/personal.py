"""One person's tickets, follow-ups and tasks: found, and their personal words forgotten, in
somebody's unit of work. What was promised and how it was kept stays; whose it was is gone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from calls.ids import CustomerId, TicketId
from calls.words import Language
from storage.base import Base
from tickets.model import EntryKind, Ticket
from tickets.sql_beside import WORDS
from tickets.sql_store import SqlRows
from tickets.tasks.model import TaskState

GONE = {Language.ZH.value: "已按要求删除", Language.EN.value: "Erased as she asked"}
_WITH_WORDS = (
    EntryKind.NOTE,
    EntryKind.REPLY,
    EntryKind.FORM,
    EntryKind.ATTACHED,
    EntryKind.AMENDED,
    EntryKind.PAUSED,
    EntryKind.FOLLOW_UP,
)


@dataclass(frozen=True, slots=True)
class Forgotten:
    tickets: int
    follow_ups: int
    tasks: int
    files: tuple[str, ...]
    """Hashes of attachments that no ticket has any more."""


def tickets_of(
    session: Session,
    customers: Sequence[CustomerId],
    numbers: Sequence[str],
    limit: int,
    before: float | None = None,
) -> list[Ticket]:
    """Tickets of any of these customers, and of their numbers that are nobody else's, newest first
    and whole; ``before``: opened before then."""
    table = _table("tickets").c
    query = select(table.id).where(_hers(_table("tickets"), customers, numbers))
    if before is not None:
        query = query.where(table.opened_at < before)
    ids = session.execute(query.order_by(table.opened_at.desc()).limit(limit)).scalars().all()
    rows = SqlRows(session.connection())
    found = (rows.get(TicketId(str(id_))) for id_ in ids)
    return [ticket for ticket in found if ticket is not None]


def forget(
    session: Session, customers: Sequence[CustomerId], numbers: Sequence[str], now: float
) -> Forgotten:
    """Names, numbers and words of hers, out of all the desk has of her."""
    table = _table("tickets")
    ids = list(
        session.execute(select(table.c.id).where(_hers(table, customers, numbers))).scalars()
    )
    files = _forget_tickets(session, ids) if ids else ()
    tasks = _table("tasks")
    mine = _hers(tasks, customers, numbers)
    own = list(session.execute(select(tasks.c.id).where(mine)).scalars())
    follow_ups = _forget_follow_ups(session, own) if own else 0
    gone = {"customer": None, "number": "", "outcome": ""}
    over = {"state": TaskState.CANCELLED, "closed_at": now}
    if own:
        these = tasks.c.id.in_(own)
        session.execute(update(tasks).where(these, tasks.c.state == TaskState.OPEN).values(over))
        session.execute(update(tasks).where(these).values(gone | {"version": tasks.c.version + 1}))
    return Forgotten(len(ids), follow_ups, len(own), files)


def _forget_tickets(session: Session, ids: Sequence[int]) -> tuple[str, ...]:
    tickets, entries = _table("tickets"), _table("ticket_entries")
    titles = json.dumps(GONE, ensure_ascii=False, sort_keys=True)
    session.execute(
        update(tickets)
        .where(tickets.c.id.in_(ids))
        .values(customer=None, number="", titles=titles, version=tickets.c.version + 1)
    )
    session.execute(
        update(entries)
        .where(entries.c.ticket.in_(ids), entries.c.kind.in_(_WITH_WORDS))
        .values(text="")
    )
    filled, steps = _table("filled_forms"), _table("complaint_steps")
    session.execute(delete(filled).where(filled.c.ticket.in_(ids)))
    session.execute(update(steps).where(steps.c.ticket.in_(ids)).values(text=""))
    rows = SqlRows(session.connection())
    for id_ in ids:
        WORDS.remove(session, id_)
        rows.mark(TicketId(str(id_)))
    return _forget_files(session, ids)


def _forget_files(session: Session, ids: Sequence[int]) -> tuple[str, ...]:
    files = _table("ticket_files")
    query = select(files.c.sha256).where(files.c.ticket.in_(ids)).distinct()
    hashes = set(session.execute(query).scalars())
    session.execute(delete(files).where(files.c.ticket.in_(ids)))
    kept = set(session.execute(select(files.c.sha256).where(files.c.sha256.in_(hashes))).scalars())
    return tuple(sorted(hashes - kept))


def _forget_follow_ups(session: Session, tasks: Sequence[int]) -> int:
    ups, tries = _table("follow_ups"), _table("follow_up_tries")
    session.execute(update(tries).where(tries.c.task.in_(tasks)).values(note=""))
    done: Any = session.execute(
        update(ups).where(ups.c.task.in_(tasks)).values(person="", opinion="")
    )
    return int(done.rowcount)


def _hers(
    table: Table, customers: Sequence[CustomerId], numbers: Sequence[str]
) -> ColumnElement[bool]:
    mine = table.c.customer.in_(customers)
    if not numbers:
        return mine
    return or_(mine, table.c.number.in_(numbers) & table.c.customer.is_(None))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
