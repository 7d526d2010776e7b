"""What a floor is made of: queues, agents, devices, skills, rules. Values, checked by config/.

These reach the engine only inside a journaled input, so that replay sees what was in force.
"""

from collections.abc import Iterator

import msgspec

from calls.ids import AgentId, DeviceId, QueueId
from calls.words import (
    AgentState,
    Closing,
    DeviceKind,
    Language,
    Level,
    NoAnswer,
    Released,
    Standing,
    Strategy,
)


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen, serialisable value with named fields only."""


class RingRule(Value, frozen=True):
    """The three-ring rule of one queue (三声内接听)."""

    rings: int = 3
    limit_s: float | None = None
    """Seconds instead of rings, when a queue wants them; overrides ``rings``."""
    never_rang_s: float = 3.0
    """How long a device may stay silent between dialling and its first 180 or 183."""


class NoAnswerRule(Value, frozen=True):
    """What one kind of missed offer does to the agent."""

    strikes: int
    """After this many in a row the agent changes to ``then``; 0 means never."""
    then: AgentState = AgentState.NOT_RESPONDING
    rest_s: float = 0.0
    """After a miss below the limit: seconds in which the agent is offered nothing."""
    returns_after_s: float | None = None
    """Back to ready by itself after this; None: only by the agent or a supervisor."""


DEFAULT_NO_ANSWER: dict[NoAnswer, NoAnswerRule] = {
    NoAnswer.RANG_OUT: NoAnswerRule(strikes=2, returns_after_s=None),
    NoAnswer.REJECTED: NoAnswerRule(strikes=3, rest_s=5.0),
    NoAnswer.BUSY: NoAnswerRule(strikes=3, rest_s=10.0, returns_after_s=60.0),
    NoAnswer.NOT_REGISTERED: NoAnswerRule(strikes=1, returns_after_s=30.0),
    NoAnswer.NEVER_RANG: NoAnswerRule(strikes=2, rest_s=5.0, returns_after_s=60.0),
    NoAnswer.NOT_ACCEPTED: NoAnswerRule(strikes=2),
}


class RingTogether(Value, frozen=True):
    """Of queues that ring several phones for one caller (ring all, progressive)."""

    at_most: int = 5
    """Phones that ring for one caller at once."""
    every_s: float = 5.0
    """Progressive: one more phone each so many seconds."""


class SkillNeed(Value, frozen=True):
    skill: str
    level: int = 1
    """At least this level, 1 to 10."""


class Relaxation(Value, frozen=True):
    """How the requirements of one caller are lowered while she waits."""

    after_s: float
    """She has waited so long, other queues included."""
    needs: tuple[SkillNeed, ...]
    """Levels from then on, in place of the queue's and her own; level 0 needs the skill no more."""


class Condition(Value, frozen=True):
    """When a step of a recipe acts: everything that is named must hold; None asks nothing."""

    waited_s: float = 0.0
    """She has waited at least so long, other queues included."""
    place_over: int | None = None
    place_under: int | None = None
    """Her place, 1 being next, is greater or less than this; so with the others."""
    queued_over: int | None = None
    queued_under: int | None = None
    """Callers waiting in this queue, she among them."""
    ratio_over: float | None = None
    """Callers waiting for each agent who takes calls here."""
    eligible_over: int | None = None
    eligible_under: int | None = None
    """Agents who take calls now, free or not, and have the skills she needs."""
    available_over: int | None = None
    available_under: int | None = None
    """Those of them who are free."""
    expected_over_s: float | None = None
    """The upper end of her expected wait; never holds while none can be told."""
    missed_over: int | None = None
    """Offers made for her in vain."""
    closed: bool | None = None
    """The queue's calendar says closed."""


class RecipeStep(Value, frozen=True):
    """One rule for waiting callers of a queue: when it holds, all that is named is done."""

    when: Condition = Condition()
    again_every_s: float = 0.0
    """0: once a caller; else again so long after the last time, while it holds."""
    needs: tuple[SkillNeed, ...] = ()
    """Levels from now on, in place of the queue's and her own; level 0 needs the skill no more."""
    priority: int = 0
    """Added to hers."""
    queue: QueueId | None = None
    """She goes on waiting there, with her waited time."""
    announce: str = ""
    """A house prompt (ivr.speech.house_prompts)."""
    offer_callback: bool = False
    leave: Released | None = None
    """She leaves by this branch of her tree's queue node."""


class CallbackRule(Value, frozen=True):
    """Calling back who does not want to wait on the line (排队回拨); her place is kept."""

    key: str = ""
    """Asks for it while waiting; '' when only a recipe or the closing hour offers it."""
    tries: int = 3
    retry_s: float = 300.0
    """Between two tries."""
    ring_s: float = 30.0
    """How long she is rung; with the time to confirm, how long an agent is kept for her."""
    expires_s: float = 14_400.0
    """After so long without having been reached the promise is over."""
    calendar: str = ""
    """Hours in which she is called; '' for the queue's own, or at any hour."""
    abandoned_after_s: float | None = None
    """Who gave up after at least so long is called back without having asked; None: nobody."""


