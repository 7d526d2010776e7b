"""What the desk asks of the place where tickets are kept. memory.py and sql_store.py answer it.

Synchronous: runs on threads (storage.offload).
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from tickets.model import CallLink, Entry, Ticket, TicketKind, TicketState


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


class TicketRows(Protocol):
    """One consistent look, or one unit of work."""

    def waiting(self, limit: int, after: int = 0) -> list[EndedCall]:
        """Call records the desk has not dealt with, oldest first, behind message ``after``."""

    def claim(self, messages: Sequence[int], at: float) -> set[int]:
        """Deal with them in this unit of work; without those that were dealt with before."""

    def put_off(self, message: int, error: str) -> None:
        """It could not be dealt with; kept, with the reason."""

    def ticket_of(self, call: CallId) -> Ticket | None:
        """Without calls and entries."""

    def live(
        self, kind: TicketKind, customer: CustomerId | None, number: str, since: float
    ) -> Ticket | None:
        """The newest live ticket of this kind opened since then, of this customer, else of this
        number (but no other customer's). Nobody's, without either."""

    def add(self, ticket: Ticket) -> TicketId:
        """Store a new ticket, without calls and entries; its number, never used before."""

    def save(self, ticket: Ticket) -> None:
        """Its own fields; calls and entries stay as they are."""

    def link(self, ticket: TicketId, link: CallLink, message: int | None) -> None:
        """Put a call on a ticket. A call is on one ticket: a second time is an error."""

    def finish(self, call: CallId, at: float, message: int) -> None:
        """The call's record has been dealt with."""

    def write(self, ticket: TicketId, entry: Entry) -> None: ...

    def rewrite(self, ticket: TicketId, entry: Entry) -> None:
        """In place of what the same person wrote about the same call, of the same kind."""

    def get(self, id_: TicketId) -> Ticket | None:
        """With calls and entries."""

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
