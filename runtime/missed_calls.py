"""Missed calls close by themselves once somebody has talked with her: she called again and was
answered, or was called back. Looked for beside the calls, never in their way.
"""

from collections.abc import Callable

from calls.ids import AgentId
from calls.tasks import agent as agent_owner
from cti.numbers import CallerNumber
from cti.records_sql import Reached, SqlRecords
from tickets.tasks.model import Task
from tickets.tasks.service import MAX_PAGE, Tasks

EVERY_S = 5.0
AT_ONCE_S = 10.0
"""Who calls again at once may be answered before the task of the call she gave up is made."""


class MissedCalls:
    """Synchronous: runs on threads."""

    def __init__(
        self,
        tasks: Tasks,
        records: SqlRecords,
        read_number: Callable[[str], CallerNumber],
        name_of: Callable[[AgentId], str],
    ) -> None:
        self._tasks = tasks
        self._records = records
        self._read_number = read_number
        self._name_of = name_of

    def step(self, now: float) -> int:
        """How many were closed. Raises what the database raises."""
        closed, skip = 0, 0
        while page := self._tasks.open_to_call(skip):
            closed += self._look(page, now)
            skip += MAX_PAGE
        return closed

    def _look(self, page: list[Task], now: float) -> int:
        """A number is written as the caller's network or an agent wrote it: all ways are asked."""
        written = {task.id: self._ways(task.number) for task in page}
        since = min(task.opened_at for task in page) - AT_ONCE_S
        found = self._records.reached(set().union(*written.values()), since)
        closed = 0
        for task in page:
            talk = _first_after(found, written[task.id], task)
            if talk is not None:
                name = self._name_of(talk.agent)
                words = f"\u5df2\u63a5\u901a\uff1a{name} \u00b7 Reached by {name}"
                closed += self._tasks.reached(task.id, words, agent_owner(talk.agent), now)
        return closed

    def _ways(self, number: str) -> frozenset[str]:
        read = self._read_number(number)
        return frozenset(way for way in (number, read.key, read.national) if way)


def _first_after(found: list[Reached], ways: frozenset[str], task: Task) -> Reached | None:
    since = task.opened_at - AT_ONCE_S
    return next(
        (one for one in found if one.number in ways and one.at >= since and one.call != task.call),
        None,
    )