class HoldRule(Value, frozen=True):
    """When a caller has heard music for too long, on hold or while her agent consults."""

    remind_after_s: float = 60.0
    """Her agent's screen says so from then on; 0: never."""
    back_after_s: float = 0.0
    """She goes back into her queue, ahead of all; 0: never."""


SCRIPT_PARTS = ("opening", "hold", "transfer", "closing")


class Disposition(Value, frozen=True):
    """What may come of a call, as an agent says it; with some below it, one of those is meant."""

    code: str
    names: dict[str, str]
    """Per language tag."""
    below: tuple["Disposition", ...] = ()

    def leaves(self, before: str = "") -> Iterator[str]:
        """Codes that may be said, each with those above it: ``lost/price``."""
        path = f"{before}{self.code}"
        if not self.below:
            yield path
        for one in self.below:
            yield from one.leaves(f"{path}/")


class QueueSpec(Value, frozen=True):
    id: QueueId
    names: dict[str, str]
    """Display name per language tag, e.g. ``{"zh-CN": "售后", "en": "After-sales"}``."""
    ring: RingRule = RingRule()
    no_answer: dict[NoAnswer, NoAnswerRule] = msgspec.field(
        default_factory=lambda: dict(DEFAULT_NO_ANSWER)
    )
    strategy: Strategy = Strategy.LONGEST_IDLE
    together: RingTogether = RingTogether()
    whisper: dict[str, str] = {}
    """Said to the agent alone before the talk, per language tag; ``{queue}`` and ``{keys}`` stand
    for the queue's name and what the caller pressed. Empty: nothing."""
    wrap_up_s: float = 15.0
    weight: int = 0
    """Between queues, tested after eligibility: a heavier queue's callers go first."""
    needs: tuple[SkillNeed, ...] = ()
    announce_every_s: float = 30.0
    """Place and expected wait are spoken this often while waiting; 0 means never."""
    exit_key: str = ""
    service_level_s: float = 20.0
    max_waiting: int = 0
    """0: no limit. Above it a caller is refused entry and the tree goes on."""
    join_empty: tuple[Standing, ...] = ()
    """Nobody is let in while every agent of the queue is in one of these; empty: always."""
    leave_empty: tuple[Standing, ...] = ()
    """Those waiting leave as soon as every agent is in one of these; empty: never."""
    calendar: str = ""
    """Hours of the queue; '' when only the tree asks."""
    closing: Closing = Closing.SERVE
    recipe: tuple[RecipeStep, ...] = ()
    callback: CallbackRule | None = None
    """None: nobody is called back."""
    keep_place_s: float = 0.0
    """Who hangs up and calls again within this gets the old place back; 0: never."""
    priority_of: dict[Level, int] = {}
    """Added to the priority of callers of this level; levels left out: nothing."""
    last_agent_days: int = 0
    """A caller prefers the agent who talked to her last, if that is no longer ago; 0: she does
    not."""
    prefer_wait_s: float = 0.0
    """How long a caller waits for an agent she prefers who is busy, before anybody may take her."""
    hold: HoldRule = HoldRule()
    max_talks: int = 0
    """Talks and offers of this queue at once; 0: no limit."""
    dispositions: tuple[Disposition, ...] = ()
    """What may come of a call of this queue; empty: nothing is asked."""
    disposition_required: bool = False
    """No wrap-up ends before one has been said."""
    script: dict[str, dict[str, str]] = {}
    """What agents say, by part of the talk (SCRIPT_PARTS) and language tag."""

    def may_end_as(self, code: str) -> bool:
        return any(code in one.leaves() for one in self.dispositions)


class DeviceSpec(Value, frozen=True):
    id: DeviceId
    kind: DeviceKind = DeviceKind.DESK
    number: str = ""
    """Of an outside phone, reached over the outbound routes; whoever picks it up must press a key
    before the call is hers. '' for a phone registered here."""


class Membership(Value, frozen=True):
    queue: QueueId
    tier: int = 1
    """Lower tiers are offered calls first."""
    rank: int = 1
    """Order within the tier, lower first; the queue's strategy chooses among equals."""
    weight: int = 1
    """Share of the calls under weighted random: 2 gets twice as many as 1."""
    reserved_from: int | None = None
    """Kept for callers of at least this priority in this queue; None: for everybody."""


class AgentSpec(Value, frozen=True):
    id: AgentId
    name: str
    staff_number: str
    """Said to the caller before the bridge (报工号). Digits."""
    queues: tuple[Membership, ...] = ()
    skills: dict[str, int] = {}
    devices: tuple[DeviceSpec, ...] = ()
    """In the order they are tried."""
    wrap_up_s: float | None = None
    """Her own, in place of the queues'."""
    language: Language = Language.ZH
    """In which she is whispered to."""


class FloorSpec(Value, frozen=True):
    """Everything the engine must know before the first call; replaced whole, versioned."""

    version: int
    queues: tuple[QueueSpec, ...]
    agents: tuple[AgentSpec, ...]
    ring_cycle_s: float
    """Length of one ringback cycle of the tone zone: cn 5.0, us 6.0, uk 3.0."""
    seed: int = 0
    priority_s: float = 0.0
    """What one level of priority is worth, in seconds of waiting: who has waited so much longer
    goes first all the same. 0: a higher priority always goes first."""
