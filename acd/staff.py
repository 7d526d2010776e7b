"""The agents of one queue as it sees them: who is free in which order, who stays, counts by state.

Kept up to date by each change of one agent, so that no decision and no notice looks at all agents.
"""

from bisect import bisect_left, insort
from typing import NamedTuple

from acd.choose import Needs, Rank, Skills, somebody_else_left
from calls.ids import AgentId
from calls.words import AgentState

FREE = "free"
"""The standing of an agent who can be offered a call now."""


class Filed(NamedTuple):
    """How the queues of an agent have that agent on file."""

    standing: str
    """FREE, a choose.Reason for an agent who is ready but not to be offered, or an AgentState."""
    idle_since: float
    stays: bool
    """Will take calls again without being asked (choose.somebody_else_left)."""


NEW = Filed(AgentState.LOGGED_OUT, 0.0, False)


class Staff:
    __slots__ = ("free", "held", "staying", "counts")

    def __init__(self) -> None:
        self.free: list[Rank] = []
        """Sorted: the order in which they are offered a call."""
        self.held: dict[AgentId, str] = {}
        """Ready, but not to be offered anything now, and why."""
        self.staying: dict[AgentId, Skills] = {}
        self.counts: dict[str, int] = dict.fromkeys(AgentState, 0)

    def join(self) -> None:
        """One more agent, on file as NEW."""
        self.counts[NEW.standing] += 1

    def refile(self, agent: AgentId, tier: int, skills: Skills, old: Filed, new: Filed) -> None:
        """Move an agent of this queue from one file to another."""
        if old.standing == FREE:
            del self.free[bisect_left(self.free, (tier, old.idle_since, agent))]
        elif old.standing in self.counts:
            self.counts[old.standing] -= 1
        else:
            del self.held[agent]
        if new.standing == FREE:
            insort(self.free, (tier, new.idle_since, agent))
        elif new.standing in self.counts:
            self.counts[new.standing] += 1
        else:
            self.held[agent] = new.standing
        if new.stays:
            self.staying[agent] = skills
        elif old.stays:
            del self.staying[agent]

    def rest(self) -> dict[str, int]:
        """Agents with a call, away or absent, counted by state."""
        return {state: count for state, count in self.counts.items() if count}

    def somebody_else_left(self, needs: Needs, not_to: tuple[AgentId, ...]) -> bool:
        return somebody_else_left(self.staying.items(), needs, not_to)
