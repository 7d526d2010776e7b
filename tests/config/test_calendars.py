"""calendars.yaml; China's holidays as far as they are announced, and the alarm when not."""

from datetime import date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from calls.calendar import DayState, Hours, WorkCalendar
from config.calendars import alarms, default_calendars, known_years, read_calendars
from config.document import read_document
from config.problems import Problem
from config.section import Section

pytestmark = pytest.mark.unit

ZONE = "Asia/Shanghai"


def read(text: str) -> tuple[dict[str, WorkCalendar], list[Problem]]:
    problems: list[Problem] = []
    node = read_document(text.encode(), "calendars.yaml", problems)
    return read_calendars(Section(node, "calendars.yaml", problems), ZONE), problems


def at(text: str, zone: str = ZONE) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2025-10-01T10:00", DayState.HOLIDAY),
        ("2025-10-11T10:00", DayState.OPEN),
        ("2025-10-12T10:00", DayState.CLOSED),
        ("2025-10-13T08:59", DayState.CLOSED),
        ("2025-10-13T17:59", DayState.OPEN),
        ("2026-02-14T10:00", DayState.OPEN),
        ("2026-02-17T10:00", DayState.HOLIDAY),
    ],
)
def test_the_office_keeps_chinas_holidays_and_make_up_saturdays(when: str, state: DayState) -> None:
    assert default_calendars(ZONE)["office"].state_at(at(when)) is state


def test_the_hotline_is_open_at_midnight_of_the_spring_festival() -> None:
    assert default_calendars(ZONE)["hotline"].is_open(at("2026-02-17T00:00"))


def test_the_file_we_ship_says_what_would_be_without_it() -> None:
    shipped = files("config").joinpath("defaults/calendars.yaml").read_text()
    calendars, problems = read(shipped)
    assert problems == []
    assert calendars == read("")[0] == default_calendars(ZONE)


def test_the_examples_in_the_file_we_ship_are_right() -> None:
    shipped = files("config").joinpath("defaults/calendars.yaml").read_text()
    lines = [one.removeprefix("# ") for one in shipped.splitlines() if one.startswith("# ")]
    calendars, problems = read("\n".join(lines[1:]))
    assert problems == []
    office = calendars["office"]
    assert office.state_at(at("2026-12-31T10:00")) is DayState.HOLIDAY
    assert office.is_open(at("2026-10-05T16:59"))
    assert not office.is_open(at("2026-10-05T17:00"))
    assert office.is_open(at("2026-06-14T05:00"))


def test_the_sites_own_days_win_over_the_countrys() -> None:
    calendars, problems = read(
        """
        shop:
          week: {mon-fri: ["09:00-12:00", "13:00-18:00"]}
          closed: [2026-10-12]
          working: [2026-10-01]
          working_hours: "10:00-16:00"
          time_zone: Asia/Urumqi
        """
    )
    assert problems == []
    shop = calendars["shop"]
    assert shop.zone == "Asia/Urumqi"
    assert shop.state_at(at("2026-10-12T10:00", "Asia/Urumqi")) is DayState.HOLIDAY
    assert shop.is_open(at("2026-10-01T10:00", "Asia/Urumqi"))
    assert shop.working_hours == (Hours(opens="10:00", closes="16:00"),)


@pytest.mark.parametrize(
    ("text", "path", "right"),
    [
        ("a: {week: {mon-fri: 9-18}}", "a.week.mon-fri", "09:00-18:00"),
        ("a: {week: {mon-fri: '09:00-25:00'}}", "a.week.mon-fri", "09:00-18:00"),
        ("a: {week: {monday: '09:00-18:00'}}", "a", "examples"),
        ("a: {week: {mon: '09:00-18:00'}, time_zone: Peking}", "a", "examples"),
        ("a: {week: {mon: '09:00-18:00'}, closed: [2026-02-30]}", "a.closed", "2026-10-01"),
        ("a: {week: {mon: '09:00-18:00'}, closed: [tomorrow]}", "a.closed[1]", "2026-10-01"),
        ("a: {week: {mon: '09:00-18:00'}, holidays: chna}", "a.holidays", "china"),
        ("a: {week: {mon: '09:00-18:00'}, closd: []}", "a.closd", "closed"),
        ("a: {holidays: none}", "a", "week"),
        ("a b: {week: {mon: '09:00-18:00'}}", "a b", "letters"),
        (
            "a: {week: {mon: '09:00-18:00'}, closed: 2026-01-05, working: 2026-01-05}",
            "a.working",
            "keep one",
        ),
    ],
)
def test_a_mistake_is_named_with_what_would_be_right(text: str, path: str, right: str) -> None:
    _, problems = read(text)
    assert [one.path for one in problems] == [path], problems
    assert right in problems[0].right


def test_a_year_is_known_when_its_national_day_is() -> None:
    years = known_years()
    assert {2024, 2025, 2026} <= years
    assert max(years) < 2100


LAST = max(known_years())


@pytest.mark.parametrize(
    ("when", "years"),
    [
        (f"{LAST}-11-30T23:59", []),
        (f"{LAST}-12-01T00:00", [LAST + 1]),
        (f"{LAST}-12-31T23:59", [LAST + 1]),
        (f"{LAST + 1}-01-01T00:00", [LAST + 1]),
        (f"{LAST + 1}-12-01T00:00", [LAST + 1, LAST + 2]),
    ],
)
def test_from_december_on_a_year_that_is_not_announced_raises_an_alarm(
    when: str, years: list[int]
) -> None:
    raised = alarms(default_calendars(ZONE), at(when))
    assert [one.name for one in raised] == [f"calendar_unknown:{year}" for year in years]
    for alarm, year in zip(raised, years, strict=True):
        assert alarm.on
        assert alarm.text.startswith(f"the calendar of {year} is not known yet: office will go by")


def test_in_a_year_that_is_not_known_the_weekly_hours_hold() -> None:
    office = default_calendars(ZONE)["office"]
    national_day = date(LAST + 1, 10, 1)
    expected = DayState.OPEN if national_day.weekday() < 5 else DayState.CLOSED
    assert office.state_at(at(f"{national_day}T10:00")) is expected


def test_who_writes_the_days_down_himself_is_not_alarmed() -> None:
    text = f"office: {{week: {{mon-fri: '09:00-18:00'}}, known_years: [{LAST + 1}]}}"
    calendars, problems = read(text)
    assert problems == []
    assert alarms(calendars, at(f"{LAST}-12-01T00:00")) == ()
