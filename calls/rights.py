"""Who may ask for what: marks that a view carries, enforced in one place (runtime.web.app). Pure.

A view without a mark is answered to nobody.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from calls.ids import AgentId
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

    def is_any(self, *roles: Role) -> bool:
        return not set(roles).isdisjoint(self.roles)

    def sees_all(self) -> bool:
        return self.is_any(*WATCHERS)

    def sees_every_ticket(self) -> bool:
        """Agents must, whoever calls may speak of any."""
        return self.is_any(*EVERYBODY)

    def may_speak_for(self, agent: AgentId | None) -> bool:
        """An agent for herself, supervisors and admins for everybody."""
        return self.sees_all() or (agent is not None and self.agent == agent)


class Mark(msgspec.Struct, frozen=True):
    roles: tuple[Role, ...]
    public: bool = False


def allow(*roles: Role) -> Callable[[View], View]:
    """Answer this view to signed-in people with any of the roles."""

    def mark(view: View) -> View:
        vars(view)[_MARK] = Mark(roles)
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
