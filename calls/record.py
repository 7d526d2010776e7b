"""The record of one call, as reports, tickets and screens read it.

calls.fold makes it out of facts; cti.records keeps it.
"""

import msgspec

from calls.floor import Value
from calls.ids import (
    AgentId,
    CallId,
    CustomerId,
    DeviceId,
    OfferId,
    QueueId,
    RecordingId,
    TreeId,
)
from calls.words import Language, Level, NoAnswer, Outcome, Party


class Leg(Value, frozen=True):
    """One offer: one agent's phone, rung once for this call."""

    offer: OfferId
    made_at: float
    queue: QueueId | None = None
    agent: AgentId | None = None
    device: DeviceId | None = None
    attempt: int = 1
    rang_at: float | None = None
    answered_at: float | None = None
    """The agent picked up."""
    talk_at: float | None = None
    """Caller and agent could hear each other."""
    ended_at: float | None = None
    ended_by: Party | None = None
    missed: NoAnswer | None = None
    ring: int | None = None
    """On which ring it was answered; None: unknown, or not answered."""
    talked: bool = False
    """False for an agent who was lost before the caller could hear anybody."""


class Recorded(Value, frozen=True):
    """Audio of this call."""

    recording: RecordingId
    voicemail: bool = False
    offer: OfferId | None = None
    path: str = ""
    """'' until it has been stored; then relative to the recordings folder."""
    seconds: float = 0.0
    flaw: str = ""


class Mark(Value, frozen=True):
    """Something that happened to the talk while it was recorded; never a key that was pressed."""

    at: float
    what: str
    """'began', 'held', 'resumed', 'lost', 'returned', 'consult', 'conference', 'transferred',
    'paused', 'unpaused', 'over'."""
    offer: OfferId | None = None
    to: str = ""
    """Whom it was consulted with, or transferred to."""


class Disposed(Value, frozen=True):
    """What came of one talk, as its agent said last."""

    offer: OfferId
    agent: AgentId
    code: str
    at: float


class CallRecord(Value, frozen=True):
    call: CallId
    started_at: float
    out_by: AgentId | None = None
    """The agent who made this call; None: it came in."""
    arrived: bool = False
    """False when her arrival was not told (yet): number and start are then not to be relied on."""
    number: str = ""
    name: str = ""
    dialled: str = ""
    trunk: str = ""
    tree: TreeId | None = None
    tree_version: str = ""
    language: Language | None = None
    customer: CustomerId | None = None
    level: Level | None = None
    ended_at: float | None = None
    """None while the call goes on, as is ``outcome``."""
    ended_by: Party | None = None
    cause: str = ""
    outcome: Outcome | None = None
    queue: QueueId | None = None
    """Where she was answered, else where she waited last."""
    queues: tuple[QueueId, ...] = ()
    """Each queue once, in the order she came to it."""
    first_queued_at: float | None = None
    waited_s: float = 0.0
    """In all queues together, ringing included."""
    answered_at: float | None = None
    """First pick-up that became a talk; ``agent``, ``device`` and ``ring`` belong to it."""
    agent: AgentId | None = None
    device: DeviceId | None = None
    ring: int | None = None
    answer_s: float | None = None
    """From first queued to answered."""
    talk_s: float = 0.0
    legs: tuple[Leg, ...] = ()
    nodes: tuple[str, ...] = ()
    """The way through the tree."""
    keys: tuple[str, ...] = ()
    variables: dict[str, str] = msgspec.field(default_factory=dict)
    scores: dict[str, int] = msgspec.field(default_factory=dict)
    """Survey question to score."""
    consent: bool | None = None
    recordings: tuple[Recorded, ...] = ()
    """Talks and voicemails, in the order they were begun."""
    marks: tuple[Mark, ...] = ()
    """What a player shows beside the audio, in order (calls.marks)."""
    transferred_to: str = ""
    dispositions: tuple[Disposed, ...] = ()
    """Of each talk of which one was said."""
    served: tuple[str, ...] = ()
    """Nodes at which the tree itself answered what she wanted to know."""
    gaps: int = 0
    """How often a controller was lost and another went on."""
    within_rule: bool | None = None
    """Answered on one of the first rings the rule allows; None: not answered, or unknown."""
    first_call: CallId | None = None
    """The call in which this call back was promised."""
    callback_attempts: int = 0
    """How often she was dialled for it."""
    reconciled: bool = False
    """Its end comes from what Asterisk wrote, not from a session."""

    @property
    def voicemails(self) -> tuple[Recorded, ...]:
        return tuple(one for one in self.recordings if one.voicemail)

    @property
    def last_agent(self) -> AgentId | None:
        """Who talked to her last."""
        return next((leg.agent for leg in reversed(self.legs) if leg.talked), None)
