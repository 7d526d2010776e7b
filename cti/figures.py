"""What a day came to, counted from call records: for queues on the board, for agents themselves.

A call counts when its record is written, two seconds after its end. Synchronous: runs on threads.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from sqlalchemy import Float, Integer, Table, case, func, select

from calls.ids import AgentId, QueueId
from calls.words import NoAnswer, Outcome
from cti.records_sql import LegRow, RecordRow
from storage.database import Database

LEVEL_S = 20.0
"""For a queue that is not on the floor plan any more: 80 % within 20 s is the trade's habit."""
_GIVEN_UP = (Outcome.ABANDONED_IN_QUEUE, Outcome.ABANDONED_RINGING)
_RECORDS = cast(Table, RecordRow.__table__).c
_LEGS = cast(Table, LegRow.__table__).c


class QueueFigures(msgspec.Struct, frozen=True, kw_only=True):
    queue: QueueId
    came: int
    """Calls that waited here last or were answered here."""
    answered: int
    abandoned: int
    in_level: int
    """Answered within the queue's service level."""
    in_rule: int
    """Answered on one of the first rings its rule allows."""
    answer_s: float | None
    """From first queued to answered, on average; None when nothing was answered."""


class AgentFigures(msgspec.Struct, frozen=True, kw_only=True):
    agent: AgentId
    answered: int
    in_rule: int
    talk_s: float
    """Of all talks together."""
    missed: dict[NoAnswer, int]
    """Offers that did not become a talk, by what went wrong."""


class SqlFigures:
    """Over a migrated database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_queues(
        self, since: float, levels_s: Mapping[QueueId, float]
    ) -> tuple[QueueFigures, ...]:
        """Each queue with calls begun at or after ``since``, by id."""
        level: Any = LEVEL_S
        if levels_s:
            level = case(dict(levels_s), value=_RECORDS.queue, else_=LEVEL_S)
        statement = (
            select(
                _RECORDS.queue,
                func.count().label("came"),
                func.count(_RECORDS.answered_at).label("answered"),
                _count(_RECORDS.outcome.in_(_GIVEN_UP)).label("abandoned"),
                _count(_RECORDS.answer_s <= level).label("in_level"),
                _count(_RECORDS.within_rule.is_(True)).label("in_rule"),
                func.avg(_RECORDS.answer_s, type_=Float).label("answer_s"),
            )
            .where(_RECORDS.started_at >= since, _RECORDS.first_queued_at.is_not(None))
            .where(_RECORDS.queue.is_not(None))
            .group_by(_RECORDS.queue)
            .order_by(_RECORDS.queue)
        )
        with self._database.reading() as session:
            rows = session.execute(statement).all()
        return tuple(QueueFigures(**row._mapping) for row in rows)

    def of_agent(self, agent: AgentId, since: float) -> AgentFigures:
        """Calls and offers begun at or after ``since``."""
        answered = select(
            func.count().label("answered"), _count(_RECORDS.within_rule.is_(True)).label("in_rule")
        ).where(_RECORDS.agent == agent, _RECORDS.started_at >= since)
        hers = (_LEGS.agent == agent, _LEGS.made_at >= since)
        talked = select(func.sum(_LEGS.ended_at - _LEGS.talk_at, type_=Float)).where(*hers)
        missed = (
            select(_LEGS.missed, func.count())
            .where(*hers, _LEGS.missed.is_not(None))
            .group_by(_LEGS.missed)
        )
        with self._database.reading() as session:
            row = session.execute(answered).one()
            talk_s = session.execute(talked).scalar()
            kinds = session.execute(missed).all()
        return AgentFigures(
            agent=agent,
            answered=row.answered,
            in_rule=row.in_rule,
            talk_s=talk_s or 0.0,
            missed={NoAnswer(kind): count for kind, count in kinds},
        )


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0), type_=Integer), 0)
