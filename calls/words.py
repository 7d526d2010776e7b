"""Small closed vocabularies shared by facts, inputs, commands and records."""

from enum import StrEnum


class AgentState(StrEnum):
    """What an agent is doing, as the engine knows it; one state at a time (never two truths)."""

    LOGGED_OUT = "logged_out"
    NOT_READY = "not_ready"
    READY = "ready"
    OFFERED = "offered"
    TALKING = "talking"
    WRAPPING_UP = "wrapping_up"
    NOT_RESPONDING = "not_responding"


class NoAnswer(StrEnum):
    """Why an offer did not become a talk. Each has its own strikes, delay and state."""

    RANG_OUT = "rang_out"
    REJECTED = "rejected"
    BUSY = "busy"
    NOT_REGISTERED = "not_registered"
    NEVER_RANG = "never_rang"
    CALLER_LEFT = "caller_left"
    """The caller hung up first: nobody's fault, no strike."""
    WITHDRAWN = "withdrawn"
    """The engine took the offer back, or lost the race for the answer: no strike."""
    FAILED = "failed"
    """Trunk, channel or controller fault: no strike."""
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    """Several phones rang for this caller, and another one was first: no strike."""
    NOT_ACCEPTED = "not_accepted"
    """An outside phone was picked up and nobody pressed the key: a voicemail box, most likely."""


STRIKING = frozenset(
    {
        NoAnswer.RANG_OUT,
        NoAnswer.REJECTED,
        NoAnswer.BUSY,
        NoAnswer.NOT_REGISTERED,
        NoAnswer.NEVER_RANG,
        NoAnswer.NOT_ACCEPTED,
    }
)
"""The kinds that count against the agent's device or the agent."""


class DeviceState(StrEnum):
    """What Asterisk says of one device."""

    UNKNOWN = "unknown"
    UNREGISTERED = "unregistered"
    IDLE = "idle"
    RINGING = "ringing"
    IN_USE = "in_use"
    DO_NOT_DISTURB = "do_not_disturb"
    """Registered and silent on purpose: its owner has told it so."""


class DeviceKind(StrEnum):
    BROWSER = "browser"
    DESK = "desk"
    MOBILE = "mobile"


class Strategy(StrEnum):
    """How a queue chooses among the free agents who may take a call."""

    LONGEST_IDLE = "longest_idle"
    """Across queues."""
    FEWEST_CALLS = "fewest_calls"
    LEAST_TALK = "least_talk"
    ROUND_ROBIN = "round_robin"
    RANDOM = "random"
    WEIGHTED_RANDOM = "weighted_random"
    RING_ALL = "ring_all"
    """Several phones at once; the first to answer has the call."""
    PROGRESSIVE = "progressive"
    """One phone, and one more each so many seconds, until somebody answers."""


class Party(StrEnum):
    """Who ended something."""

    CALLER = "caller"
    AGENT = "agent"
    SYSTEM = "system"


class LeaveReason(StrEnum):
    """How a caller left a queue other than by being answered."""

    HUNG_UP = "hung_up"
    EXIT_KEY = "exit_key"
    OVERFLOW = "overflow"
    MOVED = "moved"
    LOST = "lost"
    """The channel is gone and nobody saw it go: found by reconciliation."""
    CALLBACK = "callback"
    """She will be called back; her place waits for her."""


class Outcome(StrEnum):
    """The one word a call record ends with."""

    ANSWERED = "answered"
    ABANDONED_IN_MENU = "abandoned_in_menu"
    ABANDONED_IN_QUEUE = "abandoned_in_queue"
    ABANDONED_RINGING = "abandoned_ringing"
    SELF_SERVICE = "self_service"
    VOICEMAIL = "voicemail"
    TRANSFERRED = "transferred"
    RESCUED = "rescued"
    """Served by the dialplan's rescue context while no controller was there."""
    REFUSED = "refused"
    """Turned away: bad environment, blocked number, hard limit."""
    CALLBACK = "callback"
    """Hung up on the promise to be called back when it is her turn."""
    CALLBACK_FAILED = "callback_failed"
    """A promised call back that did not reach her: every try failed, or it expired."""
    NOT_REACHED = "not_reached"
    """An agent called, and nobody answered."""


