"""Working time: when the hotline is open, and when something promised in working time is due. Pure.

Open means that the clock on the wall says so: a zone's daylight saving shifts nothing, and the hour
that comes twice counts twice. Knows no holiday by itself: config.calendars fills the dates in.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from calls.floor import Value

DAY_S = 86_400
HORIZON_DAYS = 3_660
"""Nothing is promised more than ten years ahead: a calendar that never opens ends here."""
_SAMPLE_S = 3 * 3_600
"""No zone has ever changed its offset twice within three hours."""

Span = tuple[float, float]
"""Begin and end; the end is no longer part of it."""


class DayState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


class DayCause(StrEnum):
    HOLIDAY = "holiday"
    """A public holiday, or a day the site closes."""
    MAKE_UP = "make_up"
    WEEKLY = "weekly"


class NeverOpens(ValueError):
    """The working time asked for does not fit into the next ten years of this calendar."""


class Hours(Value, frozen=True):
    """Open from ``opens`` until just before ``closes``, both ``HH:MM`` on the wall, ``24:00``
    being the end of the day. Not after ``opens``: it closes on the following day."""

    opens: str
    closes: str

    def __post_init__(self) -> None:
        minutes_of(self.closes)
        if minutes_of(self.opens) == 24 * 60:
            raise ValueError("opens: 24:00 is the end of a day; the next one begins at 00:00")


class WorkCalendar(Value, frozen=True, cache_hash=True):
    """Raises ValueError when built with a zone, a time or a week that does not exist."""

    zone: str
    """IANA name, e.g. ``Asia/Shanghai``."""
    weekly: tuple[tuple[Hours, ...], ...]
    """Seven days, Monday first. A shift past midnight belongs to the day on which it begins."""
    closed: frozenset[date] = frozenset()
    """Public holidays and the site's own. Wins over ``working``."""
    working: frozenset[date] = frozenset()
    """Make-up working days (调休): open though the weekday alone would say closed."""
    working_hours: tuple[Hours, ...] = ()
    """Hours of the make-up days; empty: Monday's."""
    known_years: frozenset[int] = frozenset()
    """Years whose holidays are known; in any other only the weekly hours hold."""

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if len(self.weekly) != 7:
            raise ValueError(f"weekly: seven days are needed, Monday first, not {len(self.weekly)}")

    def state_at(self, at: float) -> DayState:
        """``at``: seconds since the epoch."""
        day = self.date_at(at)
        if any(begin <= at < end for begin, end in _open_spans(self, day.toordinal())):
            return DayState.OPEN
        return DayState.HOLIDAY if day in self.closed else DayState.CLOSED

    def is_open(self, at: float) -> bool:
        return self.state_at(at) is DayState.OPEN

    def knows_year_of(self, at: float) -> bool:
        """Whether the holidays of that year are known, or only the weekly hours."""
        return self.date_at(at).year in self.known_years

    def date_at(self, at: float) -> date:
        """The date on this calendar's wall."""
        return datetime.fromtimestamp(at, zone_of(self.zone)).date()

    def add_working(self, at: float, seconds: float) -> float:
        """The earliest moment by which ``seconds`` of working time have passed since ``at``.

        Raises NeverOpens when that is more than ten years away, ValueError when negative.
        """
        if not seconds >= 0:
            raise ValueError(f"working time cannot be taken back: {seconds}")
        left = float(seconds)
        if left == 0:
            return at
        for begin, end in self._spans_from(at):
            if left <= end - begin:
                return begin + left
            left -= end - begin
        raise NeverOpens(f"{seconds} s of working time after {at} in zone {self.zone}")

    def working_between(self, a: float, b: float) -> float:
        """Seconds of working time from ``a`` to ``b``; negative when ``b`` comes first."""
        if b < a:
            return -self.working_between(b, a)
        total = 0.0
        for ordinal in range(self.date_at(a).toordinal(), self.date_at(b).toordinal() + 1):
            for begin, end in _open_spans(self, ordinal):
                total += max(0.0, min(end, b) - max(begin, a))
        return total

    def _spans_from(self, at: float) -> Iterator[Span]:
        first = self.date_at(at).toordinal()
        for ordinal in range(first, first + HORIZON_DAYS):
            for begin, end in _open_spans(self, ordinal):
                if end > at:
                    yield max(begin, at), end

    def cause_on(self, day: date) -> DayCause:
        """Which of the calendar's entries decides that day's hours."""
        if day in self.closed:
            return DayCause.HOLIDAY
        return DayCause.MAKE_UP if day in self.working else DayCause.WEEKLY

    def hours_of(self, day: date) -> tuple[Hours, ...]:
        """What begins on that day; a shift past midnight ends on the next."""
        if day in self.closed:
            return ()
        if day in self.working:
            return self.working_hours or self.weekly[0]
        return self.weekly[day.weekday()]


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """Raises ValueError for a name the machine's zone data does not have."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"zone: no time zone is called {name!r}; e.g. Asia/Shanghai") from error


@lru_cache(maxsize=2_000)
def minutes_of(text: str) -> int:
    """``HH:MM`` as minutes since midnight, 0 to 1440. Raises ValueError for anything else."""
    hour, _, minute = text.partition(":")
    if len(text) == 5 and (hour + minute).isascii() and (hour + minute).isdecimal():
        minutes = int(hour) * 60 + int(minute)
        if int(minute) < 60 and minutes <= 24 * 60:
            return minutes
    raise ValueError(f"not a time of day: {text!r}; write HH:MM, 00:00 to 24:00")


@lru_cache(maxsize=8_192)
def _open_spans(calendar: WorkCalendar, ordinal: int) -> tuple[Span, ...]:
    """Open stretches of one local date, in order of time, in seconds since the epoch."""
    walls = _walls_of(calendar, date.fromordinal(ordinal))
    if not walls:
        return ()
    spans = [
        (float(max(begin, wall_begin - offset)), float(min(end, wall_end - offset)))
        for begin, end, offset in _stretches(calendar.zone, ordinal)
        for wall_begin, wall_end in walls
    ]
    return tuple(sorted(span for span in spans if span[0] < span[1]))


def _walls_of(calendar: WorkCalendar, day: date) -> list[tuple[int, int]]:
    """Open wall times of one date, the night before included, on the scale of ``_midnight``."""
    pieces: list[tuple[int, int]] = []
    for begun in (day, day - timedelta(days=1)):
        midnight = _midnight(begun)
        for one in calendar.hours_of(begun):
            opens, closes = minutes_of(one.opens), minutes_of(one.closes)
            closes += 0 if closes > opens else 24 * 60
            begin = max(midnight + opens * 60, _midnight(day))
            end = min(midnight + closes * 60, _midnight(day) + DAY_S)
            if begin < end:
                pieces.append((begin, end))
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(pieces):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _midnight(day: date) -> int:
    """A date's midnight as if its wall ran on UTC; less the offset it is a real moment."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@lru_cache(maxsize=8_192)
