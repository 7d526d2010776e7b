"""Everything the engine knows, as plain values: what a snapshot holds and a replay rebuilds.

Nothing here is derived: every index (acd.live) is made of it, so that an engine restored from a
snapshot decides exactly as the one that wrote it.
"""

import msgspec

from acd.agents import AgentEvent
from acd.expected import Pace
from calls.floor import FloorSpec, QueueSpec, Relaxation, SkillNeed
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.words import AgentState, DeviceState, Language, Level, NoAnswer

Order = tuple[int, int, float, int]
"""Sorts callers: priority (negated), head or not, when the wait began, arrival. Where priorities
age they are part of when the wait began."""


class Pause(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A cause for which an agent is not ready, as whoever set it said."""

    reason: str = ""
    until: float | None = None
    """Ends by itself then."""


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
    pauses: dict[str, Pause] = {}
    """By cause; as long as there is one the agent does not become ready."""
    calls: int = 0
    """Answered since log-in, and what the agent began with (acd.shift)."""
    talk_ms: int = 0
    """Milliseconds talked, likewise: whole numbers add up the same in any order."""
    paused: bool = False
    """Not ready for these causes alone: the end of the last one makes the agent ready."""
    away: tuple[QueueId, ...] = ()
    """Queues on the plan that the agent does not serve now."""
    skills: dict[str, int] | None = None
    """In place of the plan's."""
    last: "LastTalk | None" = None
    """The talk the agent has, or had last, of which a disposition may be said."""

    @property
    def next_pause_end(self) -> float | None:
        """When the first cause ends that ends by itself."""
        ends = (pause.until for pause in self.pauses.values() if pause.until is not None)
        return min(ends, default=None)


class LastTalk(msgspec.Struct, kw_only=True, omit_defaults=True):
    offer: OfferId
    call: CallId
    edge: EdgeId
    queue: QueueId
    disposition: str = ""


class Callback(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What makes a call a virtual one: she has hung up and will be called."""

    number: str
    asked_at: float
    expires_at: float
    language: Language = Language.ZH
    context: str = ""
    due_at: float | None = None
    """Not called before this: the last try was in vain."""
    parked: bool = False
    """In no line: out of hours, or between two tries."""


class LeftPlace(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The place of somebody who hung up while waiting, kept for a while."""

    until: float
    began: float
    number: int
    priority: int = 0
    at_head: bool = False
    told: int | None = None


def place_key(queue: QueueId, telephone: str) -> str:
    """Names a caller of a queue by her number."""
    return f"{queue}/{telephone}"


class Hours(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the calendars last said of a queue."""

    open: bool = True
    callbacks: bool = True


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
    stay: int = 0
    """Of the CallQueued that brought her here; each offer says it."""
    offer: OfferId | None = None
    """The offer open for her; of several the one made first."""
    beside: tuple[OfferId, ...] = ()
    """The others, when her queue rings several phones at once."""
    room: int = 0
    """How many phones may ring for her at once; 0 while none does, and where one rings alone."""
    more_at: float | None = None
    """When one phone more may ring; None: as soon as somebody is free."""
    told: int | None = None
    """The best place spoken so far."""
    tell_at: float | None = None
    came_to: QueueId | None = None
    """Her first queue, when a recipe has moved her since."""
    moved: bool = False
    """What she was told was her place in another queue."""
    promised: tuple[float, float] | None = None
    """Between when and when she was first told that it would be her turn."""
    telephone: str = ""
    """Her number as read; '' when hidden."""
    language: Language = Language.ZH
    context: str = ""
    missed: int = 0
    """Offers made for her in vain."""
    instead: tuple[SkillNeed, ...] = ()
    """Levels a recipe, or her own ``relax``, put in place of the queue's and her own."""
    relax: tuple[Relaxation, ...] = ()
    """Steps of her own, beside those of her queue's recipe."""
    look_at: float | None = None
    """When the queue's recipe looks at her next."""
    done: dict[str, float] = {}
    """Steps of recipes she has had, and when last."""
    callback: Callback | None = None
    level: Level = Level.NORMAL
    bonus: int = 0
    """What her queue adds to her priority for her level."""
    ageing_s: float = 0.0
    """What one level of priority is worth on this floor; 0: a higher one always goes first."""
    prefer: tuple[AgentId, ...] = ()
    """Agents chosen before others, best first."""
    kept_until: float | None = None
    """Until then she waits for one of those she prefers."""
    given_by: str = ""
    """The supervisor who gave her to the agent she is kept for, whatever that agent's skills."""

    @property
    def offers(self) -> tuple[OfferId, ...]:
        """All that are open for her."""
        return () if self.offer is None else (self.offer, *self.beside)

    @property
    def order(self) -> Order:
        """Never changes by itself: who ages is as much older than others later as now."""
        head, priority = 0 if self.at_head else 1, self.priority + self.bonus
        if self.ageing_s:
            return (0, head, self.began - priority * self.ageing_s, self.number)
        return (-priority, head, self.began, self.number)


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
    beside: bool = False
    """Rung beside another one, which is counted for the caller."""
    dials: bool = False
    """Not the agent's telephone rings but the caller's: she is being called back."""

    @property
    def gives(self) -> AgentState:
        """What the agent who has it is doing."""
        return AgentState.OFFERED if self.answered_at is None else AgentState.TALKING


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
    turns: dict[QueueId, AgentId] = {}
    """Whom each queue that goes round robin rang last."""
    hours: dict[QueueId, Hours] = {}
    """Absent: open."""
    left: dict[str, LeftPlace] = {}
    """By queue and number (acd.places)."""
