"""What can be asked about a day, and what comes back. Values that travel between processes."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from acd.explain import Explanation
from acd.replay_day import Again
from acd.simulator.change import Change
from acd.simulator.poisson import Stream
from acd.simulator.study import RUNS, Comparison
from acd.staffing import QueueNeeds
from calls.floor import FloorSpec
from calls.ids import CallId

DAYS_MOST = 62
"""Of one staffing question: two months; each is read whole."""


class _Order(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="study", forbid_unknown_fields=True
):
    pass


class ExplainCall(_Order, frozen=True, kw_only=True, tag="explain"):
    """Each offer of a call, and why everybody else was passed over."""

    call: CallId


class ReplayDay(_Order, frozen=True, kw_only=True, tag="replay"):
    """The day decided again by this release."""

    day: date


class WhatIf(_Order, frozen=True, kw_only=True, tag="whatif"):
    """The day with changes, beside the day as it was."""

    day: date
    variants: tuple[Change, ...] = ()
    runs: int = RUNS
    seed: int = 1


class Invent(_Order, frozen=True, kw_only=True, tag="invent"):
    """A day made up: callers by rates, every agent of the floor plan at work."""

    hours: float = 8.0
    load: tuple[Stream, ...]
    variants: tuple[Change, ...] = ()
    runs: int = RUNS
    seed: int = 1


class Staffing(_Order, frozen=True, kw_only=True, tag="staffing"):
    """Agents needed for each quarter of an hour of days like these."""

    day: date
    until: date | None = None
    """The last day; None: that day alone."""
    target: float = 0.8


Order = ExplainCall | ReplayDay | WhatIf | Invent | Staffing
Result = Explanation | Again | Comparison | tuple[QueueNeeds, ...]

RESULTS: dict[type, object] = {
    ExplainCall: Explanation,
    ReplayDay: Again,
    WhatIf: Comparison,
    Invent: Comparison,
    Staffing: tuple[QueueNeeds, ...],
}


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """All the worker's process is told."""

    order: Order
    journal: str
    """Path of the journal's file; not read for a day that is made up."""
    redis_url: str = ""
    """Where the floor's journal is when it is in Redis."""
    deployment: str = ""
    zone: str
    floor: FloorSpec
    """The plan in force today, for days that are made up."""


def parse_day(text: str, zone: ZoneInfo, now: float) -> date:
    """``today``, ``yesterday`` or ``2026-11-24``. Raises ValueError with what would be right."""
    today = datetime.fromtimestamp(now, zone).date()
    word = text.strip().casefold()
    if word in ("today", "今天"):
        return today
    if word in ("yesterday", "昨天"):
        return today - timedelta(days=1)
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no day: write 2026-11-24, today or yesterday") from None


def limits_of(day: date, zone: ZoneInfo) -> tuple[float, float]:
    """Midnight to midnight there, in seconds since the epoch."""
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    after = day + timedelta(days=1)
    return start.timestamp(), datetime(after.year, after.month, after.day, tzinfo=zone).timestamp()
