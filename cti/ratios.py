"""What figures come to: shares and averages from what calls.tally counted, against their targets.

Boards, reports and exports all read these; nobody else divides. Pure.
"""

from typing import Annotated

import msgspec

from calls.tally import MISSED, RINGS, TIMES, Tally
from calls.waits import percentile, within
from calls.words import NoAnswer

PERCENTILES = {"p50": 0.5, "p80": 0.8, "p90": 0.9, "p95": 0.95, "p99": 0.99}


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """What the centre wants to reach; a share from 0 to 1."""

    answer_s: float = 30.0
    """Average speed of answer, at most."""
    satisfied: float = 0.9
    self_service: float = 0.7
    service_level: float = 0.8
    in_rule: float = 1.0
    first_contact: float = 0.8


TARGETS = Targets()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How a service level is meant."""

    level_s: Annotated[float, msgspec.Meta(ge=0, le=14_400)] = 20.0
    short_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 5.0
    """Who gives up within it never wanted to wait: a short abandon."""


class ServiceLevel(msgspec.Struct, frozen=True, kw_only=True):
    """The same calls by each of the trade's formulas; None where there is nothing to divide by."""

    of_offered: float | None = None
    """Answered in time / all that came."""
    without_short: float | None = None
    """Answered in time / all that came but the short abandons."""
    of_answered: float | None = None
    """Answered in time / answered."""
    abandons_in_time: float | None = None
    """Answered in time or given up in that time / all that came."""


class Waited(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that so many did not exceed; see calls.waits for how exactly."""

    p50: float | None = None
    p80: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts first; shares and averages are None where there is nothing to divide by."""

    calls: int = 0
    offered: int = 0
    """Came to a queue."""
    answered: int = 0
    abandoned: int = 0
    """Gave up in a queue or while a phone rang."""
    short_abandoned: int = 0
    in_level: int = 0
    in_rule: int = 0
    """Answered on one of the first rings the rule allows."""
    rings: tuple[int, ...] = ()
    """Answered on the first, second, third, and on a later ring."""
    abandoned_in_menu: int = 0
    self_service: int = 0
    voicemail: int = 0
    callback: int = 0
    callback_failed: int = 0
    transferred: int = 0
    rescued: int = 0
    refused: int = 0
    repeated: int = 0
    scored: int = 0
    rung: int = 0
    """An agent's phone rang or was to ring."""
    talks: int = 0
    missed: dict[NoAnswer, int] = {}
    visits: int = 0
    left: int = 0
    """Hung up at this node."""
    served: int = 0
    """Got here what they wanted to know."""
    talk_s: float = 0.0
    times_s: dict[str, float] = {}
    """How long an agent was in each state."""
    service_level: ServiceLevel | None = None
    answer_s: float | None = None
    """From first queued to answered, on average."""
    answer_waits: Waited | None = None
    abandon_waits: Waited | None = None
    abandoned_share: float | None = None
    in_rule_share: float | None = None
    """Of the answered whose ring is known."""
    talk_average_s: float | None = None
    handle_s: float | None = None
    """Talk and wrap-up together, on average."""
    occupancy: float | None = None
    """Of the time an agent was there for calls, the part spent on them."""
    effort: float | None = None
    """Steps a contact cost the one who called, on average; 1 is the least (calls.effort)."""
    first_contact: float | None = None
    """Answered and not called again within three days / answered."""
    satisfied: float | None = None
    score: float | None = None
    self_service_share: float | None = None
    """Solved by the tree alone / solved by it or come to a queue."""


_PLAIN = (
    "calls", "offered", "answered", "abandoned", "in_rule", "abandoned_in_menu", "self_service",
    "voicemail", "callback", "callback_failed", "transferred", "rescued", "refused", "repeated",
    "scored", "rung", "talks", "visits", "left", "served",
)  # fmt: skip


def figures_of(tally: Tally, limits: Limits) -> Figures:
    count = tally.counts
    answered = tally["answered"]
    talks = tally["talks"] or answered
    in_level = within(tally.answered, limits.level_s)
    handle_ms = tally["talk_ms"] + tally["wrap_up_ms"]
    return Figures(
        **{name: tally[name] for name in _PLAIN},
        short_abandoned=within(tally.given_up, limits.short_s),
        in_level=in_level,
        rings=tuple(tally[ring] for ring in RINGS) if answered else (),
        missed={NoAnswer(name[7:]): count[name] for name in MISSED if count.get(name)},
        talk_s=tally["talk_ms"] / 1000,
        times_s={name[:-3]: count[name] / 1000 for name in TIMES.values() if count.get(name)},
        service_level=_level(tally, in_level, limits) if tally["offered"] else None,
        answer_s=_average_s(tally["answer_ms"], answered),
        answer_waits=_waited(tally.answered) if tally.answered else None,
        abandon_waits=_waited(tally.given_up) if tally.given_up else None,
        abandoned_share=_share(tally["abandoned"], tally["offered"]),
        in_rule_share=_share(tally["in_rule"], tally["ruled"]),
        talk_average_s=_average_s(tally["talk_ms"], talks),
        handle_s=_average_s(handle_ms, talks),
        occupancy=_occupancy(tally),
        effort=_share(tally["effort_steps"], tally["efforts"]),
        first_contact=_share(answered - tally["repeated"], answered),
        satisfied=_share(tally["satisfied"], tally["scored"]),
        score=tally["score_sum"] / tally["scored"] if tally["scored"] else None,
        self_service_share=_share(tally["self_service"], tally["self_service"] + tally["offered"]),
    )


def _level(tally: Tally, in_level: int, limits: Limits) -> ServiceLevel:
    offered = tally["offered"]
    return ServiceLevel(
        of_offered=_share(in_level, offered),
        without_short=_share(in_level, offered - within(tally.given_up, limits.short_s)),
        of_answered=_share(in_level, tally["answered"]),
        abandons_in_time=_share(in_level + within(tally.given_up, limits.level_s), offered),
    )


def _waited(waits: dict[int, int]) -> Waited:
    return Waited(**{name: percentile(waits, share) for name, share in PERCENTILES.items()})


def _occupancy(tally: Tally) -> float | None:
    busy = tally["offered_ms"] + tally["talking_ms"] + tally["wrap_up_ms"]
    return _share(busy, busy + tally["ready_ms"])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def _average_s(ms: int, many: int) -> float | None:
    return ms / many / 1000 if many > 0 else None
