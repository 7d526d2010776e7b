"""Working time against a slow and obvious model: look at the wall once a minute."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.calendar import (
    ROUND_THE_CLOCK,
    DayState,
    Hours,
    NeverOpens,
    WorkCalendar,
    minutes_of,
    round_the_clock,
    week,
)

pytestmark = pytest.mark.unit

OFFICE = (Hours(opens="09:00", closes="12:00"), Hours(opens="13:30", closes="18:00"))
NIGHT = (Hours(opens="22:00", closes="06:00"),)
SHANGHAI = WorkCalendar(
    zone="Asia/Shanghai",
    weekly=week({"mon-fri": OFFICE}),
    closed=frozenset({date(2026, 10, 1), date(2026, 10, 2)}),
    working=frozenset({date(2026, 10, 10)}),
    known_years=frozenset({2026}),
)

MOMENTS = {
    "an ordinary week": ("Asia/Shanghai", date(2026, 9, 28)),
    "clocks go forward": ("Europe/London", date(2026, 3, 28)),
    "clocks go back": ("America/New_York", date(2026, 10, 31)),
    "half an hour only": ("Australia/Lord_Howe", date(2026, 4, 4)),
    "a day that begins at one o'clock": ("America/Sao_Paulo", date(2018, 11, 3)),
    "a date left out": ("Pacific/Apia", date(2011, 12, 29)),
}


def moment(zone: str, text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def at(text: str) -> float:
    return moment("Asia/Shanghai", text)


# --- the model: for one moment, read the wall and look into the week ------------------------


def _hours_on(calendar: WorkCalendar, day: date) -> tuple[Hours, ...]:
    if day in calendar.closed:
        return ()
    if day in calendar.working:
        return calendar.working_hours or calendar.weekly[0]
    return calendar.weekly[day.weekday()]


def _is_open(calendar: WorkCalendar, moment_s: float) -> bool:
    wall = datetime.fromtimestamp(moment_s, ZoneInfo(calendar.zone))
    minute = wall.hour * 60 + wall.minute
    for one in _hours_on(calendar, wall.date()):
        opens, closes = minutes_of(one.opens), minutes_of(one.closes)
        if opens <= minute < (closes if closes > opens else 1440):
            return True
    for one in _hours_on(calendar, wall.date() - timedelta(days=1)):
        opens, closes = minutes_of(one.opens), minutes_of(one.closes)
        if closes <= opens and minute < closes:
            return True
    return False


clock_times = st.builds(
    "{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59])
)
some_hours = st.lists(st.builds(Hours, opens=clock_times, closes=clock_times), max_size=2).map(
    tuple
)


@st.composite
def calendars_and_starts(draw: st.DrawFn) -> tuple[WorkCalendar, float]:
    zone, first = draw(st.sampled_from(sorted(MOMENTS.values())))
    days = st.frozensets(st.integers(-1, 3).map(lambda n: first + timedelta(days=n)), max_size=2)
    calendar = WorkCalendar(
        zone=zone,
        weekly=draw(st.tuples(*[some_hours] * 7)),
        closed=draw(days),
        working=draw(days),
        working_hours=draw(some_hours),
    )
    midnight = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone)).timestamp()
    return calendar, midnight + 60 * draw(st.integers(0, 600))


@settings(max_examples=60, deadline=None)
@given(calendars_and_starts())
def test_working_time_is_the_count_of_open_minutes(drawn: tuple[WorkCalendar, float]) -> None:
    calendar, start = drawn
    counted = 0
    for minute in range(2 * 24 * 60):
        now = start + minute * 60
        assert calendar.is_open(now) is _is_open(calendar, now), now
        if minute % 97 == 0:
            assert calendar.working_between(start, now) == counted * 60, now
        counted += _is_open(calendar, now)


@settings(max_examples=100, deadline=None)
@given(calendars_and_starts(), st.floats(0, 40 * 3600))
def test_the_due_time_is_the_first_by_which_that_much_was_worked(
    drawn: tuple[WorkCalendar, float], seconds: float
) -> None:
    calendar, start = drawn
    try:
        due = calendar.add_working(start, seconds)
    except NeverOpens:
        assert calendar.working_between(start, start + 10 * 365 * 86_400) < seconds
        return
    assert due >= start
    assert calendar.working_between(start, due) == pytest.approx(seconds, abs=1e-3)
    if seconds > 1:
        assert calendar.working_between(start, due - 1) < seconds - 0.5


@settings(max_examples=60, deadline=None)
@given(calendars_and_starts(), st.floats(0, 1e6), st.floats(0, 1e6))
def test_working_time_adds_up_and_runs_backwards_too(
    drawn: tuple[WorkCalendar, float], first: float, second: float
) -> None:
    calendar, start = drawn
    middle, end = start + first, start + first + second
    whole = calendar.working_between(start, end)
    parts = calendar.working_between(start, middle) + calendar.working_between(middle, end)
    assert whole == pytest.approx(parts, abs=1e-3)
    assert calendar.working_between(end, start) == -whole
    assert 0 <= whole <= end - start + 1e-3


# --- told as stories ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-09-30T08:59:59", DayState.CLOSED),
        ("2026-09-30T09:00:00", DayState.OPEN),
        ("2026-09-30T11:59:59", DayState.OPEN),
        ("2026-09-30T12:00:00", DayState.CLOSED),
        ("2026-09-30T17:59:59", DayState.OPEN),
        ("2026-10-01T10:00:00", DayState.HOLIDAY),
        ("2026-10-01T03:00:00", DayState.HOLIDAY),
        ("2026-10-03T10:00:00", DayState.CLOSED),
        ("2026-10-10T10:00:00", DayState.OPEN),
        ("2026-10-10T12:30:00", DayState.CLOSED),
    ],
)
def test_the_golden_week_and_its_make_up_saturday(when: str, state: DayState) -> None:
    assert SHANGHAI.state_at(at(when)) is state


def test_eight_working_hours_from_the_eve_of_the_holiday_end_after_it() -> None:
    due = SHANGHAI.add_working(at("2026-09-30T16:00:00"), 8 * 3600)
    assert due == at("2026-10-05T16:30:00")


def test_no_working_time_is_due_at_once_even_at_night() -> None:
    assert SHANGHAI.add_working(at("2026-10-01T03:00:00"), 0) == at("2026-10-01T03:00:00")


def test_a_whole_morning_is_due_when_the_morning_ends_not_when_the_afternoon_begins() -> None:
    assert SHANGHAI.add_working(at("2026-09-30T09:00:00"), 3 * 3600) == at("2026-09-30T12:00:00")


def test_a_night_shift_that_began_before_the_holiday_is_worked_to_its_end() -> None:
    nights = WorkCalendar(
        zone="Asia/Shanghai",
        weekly=week({"mon-sun": NIGHT}),
        closed=frozenset({date(2026, 10, 1)}),
    )
    assert nights.state_at(at("2026-10-01T05:59:00")) is DayState.OPEN
    assert nights.state_at(at("2026-10-01T06:00:00")) is DayState.HOLIDAY
    assert nights.state_at(at("2026-10-01T23:00:00")) is DayState.HOLIDAY
    assert nights.state_at(at("2026-10-02T05:00:00")) is DayState.CLOSED
    assert nights.working_between(at("2026-09-30T00:00:00"), at("2026-10-02T00:00:00")) == (
        (6 + 2 + 6) * 3600
    )


def test_round_the_clock_is_never_closed_and_every_second_is_worked() -> None:
    always = round_the_clock("America/New_York")
    start = moment("America/New_York", "2026-10-31T12:00:00")
    assert always.add_working(start, 7 * 86_400) == start + 7 * 86_400
    assert always.weekly[0] == ROUND_THE_CLOCK


def test_the_hour_that_comes_twice_is_worked_twice() -> None:
    night = WorkCalendar(
        zone="America/New_York",
        weekly=week({"sun": (Hours(opens="01:00", closes="02:00"),)}),
    )
    start = moment("America/New_York", "2026-11-01T00:00:00")
    assert night.working_between(start, start + 86_400) == 2 * 3600


def test_a_year_is_known_or_only_its_weekly_hours_hold() -> None:
    assert SHANGHAI.knows_year_of(at("2026-12-31T23:59:59"))
    assert not SHANGHAI.knows_year_of(at("2027-01-01T00:00:00"))


def test_a_calendar_that_never_opens_says_so_instead_of_searching_for_ever() -> None:
    with pytest.raises(NeverOpens):
        WorkCalendar(zone="UTC", weekly=week({})).add_working(0, 1)


def test_working_time_cannot_be_taken_back() -> None:
    for seconds in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="taken back"):
            SHANGHAI.add_working(0, seconds)


def test_days_may_be_named_one_by_one_in_ranges_and_around_the_weekend() -> None:
    assert week({"sat-mon": OFFICE}) == (OFFICE, (), (), (), (), OFFICE, OFFICE)
    assert week({"mon-fri": OFFICE, "Fri": NIGHT})[4] == NIGHT
    for wrong in ("monday", "", "mon-xyz"):
        with pytest.raises(ValueError, match="is no day"):
            week({wrong: OFFICE})


@pytest.mark.parametrize("text", ["9:00", "24:01", "12:60", "12-00", "１２:00", "", "12:000"])
def test_a_time_of_day_that_is_none_is_refused_with_the_right_form(text: str) -> None:
    with pytest.raises(ValueError, match="HH:MM"):
        Hours(opens="00:00", closes=text)


def test_a_day_cannot_open_at_its_own_end() -> None:
    with pytest.raises(ValueError, match="24:00 is the end"):
        Hours(opens="24:00", closes="24:00")


@pytest.mark.parametrize("zone", ["Asia/Shanghia", "", "../etc/passwd", "/etc/passwd"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="Asia/Shanghai"):
        round_the_clock(zone)


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ValueError, match="seven days"):
        WorkCalendar(zone="UTC", weekly=(OFFICE,) * 5)


def test_a_calendar_survives_json() -> None:
    data = msgspec.json.encode(SHANGHAI)
    assert msgspec.json.decode(data, type=WorkCalendar) == SHANGHAI
