"""Who takes this call, and why not the others: a total function over values in order.

Lower tier first, then longest idle, then by id. Every agent who is free and was passed over is
named with a reason; the rest are counted. Pure.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from calls.floor import SkillNeed
from calls.ids import AgentId, CallId, DeviceId, OfferId, QueueId

Rank = tuple[int, float, AgentId]
"""Sorts the free agents of one queue: tier, idle since, id."""

Needs = tuple[SkillNeed, ...]
Skills = Mapping[str, int]


class Reason(StrEnum):
    """Why an agent without a call was passed over."""

    SKILL = "skill"
    """Lacks a skill, or its level."""
    NOT_THIS_CALL = "not_this_call"
    """Missed this call before, or was named by the call as not to be asked."""
    RESTING = "resting"
    """Pausing for a moment after a miss or a fault."""
    NO_DEVICE = "no_device"
    """None of the agent's telephones is registered."""
    DEVICE_BUSY = "device_busy"
    """One of the agent's telephones rings or is in use with something else."""
    IDLE_LESS = "idle_less"
    """May take it, but has been free for a shorter time."""
    LOWER_TIER = "lower_tier"
    """May take it, but is of a later tier."""


class Choice(msgspec.Struct, frozen=True):
    agent: AgentId | None
    passed: dict[Reason, tuple[AgentId, ...]]


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
    attempt: int = 1
    again: bool = False
    """The agent's next telephone, after one that was not registered: nothing was chosen."""
    nobody_else: bool = False
    """Missed this call before; nobody else was left."""
    passed: dict[Reason, tuple[AgentId, ...]] = {}
    """Each agent of the queue who had no call, by reason."""
    rest: dict[str, int] = {}
    """The others of the queue, counted by state."""


def able(skills: Skills, needs: Needs) -> bool:
    """True when every needed skill is there at its level."""
    for need in needs:  # noqa: SIM110 - the hottest line of the engine; a generator doubles it
        if skills.get(need.skill, 0) < need.level:
            return False
    return True


def reason_against(
    agent: AgentId, skills: Skills, needs: Needs, not_to: Collection[AgentId], lifted: bool
) -> Reason | None:
    """Why this free agent may not take this call; None when the agent may."""
    if not able(skills, needs):
        return Reason.SKILL
    if agent in not_to and not lifted:
        return Reason.NOT_THIS_CALL
    return None


def choose_agent(
    free: Sequence[Rank],
    skills_of: Mapping[AgentId, Skills],
    needs: Needs,
    not_to: Collection[AgentId],
    lifted: bool,
) -> Choice:
    """The first of ``free`` (sorted) who may take the call, with a reason for each one passed over.

    Those who stand behind the choice are passed over because of that, whatever their skills,
    unless this call is not for them at all.
    """
    passed: dict[Reason, tuple[AgentId, ...]] = {}
    for place, (_, _, agent) in enumerate(free):
        reason = reason_against(agent, skills_of[agent], needs, not_to, lifted)
        if reason is None:
            _pass_over_those_behind(free, place, () if lifted else not_to, passed)
            return Choice(agent, passed)
        passed[reason] = (*passed.get(reason, ()), agent)
    return Choice(None, passed)


def _pass_over_those_behind(
    free: Sequence[Rank],
    place: int,
    not_to: Collection[AgentId],
    passed: dict[Reason, tuple[AgentId, ...]],
) -> None:
    next_tier = bisect_left(free, (free[place][0] + 1,), lo=place)
    for reason, behind in (
        (Reason.IDLE_LESS, free[place + 1 : next_tier]),
        (Reason.LOWER_TIER, free[next_tier:]),
    ):
        agents = tuple([rank[2] for rank in behind if rank[2] not in not_to])
        if agents:
            passed[reason] = agents
        if len(agents) < len(behind):
            missed = tuple([rank[2] for rank in behind if rank[2] in not_to])
            passed[Reason.NOT_THIS_CALL] = (*passed.get(Reason.NOT_THIS_CALL, ()), *missed)


def somebody_else_left(
    staying: Iterable[tuple[AgentId, Skills]], needs: Needs, not_to: Collection[AgentId]
) -> bool:
    """True while another agent who may take the call is on the floor and will come free.

    "Left" counts whoever will take calls again without being asked: ready, offered, talking or
    wrapping up, with no wish to stop and a registered telephone. Merely being busy is no reason to
    ring the agent who missed this call once more; being gone is.
    """
    return any(agent not in not_to and able(skills, needs) for agent, skills in staying)


def in_one_line(why: Why) -> str:
    """The choice for a screen; the whole explanation is in the journal."""
    if why.again:
        return "next telephone of the same agent"
    text = f"tier {why.tier}, idle {why.idle_s:.0f} s"
    if why.nobody_else:
        text += ", nobody else is left"
    if why.passed:
        text += f", {sum(map(len, why.passed.values()))} passed over"
    return text