class Standing(StrEnum):
    """Why an agent cannot be offered a call now: what a queue's empty conditions are made of."""

    LOGGED_OUT = "logged_out"
    NOT_READY = "not_ready"
    NOT_RESPONDING = "not_responding"
    OFFERED = "offered"
    TALKING = "talking"
    WRAPPING_UP = "wrapping_up"
    RESTING = "resting"
    NO_DEVICE = "no_device"
    DEVICE_BUSY = "device_busy"


class Closing(StrEnum):
    """What becomes of callers who already wait when their queue closes."""

    SERVE = "serve"
    """They are served all the same."""
    CALLBACK = "callback"
    """They are offered to be called back when it opens; who does not want it leaves."""
    VOICEMAIL = "voicemail"
    LEAVE = "leave"


class Released(StrEnum):
    """Why the engine lets a caller go without an agent: the branch of the tree's queue node."""

    FULL = "full"
    CLOSED = "closed"
    NOBODY = "nobody"
    """No agent who could come free."""
    OVERFLOW = "overflow"
    VOICEMAIL = "voicemail"
    CALLBACK = "callback"
    """She will be called back."""
    FAILED = "failed"
    """There is no such queue (any more)."""


class CallbackEnd(StrEnum):
    """How a promised call back ended without reaching her."""

    FAILED = "failed"
    """Every try was in vain."""
    EXPIRED = "expired"


class TalkStage(StrEnum):
    """Where an agent's talk with a caller stands."""

    DIALLING = "dialling"
    """A call out: her own telephone is rung first, then the number."""
    TALKING = "talking"
    HELD = "held"
    """The caller hears music; the agent waits."""
    CONSULTING = "consulting"
    """The caller hears music; a third telephone rings."""
    CONSULTED = "consulted"
    """The caller hears music; the agent talks to the third."""
    SWAPPED = "swapped"
    """The agent talks to the caller again; the third hears music."""
    CONFERENCE = "conference"
    LOST = "lost"
    """The agent's browser is gone; the caller hears music until it is back."""
    OVER = "over"


class TalkAct(StrEnum):
    """What an agent may want done with her talk."""

    HANG_UP = "hang_up"
    HOLD = "hold"
    RESUME = "resume"
    """Back to the caller alone: from hold, or from a consultation or conference, which ends."""
    TRANSFER = "transfer"
    CONSULT = "consult"
    COMPLETE = "complete"
    """The third takes the caller over."""
    CONFERENCE = "conference"
    SWAP = "swap"
    """From the third to the caller, and back; the other one hears music."""
    PAUSE_RECORDING = "pause_recording"
    RESUME_RECORDING = "resume_recording"
    LEAVING = "leaving"
    """Her page goes away: no end of the talk."""
    HERE = "here"
    """Her page is back and its telephone registered."""


class Watch(StrEnum):
    """How a supervisor is with a talk."""

    LISTEN = "listen"
    WHISPER = "whisper"
    """The agent alone hears her."""
    BARGE = "barge"
    """Both hear her."""
    TAKE_OVER = "take_over"


class Language(StrEnum):
    ZH = "zh-CN"
    EN = "en"


class Level(StrEnum):
    """Customer level, from the customer's row; decides priority and branches."""

    NORMAL = "normal"
    SILVER = "silver"
    GOLD = "gold"
    VIP = "vip"


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    DEPARTMENT = "department"
    """Answers tickets of her departments, and sees no other."""


class TrialStep(StrEnum):
    """How far a test call has come."""

    DENIED = "denied"
    """No route takes the number now."""
    DIALLED = "dialled"
    RANG = "rang"
    ANSWERED = "answered"
    REFUSED = "refused"
    """The other end, or the network, said no."""
    OVER = "over"
