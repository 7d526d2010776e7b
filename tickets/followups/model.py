"""When a customer is asked how it went (回访), by whom, and until when. Pure.

config.followups reads the plan from what people wrote.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from calls.calendar import NeverOpens, WorkCalendar, round_the_clock
from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.words import Level
from tickets.tasks.model import Task, TaskState

DAY_S = 86_400.0
LEAST_S = 4 * 3_600.0
"""Call hours there are at least before a follow-up is due: a week of holidays makes nobody late."""


class FollowUpCause(StrEnum):
    """Why a customer is followed up."""

    RESOLUTION = "resolution"
    """Her ticket was answered and closed."""
    COMPLAINT = "complaint"
    """Her complaint was answered."""
    LOW_SCORE = "low_score"
    CALL = "call"
    """A call of hers was answered."""


class Pool(StrEnum):
    """Who makes a follow-up."""

    AGENTS = "agents"
    SUPERVISORS = "supervisors"
    WHO_TALKED = "who_talked"
    """The agent who spoke with her; agents, where nobody did."""


class FollowUpEnding(StrEnum):
    """What came of calling her."""

    COMPLETE = "complete"
    NOT_REACHED = "not_reached"
    NOT_FINISHED = "not_finished"
    """She had no time; the talk broke off."""
    DECLINED = "declined"
    """She does not want such calls; she gets no more of them."""


AGAIN = frozenset({FollowUpEnding.NOT_REACHED, FollowUpEnding.NOT_FINISHED})
"""She is called again later, as often as the plan allows."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that may give rise to a follow-up."""

    key: str
    """Of one key there is one follow-up, however often it is told: ``resolution:{ticket}:1``."""
    cause: FollowUpCause
    at: float
    customer: CustomerId | None = None
    number: str = ""
    level: Level | None = None
    queue: QueueId | None = None
    ticket: TicketId | None = None
    call: CallId | None = None
    agent: AgentId | None = None
    score: int | None = None
    """The lowest she gave."""

    @property
    def person(self) -> str:
        """Whom it is about: two occasions of one person make one call. '' when nobody knows."""
        return self.customer or self.number


@dataclass(frozen=True, slots=True)
class FollowUpRule:
    name: str
    after: FollowUpCause
    levels: tuple[Level, ...] = ()
    """() is any."""
    queues: tuple[QueueId, ...] = ()
    share: float = 1.0
    """Of the occasions that fit, from 0 to 1."""
    score_below: int | None = None
    by: Pool = Pool.AGENTS

    def fits(self, occasion: Occasion) -> bool:
        if occasion.cause is not self.after:
            return False
        if self.levels and (occasion.level or Level.NORMAL) not in self.levels:
            return False
        if self.queues and occasion.queue not in self.queues:
            return False
        if self.score_below is not None and (
            occasion.score is None or occasion.score >= self.score_below
        ):
            return False
        return falls_in(self.share, f"{self.name}:{occasion.key}")


@dataclass(frozen=True, slots=True)
class FollowUpPlan:
    rules: tuple[FollowUpRule, ...] = ()
    """The first that fits decides."""
    hours: WorkCalendar = field(default_factory=lambda: round_the_clock("UTC"))
    """When customers may be called; the rest is their rest time."""
    due_s: float = 3 * DAY_S
    tries: int = 3
    again_s: float = 7_200.0
    """Between one try and the next, at least."""

    def rule_for(self, occasion: Occasion) -> FollowUpRule | None:
        return next((rule for rule in self.rules if rule.fits(occasion)), None)

    def due_at(self, at: float) -> float:
        try:
            return max(at + self.due_s, self.hours.add_working(at, LEAST_S))
        except NeverOpens:
            return at + self.due_s

    def next_try_at(self, now: float) -> float:
        """The soonest moment of call hours, ``again_s`` from now at the soonest."""
        return self.callable_from(now + self.again_s)

    def callable_from(self, at: float) -> float:
        """``at``, or when call hours begin after it."""
        if self.hours.is_open(at):
            return at
        try:
            return self.hours.add_working(at, 1.0) - 1.0
        except NeverOpens:
            return at + DAY_S


def falls_in(share: float, key: str) -> bool:
    """Whether this one is of the share: always the same answer for the same key, and over many
    keys as many as the share says."""
    place = int.from_bytes(sha256(key.encode()).digest()[:6], "big") / 2**48
    return place < share


@dataclass(frozen=True, slots=True)
class FollowUpTry:
    """Somebody called her, or tried to."""

    at: float
    who: str
    ending: FollowUpEnding
    note: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpReason:
    """One occasion a follow-up is for."""

    cause: FollowUpCause
    at: float
    ticket: TicketId | None = None
    call: CallId | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class FollowUpAnswers:
    """The short form: what she said."""

    solved: bool | None = None
    """Whether what she called for is solved; None: it was not asked."""
    score: int | None = None
    """1 to 5."""
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    task: Task
    """Who has to make it, until when, and whether it is over."""
    cause: FollowUpCause
    """What it was opened for; what joined it stands in ``reasons``."""
    rule: str
    person: str
    pool: str
    """The task's owner when nobody has taken it."""
    level: Level | None = None
    next_at: float | None = None
    """Not to be called before; None: at once."""
    ended_at: float | None = None
    ending: FollowUpEnding | None = None
    answers: FollowUpAnswers = FollowUpAnswers()
    reasons: tuple[FollowUpReason, ...] = ()
    """Oldest first; more than one when she had more occasions before she was called."""
    tries: tuple[FollowUpTry, ...] = ()


class FollowUpObstacle(StrEnum):
    """Why she may not be called now."""

    OVER = "over"
    NO_NUMBER = "no_number"
    DO_NOT_CALL = "do_not_call"
    REST = "rest"
    """It is her rest time."""
    LATER = "later"
    """The last try was a moment ago."""


def obstacle(
    one: FollowUp, plan: FollowUpPlan, barred: bool, now: float
) -> FollowUpObstacle | None:
    """``barred``: the number is on the list of those who are never called."""
    if one.task.state is not TaskState.OPEN:
        return FollowUpObstacle.OVER
    if not one.task.number:
        return FollowUpObstacle.NO_NUMBER
    if barred:
        return FollowUpObstacle.DO_NOT_CALL
    if not plan.hours.is_open(now):
        return FollowUpObstacle.REST
    if one.next_at is not None and one.next_at > now:
        return FollowUpObstacle.LATER
    return None


class FollowUpError(Exception):
    """The caller of the API asked for something that cannot be."""


class CannotCall(FollowUpError):
    def __init__(self, why: FollowUpObstacle) -> None:
        super().__init__(why)
        self.why = why


class AlreadyOver(FollowUpError):
    """Somebody has written down what came of it; ``now`` is the follow-up as it stands."""

    def __init__(self, now: FollowUp) -> None:
        super().__init__(f"follow-up {now.task.id} is over")
        self.now = now


class AnswersLack(FollowUpError):
    """``field`` must be filled in for this ending."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
