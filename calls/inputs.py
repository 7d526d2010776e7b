"""What the engine is told. Each is journaled before anything follows from it.

Said by an edge (about calls, offers, devices), by people (about agents) or by time.
"""

import msgspec

from calls.floor import FloorSpec, Relaxation, SkillNeed
from calls.ids import AgentId, CallId, CustomerId, DeviceId, EdgeId, OfferId, QueueId
from calls.words import DeviceState, Language, LeaveReason, Level, NoAnswer, Party, Released


class _Input(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="input", tag=True, omit_defaults=True
):
    pass


# --- configuration -------------------------------------------------------------------------


class FloorConfigured(_Input, frozen=True):
    floor: FloorSpec


# --- agents --------------------------------------------------------------------------------


class AgentLoggedIn(_Input, frozen=True):
    agent: AgentId


class AgentLoggedOut(_Input, frozen=True):
    agent: AgentId


class AgentReady(_Input, frozen=True):
    agent: AgentId


class AgentNotReady(_Input, frozen=True):
    """While offered or talking this takes effect when the call is over."""

    agent: AgentId
    reason: str


class AgentPaused(_Input, frozen=True):
    """Not ready for a cause that somebody or something set ("presence:dnd", "meeting"): when the
    last cause has ended, an agent who was ready before is ready again. Said again it replaces the
    former one. While offered, talking or wrapping up it takes effect afterwards; who went not
    ready by hand stays so. Refused while logged out: log-out ends every cause."""

    agent: AgentId
    cause: str
    reason: str = ""
    until: float | None = None
    """Ends by itself then."""


class AgentUnpaused(_Input, frozen=True):
    """This cause has ended."""

    agent: AgentId
    cause: str


class AgentServes(_Input, frozen=True):
    """From now on the agent takes calls of these of the queues on the plan, and of no other."""

    agent: AgentId
    queues: tuple[QueueId, ...]


class AgentSkilled(_Input, frozen=True):
    """From now on these are the agent's skills, whatever the plan says; None: the plan's again."""

    agent: AgentId
    skills: dict[str, int] | None
    """Skill to level, 1 to 10."""


class AgentFreed(_Input, frozen=True):
    """A supervisor takes the agent out of an offer or talk that is not true any more: the offer is
    taken back without a strike, the talk counts as over. Refused for one who has neither."""

    agent: AgentId


class AgentDials(_Input, frozen=True):
    """The agent wants to call this number: refused unless she has no call and a telephone that can
    be rung; from then on she is offered none."""

    agent: AgentId
    offer: OfferId
    """Random; made up by who asks."""
    number: str
    queue: QueueId | None = None
    """Whose rules the call goes by; None: of her first queue on the plan."""


class AgentEngaged(_Input, frozen=True):
    """The agent talks to a caller she was not offered: a colleague handed her over."""

    agent: AgentId
    offer: OfferId
    call: CallId
    edge: EdgeId
    device: DeviceId
    queue: QueueId


class CallDisposed(_Input, frozen=True):
    """The agent says what came of the talk she has, or had last; said again it counts anew."""

    agent: AgentId
    code: str
    """Of the queue's dispositions, with those above it: ``lost/price``."""


class WrapUpExtended(_Input, frozen=True):
    agent: AgentId
    by_s: float


class WrapUpFinished(_Input, frozen=True):
    agent: AgentId


class DeviceChanged(_Input, frozen=True):
    edge: EdgeId
    device: DeviceId
    state: DeviceState


# --- calls ---------------------------------------------------------------------------------


class CallQueued(_Input, frozen=True):
    """A caller begins to wait. For a call already waiting it is a re-attachment: place and
    waited time stay, and an offer still open for it is taken as failed."""

    call: CallId
    edge: EdgeId
    queue: QueueId
    priority: int = 0
    """Higher goes first; within one priority first come, first served."""
    needs: tuple[SkillNeed, ...] = ()
    """On top of the queue's own needs."""
    relax: tuple[Relaxation, ...] = ()
    """How what she needs is lowered while she waits; whatever the recipe of her queue does."""
    language: Language = Language.ZH
    level: Level = Level.NORMAL
    customer: CustomerId | None = None
    waited_s: float = 0.0
    """Waited before (another queue, a dropped talk): counts as waited here."""
    at_head: bool = False
    """Comes back through no fault of her own: ahead of all of her priority."""
    not_to: tuple[AgentId, ...] = ()
    """Not offered to these unless nobody else is left."""
    attempts: int = 0
    """Offers made for her before, as far as her session knows."""
    number: str = ""
    """Hers as read (cti.numbers), '' when hidden: by it a place left behind is found again."""
    told: int | None = None
    """The best place she has been told."""
    stay: int = 0
    """Numbers her coming to the queue, higher than any before it: an offer made for a former one is
    not rung. 0: not counted."""
    returns: CallId | None = None
    """She was called back: the call whose place this is."""
    context: str = ""
    """As in CallbackWanted, where those who give up are called back, too."""
    prefer: tuple[AgentId, ...] = ()
    """Best first: chosen before others, and waited for as long as the queue says."""


