"""``departments.yaml``: who answers tickets, in which hours, and how long they may take."""

from collections.abc import Collection

from calls.words import Language
from config.section import Section, guess
from tickets.departments import (
    ANSWER_DAYS,
    REACH_S,
    WARN_SHARE,
    Department,
    Departments,
    usual,
)
from tickets.model import TicketKind

FILE = "departments.yaml"
_NAME = r"[a-z0-9][a-z0-9_-]{0,39}"
_NAME_RIGHT = "small letters, digits, _ and -"


def read_departments(top: Section, calendars: Collection[str]) -> Departments:
    """In the order they are written; the usual four where nothing is. ``calendars``: names of those
    there are. Mistakes are noted in the section's problems."""
    names = top.names_matching(_NAME, "no name for a department", _NAME_RIGHT)
    found = [_department(name, top.section(name), calendars) for name in names]
    top.finish()
    taken: dict[TicketKind, str] = {}
    for one in found:
        for kind in one.kinds:
            if kind in taken:
                wrong = f"{kind} goes to {taken[kind]} already"
                top.refuse_at(f"{one.id}.kinds", wrong, "one department answers each kind")
            taken.setdefault(kind, one.id)
    return Departments(found) if found else usual()


def _department(id_: str, section: Section, calendars: Collection[str]) -> Department:
    calendar = section.text("calendar", "")
    if calendar and calendar not in calendars:
        right = guess(calendar, calendars) or "add it to calendars.yaml"
        section.refuse("calendar", f"there is no calendar {calendar!r}", right)
    names = section.section("name")
    one = Department(
        id=id_,
        names={
            tag: names.text(tag.value, right="write its name in this language") for tag in Language
        },
        kinds=section.choices("kinds", TicketKind, ()),
        calendar=calendar,
        reach_s=60.0 * section.whole("reach_in_minutes", int(REACH_S) // 60, 1, 60 * 24 * 31),
        answer_days=float(section.whole("answer_in_days", int(ANSWER_DAYS), 1, 365)),
        warn_share=section.whole("warn_at_percent", int(100 * WARN_SHARE), 1, 100) / 100.0,
    )
    names.finish()
    section.finish()
    return one
