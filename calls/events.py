"""The facts of one call, in the past tense, as its session saw them.

The call record is a fold over these (calls.record). Written by exactly one session at a time, and
afterwards by the reconciler from what Asterisk itself wrote to disk. Free text in them has been
cleaned (calls.text) before it gets here.
"""

import msgspec

from calls.ids import AgentId, CallId, CustomerId, DeviceId, OfferId, QueueId, RecordingId, TreeId
from calls.words import CallbackEnd, Language, LeaveReason, Level, NoAnswer, Party, Watch


class _Fact(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="fact", tag=True, omit_defaults=True
):
    call: CallId
    at: float
    """Seconds since the epoch."""
    key: str
    """Unique within the call: the same fact told twice counts once."""


class CallArrived(_Fact, frozen=True):
    number: str
    """The caller's number as whitelisted text, E.164 when it could be read; '' when hidden."""
    name: str = ""
    dialled: str = ""
    trunk: str = ""
    tree: TreeId | None = None
    tree_version: str = ""
    out_by: AgentId | None = None
    """The agent who called this number; None: it called us."""


class SessionResumed(_Fact, frozen=True):
    """The same caller came back into a controller after the former one was lost."""

    node: str = ""


class LanguageChosen(_Fact, frozen=True):
    language: Language


class NodeEntered(_Fact, frozen=True):
    node: str


class KeysPressed(_Fact, frozen=True):
    node: str
    keys: str
    """Asterisks when the node is marked secret."""


class CustomerFound(_Fact, frozen=True):
    customer: CustomerId
    level: Level = Level.NORMAL
    name: str = ""


class VariableSet(_Fact, frozen=True):
    """Something the tree learned about the call and passes on (account number, subject)."""

    name: str
    value: str


class QueueJoined(_Fact, frozen=True):
    queue: QueueId
    priority: int = 0


class QueueLeft(_Fact, frozen=True):
    queue: QueueId
    reason: LeaveReason


class PlaceTold(_Fact, frozen=True):
    queue: QueueId
    place: int
    wait_low_s: float | None = None
    wait_high_s: float | None = None


class WaitChanged(_Fact, frozen=True):
    """A step of the queue's recipe acted: she was told, asked or moved."""

    queue: QueueId
    step: str


class CallbackPromised(_Fact, frozen=True):
    """She confirmed that she will be called back, and at which number."""

    queue: QueueId
    number: str


class CalledBack(_Fact, frozen=True):
    """This call keeps, or failed to keep, what was promised in ``first``."""

    first: CallId
    attempts: int
    failed: CallbackEnd | None = None


class OfferMade(_Fact, frozen=True):
    offer: OfferId
    queue: QueueId
    agent: AgentId
    device: DeviceId
    attempt: int = 1
    rings: int | None = None
    """How many rings the queue's rule allows; None: told before this was kept."""


class PhoneRang(_Fact, frozen=True):
    offer: OfferId


class OfferMissed(_Fact, frozen=True):
    offer: OfferId
    why: NoAnswer


class CallAnswered(_Fact, frozen=True):
    offer: OfferId
    agent: AgentId
    device: DeviceId
    ring: int | None = None
    """On which ring the agent answered, 1-based; None: unknown, never guessed."""


class TalkBegan(_Fact, frozen=True):
    """Caller and agent hear each other (after the staff number has been said)."""

    offer: OfferId


class TalkFinished(_Fact, frozen=True):
    offer: OfferId
    by: Party


class ConsentAsked(_Fact, frozen=True):
    given: bool


class RecordingStarted(_Fact, frozen=True):
    recording: RecordingId
    offer: OfferId | None = None


class RecordingStored(_Fact, frozen=True):
    recording: RecordingId
    path: str
    """Relative to the recordings folder."""
    seconds: float
    bytes: int
    sha256: str
    flaw: str = ""
    """'' when sound; else 'missing', 'empty', 'silent_caller', 'silent_agent', 'silent'."""


class VoicemailLeft(_Fact, frozen=True):
    recording: RecordingId
    seconds: float
    path: str = ""


class SurveyAnswered(_Fact, frozen=True):
    question: str
    score: int


class CallTransferred(_Fact, frozen=True):
    to: str


class CallDisposed(_Fact, frozen=True):
    """What this agent said came of her talk; also long after it."""

    offer: OfferId
    agent: AgentId
    code: str


class TalkHeld(_Fact, frozen=True):
    """The caller hears music; also while the agent consults."""

    offer: OfferId


class TalkResumed(_Fact, frozen=True):
    offer: OfferId


class AgentLost(_Fact, frozen=True):
    """Her browser went away during the talk; the caller hears music."""

    offer: OfferId


class AgentReturned(_Fact, frozen=True):
    offer: OfferId


class ConsultBegan(_Fact, frozen=True):
    offer: OfferId
    to: str


class ConferenceBegan(_Fact, frozen=True):
    offer: OfferId


class RecordingPaused(_Fact, frozen=True):
    recording: RecordingId


class RecordingResumed(_Fact, frozen=True):
    recording: RecordingId


class TalkWatched(_Fact, frozen=True):
    offer: OfferId
    by: str
    how: Watch


class ScriptRan(_Fact, frozen=True):
    script: str
    result: str


class SelfServed(_Fact, frozen=True):
    """The tree answered what the caller wanted to know (a look-up that was spoken)."""

    node: str


class Refused(_Fact, frozen=True):
    why: str


class Rescued(_Fact, frozen=True):
    """The dialplan served her without a controller."""

    how: str = ""


class CallEnded(_Fact, frozen=True):
    by: Party
    cause: str = ""
    source: str = "session"
    """'session', or 'cel' when reconciled from what Asterisk wrote."""


Fact = (
    CallArrived
    | SessionResumed
    | LanguageChosen
    | NodeEntered
    | KeysPressed
    | CustomerFound
    | VariableSet
    | QueueJoined
    | QueueLeft
    | PlaceTold
    | WaitChanged
    | CallbackPromised
    | CalledBack
    | OfferMade
    | PhoneRang
    | OfferMissed
    | CallAnswered
    | TalkBegan
    | TalkFinished
    | ConsentAsked
    | RecordingStarted
    | RecordingStored
    | VoicemailLeft
    | SurveyAnswered
    | CallTransferred
    | CallDisposed
    | TalkHeld
    | TalkResumed
    | AgentLost
    | AgentReturned
    | ConsultBegan
    | ConferenceBegan
    | RecordingPaused
    | RecordingResumed
    | TalkWatched
    | ScriptRan
    | SelfServed
    | Refused
    | Rescued
    | CallEnded
)
