"""A ticket: something promised to a caller, with an owner and a due time. Pure."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.notices import TicketGlimpse
from calls.words import Language, Level
from tickets.clocks import Clock, ClockKind


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


class CallRole(StrEnum):
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
    REPLY = "reply"
    """To the customer; a note is the house's own."""
    OWNER = "owner"
    DEPARTMENT = "department"
    PAUSED = "paused"
    RESUMED = "resumed"
    WARNED = "warned"
    LATE = "late"
    MERGED = "merged"
    """Into the ticket of this number, or taken apart again ('')."""
    TAKEN_IN = "taken_in"
    """The ticket of this number was merged into it, or (``-7``) let go again."""
    SPLIT = "split"
    LINKED = "linked"
    ATTACHED = "attached"
    FORM = "form"
    COMPLAINT = "complaint"
    FOLLOW_UP = "follow_up"
    """The customer was asked how it went; what came of it."""


class Channel(StrEnum):
    """How the customer was answered."""

    PHONE = "phone"
    MAIL = "mail"
    MESSAGE = "message"
    LETTER = "letter"
    IN_PERSON = "in_person"
    UNREACHABLE = "unreachable"
    """She could not be: the reason is the text. Closes a ticket, and counts as no answer."""


class LinkKind(StrEnum):
    """What another ticket is to this one."""

    RELATED = "related"
    DUPLICATE = "duplicate"
    FOLLOWS = "follows"
    SPLIT = "split"


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
    channel: Channel | None = None
    """Of a reply."""


@dataclass(frozen=True, slots=True)
class CallLink:
    call: CallId
    role: CallRole
    at: float
    finished_at: float | None = None
    """None while the agent still talks."""
    came_from: TicketId | None = None
    """The ticket it was on before that was merged into this one."""


@dataclass(frozen=True, slots=True)
class Link:
    ticket: TicketId
    """The other one."""
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class Attachment:
    id: int
    name: str
    """As its sender called it; the file is called by its hash."""
    kind: str
    """MIME type, by its content."""
    bytes: int
    sha256: str
    at: float
    who: str


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
    """The agent who filed it, or speaks with the customer."""
    department: str = ""
    """Who has to answer it (tickets.departments)."""
    owner: str = ""
    """The person of the department who has it, by her log-in name; '' while nobody has."""
    rule: str = ""
    due_at: float | None = None
    closed_at: float | None = None
    answered_at: float | None = None
    """When the customer was last answered; None again after it was opened anew."""
    merged_into: TicketId | None = None
    merged_from_state: TicketState | None = None
    """What it was before it was merged, for taking it apart again."""
    version: int = 1
    """Counts changes by people: who changes says which one she saw."""
    calls: tuple[CallLink, ...] = ()
    entries: tuple[Entry, ...] = ()
    """Oldest first."""
    clocks: tuple[Clock, ...] = ()
    watchers: tuple[str, ...] = ()
    """Log-in names."""
    links: tuple[Link, ...] = ()
    files: tuple[Attachment, ...] = ()
    parts: tuple[TicketId, ...] = ()
    """Tickets that were merged into it."""

    def clock(self, kind: ClockKind) -> Clock | None:
        """The one that runs, or the last that did."""
        return next((one for one in reversed(self.clocks) if one.kind is kind), None)

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


class NotAnswered(TicketError):
    """Nothing is settled or closed before the customer was answered."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(f"the customer of ticket {ticket.id} has not been answered")


class FormLacks(TicketError):
    """Its forms say what must be filled in before it comes into a state; ``fields`` are not."""

    def __init__(self, ticket: Ticket, fields: list[str]) -> None:
        super().__init__(f"the forms of ticket {ticket.id} lack {', '.join(fields)}")
        self.fields = fields


class TicketChanged(TicketError):
    """Somebody else was quicker; ``now`` is the ticket as it stands."""

    def __init__(self, now: Ticket) -> None:
        super().__init__(f"ticket {now.id} is at version {now.version}")
        self.now = now


class CannotJoin(TicketError):
    """These two tickets cannot be merged, linked or taken apart; ``why`` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ChangeRefused(TicketError):
    def __init__(self, ticket: Ticket, to: TicketState) -> None:
        may = ", ".join(sorted(NEXT[ticket.state]))
        super().__init__(f"ticket {ticket.id} is {ticket.state}: it may become {may}, not {to}")
