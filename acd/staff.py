"""The agents of one queue as it sees them: who is free in which order, who stays, counts by state.

Kept up to date by each change of one agent, so that no decision and no notice looks at all agents.
A bench holds those of them who may take callers who ask for the same; it is made when the first
such caller comes.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple, Protocol

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


class OnFile(Protocol):
    """An agent at work, as far as a queue looks (acd.seat)."""

    agent: Agent
    skills: Skills
    filed: Filed


class Member:
    """One agent of a queue, as the queue last had a look."""

    __slots__ = ("terms", "skills", "filed", "spot", "benches")

    def __init__(self, terms: Membership, skills: Skills) -> None:
        self.terms = terms
        self.skills = skills
        self.filed = NEW
        self.spot: Spot | None = None
        """While free."""
        self.benches: list[Bench] = []
        """Those the agent may sit on, besides everybody's."""


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
        self.members[id] = Member(terms, seat.skills)
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
        for id, seat in self.stale.items():
            member, new = self.members[id], seat.filed
            if member.filed != new:
                spot = self._spot(member.terms, seat.agent, new) if new.standing == FREE else None
                self._refile(id, member, new, spot)
        self.stale.clear()

    def _refile(self, id: AgentId, member: Member, new: Filed, now: Spot | None) -> None:
        old, was, counts = member.filed, member.spot, self._counts
        member.filed, member.spot = new, now
        if was is None:
            if old.standing in counts:
                counts[old.standing] -= 1
            else:
                self._let_go(id, old.standing)
        if now is None:
            if new.standing in counts:
                counts[new.standing] += 1
            else:
                insort(self._held.setdefault(new.standing, []), id)
        if was is now and old.stays == new.stays:
            return  # neither comes free nor stops being so: most changes are from call to call
        self._everybody.refile(id, was, now, new.stays)
        for bench in member.benches:
            bench.refile(id, was, now, new.stays)

    def _let_go(self, agent: AgentId, standing: str) -> None:
        others = self._held[standing]
        del others[bisect_left(others, agent)]
        if not others:
            del self._held[standing]

    def _spot(self, terms: Membership, agent: Agent, filed: Filed) -> Spot:
        level = terms.tier * RANKS + terms.rank
        if self._strategy is Strategy.FEWEST_CALLS:
            return (level, float(agent.calls), filed.idle_since, agent.id)
        if self._strategy is Strategy.LEAST_TALK:
            return (level, agent.talk_ms / 1000.0, filed.idle_since, agent.id)
        idle_since = 0.0 if self._strategy in WITHOUT_MERIT else filed.idle_since
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
                member.benches.clear()

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
