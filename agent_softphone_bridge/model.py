"""People who sign in, the sessions of their browsers, and what they did."""

from dataclasses import dataclass, field

from calls.ids import AgentId, QueueId
from calls.rights import Who
from calls.words import Language, Role


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    """What is typed at log-in; lower case."""
    name: str
    roles: tuple[Role, ...]
    agent: AgentId | None = None
    language: Language | None = None
    active: bool = True
    departments: tuple[str, ...] = ()
    queues: tuple[QueueId, ...] = ()
    """Of a supervisor: the only ones she looks after; none: all."""
    password_hash: str = field(default="", repr=False)
    """'' lets nobody in."""
    second_secret: str = field(default="", repr=False)
    """Of the authenticator app; '': the password alone is asked for."""
    second_used: int = 0
    """The half minute whose code was used last."""

    def who(self) -> Who:
        return Who(
            person=self.id,
            name=self.name,
            roles=self.roles,
            agent=self.agent,
            language=self.language,
            departments=self.departments,
            queues=self.queues,
        )


@dataclass(frozen=True, slots=True)
class WebSession:
    id: str
    """SHA-256 of the cookie; the cookie itself is in the browser alone."""
    person: str
    csrf: str = field(repr=False)
    """Must come with every request that changes something."""
    made_at: float
    seen_at: float
    expires_at: float
    address: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the audit: who changed what."""

    at: float
    who: str
    what: str
    subject: str = ""
    detail: str = "{}"
    """JSON."""
    address: str = ""
    id: int = 0
    """Grows; 0 before it is kept."""
