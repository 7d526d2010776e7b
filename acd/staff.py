"""The agents of one queue as it sees them: who is free in which order, who stays, counts by state.

Kept up to date by each change of one agent, so that no decision and no notice looks at all agents.
A bench holds those of them who may take callers who ask for the same; it is made when the first
such caller comes.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterator
from typing import NamedTuple

from acd.choose import (
    EVERYBODY,
    LOOKED_AT,
    NOBODY,
    RANKS,
    Needs,
    Passed,
    Reason,
    Skills,
    Spot,
    able,
)
from acd.state import Agent
from calls.floor import Membership
from calls.ids import AgentId
from calls.words import AgentState, Strategy

FREE = "free"
"""The standing of an agent who can be offered a call now."""
BENCHES_KEPT = 64
"""Of one queue; trees name far fewer sets of skills, and one that is dropped is made again."""
WITHOUT_MERIT = frozenset({Strategy.ROUND_ROBIN, Strategy.RANDOM, Strategy.WEIGHTED_RANDOM})
"""Strategies that do not look at how long anybody has been idle."""


class Filed(NamedTuple):
    """How the queues of an agent have that agent on file."""

    standing: str
    """FREE, a choose.Reason for an agent who is ready but not to be offered, or an AgentState."""
    idle_since: float
    stays: bool
    """Will take calls again without being asked: ready, offered, talking or wrapping up, with no
    wish to stop and a telephone that could ring. Merely being busy is no reason to ring somebody
    who missed this call once more; being gone is."""


NEW = Filed(AgentState.LOGGED_OUT, 0.0, False)


class Bench:
    """The agents of one queue who may take the same callers."""

    __slots__ = ("able", "free", "staying")

    def __init__(self, agents: Collection[AgentId]) -> None:
        self.able = set(agents)
        """Free or not."""
        self.free: list[Spot] = []
        """Sorted: the order in which they are offered a call."""
        self.staying: set[AgentId] = set()

    def somebody_else_left(self, not_to: Collection[AgentId]) -> bool:
        """True while another agent who may take the call is on the floor and will come free."""
        return len(self.staying) > sum(agent in self.staying for agent in not_to)

    def refile(self, agent: AgentId, was: Spot | None, now: Spot | None, stays: bool) -> None:
        free = self.free
        if was is not None:
            del free[bisect_left(free, was)]
        if now is not None:
            insort(free, now)
        if stays:
            self.staying.add(agent)
        else:
            self.staying.discard(agent)


class Staff:
    __slots__ = (
        "everybody",
        "free",
        "staying",
        "spots",
        "held",
        "counts",
        "members",
        "weights",
        "kept_from",
        "_strategy",
        "_benches",
    )

    def __init__(self, strategy: Strategy) -> None:
        self.everybody = Bench(())
        self.free = self.everybody.free
        self.staying = self.everybody.staying
        self.spots: dict[AgentId, Spot] = {}
        """Of those who are free."""
        self.held: dict[str, list[AgentId]] = {}
        """Ready, but not to be offered anything now: by reason, sorted."""
        self.counts: dict[str, int] = dict.fromkeys(AgentState, 0)
        self.members: dict[AgentId, tuple[Membership, Skills]] = {}
        self.weights: dict[AgentId, int] = {}
        self.kept_from: tuple[int, ...] = ()
        """Priorities from which agents of the plan are kept for callers: sorted, each once."""
        self._strategy = strategy
        self._benches: dict[tuple[Needs, int], Bench] = {}

    def join(self, agent: AgentId, member: Membership, skills: Skills) -> None:
        """One more agent, on file as NEW."""
        self.counts[NEW.standing] += 1
        self.members[agent] = member, skills
        self.weights[agent] = member.weight
        self.everybody.able.add(agent)
        self._benches.clear()

    def part(self, agent: AgentId) -> None:
        """One agent less, on file as NEW."""
        self.counts[NEW.standing] -= 1
        del self.members[agent], self.weights[agent]
        self.everybody.able.discard(agent)
        self._benches.clear()

    def refile(self, agent: Agent, old: Filed, new: Filed) -> None:
        """Move an agent of this queue from one file to another."""
        id, counts = agent.id, self.counts
        was = self.spots.pop(id, None)
        now = None
        if was is None:
            if old.standing in counts:
                counts[old.standing] -= 1
            else:
                self._let_go(id, old.standing)
        if new.standing == FREE:
            now = self.spots[id] = self._spot(agent)
        elif new.standing in counts:
            counts[new.standing] += 1
        else:
            insort(self.held.setdefault(new.standing, []), id)
        if was is now and old.stays == new.stays:
            return  # neither comes free nor stops being so: most changes are from call to call
        self.everybody.refile(id, was, now, new.stays)
        for bench in self._benches.values():
            if id in bench.able:
                bench.refile(id, was, now, new.stays)

    def _let_go(self, agent: AgentId, standing: str) -> None:
        others = self.held[standing]
        del others[bisect_left(others, agent)]
        if not others:
            del self.held[standing]

    def _spot(self, agent: Agent) -> Spot:
        member, _ = self.members[agent.id]
        level = member.tier * RANKS + member.rank
        if self._strategy is Strategy.FEWEST_CALLS:
            return (level, float(agent.calls), agent.idle_since, agent.id)
        if self._strategy is Strategy.LEAST_TALK:
            return (level, agent.talk_ms / 1000.0, agent.idle_since, agent.id)
        idle_since = 0.0 if self._strategy in WITHOUT_MERIT else agent.idle_since
        return (level, 0.0, idle_since, agent.id)

    def reach(self, priority: int) -> int:
        """Whom a caller of this priority may have: everybody, or those kept for callers of up to
        the priority that is returned. Few values, so that many callers ask for the same."""
        kept = self.kept_from
        if not kept or priority >= kept[-1]:
            return EVERYBODY
        below = bisect_right(kept, priority)
        return kept[below - 1] if below else NOBODY

    def bench(self, needs: Needs, reach: int) -> Bench:
        """Those who may take a caller who needs this and reaches so far."""
        if reach == EVERYBODY and not needs:
            return self.everybody
        found = self._benches.get((needs, reach))
        if found is None:
            found = self._benches[needs, reach] = self._make_bench(needs, reach)
            if len(self._benches) > BENCHES_KEPT:
                del self._benches[next(iter(self._benches))]
        return found

    def _make_bench(self, needs: Needs, reach: int) -> Bench:
        bench = Bench(
            [
                agent
                for agent, (member, skills) in self.members.items()
                if (member.reserved_from is None or member.reserved_from <= reach)
                and able(skills, needs)
            ]
        )
        bench.free = [spot for spot in self.free if spot[3] in bench.able]
        bench.staying = self.staying & bench.able
        return bench

    def tell_unable(self, bench: Bench, needs: Needs, reach: int, passed: Passed) -> None:
        """Those who are free and not on this bench, and what they lack."""
        unable = len(self.free) - len(bench.free)
        if not unable:
            return
        reserved = 0
        if reach != EVERYBODY:
            reserved = len(self.bench(needs, EVERYBODY).free) - len(bench.free)
        here, members = bench.able, self.members
        lacking = [spot[3] for spot in self.free[:LOOKED_AT] if spot[3] not in here]
        kept: list[AgentId] = []
        if reserved:
            kept = [agent for agent in lacking if able(members[agent][1], needs)]
            lacking = [agent for agent in lacking if agent not in kept]
        passed.add(Reason.SKILL, lacking, unable - reserved)
        passed.add(Reason.RESERVED, kept, reserved)

    def tell_held(self, passed: Passed) -> None:
        """Those who are ready and cannot be offered anything."""
        for reason in sorted(self.held):
            agents = self.held[reason]
            passed.add(Reason(reason), agents, len(agents))

    def free_agents(self) -> Iterator[AgentId]:
        """Who can be offered a call now, in order."""
        return (spot[-1] for spot in self.free)

    def all_in(self, standings: Collection[str]) -> bool:
        """Whether no agent of the queue is in another standing than these."""
        if self.free:
            return False
        others = (standing for standing, count in self.counts.items() if count)
        return all(one in standings for one in (*others, *self.held))

    def rest(self) -> dict[str, int]:
        """Agents with a call, away or absent, counted by state."""
        return {state: count for state, count in self.counts.items() if count}
