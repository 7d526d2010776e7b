"""What a floor is made of: queues, agents, devices, skills, rules. Values, checked by config/.

These reach the engine only inside a journaled input, so that replay sees what was in force.
"""

import msgspec

from calls.ids import AgentId, DeviceId, QueueId
from calls.words import AgentState, DeviceKind, NoAnswer


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
}


class SkillNeed(Value, frozen=True):
    skill: str
    level: int = 1
    """At least this level, 1 to 10."""


class QueueSpec(Value, frozen=True):
    id: QueueId
    names: dict[str, str]
    """Display name per language tag, e.g. ``{"zh-CN": "售后", "en": "After-sales"}``."""
    ring: RingRule = RingRule()
    no_answer: dict[NoAnswer, NoAnswerRule] = msgspec.field(
        default_factory=lambda: dict(DEFAULT_NO_ANSWER)
    )
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


class DeviceSpec(Value, frozen=True):
    id: DeviceId
    kind: DeviceKind = DeviceKind.DESK


class Membership(Value, frozen=True):
    queue: QueueId
    tier: int = 1
    """Lower tiers are offered calls first."""


class AgentSpec(Value, frozen=True):
    id: AgentId
    name: str
    staff_number: str
    """Said to the caller before the bridge (报工号). Digits."""
    queues: tuple[Membership, ...] = ()
    skills: dict[str, int] = {}
    devices: tuple[DeviceSpec, ...] = ()
    """In the order they are tried."""


class FloorSpec(Value, frozen=True):
    """Everything the engine must know before the first call; replaced whole, versioned."""

    version: int
    queues: tuple[QueueSpec, ...]
    agents: tuple[AgentSpec, ...]
    ring_cycle_s: float
    """Length of one ringback cycle of the tone zone: cn 5.0, us 6.0, uk 3.0."""
    seed: int = 0
