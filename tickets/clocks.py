"""How long a department may take, in its own working time: pure clocks.

A clock is data: what it has used up, since when it runs, when it will be due. What is due now is
asked of it, not of a timer; so a restart, a late chore or a changed calendar costs nothing.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from calls.calendar import DAY_S, NeverOpens, WorkCalendar, minutes_of

SLACK_S = 0.001
"""A due time is a sum of floats; what it misses by rounding is not working time."""


class ClockKind(StrEnum):
    REACH = "reach"
    """Until somebody of the department has it."""
    ANSWER = "answer"
    """Until the customer has an answer."""


class Owed(StrEnum):
    """What a clock asks for, each once."""

    WARNING = "warning"
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True)
class Clock:
    kind: ClockKind
    started_at: float
    budget_s: float
    """Working time until it is late."""
    warn_s: float
    """Working time until somebody is warned."""
    round: int = 1
    """A ticket opened again, or moved to another department, starts the next one."""
    used_s: float = 0.0
    """Working time used up to ``since``, or until it was paused or stopped."""
    since: float | None = None
    """Running since; None while paused, and after it was stopped."""
    cause: str = ""
    """Why it is paused."""
    due_at: float | None = None
    """None while paused, after it was stopped, and when the calendar never opens again."""
    warn_at: float | None = None
    stopped_at: float | None = None
    warned_at: float | None = None
    late_at: float | None = None
    """When it was found late; a clock stopped in time never has it."""

    @property
    def running(self) -> bool:
        return self.since is not None

    @property
    def stopped(self) -> bool:
        return self.stopped_at is not None

    @property
    def paused(self) -> bool:
        return not self.running and not self.stopped


@lru_cache(maxsize=256)  # Tickets opened together have the same.
def start(
    kind: ClockKind,
    now: float,
    budget_s: float,
    warn_share: float,
    calendar: WorkCalendar,
    round: int = 1,
) -> Clock:
    clock = Clock(kind, now, budget_s, budget_s * warn_share, round, since=now)
    return retimed(clock, calendar)


def used(clock: Clock, now: float, calendar: WorkCalendar) -> float:
    """Working time used up by now; a clock on the wall that went back takes none away."""
    if clock.since is None:
        return clock.used_s
    return clock.used_s + max(0.0, calendar.working_between(clock.since, now))


def pause(clock: Clock, now: float, cause: str, calendar: WorkCalendar) -> Clock:
    """A clock that does not run stays as it is."""
    if not clock.running:
        return clock
    spent = used(clock, now, calendar)
    return replace(clock, used_s=spent, since=None, cause=cause, due_at=None, warn_at=None)


def resume(clock: Clock, now: float, calendar: WorkCalendar) -> Clock:
    """A clock that is not paused stays as it is."""
    return retimed(replace(clock, since=now, cause=""), calendar) if clock.paused else clock


def stop(clock: Clock, now: float, calendar: WorkCalendar) -> Clock:
    """It was waited for this."""
    if clock.stopped:
        return clock
    late_at = clock.late_at or (now if was_late(clock, now, calendar) else None)
    at_rest = pause(clock, now, "", calendar)
    return replace(at_rest, cause="", stopped_at=now, late_at=late_at)


def hasten(clock: Clock, left_s: float, now: float, calendar: WorkCalendar) -> Clock:
    """At most ``left_s`` of working time from now; a clock with less left stays as it is."""
    spent = used(clock, now, calendar)
    if clock.stopped or clock.budget_s - spent <= left_s:
        return clock
    share = clock.warn_s / clock.budget_s if clock.budget_s else 0.0
    hastened = replace(
        clock,
        budget_s=spent + left_s,
        warn_s=spent + left_s * share,
        used_s=spent,
        since=now if clock.running else None,
    )
    return retimed(hastened, calendar)


def retimed(clock: Clock, calendar: WorkCalendar) -> Clock:
    """Due as this calendar says, should it have changed since."""
    if clock.since is None:
        return clock
    return replace(
        clock,
        due_at=_at(calendar, clock.since, clock.budget_s - clock.used_s),
        warn_at=_at(calendar, clock.since, clock.warn_s - clock.used_s),
    )


def owed(clock: Clock, now: float, calendar: WorkCalendar) -> Owed | None:
    """What it asks for now. Who is late needs no warning any more."""
    if not clock.running:
        return None
    spent = used(clock, now, calendar) + SLACK_S
    if spent >= clock.budget_s:
        return Owed.ESCALATION if clock.late_at is None else None
    if spent >= clock.warn_s and clock.warned_at is None:
        return Owed.WARNING
    return None


def was_late(clock: Clock, now: float, calendar: WorkCalendar) -> bool:
    return used(clock, now, calendar) > clock.budget_s + SLACK_S


@lru_cache(maxsize=64)
def working_day_s(calendar: WorkCalendar) -> float:
    """What "a working day" is in working time: as long as the longest day of the week is open."""
    days = (sum(_length(one.opens, one.closes) for one in calendar.weekly[day]) for day in range(7))
    return float(max(days)) or float(DAY_S)


def _length(opens: str, closes: str) -> int:
    minutes = minutes_of(closes) - minutes_of(opens)
    return 60 * (minutes if minutes > 0 else minutes + 24 * 60)


def _at(calendar: WorkCalendar, since: float, left_s: float) -> float | None:
    try:
        return calendar.add_working(since, max(0.0, left_s))
    except NeverOpens:
        return None
