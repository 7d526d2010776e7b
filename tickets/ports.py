"""What the desk asks of the place where tickets are kept. sql_store.py answers it.

Synchronous: runs on threads (storage.offload).
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from tickets.changes import ALL, Scope
from tickets.clocks import Clock
from tickets.complaints.sql_store import SqlComplaints
from tickets.followups.sql_store import SqlFollowUps
from tickets.forms.sql_store import SqlForms
from tickets.model import (
    Attachment,
    CallLink,
    Entry,
    LinkKind,
    Ticket,
    TicketKind,
    TicketState,
)
from tickets.tasks.ports import TaskRows


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call record waiting for the desk."""

    message: int
    payload: str
    """calls.record.CallRecord as JSON."""


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """None means any."""

    states: tuple[TicketState, ...] = ()
    kind: TicketKind | None = None
    queue: QueueId | None = None
    assignee: AgentId | None = None
    customer: CustomerId | None = None
    call: CallId | None = None
    """On the ticket of this call."""
    due_before: float | None = None
    department: str | None = None
    owner: str | None = None
    """'': nobody's."""
    watcher: str | None = None
    late: bool = False
    """Only those somebody was told are late."""
    scope: Scope = ALL


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """How well what was promised is kept."""

    department: str
    opened: int
    answered: int
    answered_in_time: int
    late: int
    """Answered late or still unanswered after their time."""
    waiting: int
    """Not answered yet."""


@dataclass(frozen=True, slots=True)
class Joining:
    """Which ticket a call may join."""

    kind: TicketKind
    customer: CustomerId | None
    number: str
    since: float
    """When it was opened at the earliest."""


@dataclass(frozen=True, slots=True)
class Unindexed:
    """A ticket whose words are not what its index says."""

    ticket: TicketId
    mark: int
    text: str
    department: str


class TicketRows(Protocol):
    """One consistent look, or one unit of work."""

    @property
    def tasks(self) -> TaskRows:
        """In the same unit of work."""

    @property
    def forms(self) -> SqlForms:
        """In the same unit of work."""

    @property
    def complaints(self) -> SqlComplaints:
        """In the same unit of work."""

    @property
    def follow_ups(self) -> SqlFollowUps:
        """In the same unit of work."""

    def waiting(self, limit: int, after: int = 0) -> list[EndedCall]:
        """Call records the desk has not dealt with, oldest first, behind message ``after``."""

    def claim(self, messages: Sequence[int], at: float) -> set[int]:
        """Deal with them in this unit of work; without those that were dealt with before."""

    def put_off(self, message: int, error: str) -> None:
        """It could not be dealt with; kept, with the reason."""

    def tickets_of(self, calls: Sequence[CallId]) -> dict[CallId, Ticket]:
        """Of those calls that have one; without calls and entries."""

    def joinable(self, asked: Sequence[Joining]) -> list[Ticket | None]:
        """For each the newest live ticket of this kind opened since then, of this customer, else of
        this number (but no other customer's). Nobody's, without either."""

    def add(self, ticket: Ticket) -> TicketId:
        """As ``add_all``."""

    def add_all(self, tickets: Sequence[Ticket]) -> list[TicketId]:
        """Store new tickets and their clocks, without calls and entries, to be indexed; their
        numbers, never used before."""

    def save(self, ticket: Ticket) -> None:
        """Its own fields; what stands beside it (calls, entries, clocks) stays as it is."""

    def save_all(self, tickets: Sequence[Ticket]) -> None: ...

    def keep_clocks(self, ticket: TicketId, clocks: Sequence[Clock]) -> None:
        """New ones and changed ones, by kind and round."""

    def keep_all_clocks(self, clocks: Mapping[TicketId, Sequence[Clock]]) -> None: ...

    def clocks(self, tickets: Sequence[TicketId]) -> dict[TicketId, tuple[Clock, ...]]:
        """Oldest first."""

    def due(self, now: float, limit: int) -> list[TicketId]:
        """Tickets with a running clock whose warning or due time is over and was told to nobody."""

    def running(self, limit: int, after: TicketId) -> list[TicketId]:
        """Tickets with a running clock, by number."""

    def watch(self, ticket: TicketId, who: str, watching: bool) -> None: ...

    def join(self, one: TicketId, other: TicketId, kind: LinkKind, who: str, at: float) -> None:
        """Link two tickets, both ways; one link is between two."""

    def part(self, one: TicketId, other: TicketId) -> None: ...

    def carry(self, calls: Sequence[CallId], to: TicketId, came_from: TicketId | None) -> None:
        """Put calls onto another ticket; ``came_from``: the ticket a merge took them from."""

    def attach(self, ticket: TicketId, file: Attachment) -> int:
        """The file's number."""

    def file(self, id_: int) -> tuple[TicketId, Attachment] | None: ...

    def mark(self, ticket: TicketId) -> None:
        """Its words have changed: the index must be written anew."""

    def unindexed(self, limit: int) -> list[Unindexed]: ...

    def index(self, ticket: Unindexed, words: Sequence[str]) -> None:
        """Unless it was marked again meanwhile."""

    def search(
        self, words: Sequence[str], wanted: TicketFilter, limit: int, before: TicketId | None
    ) -> list[Ticket]:
        """Those with all of the words, newest first."""

    def share_answered(self, since: float, until: float, scope: Scope) -> list[AnswerFigures]:
        """Of tickets opened in that time, per department."""

    def link(self, ticket: TicketId, link: CallLink, message: int | None) -> None:
        """Put a call on a ticket. A call is on one ticket: a second time is an error."""

    def link_all(self, links: Sequence[tuple[TicketId, CallLink, int | None]]) -> None: ...

    def finish_all(self, ended: Sequence[tuple[CallId, float, int]]) -> None:
        """The records of these calls have been dealt with: at which time, by which message."""

    def write(self, ticket: TicketId, entry: Entry) -> None: ...

    def write_all(self, entries: Sequence[tuple[TicketId, Entry]]) -> None: ...

    def rewrite(self, ticket: TicketId, entry: Entry) -> None:
        """In place of what the same person wrote about the same call, of the same kind."""

    def get(self, id_: TicketId) -> Ticket | None:
        """With all that stands beside it."""

    def find(self, wanted: TicketFilter, limit: int, before: TicketId | None) -> list[Ticket]:
        """Newest first, below ``before``, without calls and entries."""

    def live_of(self, customers: Sequence[CustomerId], number: str, limit: int) -> list[Ticket]:
        """Live tickets of any of these customers or of this number, newest first, without calls
        and entries."""


class TicketStore(Protocol):
    def reading(self) -> AbstractContextManager[TicketRows]:
        """A look that waits for no writer."""

    def writing(self) -> AbstractContextManager[TicketRows]:
        """A unit of work: kept whole when the block ends, undone when it raises."""
