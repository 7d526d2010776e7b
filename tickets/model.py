"""A ticket: something promised to a caller, with an owner and a due time. Pure."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.notices import TicketGlimpse
from calls.words import Language, Level


class TicketKind(StrEnum):
    """Which department answers it (客户问题处理表)."""

    TECHNICAL = "technical"
    SERVICE = "service"
    SALES = "sales"
    OTHER = "other"


class TicketState(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"


LIVE = frozenset({TicketState.OPEN, TicketState.IN_PROGRESS})
"""States in which a further call of the same customer joins the ticket."""

NEXT: dict[TicketState, frozenset[TicketState]] = {
    TicketState.OPEN: frozenset(
        {TicketState.IN_PROGRESS, TicketState.RESOLVED, TicketState.CLOSED}
    ),
    TicketState.IN_PROGRESS: frozenset(
        {TicketState.OPEN, TicketState.RESOLVED, TicketState.CLOSED}
    ),
    TicketState.RESOLVED: frozenset({TicketState.OPEN, TicketState.CLOSED}),
    TicketState.CLOSED: frozenset({TicketState.OPEN}),
}


class Priority(StrEnum):
    """Rising."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        return list(Priority).index(self)


class Role(StrEnum):
    """What a call did to its ticket."""

    OPENED = "opened"
    JOINED = "joined"


class EntryKind(StrEnum):
    CALL = "call"
    CALL_ENDED = "call_ended"
    NOTE = "note"
    STATE = "state"
    ASSIGNED = "assigned"
    AMENDED = "amended"
    RESULT = "result"
    """What an agent said came of a call of the ticket; her last word counts."""


SYSTEM = "system"
"""Who wrote an entry that no person wrote."""


@dataclass(frozen=True, slots=True)
class Entry:
    at: float
    who: str
    kind: EntryKind
    text: str = ""
    """A note's words, the new state, the new owner, ``kind=sales``. What a call said is in its
    record."""
    call: CallId | None = None


@dataclass(frozen=True, slots=True)
class CallLink:
    call: CallId
    role: Role
    at: float
    finished_at: float | None = None
    """None while the agent still talks."""


@dataclass(frozen=True, slots=True)
class Ticket:
    id: TicketId
    """Digits, so that callers can key it in; '' before it is stored."""
    kind: TicketKind
    opened_at: float
    updated_at: float
    state: TicketState = TicketState.OPEN
    priority: Priority = Priority.NORMAL
    titles: dict[str, str] = field(default_factory=dict)
    """Per language tag."""
    customer: CustomerId | None = None
    number: str = ""
    queue: QueueId | None = None
    level: Level | None = None
    assignee: AgentId | None = None
    rule: str = ""
    due_at: float | None = None
    closed_at: float | None = None
    calls: tuple[CallLink, ...] = ()
    entries: tuple[Entry, ...] = ()
    """Oldest first."""

    def title(self, language: Language) -> str:
        """In this language, else in any."""
        return self.titles.get(language) or next(iter(self.titles.values()), "")

    def glimpse(self, language: Language) -> TicketGlimpse:
        return TicketGlimpse(
            id=self.id,
            kind=self.kind,
            state=self.state,
            title=self.title(language),
            opened_at=self.opened_at,
        )


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a person says a ticket is about; None stays as it is."""

    kind: TicketKind | None = None
    priority: Priority | None = None
    customer: CustomerId | None = None
    titles: dict[str, str] = field(default_factory=dict)
    """Of these languages; '' takes the title away."""

    def on(self, ticket: Ticket) -> Ticket:
        return replace(
            ticket,
            kind=self.kind or ticket.kind,
            priority=self.priority or ticket.priority,
            customer=self.customer or ticket.customer,
            titles={tag: text for tag, text in (ticket.titles | self.titles).items() if text},
        )

    def said(self) -> list[str]:
        """For the ticket's history; a title shows itself."""
        named = (("kind", self.kind), ("priority", self.priority), ("customer", self.customer))
        return [f"{name}={value}" for name, value in named if value is not None]


class TicketError(Exception):
    """The caller of the API asked for something that cannot be."""


class NoSuchTicket(TicketError):
    def __init__(self, id_: TicketId) -> None:
        super().__init__(f"there is no ticket {id_}")


class NotItsCall(TicketError):
    def __init__(self, id_: TicketId, call: CallId) -> None:
        super().__init__(f"ticket {id_} is not about call {call}")
        self.call = call


class ChangeRefused(TicketError):
    def __init__(self, ticket: Ticket, to: TicketState) -> None:
        may = ", ".join(sorted(NEXT[ticket.state]))
        super().__init__(f"ticket {ticket.id} is {ticket.state}: it may become {may}, not {to}")
