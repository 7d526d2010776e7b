"""What a person does to a ticket in one go, and who may see which. Pure."""

from dataclasses import dataclass

from calls.ids import AgentId, CallId
from calls.rights import Who
from tickets.model import Amendment, Channel, Ticket, TicketState


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tickets somebody sees; ``departments`` None: all."""

    departments: tuple[str, ...] | None = None

    def has(self, ticket: Ticket) -> bool:
        return self.departments is None or ticket.department in self.departments


ALL = Scope()


def scope_of(who: Who) -> Scope:
    """Agents and those who lead see every ticket; people of departments those of their own."""
    return Scope(None if who.sees_every_ticket() else who.departments)


@dataclass(frozen=True, slots=True)
class Reply:
    channel: Channel
    text: str
    call: CallId | None = None
    """The call on which it was said."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """In place of an agent: the ticket is handed back."""


NOTHING_AMENDED = Amendment()


@dataclass(frozen=True, slots=True)
class Change:
    """Done in the order of these fields, all or nothing; what is None or '' stays as it is."""

    amendment: Amendment = NOTHING_AMENDED
    department: str = ""
    """Moved to another one: its time begins anew, the customer's goes on."""
    assignee: AgentId | Nobody | None = None
    owner: str | None = None
    """'' hands it back to the department."""
    watching: bool | None = None
    """Whether who asks watches it."""
    call_note: tuple[CallId, str] | None = None
    note: str = ""
    reply: Reply | None = None
    pause: str = ""
    """Why the clocks stand still."""
    resume: bool = False
    state: TicketState | None = None
    version: int | None = None
    """Of the ticket as it was seen; None: whatever it is now (a field saved as it is typed)."""
