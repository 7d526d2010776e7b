"""A recording that was paused and forgotten, told by the clock alone."""

import pytest

from calls.clock import ManualClock
from calls.ids import AgentId, CallId, QueueId
from calls.notices import Alarm
from hotline.pause_watch import PauseWatch
from recordings.rules import PauseRule

pytestmark = pytest.mark.unit

CALL, AGENT, SALES = CallId("a-1"), AgentId("wang"), QueueId("sales")


class Floor:
    def __init__(self, **rule: float) -> None:
        self.clock = ManualClock(0.0)
        self.alarms: list[Alarm] = []
        self.done: list[str] = []
        self.watch = PauseWatch(self.clock, lambda queue: PauseRule(**rule), self.alarms.append)

    def pauses(self) -> None:
        self.watch.began(
            CALL, AGENT, SALES,
            lambda: self.done.append("reminded"), lambda: self.done.append("goes on"),
        )  # fmt: skip


def test_rec_5_she_is_reminded_the_supervisors_are_told_and_it_goes_on_by_itself() -> None:
    floor = Floor(remind_after_s=60, alarm_after_s=120, resume_after_s=180)
    floor.pauses()
    floor.clock.advance(59.0)
    assert (floor.done, floor.alarms) == ([], [])
    floor.clock.advance(1.0)
    assert floor.done == ["reminded"]
    floor.clock.advance(60.0)
    assert [(alarm.name, alarm.on) for alarm in floor.alarms] == [("recording_paused:wang", True)]
    floor.clock.advance(60.0)
    assert floor.done == ["reminded", "goes on"]
    floor.watch.ended(CALL)
    assert [alarm.on for alarm in floor.alarms] == [True, False]


def test_who_goes_on_in_time_is_never_reminded() -> None:
    floor = Floor(remind_after_s=60, alarm_after_s=120, resume_after_s=180)
    floor.pauses()
    floor.clock.advance(30.0)
    floor.watch.ended(CALL)
    floor.clock.advance(1_000.0)
    floor.watch.ended(CALL)
    assert (floor.done, floor.alarms) == ([], [])


def test_a_second_pause_has_its_own_time() -> None:
    floor = Floor(remind_after_s=60, alarm_after_s=0)
    floor.pauses()
    floor.clock.advance(50.0)
    floor.watch.ended(CALL)
    floor.pauses()
    floor.clock.advance(50.0)
    assert floor.done == []
    floor.clock.advance(10.0)
    assert floor.done == ["reminded"]


def test_what_the_queue_does_not_want_does_not_happen() -> None:
    floor = Floor(remind_after_s=0, alarm_after_s=0, resume_after_s=0)
    floor.pauses()
    floor.clock.advance(100_000.0)
    assert (floor.done, floor.alarms) == ([], [])
