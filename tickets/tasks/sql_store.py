"""Tasks in SQL. One key is one row, whoever adds it how often."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import ColumnElement, Index, Row, Table, UniqueConstraint, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import CallId, CustomerId, QueueId, TicketId
from calls.tasks import TASK_WANTED, TaskKind
from storage import outbox
from storage.base import Base, BigId, Work, is_sqlite
from storage.database import Database
from tickets.tasks.model import Task, TaskState
from tickets.tasks.ports import TaskFilter, Wanted


class TaskRow(Base):
    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]
    owner: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    titles: Mapped[str] = mapped_column(server_default="{}")
    opened_at: Mapped[float]
    updated_at: Mapped[float]
    due_at: Mapped[float | None]
    escalated_at: Mapped[float | None]
    ticket: Mapped[str | None]
    call: Mapped[str | None]
    customer: Mapped[str | None]
    number: Mapped[str] = mapped_column(server_default="")
    queue: Mapped[str | None]
    outcome: Mapped[str] = mapped_column(server_default="")
    closed_by: Mapped[str] = mapped_column(server_default="")
    closed_at: Mapped[float | None]
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        UniqueConstraint("key"),
        Index(None, "owner", "state", "due_at"),
        Index(None, "state", "due_at"),
        Index(None, "queue", "state", "due_at"),
        Index(None, "ticket"),
        Index(None, "customer"),
        {"sqlite_autoincrement": True},
    )


TASKS = cast(Table, TaskRow.__table__)
_FIELDS = tuple(column.name for column in TASKS.columns if column.name != "id")


class SqlTasks:
    """A TaskStore over a migrated Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator["SqlTaskRows"]:
        with self._database.reading() as session:
            yield SqlTaskRows(session)

    @contextmanager
    def writing(self) -> Iterator["SqlTaskRows"]:
        with self._database.session() as session:
            yield SqlTaskRows(session)


class SqlTaskRows:
    """On the connection of whoever began the unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, task: Task) -> int | None:
        sqlite = is_sqlite(self._work)
        insert: Any = sqlite_insert if sqlite else postgres_insert
        statement = insert(TASKS).values(_columns(task)).on_conflict_do_nothing()
        return self._work.execute(statement.returning(TASKS.c.id)).scalar_one_or_none()

    def get(self, id_: int) -> Task | None:
        row = self._work.execute(select(TASKS).where(TASKS.c.id == id_)).first()
        return None if row is None else _task(row)

    def save(self, task: Task) -> None:
        self._work.execute(update(TASKS).where(TASKS.c.id == task.id).values(_columns(task)))

    def find(self, wanted: TaskFilter, limit: int, after: int) -> list[Task]:
        table = TASKS.c
        order = (table.due_at.is_(None), table.due_at, table.id)
        query = select(TASKS).where(*_conditions(wanted)).order_by(*order)
        return [_task(row) for row in self._work.execute(query.limit(limit).offset(after))]

    def overdue(self, now: float, limit: int) -> list[Task]:
        table = TASKS.c
        late = (table.state == TaskState.OPEN, table.due_at < now, table.escalated_at.is_(None))
        query = select(TASKS).where(*late).order_by(table.due_at).limit(limit)
        return [_task(row) for row in self._work.execute(query)]

    def wanted(self, limit: int, after: int) -> list[Wanted]:
        messages = outbox.pending(self._work, TASK_WANTED, limit, after)
        return [Wanted(message.id, message.payload) for message in messages]

    def claim(self, messages: Sequence[int], at: float) -> set[int]:
        return outbox.claim(self._work, messages, at)

    def put_off(self, message: int, error: str) -> None:
        outbox.put_off(self._work, message, error)


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    table = TASKS.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.owners is not None:
        hers: list[ColumnElement[bool]] = [table.owner.in_(wanted.owners)]
        if wanted.or_escalated:
            hers.append(table.escalated_at.is_not(None))
        if wanted.or_queues:
            # Her role's from elsewhere are another supervisor's.
            of_hers = table.queue.in_(wanted.or_queues)
            hers = [and_(hers[0], table.queue.is_(None)), of_hers]
        conditions.append(or_(*hers))
    if wanted.states:
        conditions.append(table.state.in_(wanted.states))
    for name in ("kind", "ticket", "call", "customer"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(table[name] == value)
    if wanted.due_before is not None:
        conditions.append(table.due_at < wanted.due_before)
    if wanted.opened_from is not None:
        conditions.append(table.opened_at >= wanted.opened_from)
    if wanted.opened_before is not None:
        conditions.append(table.opened_at < wanted.opened_before)
    return conditions


def _columns(task: Task) -> dict[str, object]:
    values = {name: getattr(task, name) for name in _FIELDS}
    return values | {"titles": json.dumps(task.titles, ensure_ascii=False, sort_keys=True)}


def _task(row: Row[Any]) -> Task:
    return task_from_row(dict(row._mapping))


def task_from_row(values: Mapping[str, Any]) -> Task:
    """``values``: by name, every column of TASKS."""
    ticket, call, queue = values["ticket"], values["call"], values["queue"]
    customer = values["customer"]
    return Task(
        **dict(values)
        | {
            "kind": TaskKind(values["kind"]),
            "state": TaskState(values["state"]),
            "titles": json.loads(values["titles"]),
            "ticket": None if ticket is None else TicketId(ticket),
            "call": None if call is None else CallId(call),
            "queue": None if queue is None else QueueId(queue),
            "customer": None if customer is None else CustomerId(customer),
        }
    )
