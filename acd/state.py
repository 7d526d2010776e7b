"""Everything the engine knows, as plain values: what a snapshot holds and a replay rebuilds.

Nothing here is derived: every index (acd.live) is made of it, so that an engine restored from a
snapshot decides exactly as the one that wrote it.
"""

import msgspec

from acd.agents import AgentEvent
from acd.expected import Pace
from calls.floor import FloorSpec, QueueSpec, SkillNeed
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.words import AgentState, DeviceState, NoAnswer

Order = tuple[int, int, float, int]
"""Sorts callers of one queue: priority (negated), head or not, when the wait began, arrival."""


class Agent(msgspec.Struct, kw_only=True, omit_defaults=True):
    id: AgentId
    state: AgentState = AgentState.LOGGED_OUT
    since: float = 0.0
    idle_since: float = 0.0
    """When the agent last came free: end of wrap-up, going ready, a missed offer. An offer that
    ended through nobody's fault does not move it: that agent is still the longest idle."""
    reason: str = ""
    until: float | None = None
    """When wrap-up or a timed absence ends by itself."""
    rest_until: float | None = None
    offer: OfferId | None = None
    wish: AgentEvent | None = None
    """Not ready or log-out, asked for during a call; done when it is over."""
    wish_reason: str = ""
    strikes: dict[NoAnswer, int] = {}
    """Misses of each kind since the last answer."""
    missed: NoAnswer | None = None


class Call(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A caller who waits or is being offered; talks are kept as their offer alone."""

    id: CallId
    edge: EdgeId
    queue: QueueId
    number: int
    """Arrival order; unique, so that no two callers tie."""
    began: float
    """When the wait began, time waited elsewhere included."""
    priority: int = 0
    at_head: bool = False
    needs: tuple[SkillNeed, ...] = ()
    not_to: tuple[AgentId, ...] = ()
    """Sorted. Named on entry, or missed this call."""
    attempt: int = 0
    offer: OfferId | None = None
    told: int | None = None
    """The best place spoken so far."""
    tell_at: float | None = None

    @property
    def order(self) -> Order:
        return (-self.priority, 0 if self.at_head else 1, self.began, self.number)


class Offer(msgspec.Struct, kw_only=True, omit_defaults=True):
    id: OfferId
    call: CallId
    edge: EdgeId
    queue: QueueId
    agent: AgentId
    device: DeviceId
    offered_at: float
    backstop_at: float
    tried: tuple[DeviceId, ...] = ()
    """Devices of this agent that were not registered, this time round."""
    rang_at: float | None = None
    answered_at: float | None = None
    """The answer token: set once, by whichever input came first."""


class Device(msgspec.Struct, kw_only=True):
    edge: EdgeId
    """Where it is registered, or was when it was heard of last."""
    state: DeviceState
    lost: bool = False
    """Its edge is: it cannot be rung before that has told the truth again."""


class FloorState(msgspec.Struct, kw_only=True):
    now: float = 0.0
    token: int = 0
    calls_seen: int = 0
    offers_made: int = 0
    floor: FloorSpec | None = None
    closing: dict[QueueId, QueueSpec] = {}
    """Queues gone from the floor that still have an offer or a talk."""
    agents: dict[AgentId, Agent] = {}
    calls: dict[CallId, Call] = {}
    offers: dict[OfferId, Offer] = {}
    devices: dict[DeviceId, Device] = {}
    edges: dict[EdgeId, bool] = {}
    """True: in step with its Asterisk. An edge never heard of counts as in step."""
    silent: dict[EdgeId, float] = {}
    """Edges that let an offer run past its backstop, and when."""
    paces: dict[QueueId, Pace] = {}
