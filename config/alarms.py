"""``alarms.yaml``: from when on a queue, an agent or a line is an alarm, and who is told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf

from calls.ids import QueueId
from calls.words import Language
from config.outgoing import ADDRESS, ADDRESS_RIGHT
from config.section import Section, guess

FILE = "alarms.yaml"


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """None: this is no alarm."""

    waiting: int | None = None
    """More callers wait than this."""
    longest_wait_s: float | None = None
    """Somebody waits longer than this."""
    service_level: int | None = None
    """Fewer of a hundred were answered within the queue's service level."""
    abandoned: int | None = None
    """More of a hundred gave up."""
    hold_s: float | None = None
    """A caller of this queue hears music for so long; infinite: never; None: as ``agents`` says."""


@dataclass(frozen=True, slots=True)
class AgentLimits:
    """Seconds for which an agent may be so; None: however long."""

    not_responding_s: float | None = 0.0
    wrap_up_s: float | None = None
    hold_s: float | None = None
    no_telephone_s: float | None = 30.0
    """At work, and no telephone of theirs is registered."""
    voice_score: int | None = 60
    """The voice of their last talks was worse than this, of a hundred: 60 is a MOS of 3.0."""


@dataclass(frozen=True, slots=True)
class AlarmPlan:
    every_queue: QueueLimits
    queues: Mapping[QueueId, QueueLimits]
    """Whole, with what ``every_queue`` says where they are silent."""
    agents: AgentLimits
    trunk_lost_s: float | None
    over_s: float
    """Service level and abandoned share are of the calls of so long."""
    of_at_least: int
    """Of fewer calls no share is an alarm."""
    mail: tuple[str, ...]
    mail_pause_s: float
    """The same alarm is mailed once in so long."""
    language: Language
    """Of the letters; the other one stands below."""

    def limits_of(self, queue: QueueId) -> QueueLimits:
        return self.queues.get(queue, self.every_queue)


def read_alarms(top: Section, queues: Collection[str]) -> AlarmPlan:
    """``queues``: ids of the floor's queues. Mistakes are noted in the section's problems."""
    every = _limits(top.section("every_queue"), QueueLimits())
    group = top.section("queues")
    for name in group.names():
        if name not in queues:
            known = f"the floor has {', '.join(sorted(queues)) or 'no queue yet'}"
            group.refuse(name, f"there is no queue {name!r}", guess(name, queues) or known)
    tell = top.section("tell")
    plan = AlarmPlan(
        every_queue=every,
        queues={QueueId(name): _limits(group.section(name), every) for name in group.names()},
        agents=_agents(top.section("agents")),
        trunk_lost_s=_or_off(top, "trunk_lost_s", 30.0),
        over_s=60.0 * top.whole("over_minutes", 30, 1, 480),
        of_at_least=top.whole("of_at_least", 10, 1, 10_000),
        mail=tell.texts("mail", (), ADDRESS, ADDRESS_RIGHT),
        mail_pause_s=60.0 * tell.whole("mail_pause_minutes", 10, 0, 1_440),
        language=tell.choice("language", Language, Language.ZH),
    )
    tell.finish()
    top.finish()
    return plan


def _limits(section: Section, others: QueueLimits) -> QueueLimits:
    def whole(key: str, most: int, otherwise: int | None) -> int | None:
        return section.maybe_whole(key, 0, most) if section.has(key) else otherwise

    limits = QueueLimits(
        waiting=whole("waiting", 100_000, others.waiting),
        longest_wait_s=section.maybe_seconds("longest_wait_s", others.longest_wait_s, 1.0),
        service_level=whole("service_level", 100, others.service_level),
        abandoned=whole("abandoned", 100, others.abandoned),
        hold_s=_hold(section, others.hold_s),
    )
    section.finish()
    return limits


def _hold(section: Section, default: float | None) -> float | None:
    if section.text("hold_s", "-") == "never":
        return inf
    return section.maybe_seconds("hold_s", default, 1.0)


def _agents(section: Section) -> AgentLimits:
    default = AgentLimits()
    limits = AgentLimits(
        not_responding_s=_or_off(section, "not_responding_s", default.not_responding_s),
        wrap_up_s=_or_off(section, "wrap_up_s", default.wrap_up_s),
        hold_s=_or_off(section, "hold_s", default.hold_s),
        no_telephone_s=_or_off(section, "no_telephone_s", default.no_telephone_s),
        voice_score=_score(section, default.voice_score),
    )
    section.finish()
    return limits


def _score(section: Section, default: int | None) -> int | None:
    if section.text("voice_score", "-") == "never":
        return None
    return section.maybe_whole("voice_score", 0, 100) if section.has("voice_score") else default


def _or_off(section: Section, key: str, default: float | None) -> float | None:
    if section.text(key, "-") == "never":
        return None
    return section.maybe_seconds(key, default)
