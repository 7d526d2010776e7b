"""What the calendars say is told to the engine once a change, and anew by a new process."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from calls.calendar import Hours, WorkCalendar, round_the_clock, week
from calls.floor import CallbackRule
from calls.inputs import QueueHours
from runtime.queue_hours import QueueHoursTeller
from tests.acd.scene import floor, queue

pytestmark = pytest.mark.unit

ZONE = "Asia/Shanghai"
DAY = WorkCalendar(zone=ZONE, weekly=week({"mon-sun": (Hours(opens="09:00", closes="18:00"),)}))
CALENDARS = {"day": DAY, "always": round_the_clock(ZONE)}


def at(clock: str) -> float:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 3, 4, hour, minute, tzinfo=ZoneInfo(ZONE)).timestamp()


def told(*looks: str, **rules: object) -> list[QueueHours]:
    said: list[QueueHours] = []
    plan = floor(queues=(queue("free"), queue(**rules)))
    teller = QueueHoursTeller(lambda: plan, lambda: CALENDARS, said.append)
    for clock in looks:
        teller.look(at(clock))
    return said


def test_ivr_21_a_queue_with_a_calendar_opens_and_closes_once_each() -> None:
    said = told("08:59", "09:00", "09:01", "17:59", "18:00", "18:01", calendar="day")
    assert [(one.queue, one.open, one.callbacks) for one in said] == [
        ("sales", False, False),
        ("sales", True, True),
        ("sales", False, False),
    ]


def test_acd_32_calling_back_may_have_hours_of_its_own() -> None:
    rule = CallbackRule(calendar="day")
    said = told("08:00", "12:00", calendar="always", callback=rule)
    assert [(one.open, one.callbacks) for one in said] == [(True, False), (True, True)]


def test_a_queue_without_a_calendar_is_told_nothing_of() -> None:
    assert told("08:00", "12:00") == []