class CallerKnown(_Input, frozen=True):
    """Who she is was found out while she waits: her level and whom she prefers count from now on.
    Refused for a call that does not wait."""

    call: CallId
    customer: CustomerId | None = None
    level: Level = Level.NORMAL
    prefer: tuple[AgentId, ...] = ()


class CallPrioritised(_Input, frozen=True):
    """A supervisor gives a waiting caller this priority, at once and in place of hers."""

    call: CallId
    priority: int
    by: str
    """The person, as in the audit."""


class CallPicked(_Input, frozen=True):
    """An agent takes a waiting caller of one of the agent's queues out of turn, free or wrapping up
    or not ready: she is offered to that agent alone, at once."""

    call: CallId
    agent: AgentId
    by: str


class CallAssigned(_Input, frozen=True):
    """A supervisor gives a waiting caller to an agent, whatever the skills. To one who is free she
    is offered at once; for one of her queue who has a call or wraps up she is kept ``keep_s``."""

    call: CallId
    agent: AgentId
    by: str
    keep_s: float = 120.0


class CallMoved(_Input, frozen=True):
    """A supervisor sends a waiting caller to another queue; her waited time goes with her."""

    call: CallId
    queue: QueueId
    by: str


class CallWithdrawn(_Input, frozen=True):
    """A supervisor takes a waiting caller out of her queue: her tree goes on by ``to``."""

    call: CallId
    to: Released
    by: str


class CallbackWanted(_Input, frozen=True):
    """She, waiting without an offer, confirmed that she will be called back: her place is kept.
    The engine says ReleaseCaller('callback') to it; while she is being offered it is refused."""

    call: CallId
    number: str
    """To call, as read."""
    language: Language = Language.ZH
    context: str = ""
    """What her session wants to know again; the engine only keeps it."""


class CallbackCancelled(_Input, frozen=True):
    """A supervisor takes the promise back; one being dialled this moment is let go."""

    call: CallId
    by: str


class QueueHours(_Input, frozen=True):
    """What the calendars say of this queue and of calling back its callers, from now on."""

    queue: QueueId
    open: bool
    callbacks: bool = True
    """Callers may be called back now."""


class CallerLeft(_Input, frozen=True):
    call: CallId
    reason: LeaveReason


class OfferRang(_Input, frozen=True):
    """The device's first 180 or 183."""

    offer: OfferId


class OfferAnswered(_Input, frozen=True):
    """The leg is Up: the answer token is taken; a later failure of the offer is a talk's end."""

    offer: OfferId


class OfferFailed(_Input, frozen=True):
    offer: OfferId
    why: NoAnswer


class TalkEnded(_Input, frozen=True):
    offer: OfferId
    by: Party


# --- edges ---------------------------------------------------------------------------------


class Held(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An offer as an edge holds it now."""

    offer: OfferId
    call: CallId
    queue: QueueId
    agent: AgentId
    device: DeviceId
    answered: bool = False


class EdgeSynced(_Input, frozen=True):
    """Truth re-read after a start or a gap: what this edge's Asterisk really holds.

    Waiting calls not listed are gone; offers and talks not listed are over; who waits there and
    is not known here (her CallQueued was lost on its way) begins to wait now.
    """

    edge: EdgeId
    calls: tuple[CallId, ...]
    offers: tuple[OfferId, ...]
    """Offers with a live leg, ringing or talking."""
    waiting: tuple[CallQueued, ...] = ()
    """Who waits without an offer, with the time waited so far."""
    held: tuple[Held, ...] = ()
    """The offers being carried out; after a gap those made by the edge itself are among them."""


class EdgeLost(_Input, frozen=True):
    """The edge cannot be reached: its callers are offered to nobody until it syncs again."""

    edge: EdgeId


class TimePassed(_Input, frozen=True):
    """A deadline the engine named has come."""


class FloorRechecked(_Input, frozen=True):
    """Something was found that must never be (acd.watch): every index is made anew of the state,
    and all callers are held against all agents. Said by the brain, to heal itself."""

    broken: str
    """The name of what was found."""


Input = (
    FloorConfigured
    | AgentLoggedIn
    | AgentLoggedOut
    | AgentReady
    | AgentNotReady
    | AgentPaused
    | AgentUnpaused
    | AgentServes
    | AgentSkilled
    | AgentFreed
    | AgentDials
    | CallDisposed
    | AgentEngaged
    | WrapUpExtended
    | WrapUpFinished
    | DeviceChanged
    | CallQueued
    | CallerKnown
    | CallPrioritised
    | CallPicked
    | CallAssigned
    | CallMoved
    | CallWithdrawn
    | CallbackWanted
    | CallbackCancelled
    | QueueHours
    | CallerLeft
    | OfferRang
    | OfferAnswered
    | OfferFailed
    | TalkEnded
    | EdgeSynced
    | EdgeLost
    | TimePassed
    | FloorRechecked
)
