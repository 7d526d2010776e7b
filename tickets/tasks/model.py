"""A task: what is to be done, by whom, by when, and what came of it. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

from calls.ids import CallId, CustomerId, QueueId, TicketId
from calls.tasks import TaskKind, TaskWanted


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    UNFINISHED = "unfinished"
    """Tried, and not brought to its end: nobody answered, she had no time."""
    CANCELLED = "cancelled"
    """Not needed any more."""


NEXT: dict[TaskState, frozenset[TaskState]] = {
    TaskState.OPEN: frozenset({TaskState.DONE, TaskState.UNFINISHED, TaskState.CANCELLED}),
    TaskState.UNFINISHED: frozenset({TaskState.OPEN, TaskState.DONE, TaskState.CANCELLED}),
    TaskState.DONE: frozenset({TaskState.OPEN}),
    TaskState.CANCELLED: frozenset({TaskState.OPEN}),
}


BY_RECORD = frozenset({TaskKind.FOLLOW_UP, TaskKind.LOW_SCORE})
"""What came of these is written down where they are made (tickets.followups)."""


@dataclass(frozen=True, slots=True)
class Task:
    id: int
    """0 before it is stored."""
    key: str
    kind: TaskKind
    owner: str
    """As calls.tasks makes it: ``agent:a8001``, ``person:li``, ``role:supervisor``."""
    opened_at: float
    updated_at: float
    titles: dict[str, str] = field(default_factory=dict)
    state: TaskState = TaskState.OPEN
    due_at: float | None = None
    escalated_at: float | None = None
    """When it was found undone after its due time; supervisors see it from then on."""
    ticket: TicketId | None = None
    call: CallId | None = None
    customer: CustomerId | None = None
    number: str = ""
    queue: QueueId | None = None
    outcome: str = ""
    """What came of it, in the words of whoever did it."""
    closed_by: str = ""
    closed_at: float | None = None
    version: int = 1
    """Counts changes: who changes says which one she saw."""


def task_from(wanted: TaskWanted, now: float) -> Task:
    return Task(
        id=0,
        key=wanted.key,
        kind=wanted.kind,
        owner=wanted.owner,
        opened_at=now,
        updated_at=now,
        titles=wanted.titles,
        due_at=wanted.due_at,
        ticket=wanted.ticket,
        call=wanted.call,
        customer=wanted.customer,
        number=wanted.number,
        queue=wanted.queue,
    )


class TaskError(Exception):
    """The caller of the API asked for something that cannot be."""


class NoSuchTask(TaskError):
    """Or it is not hers to see."""


class TaskChanged(TaskError):
    """Somebody else was quicker; ``now`` is the task as it stands."""

    def __init__(self, now: Task) -> None:
        super().__init__(f"task {now.id} is at version {now.version}")
        self.now = now


class TaskByRecord(TaskError):
    """It wants a whole record, not a word."""


class TaskCannot(TaskError):
    def __init__(self, task: Task, to: TaskState) -> None:
        may = ", ".join(sorted(NEXT[task.state]))
        super().__init__(f"task {task.id} is {task.state}: it may become {may}, not {to}")
