"""Something a person has to do by a certain time: the word for it, which any room may say.

A room says it by writing it into the outbox (kind TASK_WANTED) in the unit of work that gives rise
to it; the desk (tickets.tasks) makes it a task, once for each key.
"""

from enum import StrEnum

import msgspec

from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.rights import Who
from calls.words import Role

TASK_WANTED = "task_wanted"
"""Outbox kind. Key: the task's key. Payload: TaskWanted as JSON."""


class TaskKind(StrEnum):
    CHASE = "chase"
    """A department is late: ask it, and call the customer with an apology."""
    LATE = "late"
    """For those who lead: a department is late."""
    HURRY = "hurry"
    """For a department: its time is nearly over."""
    FOLLOW_UP = "follow_up"
    """回访: ask the customer how it went."""
    VOICEMAIL = "voicemail"
    """Listen to a message and answer it."""
    CALL_BACK = "call_back"
    """Call somebody who gave up or was promised it."""
    LOW_SCORE = "low_score"
    QUALITY = "quality"
    """Look at a recording, a score or a dispute."""
    OTHER = "other"


class TaskWanted(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    """Of one key there is one task, however often it is wanted: ``voicemail:{recording}``."""
    kind: TaskKind
    owner: str
    """Made by agent(), person(), role() or department() below."""
    titles: dict[str, str]
    """Per language tag: what is to be done, in one line."""
    due_at: float | None = None
    """Seconds since the epoch; when it passes undone, supervisors see the task, too."""
    ticket: TicketId | None = None
    call: CallId | None = None
    customer: CustomerId | None = None
    queue: QueueId | None = None
    """In which she waited: who looks after it sees the task."""
    number: str = ""
    """Whom to call, E.164 where it could be read."""


def agent(id_: AgentId) -> str:
    return f"agent:{id_}"


def person(id_: str) -> str:
    """``id_``: what she types at log-in."""
    return f"person:{id_}"


def role(one: Role) -> str:
    """Whoever of this role takes it first."""
    return f"role:{one.value}"


def department(id_: str) -> str:
    return f"department:{id_}"


def owners_of(who: Who) -> tuple[str, ...]:
    """Every owner this person acts for: whose tasks are hers."""
    own = [person(who.person), *map(role, who.roles), *map(department, who.departments)]
    if who.agent is not None:
        own.append(agent(who.agent))
    return tuple(own)
