"""Quarters of an hour, hours, days, weeks, months and years as a centre's own clock tells them, as
moments. A day of a clock change has 23 or 25 hours, and nothing is counted twice or lost. Pure.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

QUARTER_S = 900


class Period(StrEnum):
    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    """Begins on Monday."""
    MONTH = "month"
    YEAR = "year"
    WHOLE = "whole"
    """All that is asked for, in one."""


def limits(first: date, last: date, zone: ZoneInfo) -> tuple[float, float]:
    """The moments at which the first day begins and the last one is over."""
    return midnight(first, zone), midnight(last + timedelta(days=1), zone)


def midnight(day: date, zone: ZoneInfo) -> float:
    """Where a clock change takes midnight away, the first moment of the day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def starts(first: date, last: date, period: Period, zone: ZoneInfo) -> list[float]:
    """When each period of these days begins, and after the last one the end of all: one more than
    there are periods. Weeks, months and years at either end are cut to the days asked for."""
    since, until = limits(first, last, zone)
    begins = [since]
    begins += [at for at in _inner(first, last, period, zone) if since < at < until]
    return [*begins, until]


def _inner(first: date, last: date, period: Period, zone: ZoneInfo) -> Iterator[float]:
    day = first
    while day <= last:
        if period is Period.QUARTER:
            yield from _steps(day, zone, QUARTER_S)
        elif period is Period.HOUR:
            yield from _steps(day, zone, 4 * QUARTER_S)
        elif _begins(day, period):
            yield midnight(day, zone)
        day += timedelta(days=1)


def _begins(day: date, period: Period) -> bool:
    return {
        Period.DAY: True,
        Period.WEEK: day.weekday() == 0,
        Period.MONTH: day.day == 1,
        Period.YEAR: (day.month, day.day) == (1, 1),
    }.get(period, False)


def _steps(day: date, zone: ZoneInfo, width_s: int) -> Iterator[float]:
    """By elapsed time from midnight: the hour that comes twice is two hours."""
    begin, end = limits(day, day, zone)
    at = begin
    while at < end:
        yield at
        at += width_s
