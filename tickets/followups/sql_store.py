"""Follow-ups in SQL, beside their tasks, in the unit of work of whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Row,
    Table,
    and_,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import CallId, CustomerId, TicketId
from calls.words import Level
from storage.base import Base, BigId, Work
from tickets.followups.model import (
    FollowUp,
    FollowUpAnswers,
    FollowUpCause,
    FollowUpEnding,
    FollowUpReason,
    FollowUpTry,
)
from tickets.tasks.model import TaskState
from tickets.tasks.sql_store import TASKS, task_from_row


class FollowUpRow(Base):
    __tablename__ = "follow_ups"
    __table_args__ = (Index(None, "person"), Index(None, "opened_at"))

    task: Mapped[int] = mapped_column(
        BigId, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True
    )
    cause: Mapped[str]
    rule: Mapped[str]
    person: Mapped[str] = mapped_column(server_default="")
    pool: Mapped[str]
    level: Mapped[str | None]
    opened_at: Mapped[float]
    next_at: Mapped[float | None]
    ended_at: Mapped[float | None]
    ending: Mapped[str | None]
    solved: Mapped[bool | None]
    score: Mapped[int | None]
    opinion: Mapped[str] = mapped_column(server_default="")


class ReasonRow(Base):
    """Each occasion once: its key is what makes it one."""

    __tablename__ = "follow_up_reasons"

    key: Mapped[str] = mapped_column(primary_key=True)
    task: Mapped[int] = mapped_column(
        BigId, ForeignKey("follow_ups.task", ondelete="CASCADE"), index=True
    )
    cause: Mapped[str]
    at: Mapped[float]
    ticket: Mapped[str | None] = mapped_column(index=True)
    call: Mapped[str | None]
    score: Mapped[int | None]


class TryRow(Base):
    __tablename__ = "follow_up_tries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    task: Mapped[int] = mapped_column(
        BigId, ForeignKey("follow_ups.task", ondelete="CASCADE"), index=True
    )
    at: Mapped[float]
    who: Mapped[str]
    ending: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")


_FOLLOW_UPS = cast(Table, FollowUpRow.__table__)
_REASONS = cast(Table, ReasonRow.__table__)
_TRIES = cast(Table, TryRow.__table__)
_OURS = ("cause", "rule", "person", "pool", "level", "next_at", "ended_at", "ending")


@dataclass(frozen=True, slots=True)
class FollowUpFilter:
    """None means any."""

    owners: tuple[str, ...] | None = None
    or_escalated: bool = False
    """Besides those of ``owners``, every one that was left undone."""
    over: bool | None = False
    cause: FollowUpCause | None = None
    customer: CustomerId | None = None
    number: str = ""
    """With ``customer``: of either."""


@dataclass(frozen=True, slots=True)
class FollowUpFigures:
    """How well follow-ups of one cause were kept."""

    cause: FollowUpCause
    opened: int
    complete: int
    in_time: int
    """Complete before they were due."""
    unfinished: int
    """Called as often as the plan says, and not brought to an end."""
    declined: int
    waiting: int
    late: int
    """Of those waiting, past their due time."""
    key_opened: int
    """Of key customers: gold and vip."""
    key_complete: int


class SqlFollowUps:
    def __init__(self, work: Work) -> None:
        self._work = work

    # Opening

    def knows(self, key: str) -> bool:
        """Whether this occasion was dealt with before."""
        query = select(_REASONS.c.key).where(_REASONS.c.key == key)
        return self._work.execute(query).first() is not None

    def declined(self, person: str) -> bool:
        """Whether she said that she wants no such calls."""
        table = _FOLLOW_UPS.c
        asked = (table.person == person, table.ending == FollowUpEnding.DECLINED)
        return bool(person) and self._first(*asked) is not None

    def open_of(self, person: str) -> int | None:
        """The task of the follow-up she is waiting for."""
        return self._first(_FOLLOW_UPS.c.person == person, TASKS.c.state == TaskState.OPEN)

    def open_for(self, ticket: TicketId, cause: FollowUpCause) -> list[FollowUp]:
        """Those waiting that have this ticket among their reasons."""
        mine = (_REASONS.c.ticket == ticket, _REASONS.c.cause == cause)
        these = select(_REASONS.c.task).where(*mine)
        query = _WHOLE.where(TASKS.c.id.in_(these), TASKS.c.state == TaskState.OPEN)
        return self._with_all(self._work.execute(query).all())

    def add(self, task: int, one: FollowUp) -> None:
        values = {name: getattr(one, name) for name in _OURS}
        opened = {"task": task, "opened_at": one.task.opened_at}
        self._work.execute(insert(_FOLLOW_UPS).values(values | opened))

    def join(self, task: int, key: str, reason: FollowUpReason) -> None:
        self._work.execute(
            insert(_REASONS).values(
                key=key,
                task=task,
                cause=reason.cause,
                at=reason.at,
                ticket=reason.ticket,
                call=reason.call,
                score=reason.score,
            )
        )

    # Working

    def get(self, task: int) -> FollowUp | None:
        row = self._work.execute(_WHOLE.where(_FOLLOW_UPS.c.task == task)).first()
        return None if row is None else self._with_all([row])[0]

    def save(self, one: FollowUp) -> None:
        """Its own fields; the task is kept apart."""
        values: dict[str, object] = {name: getattr(one, name) for name in _OURS}
        answers = one.answers
        values |= {"solved": answers.solved, "score": answers.score, "opinion": answers.opinion}
        this = _FOLLOW_UPS.c.task == one.task.id
        self._work.execute(update(_FOLLOW_UPS).where(this).values(values))

    def tried(self, task: int, one: FollowUpTry) -> None:
        self._work.execute(
            insert(_TRIES).values(
                task=task, at=one.at, who=one.who, ending=one.ending, note=one.note
            )
        )

    def find(self, wanted: FollowUpFilter, limit: int, after: int) -> list[FollowUp]:
        """Soonest due first; those that are over, newest first. ``after``: skip so many."""
        order: tuple[Any, ...] = (TASKS.c.due_at, TASKS.c.id)
        if wanted.over is not False:
            order = (TASKS.c.opened_at.desc(), TASKS.c.id.desc())
        query = _WHOLE.where(*_conditions(wanted)).order_by(*order)
        return self._with_all(self._work.execute(query.limit(limit).offset(after)).all())

    def figures(self, since: float, until: float, now: float) -> list[FollowUpFigures]:
        """Of those opened in that time, by what they were opened for."""
        table, task = _FOLLOW_UPS.c, TASKS.c
        complete = table.ending == FollowUpEnding.COMPLETE
        waiting = task.state == TaskState.OPEN
        key = table.level.in_([Level.GOLD, Level.VIP])
        counts = (
            func.count(),
            _many(complete),
            _many(complete, table.ended_at <= task.due_at),
            _many(task.state == TaskState.UNFINISHED),
            _many(table.ending == FollowUpEnding.DECLINED),
            _many(waiting),
            _many(waiting, task.due_at < now),
            _many(key),
            _many(key, complete),
        )
        query = (
            select(table.cause, *counts)
            .join(TASKS, task.id == table.task)
            .where(table.opened_at >= since, table.opened_at < until)
            .group_by(table.cause)
            .order_by(table.cause)
        )
        rows = self._work.execute(query).all()
        return [FollowUpFigures(FollowUpCause(row[0]), *map(int, row[1:])) for row in rows]

    # Inside

    def _first(self, *conditions: ColumnElement[bool]) -> int | None:
        query = select(_FOLLOW_UPS.c.task).join(TASKS, TASKS.c.id == _FOLLOW_UPS.c.task)
        row = self._work.execute(query.where(*conditions).limit(1)).first()
        return None if row is None else int(row.task)

    def _with_all(self, rows: Sequence[Row[Any]]) -> list[FollowUp]:
        ids = [row.id for row in rows]
        reasons: dict[int, list[FollowUpReason]] = {}
        tries: dict[int, list[FollowUpTry]] = {}
        if ids:
            read, by = self._work.execute, _REASONS.c
            asked = select(_REASONS).where(by.task.in_(ids)).order_by(by.at, by.key)
            for row in read(asked):
                reasons.setdefault(row.task, []).append(_reason(row))
            done = select(_TRIES).where(_TRIES.c.task.in_(ids)).order_by(_TRIES.c.id)
            for row in read(done):
                tries.setdefault(row.task, []).append(_try(row))
        return [
            _follow_up(row, tuple(reasons.get(row.id, ())), tuple(tries.get(row.id, ())))
            for row in rows
        ]


_MINE = [
    column.label(f"f_{column.name}")
    for column in _FOLLOW_UPS.columns
    if column.name not in ("task", "opened_at")
]
_WHOLE = select(TASKS, *_MINE).join(_FOLLOW_UPS, TASKS.c.id == _FOLLOW_UPS.c.task)


def _many(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((and_(*conditions), 1), else_=0))


def _conditions(wanted: FollowUpFilter) -> list[ColumnElement[bool]]:
    task = TASKS.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.owners is not None:
        hers = task.owner.in_(wanted.owners)
        conditions.append(
            or_(hers, task.escalated_at.is_not(None)) if wanted.or_escalated else hers
        )
    if wanted.over is not None:
        is_open = task.state == TaskState.OPEN
        conditions.append(~is_open if wanted.over else is_open)
    if wanted.cause is not None:
        one = exists().where(_REASONS.c.task == task.id, _REASONS.c.cause == wanted.cause)
        conditions.append(one)
    either: list[ColumnElement[bool]] = []
    if wanted.customer is not None:
        either.append(_FOLLOW_UPS.c.person == wanted.customer)
    if wanted.number:
        either.append(_FOLLOW_UPS.c.person == wanted.number)
    if either:
        conditions.append(or_(*either))
    return conditions


def _reason(row: Row[Any]) -> FollowUpReason:
    ticket = None if row.ticket is None else TicketId(row.ticket)
    call = None if row.call is None else CallId(row.call)
    return FollowUpReason(FollowUpCause(row.cause), row.at, ticket, call, row.score)


def _try(row: Row[Any]) -> FollowUpTry:
    return FollowUpTry(row.at, row.who, FollowUpEnding(row.ending), row.note)


def _follow_up(
    row: Row[Any], reasons: tuple[FollowUpReason, ...], tries: tuple[FollowUpTry, ...]
) -> FollowUp:
    values = row._mapping
    task = {column.name: values[column] for column in TASKS.columns}
    return FollowUp(
        task=task_from_row(task),
        cause=FollowUpCause(row.f_cause),
        rule=row.f_rule,
        person=row.f_person,
        pool=row.f_pool,
        level=Level(row.f_level) if row.f_level else None,
        next_at=row.f_next_at,
        ended_at=row.f_ended_at,
        ending=FollowUpEnding(row.f_ending) if row.f_ending else None,
        answers=FollowUpAnswers(row.f_solved, row.f_score, row.f_opinion),
        reasons=reasons,
        tries=tries,
    )
