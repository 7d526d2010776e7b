"""What screens are told. Nothing depends on a notice arriving: boards repair themselves from a
snapshot and the sequence number the push adds."""

import msgspec

from calls.ids import AgentId, CallId, CustomerId, DeviceId, OfferId, QueueId, TicketId
from calls.words import AgentState, Language, Level, NoAnswer, TalkStage, TrialStep


class _Notice(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="notice", tag=True, omit_defaults=True
):
    pass


class PauseGlimpse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One cause for which an agent is not ready, until it is taken back or its time has come."""

    cause: str
    reason: str = ""
    until: float | None = None


class AgentChanged(_Notice, frozen=True):
    agent: AgentId
    state: AgentState
    since: float
    reason: str = ""
    call: CallId | None = None
    offer: OfferId | None = None
    queue: QueueId | None = None
    device: DeviceId | None = None
    until: float | None = None
    """When the state ends by itself (wrap-up, timed return)."""
    strikes: int = 0
    missed: NoAnswer | None = None
    """The miss that led here, if one did."""
    pauses: tuple[PauseGlimpse, ...] = ()
    """Causes that keep the agent from being ready, or will when the call is over."""
    away_from: tuple[QueueId, ...] = ()
    """Queues of the agent's that the agent does not serve now."""
    skills: dict[str, int] | None = None
    """In place of the plan's, while a supervisor has changed them."""
    disposition: str = ""
    """What she said came of the talk she has, or had last; '' while she has said nothing."""


class QueueChanged(_Notice, frozen=True):
    queue: QueueId
    waiting: int
    offered: int
    talking: int
    ready: int
    """Agents of this queue who could take a call now."""
    longest_since: float | None = None
    """When the caller waiting longest began to wait."""
    callbacks: int = 0
    """Who will be called back; not among those waiting."""
    open: bool = True
    """False while the queue's calendar says closed."""
    promised: int = 0
    """Callers answered who had been told how long it would take, as a range."""
    kept: int = 0
    """Those of them answered within the first range they were told."""
    late: int = 0
    """Those who waited longer than that."""
    off_s: float = 0.0
    """By how much those not answered within it missed it, on average."""


class TicketGlimpse(msgspec.Struct, frozen=True, kw_only=True):
    id: TicketId
    kind: str
    state: str
    title: str
    opened_at: float


class ContactGlimpse(msgspec.Struct, frozen=True, kw_only=True):
    call: CallId
    at: float
    queue: str
    agent: str
    outcome: str


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One customer this number may belong to."""

    customer: CustomerId
    name: str
    level: Level = Level.NORMAL
    company: str = ""
    sure: bool = True
    """False: shared or similar number; the agent picks."""


class Pop(msgspec.Struct, frozen=True, kw_only=True):
    """Who is calling (来电弹屏): complete enough to greet, filled in as data comes."""

    call: CallId
    number: str
    dialled: str = ""
    matches: tuple[Match, ...] = ()
    """Best first."""
    language: Language = Language.ZH
    keys: tuple[str, ...] = ()
    """What was pressed on the way, oldest first."""
    variables: dict[str, str] = {}
    waited_s: float = 0.0
    tickets: tuple[TicketGlimpse, ...] = ()
    contacts: tuple[ContactGlimpse, ...] = ()
    late: bool = False
    """True while the look-up is still running; a PopPatched follows."""


class PopShown(_Notice, frozen=True):
    agent: AgentId
    offer: OfferId
    queue: QueueId
    pop: Pop


class PopPatched(_Notice, frozen=True):
    agent: AgentId
    offer: OfferId
    pop: Pop


class PopWithdrawn(_Notice, frozen=True):
    agent: AgentId
    offer: OfferId
    why: str


class CallRinging(_Notice, frozen=True):
    """The phone rings now; a screen counts the rings from here."""

    agent: AgentId
    offer: OfferId
    at: float
    cycle_s: float


class CallChanged(_Notice, frozen=True):
    """Where a caller is: for boards."""

    call: CallId
    stage: str
    """'menu', 'waiting', 'offered', 'talking', 'survey', 'ended'."""
    at: float
    number: str = ""
    """Masked."""
    queue: QueueId | None = None
    agent: AgentId | None = None
    node: str = ""


class TalkChanged(_Notice, frozen=True):
    """An agent's own view of her talk: what her buttons can do now."""

    agent: AgentId
    call: CallId
    offer: OfferId
    stage: TalkStage
    at: float
    since_held: float | None = None
    """Since when her caller hears music; None: they hear each other, or she is not parted."""
    held_too_long: bool = False
    """For so long that she is to be reminded."""
    since_recording_paused: float | None = None
    """None: it is not paused."""
    pause_forgotten: bool = False
    """It has been for so long that she is to be reminded."""
    recorded: bool = False
    other: str = ""
    """The third: an agent's id, or a number."""
    refused: str = ""
    """Why what was wanted last did not happen: 'nobody', 'no_answer', 'busy', 'no_route',
    'not_now', 'failed'; '' otherwise."""


class Alarm(_Notice, frozen=True):
    """Something a person must know; cleared by the same name with ``on=False``."""

    name: str
    on: bool
    text: str = ""
    values: dict[str, str] = {}
    """For the words of a screen; ``text`` is what it cannot word by itself."""
    at: float = 0.0


class VoiceMeasured(_Notice, frozen=True):
    """How good the voice of an agent's telephone was in a talk that is over."""

    agent: AgentId
    call: CallId
    at: float
    score: float
    """0 to 100, the worse way (calls.voice)."""


class TrialMoved(_Notice, frozen=True):
    """A test call has come one step further; for whoever asked for it."""

    trial: OfferId
    step: TrialStep
    at: float
    detail: str = ""
    """Denied: the code of why; dialled: the trunk; refused: Q.850 cause."""


Notice = (
    AgentChanged
    | QueueChanged
    | PopShown
    | PopPatched
    | PopWithdrawn
    | CallRinging
    | CallChanged
    | TalkChanged
    | Alarm
    | TrialMoved
    | VoiceMeasured
)
