"""The agents of one queue as it sees them: who is free in which order, who stays, counts by state.

Kept up to date by each change of one agent, so that no decision and no notice looks at all agents.
A bench holds those of them who may take callers who ask for the same; it is made when the first
such caller comes.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Protocol

import msgspec

from acd.choose import (
    EVERYBODY,
    LOOKED_AT,
    NAMED,
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
BY_IDLE = frozenset({Strategy.LONGEST_IDLE, Strategy.RING_ALL, Strategy.PROGRESSIVE})
"""Strategies that look at how long everybody has been idle, and at nothing else."""


class Filed(msgspec.Struct, frozen=True, gc=False):
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

    def move(self, was: Spot | None, now: Spot | None) -> None:
        """Somebody able comes free, stops being so, or is free since another moment."""
        free = self.free
        if was is not None:
            del free[bisect_left(free, was)]
        if now is not None:
            insort(free, now)

    def keep(self, agent: AgentId, stays: bool) -> None:
        if stays:
            self.staying.add(agent)
        else:
            self.staying.discard(agent)


class OnFile(Protocol):
    """An agent at work, as far as a queue looks (acd.seat)."""

    agent: Agent
    skills: Skills
    filed: Filed


class Member:
    """One agent of a queue, as the queue last had a look."""

    __slots__ = ("terms", "skills", "level", "filed", "spot", "benches")

    def __init__(self, terms: Membership, skills: Skills, everybody: Bench) -> None:
        self.terms = terms
        self.skills = skills
        self.level = terms.tier * RANKS + terms.rank
        self.filed = NEW
        self.spot: Spot | None = None
        """While free."""
        self.benches = [everybody]
        """Those the agent may sit on."""


class Staff:
    """Agents change far more often than anybody looks at a queue of theirs, so a change is only
    noted (``stale``), and filed when somebody looks."""

    __slots__ = (
        "stale",
        "members",
        "weights",
        "kept_from",
        "_everybody",
        "_held",
        "_counts",
        "_strategy",
        "_by_idle",
        "_benches",
    )

    def __init__(self, strategy: Strategy) -> None:
        self.stale: dict[AgentId, OnFile] = {}
        """Agents of this queue who may be on file otherwise than this queue has them."""
        self.members: dict[AgentId, Member] = {}
        self.weights: dict[AgentId, int] = {}
        self.kept_from: tuple[int, ...] = ()
        """Priorities from which agents of the plan are kept for callers: sorted, each once."""
        self._everybody = Bench(())
        self._held: dict[str, list[AgentId]] = {}
        self._counts: dict[str, int] = dict.fromkeys(AgentState, 0)
        self._strategy = strategy
        self._by_idle = strategy in BY_IDLE
        self._benches: dict[tuple[Needs, int], Bench] = {}

    @property
    def everybody(self) -> Bench:
        if self.stale:
            self._settle()
        return self._everybody

    @property
    def free(self) -> list[Spot]:
        """Who can be offered a call now, sorted."""
        return self.everybody.free

    @property
    def staying(self) -> set[AgentId]:
        return self.everybody.staying

    @property
    def held(self) -> dict[str, list[AgentId]]:
        """Ready, but not to be offered anything now: by reason, sorted."""
        if self.stale:
            self._settle()
        return self._held

    @property
    def counts(self) -> dict[str, int]:
        """By state, those who are ready aside."""
        if self.stale:
            self._settle()
        return self._counts

    def spot(self, agent: AgentId) -> Spot | None:
        """Where this agent stands among the free; None: not free, or of another queue."""
        if self.stale:
            self._settle()
        member = self.members.get(agent)
        return None if member is None else member.spot

    def join(self, seat: OnFile, terms: Membership) -> None:
        """One more agent."""
        id = seat.agent.id
        self._counts[NEW.standing] += 1
        self.members[id] = Member(terms, seat.skills, self._everybody)
        self.weights[id] = terms.weight
        self._everybody.able.add(id)
        self._forget_benches()
        self.stale[id] = seat

    def part(self, agent: AgentId) -> None:
        """One agent less."""
        self.stale.pop(agent, None)
        self._refile(agent, self.members[agent], NEW, None)
        self._counts[NEW.standing] -= 1
        del self.members[agent], self.weights[agent]
        self._everybody.able.discard(agent)
        self._forget_benches()

    def _settle(self) -> None:
        """File whoever has changed since somebody looked."""
        members, by_idle = self.members, self._by_idle
        for id, seat in self.stale.items():
            member, new = members[id], seat.filed
            now: Spot | None = None
            if new.standing == FREE:
                level = member.level
                now = (level, 0.0, new.idle_since, id) if by_idle else self._spot(level, seat)
            # A call that took no time: free since as long as before, and one call more.
            if member.spot != now or member.filed != new:
                self._refile(id, member, new, now)
        self.stale.clear()

    def _refile(self, id: AgentId, member: Member, new: Filed, now: Spot | None) -> None:
        old, was = member.filed, member.spot
        member.filed, member.spot = new, now
        if was is None:
            self._count(id, old.standing, -1)
        if now is None:
            self._count(id, new.standing, 1)
        if was is not None or now is not None:
            for bench in member.benches:
                bench.move(was, now)
        if old.stays != new.stays:
            for bench in member.benches:
                bench.keep(id, new.stays)

    def _count(self, agent: AgentId, standing: str, by: int) -> None:
        if standing in self._counts:
            self._counts[standing] += by
        elif by > 0:
            insort(self._held.setdefault(standing, []), agent)
        else:
            others = self._held[standing]
            del others[bisect_left(others, agent)]
            if not others:
                del self._held[standing]

    def _spot(self, level: int, seat: OnFile) -> Spot:
        agent, idle_since = seat.agent, seat.filed.idle_since
        if self._strategy is Strategy.FEWEST_CALLS:
            return (level, float(agent.calls), idle_since, agent.id)
        if self._strategy is Strategy.LEAST_TALK:
            return (level, agent.talk_ms / 1000.0, idle_since, agent.id)
        return (level, 0.0, 0.0, agent.id)

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
        everybody = self.everybody
        if reach == EVERYBODY and not needs:
            return everybody
        found = self._benches.get((needs, reach))
        if found is None:
            found = self._benches[needs, reach] = self._make_bench(needs, reach)
            if len(self._benches) > BENCHES_KEPT:
                self._forget_bench(next(iter(self._benches)))
        return found

    def _make_bench(self, needs: Needs, reach: int) -> Bench:
        members = [
            (id, member)
            for id, member in self.members.items()
            if (member.terms.reserved_from is None or member.terms.reserved_from <= reach)
            and able(member.skills, needs)
        ]
        bench = Bench([id for id, _ in members])
        for _, member in members:
            member.benches.append(bench)
        bench.free = [spot for spot in self._everybody.free if spot[3] in bench.able]
        bench.staying = self._everybody.staying & bench.able
        return bench

    def _forget_bench(self, key: tuple[Needs, int]) -> None:
        bench = self._benches.pop(key)
        for id in bench.able:
            self.members[id].benches.remove(bench)

    def _forget_benches(self) -> None:
        if self._benches:
            self._benches.clear()
            for member in self.members.values():
                del member.benches[1:]

    def tell_unable(self, bench: Bench, needs: Needs, reach: int, passed: Passed) -> None:
        """Those who are free and not on this bench, and what they lack."""
        free, here = self.free, bench.able
        unable = len(free) - len(bench.free)
        if not unable:
            return
        strangers = (spot[3] for spot in islice(free, LOOKED_AT) if spot[3] not in here)
        if reach == EVERYBODY:
            passed.add(Reason.SKILL, list(islice(strangers, NAMED)), unable)
            return
        reserved = len(self.bench(needs, EVERYBODY).free) - len(bench.free)
        lacking: list[AgentId] = []
        kept: list[AgentId] = []
        for agent in strangers:
            (kept if reserved and able(self.members[agent].skills, needs) else lacking).append(
                agent
            )
        passed.add(Reason.SKILL, lacking, unable - reserved)
        passed.add(Reason.RESERVED, kept, reserved)

    def tell_held(self, passed: Passed) -> None:
        """Those who are ready and cannot be offered anything."""
        held = self.held
        for reason in sorted(held) if held else ():
            agents = held[reason]
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
