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


STRIKING = frozenset(
    {
        NoAnswer.RANG_OUT,
        NoAnswer.REJECTED,
        NoAnswer.BUSY,
        NoAnswer.NOT_REGISTERED,
        NoAnswer.NEVER_RANG,
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


class DeviceKind(StrEnum):
    BROWSER = "browser"
    DESK = "desk"
    MOBILE = "mobile"


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
