"""``calendars.yaml``: opening hours by name, with China's public holidays and make-up working days.

The State Council announces a year's days in the autumn before; until the library knows them only
the weekly hours hold, and from December on an alarm says so.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from chinese_calendar.constants import holidays, workdays

from calls.calendar import ROUND_THE_CLOCK, Hours, WorkCalendar, week
from calls.notices import Alarm
from config.section import Section

FILE = "calendars.yaml"
OFFICE, HOTLINE = "office", "hotline"
"""What is there without being written: nine to six on working days, and round the clock."""

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}"
_HOURS = r"[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]"
_HOURS_RIGHT = 'write them as "09:00-18:00"; "22:00-06:00" ends on the next day'
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE_RIGHT = "write it as 2026-10-01"
_DECEMBER = 12


class HolidaysOf(StrEnum):
    CHINA = "china"
    NONE = "none"


def read_calendars(top: Section, zone: str) -> dict[str, WorkCalendar]:
    """Every calendar by name, ours and the site's. Mistakes are noted in the section's problems.
    ``zone``: where none is written."""
    found = default_calendars(zone)
    for name in top.names_matching(_NAME, "no name for a calendar", "letters, digits, _ . and -"):
        found[name] = read_calendar(top.section(name), zone)
    top.finish()
    return found


def default_calendars(zone: str) -> dict[str, WorkCalendar]:
    working_day = (Hours(opens="09:00", closes="18:00"),)
    return {
        OFFICE: of_china(WorkCalendar(zone=zone, weekly=week({"mon-fri": working_day}))),
        HOTLINE: WorkCalendar(zone=zone, weekly=(ROUND_THE_CLOCK,) * 7),
    }


def of_china(calendar: WorkCalendar) -> WorkCalendar:
    """The same with the public holidays and make-up days that the library knows. A day which the
    calendar itself names keeps its meaning."""
    return WorkCalendar(
        zone=calendar.zone,
        weekly=calendar.weekly,
        closed=(frozenset(holidays) - calendar.working) | calendar.closed,
        working=frozenset(workdays) | calendar.working,
        working_hours=calendar.working_hours,
        known_years=known_years() | calendar.known_years,
    )


def known_years() -> frozenset[int]:
    """Years announced in whole: the National Day is in October, and one announcement has all."""
    return frozenset(day.year for day in holidays if day.month == 10)


def alarms(calendars: Mapping[str, WorkCalendar], now: float) -> tuple[Alarm, ...]:
    """One for each year that matters and is not known: this one, and from December on the next.
    Calendars without public holidays ask for none."""
    unknown: dict[int, list[str]] = {}
    for name, calendar in sorted(calendars.items()):
        if not calendar.known_years:
            continue
        today = calendar.date_at(now)
        for year in _that_matter(today):
            if year not in calendar.known_years:
                unknown.setdefault(year, []).append(name)
    return tuple(
        Alarm(
            name=f"calendar_unknown:{year}",
            on=True,
            text=_text(year, names),
            values={"names": ", ".join(names)},
            at=now,
        )
        for year, names in sorted(unknown.items())
    )


def _that_matter(today: date) -> Iterable[int]:
    return (today.year, today.year + 1) if today.month == _DECEMBER else (today.year,)


def _text(year: int, names: list[str]) -> str:
    return (
        f"the calendar of {year} is not known yet: {', '.join(names)} will go by weekly hours "
        f"alone; update chinesecalendar, or write the days of {year} into {FILE} "
        f"with known_years: [{year}]"
    )


def read_calendar(section: Section, zone: str) -> WorkCalendar:
    """One of them. Mistakes are noted in the section's problems."""
    before = section.mistakes
    holidays_of = section.choice("holidays", HolidaysOf, HolidaysOf.CHINA)
    days = section.section("week")
    weekly = {day: _hours(days, day) for day in days.names()}
    closed, working = _dates(section, "closed"), _dates(section, "working")
    working_hours = _hours(section, "working_hours")
    years = frozenset(map(int, section.texts("known_years", (), r"20[0-9]{2}", "years, as 2027")))
    zone_here = section.text("time_zone", zone)
    both = closed & working
    if both:
        section.refuse("working", f"{min(both)} is both closed and working", "keep one of the two")
    if not weekly and section.mistakes == before:
        section.refuse("", "'week' is missing", 'write week: {mon-fri: ["09:00-18:00"]}')
    section.finish()
    if section.mistakes > before:
        return WorkCalendar(zone=zone, weekly=week({}))
    try:
        calendar = WorkCalendar(
            zone=zone_here,
            weekly=week(weekly),
            closed=closed,
            working=working,
            working_hours=working_hours,
            known_years=years,
        )
    except ValueError as error:
        section.refuse("", str(error), "see the examples in the file we ship")
        return WorkCalendar(zone=zone, weekly=week({}))
    return of_china(calendar) if holidays_of is HolidaysOf.CHINA else calendar


def _hours(section: Section, key: str) -> tuple[Hours, ...]:
    found = []
    for text in section.texts(key, (), _HOURS, _HOURS_RIGHT):
        opens, _, closes = text.partition("-")
        try:
            found.append(Hours(opens=opens, closes=closes))
        except ValueError as error:
            section.refuse(key, str(error), _HOURS_RIGHT)
    return tuple(found)


def _dates(section: Section, key: str) -> frozenset[date]:
    found = set()
    for text in section.texts(key, (), _DATE, _DATE_RIGHT):
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            section.refuse(key, f"{text!r} is no date", _DATE_RIGHT)
    return frozenset(found)
