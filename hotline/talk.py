"""One talk of a caller with an agent, from the answer to the end, across the sessions it passes.

Hop 6 in slow motion: what the agent wants done, where both legs are, and what the caller's session
does next. Does no I/O; hotline/talks.py acts, hotline/follow.py is the session's side.
"""

from dataclasses import dataclass
from enum import Enum, auto

from calls.clock import Timer
from calls.commands import OfferCall
from calls.ids import AgentId, CallId, DeviceId, OfferId, QueueId
from calls.notices import TalkChanged
from calls.words import TalkAct, TalkStage
from hotline.house import Route

S, A = TalkStage, TalkAct

MAY: dict[TalkStage, frozenset[TalkAct]] = {
    S.DIALLING: frozenset(),
    S.TALKING: frozenset({A.HOLD, A.TRANSFER, A.CONSULT}),
    S.HELD: frozenset({A.RESUME, A.TRANSFER, A.CONSULT}),
    S.CONSULTING: frozenset({A.RESUME}),
    S.CONSULTED: frozenset({A.RESUME, A.COMPLETE, A.CONFERENCE, A.SWAP}),
    S.SWAPPED: frozenset({A.RESUME, A.COMPLETE, A.CONFERENCE, A.SWAP}),
    S.CONFERENCE: frozenset({A.RESUME}),
    S.LOST: frozenset({A.HERE}),
    S.OVER: frozenset(),
}
"""What may be done in which stage, besides hanging up and pausing the recording, which always may,
and leaving, which happens. What is absent is refused: 'not_now'."""
ALWAYS = frozenset({A.HANG_UP, A.PAUSE_RECORDING, A.RESUME_RECORDING, A.LEAVING})
LEG = "agent-leg"
"""The dialplan's context for legs that are parted from their callers."""
PARTED = frozenset({S.HELD, S.CONSULTING, S.CONSULTED})
"""The agent's leg is not bridged to the caller: only its own Hangup event says that it died."""


@dataclass(frozen=True, slots=True)
class Join:
    """Bridge the caller to this channel."""

    channel: str


@dataclass(frozen=True, slots=True)
class JoinRoom:
    room: str


@dataclass(frozen=True, slots=True)
class DialOut:
    route: Route
    number: str


@dataclass(frozen=True, slots=True)
class Requeue:
    """To a queue, waited time and record kept; ``agent``: to this one first."""

    queue: QueueId
    agent: AgentId | None = None
    at_head: bool = False


class Plain(Enum):
    STAY = auto()
    """Music, until there is another plan."""
    LOSE = auto()
    """The agent's browser is gone: music, until it is back or too late."""
    DIAL_BACK = auto()
    """It is back: ring it, and it answers by itself."""
    END = auto()


Plan = Join | JoinRoom | DialOut | Requeue | Plain


@dataclass(slots=True)
class Third:
    """Somebody an agent consults."""

    id: OfferId
    """Random; its leg bears it."""
    to: str
    agent: AgentId | None = None
    device: DeviceId | None = None
    channel: str = ""
    up: bool = False


class Talk:
    def __init__(self, call: CallId, offer: OfferCall, caller: str, leg: str, *, browser: bool):
        """``caller``, ``leg``: names of the channels. ``browser``: the agent's telephone is one, so
        that its end without her hang-up is a loss."""
        self.call = call
        self.offer = offer
        self.caller = caller
        self.leg = leg
        self.browser = browser
        self.stage = TalkStage.TALKING
        self.plan: Plan | None = None
        """What the caller's session does when what it does now ends."""
        self.third: Third | None = None
        self.hung_up = False
        """The agent said so herself, or somebody took the call from her."""
        self.recording = offer.offer
        """The offer its recording is named after: of the call's first agent, whoever talks now."""
        self.recorded = False
        self.held_since: float | None = None
        """Since when her caller hears music: on hold, or while she consults."""
        self.held_too_long = False
        """For longer than the queue's rule has it: she was reminded."""
        self.paused_since: float | None = None
        self.pause_forgotten = False
        """Paused for longer than the queue's rule has it: she was reminded."""
        self.agent_gone = False
        """Her part is over and told to be."""
        self.patience: Timer | None = None
        """While lost: until when she is waited for."""
        self.moved = False
        """Legs were taken out of the Dial that made them: they end by our word alone."""
        self.kept = ""
        """What stands of it on its caller's channel, for the next controller."""
        self.numbered = True
        """False for a talk handed over to a number outside: the engine knows no such offer."""

    def may(self, act: TalkAct) -> bool:
        return act in ALWAYS or act in MAY[self.stage]

    def after_bridge(self) -> Plan:
        """The agent's leg is gone and nobody planned anything."""
        if self.browser and not self.hung_up:
            return Plain.LOSE
        return Plain.END

    def shown(self, at: float, refused: str = "") -> TalkChanged:
        return TalkChanged(
            agent=self.offer.agent,
            call=self.call,
            offer=self.offer.offer,
            stage=self.stage,
            at=at,
            since_held=self.held_since,
            held_too_long=self.held_too_long,
            since_recording_paused=self.paused_since,
            pause_forgotten=self.pause_forgotten,
            recorded=self.recorded,
            other=self.third.to if self.third is not None else "",
            refused=refused,
        )
