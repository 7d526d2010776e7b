"""What a time came to, for queues on the board and for agents themselves: the very sums that
reports show. A call counts when its record is written, two seconds after its end.

Synchronous: runs on threads.
"""

from collections.abc import Mapping

import msgspec

from calls.ids import AgentId, QueueId
from calls.tally import HOUSE, MISSED, Subject, Tally, slot_of
from calls.waits import within
from calls.words import NoAnswer
from cti.tallies_sql import read
from storage.database import Database

LEVEL_S = 20.0
"""For a queue that is not on the floor plan any more: 80 % within 20 s is the trade's habit."""
FOR_EVER = 1e11


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
        """Each queue with calls begun in the quarter of an hour of ``since`` or later, by id."""
        with self._database.reading() as session:
            found = read(session, Subject.QUEUE, slot_of(since), FOR_EVER)
        return tuple(
            _queue(QueueId(id_), tally, levels_s.get(QueueId(id_), LEVEL_S))
            for id_, tally in sorted(found.items())
            if id_ != HOUSE and tally["offered"]
        )

    def of_agent(self, agent: AgentId, since: float) -> AgentFigures:
        """Calls begun in the quarter of an hour of ``since`` or later."""
        with self._database.reading() as session:
            found = read(session, Subject.AGENT, slot_of(since), FOR_EVER, (agent,))
        tally = found.get(agent, Tally())
        return AgentFigures(
            agent=agent,
            answered=tally["answered"],
            in_rule=tally["in_rule"],
            talk_s=tally["talk_ms"] / 1000,
            missed={NoAnswer(name[7:]): tally[name] for name in MISSED if tally[name]},
        )


def _queue(queue: QueueId, tally: Tally, level_s: float) -> QueueFigures:
    answered = tally["answered"]
    return QueueFigures(
        queue=queue,
        came=tally["offered"],
        answered=answered,
        abandoned=tally["abandoned"],
        in_level=within(tally.answered, level_s),
        in_rule=tally["in_rule"],
        answer_s=tally["answer_ms"] / answered / 1000 if answered else None,
    )
