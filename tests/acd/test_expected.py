"""The expected wait: a range from the last answers, or silence."""

import pytest

from acd.expected import GAPS_KEPT, Pace
from calls.ids import QueueId
from tests.acd.scene import Scene, agent, floor, queue

pytestmark = pytest.mark.unit


def answered_every(gap_s: float, times: int) -> Pace:
    pace = Pace()
    for at in range(times):
        pace.answered(100.0 + at * gap_s, still_waiting=5)
    return pace


def test_nothing_is_promised_before_enough_is_known():
    assert answered_every(10.0, 4).expect(1, 130.0) is None
    assert answered_every(10.0, 5).expect(1, 140.0) == (10.0, 10.0)


def test_a_place_costs_one_gap():
    assert answered_every(10.0, 6).expect(3, 150.0) == (30.0, 30.0)


def test_uneven_service_widens_the_range():
    pace = Pace(gaps=[5.0, 15.0, 5.0, 15.0])
    low, high = pace.expect(4, 0.0)
    assert (low, high) == (40.0 - 10.0, 40.0 + 10.0)


def test_a_stalled_queue_promises_less():
    low, high = answered_every(10.0, 6).expect(1, 150.0 + 60.0)
    assert low == high == 60.0


def test_time_in_which_nobody_waited_is_not_service():
    pace = answered_every(10.0, 6)
    pace.emptied()
    pace.answered(9000.0, still_waiting=0)
    pace.answered(9500.0, still_waiting=2)
    assert pace.gaps == [10.0] * 5


def test_old_gaps_are_forgotten():
    assert len(answered_every(1.0, 100).gaps) == GAPS_KEPT


def test_acd_36_the_first_range_told_is_held_against_the_wait_that_came_of_it():
    pace = Pace()
    for now in (100.0, 150.0, 95.0, 160.0):
        pace.judge(now, 100.0, 150.0)
    assert (pace.promised, pace.kept, pace.late) == (4, 2, 1)
    assert pace.mean_off_s == (5.0 + 10.0) / 2


def test_acd_36_the_engine_keeps_the_first_promise_and_judges_it_at_the_answer():
    scene = Scene(floor(agent("ann"), queues=(queue(announce_every_s=10.0),)))
    offer = scene.queued("c0")
    for name in ("a", "b", "c", "d", "e", "last"):
        scene.queued(name)
    while len(scene.waiting()) > 1:
        scene.answers(offer, after_s=1.0)
        offer = scene.ends(offer, after_s=59.0)
    scene.pass_time(10.0)
    [waiting] = scene.engine.callers(QueueId("sales"))
    assert waiting.promised is not None
    earliest, latest = waiting.promised
    scene.answers(offer, after_s=1.0)
    offer = scene.ends(offer, after_s=3600.0)
    scene.answers(offer, after_s=1.0)
    told = scene.engine.live.queues[QueueId("sales")].changed()
    assert (told.promised, told.kept, told.late) == (told.promised, 0, told.promised)
    assert told.promised >= 1
    assert earliest <= latest
    assert told.off_s > 3000.0
