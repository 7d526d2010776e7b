"""What tasks ask of the place where they are kept. Synchronous: runs on threads."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from calls.ids import CallId, CustomerId, QueueId, TicketId
from calls.tasks import TaskKind
from tickets.tasks.model import Task, TaskState


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """None and () mean any."""

    owners: tuple[str, ...] | None = None
    """Of any of these."""
    or_escalated: bool = False
    """Besides those of ``owners``, every one that was left undone."""
    or_queues: tuple[QueueId, ...] = ()
    """Besides those of ``owners``, those of these queues."""
    states: tuple[TaskState, ...] = ()
    kind: TaskKind | None = None
    ticket: TicketId | None = None
    call: CallId | None = None
    customer: CustomerId | None = None
    due_before: float | None = None
    opened_from: float | None = None
    opened_before: float | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task another room asked for, waiting in the outbox."""

    message: int
    payload: str


class TaskRows(Protocol):
    """Part of one unit of work."""

    def add(self, task: Task) -> int | None:
        """Store a new one; its number, or None when there is one of this key already."""

    def get(self, id_: int) -> Task | None: ...

    def save(self, task: Task) -> None: ...

    def find(self, wanted: TaskFilter, limit: int, after: int) -> list[Task]:
        """Soonest due first, those without a due time last; ``after``: skip so many."""

    def overdue(self, now: float, limit: int) -> list[Task]:
        """Open, due before now, not escalated yet."""

    def wanted(self, limit: int, after: int) -> list[Wanted]:
        """Oldest first, behind message ``after``."""

    def claim(self, messages: Sequence[int], at: float) -> set[int]:
        """Mark as dealt with; those that nobody had dealt with before."""

    def put_off(self, message: int, error: str) -> None: ...


class TaskStore(Protocol):
    def reading(self) -> AbstractContextManager[TaskRows]: ...

    def writing(self) -> AbstractContextManager[TaskRows]:
        """A unit of work: kept whole when the block ends, undone when it raises."""
