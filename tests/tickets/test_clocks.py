"""A department's clock in working time, against a model that counts minutes one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.calendar import WorkCalendar
from config.calendars import default_calendars
from tickets.clocks import (
    Clock,
    ClockKind,
    Owed,
    hasten,
    owed,
    pause,
    resume,
    retimed,
    start,
    stop,
    used,
    working_day_s,
)

pytestmark = pytest.mark.unit

ZONE = "Asia/Shanghai"
OFFICE = default_calendars(ZONE)["office"]
FIRST = int(datetime(2024, 1, 1, tzinfo=ZoneInfo(ZONE)).timestamp())
WALL = datetime(2024, 1, 1, tzinfo=UTC)
"""Where the wall stands at FIRST; arithmetic on it knows no zone."""
MINUTES = (366 + 365) * 24 * 60
MAKE_UP = {
    (2024, 2, 4), (2024, 2, 18), (2024, 4, 7), (2024, 4, 28), (2024, 5, 11), (2024, 9, 14),
    (2024, 9, 29), (2024, 10, 12), (2025, 1, 26), (2025, 2, 8), (2025, 4, 27), (2025, 9, 28),
    (2025, 10, 11),
}  # fmt: skip
HOLIDAYS = (
    ((2024, 1, 1), 1), ((2024, 2, 10), 8), ((2024, 4, 4), 3), ((2024, 5, 1), 5),
    ((2024, 6, 10), 1), ((2024, 9, 15), 3), ((2024, 10, 1), 7), ((2025, 1, 1), 1),
    ((2025, 1, 28), 8), ((2025, 4, 4), 3), ((2025, 5, 1), 5), ((2025, 5, 31), 3),
    ((2025, 10, 1), 8),
)  # fmt: skip
"""As the State Council announced them: first day, and for how many."""


def days_off() -> set[tuple[int, int, int]]:
    found = set()
    for (year, month, day), count in HOLIDAYS:
        for n in range(count):
            one = datetime(year, month, day, tzinfo=UTC) + timedelta(days=n)
            found.add((one.year, one.month, one.day))
    return found


def open_minutes() -> bytes:
    """One byte for each minute of two years, by the calendar on the wall: slow and obvious."""
    off, found = days_off(), bytearray(MINUTES)
    for minute in range(MINUTES):
        wall = WALL + timedelta(minutes=minute)
        date = (wall.year, wall.month, wall.day)
        working = date in MAKE_UP or (wall.weekday() < 5 and date not in off)
        found[minute] = working and 9 <= wall.hour < 18
    return bytes(found)


OPEN: list[bytes] = []


def is_open(minute: int) -> int:
    if not OPEN:
        OPEN.append(open_minutes())
    return OPEN[0][minute]


def at(minute: int) -> float:
    return float(FIRST + 60 * minute)


def due_minute(begun: int, budget: int, pauses: list[tuple[int, int]]) -> int:
    """The first minute by whose begin ``budget`` open minutes have gone by, none in a pause."""
    left, minute = budget, begun
    while left > 0:
        paused = any(first <= minute < last for first, last in pauses)
        left -= is_open(minute) and not paused
        minute += 1
    return minute


@st.composite
def lives(draw: st.DrawFn) -> tuple[int, int, list[tuple[int, int]]]:
    begun = draw(st.integers(0, MINUTES - 120 * 24 * 60))
    budget = draw(st.sampled_from((1, 120, 540, 1080, 2700)))
    marks = draw(st.lists(st.integers(1, 10 * 24 * 60), max_size=6, unique=True))
    marks = sorted(marks)[: len(marks) // 2 * 2]
    pairs = list(zip(marks[::2], marks[1::2], strict=True))
    return begun, budget, [(begun + first, begun + last) for first, last in pairs]


@given(lives())
@settings(max_examples=60, deadline=None)
def test_a_clock_is_due_when_a_person_counting_minutes_says_so(
    life: tuple[int, int, list[tuple[int, int]]],
) -> None:
    begun, budget, pauses = life
    expected = due_minute(begun, budget, pauses)
    clock = start(ClockKind.ANSWER, at(begun), budget * 60.0, 0.75, OFFICE)
    for first, last in pauses:
        if first >= expected:
            break
        assert owed(clock, at(first), OFFICE) is not Owed.ESCALATION
        clock = pause(clock, at(first), "waiting for the customer", OFFICE)
        assert clock.due_at is None
        assert owed(clock, at(last), OFFICE) is None
        clock = resume(clock, at(last), OFFICE)
    assert clock.due_at == pytest.approx(at(expected), abs=0.01)
    assert owed(clock, at(expected) - 1, OFFICE) is not Owed.ESCALATION
    assert owed(clock, at(expected), OFFICE) is Owed.ESCALATION


@pytest.mark.prove
@pytest.mark.parametrize("budget", [120, 1080])
def test_a_clock_begun_at_any_minute_of_two_years_is_due_when_counting_says_so(budget: int) -> None:
    is_open(0)
    opened = [minute for minute in range(MINUTES) if OPEN[0][minute]]
    place = 0
    for begun in range(MINUTES - 40 * 24 * 60):
        while place < len(opened) and opened[place] < begun:
            place += 1
        expected = opened[place + budget - 1] + 1
        clock = start(ClockKind.ANSWER, at(begun), budget * 60.0, 0.75, OFFICE)
        assert clock.due_at == at(expected), begun


def started(minute: int = 9 * 60 + 24 * 60, budget_s: float = 7200.0) -> Clock:
    """On Tuesday 2 January 2024 at nine."""
    return start(ClockKind.REACH, at(minute), budget_s, 0.75, OFFICE)


def test_it_warns_once_and_then_escalates_once() -> None:
    clock, nine = started(), at(9 * 60 + 24 * 60)
    assert owed(clock, nine + 5399, OFFICE) is None
    assert owed(clock, nine + 5400, OFFICE) is Owed.WARNING
    clock = replace(clock, warned_at=nine + 5400)
    assert owed(clock, nine + 5401, OFFICE) is None
    assert owed(clock, nine + 7200, OFFICE) is Owed.ESCALATION
    assert owed(replace(clock, late_at=nine + 7200), nine + 9999, OFFICE) is None


def test_who_is_found_late_at_once_is_not_warned() -> None:
    clock, nine = started(), at(9 * 60 + 24 * 60)
    assert owed(clock, nine + 86_400, OFFICE) is Owed.ESCALATION
    assert owed(replace(clock, late_at=nine + 86_400), nine + 86_401, OFFICE) is None


def test_a_clock_on_the_wall_that_goes_back_takes_nothing_away() -> None:
    clock, nine = started(), at(9 * 60 + 24 * 60)
    assert used(clock, nine - 3600, OFFICE) == 0
    held = pause(clock, nine + 3600, "x", OFFICE)
    assert used(resume(held, nine + 1800, OFFICE), nine, OFFICE) == 3600


def test_a_day_that_becomes_a_holiday_puts_the_due_time_off() -> None:
    clock, nine = started(), at(9 * 60 + 24 * 60)
    closed = WorkCalendar(
        zone=ZONE, weekly=OFFICE.weekly, closed=OFFICE.closed | {OFFICE.date_at(nine)}
    )
    assert owed(clock, nine + 7200, closed) is None
    assert retimed(clock, closed).due_at == nine + 86_400 + 7200


def test_what_a_stopped_clock_was_stays() -> None:
    nine = at(9 * 60 + 24 * 60)
    kept = stop(started(), nine + 600, OFFICE)
    assert (kept.stopped_at, kept.late_at, kept.due_at) == (nine + 600, None, None)
    assert stop(kept, nine + 9999, OFFICE) == kept == pause(kept, nine + 9999, "x", OFFICE)
    assert resume(kept, nine + 9999, OFFICE) == kept
    late = stop(started(), nine + 8000, OFFICE)
    assert late.late_at == nine + 8000


def test_an_urgent_call_shortens_what_is_left_and_never_lengthens_it() -> None:
    nine = at(9 * 60 + 24 * 60)
    clock = hasten(started(budget_s=18 * 3600.0), 3600.0, nine + 3600, OFFICE)
    assert clock.due_at == nine + 7200
    assert hasten(clock, 7200.0, nine + 3600, OFFICE) == clock
    held = pause(started(budget_s=18 * 3600.0), nine + 3600, "x", OFFICE)
    assert (
        resume(hasten(held, 60.0, nine + 4000, OFFICE), nine + 5000, OFFICE).due_at == nine + 5060
    )


def test_a_working_day_is_as_long_as_the_longest_of_the_week() -> None:
    assert working_day_s(OFFICE) == 9 * 3600
    assert working_day_s(default_calendars(ZONE)["hotline"]) == 24 * 3600
    assert working_day_s(WorkCalendar(zone=ZONE, weekly=((),) * 7)) == 24 * 3600


def test_a_calendar_that_never_opens_makes_nobody_late() -> None:
    never = WorkCalendar(zone=ZONE, weekly=((),) * 7)
    clock = start(ClockKind.ANSWER, 0.0, 60.0, 0.75, never)
    assert (clock.due_at, clock.warn_at) == (None, None)
    assert owed(clock, 1e9, never) is None
