"""Who may ask for what: marks that a view carries, enforced in one place (runtime.web.app). Pure.

A view without a mark is answered to nobody.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from calls.ids import AgentId, QueueId
from calls.words import Language, Role

View = TypeVar("View", bound=Callable[..., object])

EVERYBODY = (Role.AGENT, Role.SUPERVISOR, Role.ADMIN)
"""On the floor; departments work behind it."""
DESK = (*EVERYBODY, Role.DEPARTMENT)
WATCHERS = (Role.SUPERVISOR, Role.ADMIN)

_MARK = "allowed"


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """The person who asks."""

    person: str
    """What she types at log-in."""
    name: str
    roles: tuple[Role, ...]
    agent: AgentId | None = None
    """Whose calls she takes; None: she takes none."""
    language: Language | None = None
    departments: tuple[str, ...] = ()
    """Whose tickets she answers, by the names in departments.yaml."""
    queues: tuple[QueueId, ...] = ()
    """Of a supervisor: the only queues she looks after; none: all of them. Limits no admin, who
    could give herself all of them."""

    def is_any(self, *roles: Role) -> bool:
        return not set(roles).isdisjoint(self.roles)

    def sees_all(self) -> bool:
        return self.is_any(*WATCHERS) and not self.is_limited()

    def is_limited(self) -> bool:
        """A supervisor of some queues, and of nothing else."""
        return bool(self.queues) and Role.SUPERVISOR in self.roles and Role.ADMIN not in self.roles

    def looks_after(self, *queues: QueueId | None) -> bool:
        """Any of these; None: where nobody has waited yet, which is nobody's but who sees all."""
        if not self.is_limited():
            return self.is_any(*WATCHERS)
        return not set(self.queues).isdisjoint(queues)

    def sees_every_ticket(self) -> bool:
        """Agents must, whoever calls may speak of any."""
        return self.is_any(*EVERYBODY)

    def may_speak_for(self, agent: AgentId | None, serves: Iterable[QueueId] = ()) -> bool:
        """An agent for herself, admins for everybody, supervisors for those who serve a queue of
        theirs. ``serves``: the queues this agent is on the plan for."""
        if agent is None:
            return self.sees_all()
        return self.agent == agent or self.looks_after(*serves)


Serving = Callable[[AgentId], tuple[QueueId, ...]]
"""The queues an agent is on the plan for; none for one who is on no plan."""


class Mark(msgspec.Struct, frozen=True):
    roles: tuple[Role, ...]
    public: bool = False
    whole: bool = False
    """It tells of, or changes, more than some queues: not for who looks after some alone."""


def allow(*roles: Role, whole: bool = False) -> Callable[[View], View]:
    """Answer this view to signed-in people with any of the roles. What it says or changes is cut to
    the queues of who asks, unless it is of the ``whole`` house: then it is refused to her."""

    def mark(view: View) -> View:
        vars(view)[_MARK] = Mark(roles, whole=whole)
        return view

    return mark


def public(view: View) -> View:
    """Answer this view to anybody, signed in or not."""
    vars(view)[_MARK] = Mark((), public=True)
    return view


def mark_of(view: Callable[..., object]) -> Mark | None:
    """None: nobody said who may, so nobody may."""
    found = vars(view).get(_MARK)
    return found if isinstance(found, Mark) else None
