"""Who is meant, and what happened with her, from whichever room it comes. Pure."""

from enum import StrEnum

import msgspec

from calls.ids import CallId, CustomerId, TicketId
from cti.model import Customer


class MomentKind(StrEnum):
    CALL = "call"
    TICKET = "ticket"
    REPLY = "reply"
    """She was answered on a ticket."""
    SURVEY = "survey"
    FOLLOW_UP = "follow_up"
    TASK = "task"
    """Somebody was to call her, or to do something for her."""


class CustomerMoment(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened with a customer."""

    at: float
    kind: MomentKind
    what: str = ""
    """The call's outcome; the ticket's, task's or follow-up's state."""
    titles: dict[str, str] = {}
    text: str = ""
    call: CallId | None = None
    ticket: TicketId | None = None
    who: str = ""
    """The agent or person."""
    queue: str = ""
    score: int | None = None
    out: bool = False
    """We called her."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody by her entry."""

    customer: Customer
    numbers: tuple[str, ...]
    """Those that are hers alone."""
    merged: tuple[CustomerId, ...] = ()
    """Entries that were found to be hers, too."""

    @property
    def customers(self) -> tuple[CustomerId, ...]:
        """Every id she has or had."""
        return (self.customer.id, *self.merged)


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """``gone`` is ``stays``, too, until it is undone."""

    id: int
    gone: CustomerId
    stays: CustomerId
    at: float
    by: str


class MergeRefused(Exception):
    """``why`` is the code of the sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Act(StrEnum):
    EXPORTED = "exported"
    ERASED = "erased"


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """What was done with all that is known of somebody; kept for good, without name or number."""

    id: int = 0
    act: Act
    at: float
    by: str
    why: str = ""
    customer: str
    """Her id among the customers."""
    calls: int = 0
    recordings: int = 0
    held: int = 0
    """Recordings that a legal hold keeps: they were not erased."""
    tickets: int = 0
    follow_ups: int = 0
    tasks: int = 0
    files: int = 0
