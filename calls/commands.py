"""What the engine asks of an edge. Every command names edge, call and fencing token."""

import msgspec

from calls.floor import SkillNeed
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.words import CallbackEnd, Language, TalkAct, Watch


class _Command(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag=True, omit_defaults=True
):
    edge: EdgeId
    call: CallId
    token: int
    """Fencing token of the engine that speaks; an edge refuses one older than it has seen."""


class OfferCall(_Command, frozen=True):
    """Ring this device for this caller; report each step under the offer's id.

    The edge owns the ring clock: it starts it at the first 180 or 183, cancels just before
    ``ring_limit_s`` is over, and stops it when the leg is up.
    """

    offer: OfferId
    queue: QueueId
    agent: AgentId
    device: DeviceId
    staff_number: str
    ring_limit_s: float
    ring_cycle_s: float
    never_rang_s: float
    home: EdgeId | None = None
    """The edge whose Asterisk the device is registered at, when it is not the caller's own."""
    attempt: int = 1
    """1 for the first agent rung for this call."""
    stay: int = 0
    """The CallQueued it was made for."""
    together: int = 0
    """How many phones may ring for this caller at once; 0: this one alone. Offers for one caller
    that name a number ring beside each other, and the first to answer ends the others."""
    whisper: str = ""
    """Said to the agent before the talk, ``{keys}`` standing for what the caller pressed."""
    whisper_in: Language = Language.ZH
    why: str = ""
    """The choice in one line, for screens; the whole explanation is in the journal."""


class WithdrawOffer(_Command, frozen=True):
    """Stop ringing; the edge answers with OfferFailed(WITHDRAWN), or OfferAnswered if it lost
    the race."""

    offer: OfferId


class TellPlace(_Command, frozen=True):
    """Speak the place in the queue and the expected wait, if the caller is not being offered."""

    place: int
    """1 is next."""
    wait_low_s: float | None = None
    wait_high_s: float | None = None
    """None: not enough is known to promise anything."""


class ReleaseCaller(_Command, frozen=True):
    """The caller may not wait here (any more): the tree goes on by ``reason``."""

    reason: str
    """A word of calls.words.Released."""
    step: str = ""
    """The recipe's step that said so; '' when none did. So below."""


class ChangeCaller(_Command, frozen=True):
    """A recipe, or a supervisor, changed how she waits: what is None stays as it is."""

    step: str
    """The recipe's; '' for a supervisor."""
    queue: QueueId | None = None
    priority: int | None = None
    needs: tuple[SkillNeed, ...] | None = None


class Announce(_Command, frozen=True):
    """Speak a house prompt, if she is not being offered."""

    step: str
    prompt: str


class OfferCallback(_Command, frozen=True):
    """Ask her whether she wants to be called back instead of waiting."""

    step: str


class DialCallback(_Command, frozen=True):
    """It is her turn and ``agent`` is kept for her: call her, let her confirm by a key, and say
    CallQueued(returns=call); or OfferFailed of ``offer`` with what went wrong."""

    offer: OfferId
    queue: QueueId
    agent: AgentId
    number: str
    language: Language
    ring_s: float
    attempt: int
    """1 for the first try."""
    context: str = ""


class EndCallback(_Command, frozen=True):
    """The promise could not be kept: leave a record of it."""

    queue: QueueId
    number: str
    end: CallbackEnd
    attempts: int
    asked_at: float
    language: Language = Language.ZH
    context: str = ""


class PlaceCall(_Command, frozen=True):
    """An agent calls a number: ring her own telephone, then the number. ``call`` is the id it will
    have; TalkEnded of ``offer`` says that it is over, whatever came of it."""

    offer: OfferId
    agent: AgentId
    device: DeviceId
    queue: QueueId
    number: str
    staff_number: str


class NoteDisposition(_Command, frozen=True):
    """Keep with the call what its agent said came of it."""

    offer: OfferId
    agent: AgentId
    code: str


class ControlTalk(_Command, frozen=True):
    """What the agent of this talk wants done with it; TalkChanged says what became of it."""

    offer: OfferId
    do: TalkAct
    number: str = ""
    """To transfer to or to consult: a number outside, else ``to_agent`` or ``to_queue``."""
    to_agent: AgentId | None = None
    devices: tuple[DeviceId, ...] = ()
    """That agent's telephones, in the order they are tried."""
    to_queue: QueueId | None = None


class AllowWatch(_Command, frozen=True):
    """Let this device into the talk, when it dials ``watch-<ticket>``, once, before ``until``."""

    offer: OfferId
    device: DeviceId
    ticket: str
    how: Watch
    by: str
    """The person, for the audit."""
    until: float


class AdmitDevice(_Command, frozen=True, kw_only=True):
    """A browser's telephone of this name may register with this secret from now on, and with no
    other. Concerns no call."""

    call: CallId = CallId("")
    device: DeviceId
    secret: str
    number: str = ""
    """What it shows when it calls."""
    calls_only: bool = False
    """A caller's, on a web page: it may call the hotline's numbers, and nothing can ring it."""
    until: float


class DeviceLeft(_Command, frozen=True, kw_only=True):
    """The connection of a browser's telephone is gone: whatever it talked on is lost, not over.
    Concerns no call."""

    call: CallId = CallId("")
    device: DeviceId


class PlaceTrial(_Command, frozen=True, kw_only=True):
    """A test call that an admin wants: out to a number over the route that takes it, or in to one
    of our own as a caller would dial it. Ends by itself; TrialMoved says how far it comes."""

    call: CallId = CallId("")
    """The id its caller will have; '' for one that goes out."""
    trial: OfferId
    number: str


Command = (
    OfferCall
    | WithdrawOffer
    | TellPlace
    | ReleaseCaller
    | ChangeCaller
    | Announce
    | OfferCallback
    | DialCallback
    | EndCallback
    | PlaceCall
    | NoteDisposition
    | ControlTalk
    | AllowWatch
    | AdmitDevice
    | DeviceLeft
    | PlaceTrial
)
