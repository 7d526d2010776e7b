"""The expected wait: a range from the last answers, or silence."""

import pytest

from acd.expected import GAPS_KEPT, Pace

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