def _stretches(zone_name: str, ordinal: int) -> tuple[tuple[int, int, int], ...]:
    """The moments that bear this local date: (begin, end, offset), one for each offset in force.

    One on most days, two when the clocks change, none on a date a country left out.
    """
    zone = zone_of(zone_name)
    midnight = _midnight(date.fromordinal(ordinal))
    found: list[tuple[int, int, int]] = []
    begin = midnight - DAY_S
    while begin < midnight + 2 * DAY_S:
        offset = _offset(zone, begin)
        end = _offset_ends(zone, begin, midnight + 2 * DAY_S)
        own_begin, own_end = max(begin, midnight - offset), min(end, midnight + DAY_S - offset)
        if own_begin < own_end:
            found.append((own_begin, own_end, offset))
        begin = end
    return tuple(found)


def _offset(zone: ZoneInfo, at: int) -> int:
    delta = datetime.fromtimestamp(at, zone).utcoffset()
    return 0 if delta is None else int(delta.total_seconds())


def _offset_ends(zone: ZoneInfo, begin: int, limit: int) -> int:
    """The first second after ``begin`` with another offset, or ``limit``."""
    offset = _offset(zone, begin)
    same, other = begin, min(begin + _SAMPLE_S, limit)
    while _offset(zone, other) == offset:
        if other == limit:
            return limit
        same, other = other, min(other + _SAMPLE_S, limit)
    while other - same > 1:
        middle = (same + other) // 2
        if _offset(zone, middle) == offset:
            same = middle
        else:
            other = middle
    return other


def week(days: dict[str, tuple[Hours, ...]]) -> tuple[tuple[Hours, ...], ...]:
    """``weekly`` from day names: ``{"mon-fri": (...), "sat": (...)}``; days not named are closed.

    Raises ValueError for a name that is none of mon, tue, wed, thu, fri, sat, sun or a range.
    """
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    found: list[tuple[Hours, ...]] = [()] * 7
    for name, hours in days.items():
        first, _, last = name.lower().partition("-")
        if first not in names or (last and last not in names):
            raise ValueError(f"week: {name!r} is no day; write mon, tue ... sun, or mon-fri")
        begin, end = names.index(first), names.index(last or first)
        for index in range(begin, end + 1 if end >= begin else end + 8):
            found[index % 7] = hours
    return tuple(found)


ROUND_THE_CLOCK = (Hours(opens="00:00", closes="24:00"),)


def round_the_clock(zone: str) -> WorkCalendar:
    """Open always: for queues and promises that know no night."""
    return WorkCalendar(zone=zone, weekly=(ROUND_THE_CLOCK,) * 7)
