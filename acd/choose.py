"""Who takes this call, and why not the others: what is compared, and the explanation of a choice.

Lower tier first, then rank, then what the queue's strategy says (acd.strategies). Those passed over
are named with their reason, the first few of each; the rest of them are counted, so that an
explanation costs the same beside ten thousand agents. Pure.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from calls.floor import SkillNeed
from calls.ids import AgentId, CallId, DeviceId, OfferId, QueueId
from calls.words import Strategy

Spot = tuple[int, float, float, AgentId]
"""Sorts the free agents of one queue: level, what the strategy counts, idle since, id."""

Needs = tuple[SkillNeed, ...]
Skills = Mapping[str, int]

RANKS = 1_000
"""A level is the tier times this, plus the rank."""
EVERYBODY = 2**31
"""The reach of a caller for whom no agent is kept back: above every priority."""
NOBODY = -(2**31)
"""The reach of a caller whose priority is below that of every agent kept for somebody."""
NAMED = 8
"""Agents named for one reason; more would fill the journal and be read by nobody."""
LOOKED_AT = 64
"""Free agents looked at to find names of those who may not take the call."""


class Ask(NamedTuple):
    """What a caller asks of an agent; callers of a queue who ask the same wait in one line."""

    needs: Needs
    reach: int = EVERYBODY
    """She may have agents who are kept for callers of up to this priority."""
    not_to: tuple[AgentId, ...] = ()
    """Only if nobody else is left."""
    only: tuple[AgentId, ...] = ()
    """She waits for one of these; (): for whoever may."""


class Reason(StrEnum):
    """Why an agent without a call was passed over."""

    SKILL = "skill"
    """Lacks a skill, or its level."""
    RESERVED = "reserved"
    """Is kept for callers of a higher priority."""
    NOT_THIS_CALL = "not_this_call"
    """Missed this call before, or was named by the call as not to be asked."""
    RESTING = "resting"
    """Pausing for a moment after a miss or a fault."""
    NO_DEVICE = "no_device"
    """None of the agent's telephones is registered."""
    DO_NOT_DISTURB = "do_not_disturb"
    """The agent's telephones that are registered have been told not to ring."""
    DEVICE_BUSY = "device_busy"
    """One of the agent's telephones rings or is in use with something else."""
    NOT_PREFERRED = "not_preferred"
    """May take it, but the caller prefers the one chosen."""
    IDLE_LESS = "idle_less"
    """May take it, but has been free for a shorter time, or as long and comes later by id."""
    MORE_CALLS = "more_calls"
    """May take it, but has had more calls."""
    MORE_TALK = "more_talk"
    """May take it, but has talked longer."""
    NOT_NEXT = "not_next"
    """May take it, but comes later in the round."""
    NOT_DRAWN = "not_drawn"
    """May take it, but chance chose another."""
    LOWER_RANK = "lower_rank"
    """May take it, but is of a later rank of the tier."""
    LOWER_TIER = "lower_tier"
    """May take it, but is of a later tier."""


COUNTED: dict[Strategy, Reason] = {
    Strategy.FEWEST_CALLS: Reason.MORE_CALLS,
    Strategy.LEAST_TALK: Reason.MORE_TALK,
}
"""Strategies that compare a figure, and agents of the same figure by how long they are idle."""
WITHOUT_ORDER: dict[Strategy, Reason] = {
    Strategy.ROUND_ROBIN: Reason.NOT_NEXT,
    Strategy.RANDOM: Reason.NOT_DRAWN,
    Strategy.WEIGHTED_RANDOM: Reason.NOT_DRAWN,
}
"""Strategies under which nobody of a level stands before anybody else."""


class Why(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One offer explained; kept in the journal beside it."""

    call: CallId
    offer: OfferId
    queue: QueueId
    agent: AgentId
    device: DeviceId
    tier: int
    idle_s: float
    waited_s: float
    strategy: Strategy = Strategy.LONGEST_IDLE
    rank: int = 1
    figure: float | None = None
    """What the strategy compared: calls taken, or seconds talked, since log-in."""
    attempt: int = 1
    again: bool = False
    """The agent's next telephone, after one that was not registered: nothing was chosen."""
    kept: bool = False
    """Kept for her while she was called back: nothing was chosen either."""
    by_hand: str = ""
    """The person who gave her this agent, whoever else was free: nothing was chosen either."""
    preferred: bool = False
    """The caller prefers this agent, who goes before tier and strategy."""
    relaxed: Needs = ()
    """Levels that waiting has put in place of what she and her queue needed at first."""
    nobody_else: bool = False
    """Missed this call before; nobody else was left."""
    passed: dict[Reason, tuple[AgentId, ...]] = {}
    """Agents of the queue who had no call, by reason; of each reason the first eight."""
    more: dict[Reason, int] = {}
    """How many more had the same reason."""
    rest: dict[str, int] = {}
    """The others of the queue, counted by state."""


def able(skills: Skills, needs: Needs) -> bool:
    """True when every needed skill is there at its level."""
    for need in needs:  # noqa: SIM110 - the hottest line of the engine; a generator doubles it
        if skills.get(need.skill, 0) < need.level:
            return False
    return True


class Passed:
    """Gathers who was passed over: the first few by name, the others as a number."""

    __slots__ = ("named", "more")

    def __init__(self) -> None:
        self.named: dict[Reason, tuple[AgentId, ...]] = {}
        self.more: dict[Reason, int] = {}

    def add(self, reason: Reason, agents: Sequence[AgentId], count: int) -> None:
        """``agents``: the first of ``count``, at least eight of them if there are as many."""
        if count > 0:
            self.named[reason] = named = tuple(agents[:NAMED])
            if count > len(named):
                self.more[reason] = count - len(named)

    def for_another(
        self, free: Sequence[Spot], chosen: Spot, strategy: Strategy, not_to: Sequence[Spot]
    ) -> None:
        """Those who may take the call and are not the first choice. ``free``: sorted; ``not_to``:
        those of them who are not to be asked."""
        level, figure, _, _ = chosen
        at = 0 if free[0] is chosen else bisect_left(free, chosen)
        end = len(free) if free[-1][0] == level else bisect_left(free, (level + 1,), at)
        unordered = WITHOUT_ORDER.get(strategy)
        if unordered is not None:
            self._add(unordered, free, bisect_left(free, (level,)), end, (chosen, *not_to))
        else:
            alike = end
            if strategy in COUNTED:
                alike = bisect_left(free, (level, figure, float("inf")), at, end)
                self._add(COUNTED[strategy], free, alike, end, not_to)
            self._add(Reason.IDLE_LESS, free, at + 1, alike, not_to)
        if end < len(free):
            tier_end = bisect_left(free, ((level // RANKS + 1) * RANKS,), end)
            self._add(Reason.LOWER_RANK, free, end, tier_end, not_to)
            self._add(Reason.LOWER_TIER, free, tier_end, len(free), not_to)

    def for_one_preferred(self, free: Sequence[Spot], chosen: Spot, not_to: Sequence[Spot]) -> None:
        self._add(Reason.NOT_PREFERRED, free, 0, len(free), (chosen, *not_to))

    def _add(
        self, reason: Reason, free: Sequence[Spot], lo: int, hi: int, but: Sequence[Spot]
    ) -> None:
        if hi <= lo:
            return
        if not but:
            self.add(reason, [spot[3] for spot in free[lo : min(hi, lo + NAMED)]], hi - lo)
            return
        first = [spot[3] for spot in free[lo : min(hi, lo + NAMED + len(but))] if spot not in but]
        left_out = sum(lo <= bisect_left(free, spot) < hi for spot in but)
        self.add(reason, first, hi - lo - left_out)


def in_one_line(why: Why) -> str:
    """The choice for a screen; the whole explanation is in the journal."""
    if why.by_hand:
        return f"by hand: {why.by_hand}"
    if why.again:
        return "next telephone of the same agent"
    if why.kept:
        return "kept for her while she was called back"
    text = f"tier {why.tier}, {_compared(why)}"
    if why.preferred:
        text = "preferred by the caller"
    if why.nobody_else:
        text += ", nobody else is left"
    if why.relaxed:
        text += f", by now needs {levels(why.relaxed)}"
    if why.passed:
        count = sum(map(len, why.passed.values())) + sum(why.more.values())
        text += f", {count} passed over"
    return text


def levels(needs: Needs) -> str:
    """``english 1, german 0``: 0 is needed no more."""
    return ", ".join(f"{need.skill} {need.level}" for need in needs)


def _compared(why: Why) -> str:
    match why.strategy:
        case Strategy.FEWEST_CALLS:
            return f"{why.figure:.0f} calls"
        case Strategy.LEAST_TALK:
            return f"talked {why.figure:.0f} s"
        case Strategy.ROUND_ROBIN:
            return "next in turn"
        case Strategy.RANDOM | Strategy.WEIGHTED_RANDOM:
            return "drawn"
        case _:
            return f"idle {why.idle_s:.0f} s"
