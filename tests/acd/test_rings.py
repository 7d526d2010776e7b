"""The three-ring rule in seconds, and the ring an answer fell on."""

import pytest

from acd.rings import ring_limit_s, ring_of, unreported_after_s
from calls.floor import RingRule

pytestmark = pytest.mark.unit

CN, US, UK = 5.0, 6.0, 3.0


@pytest.mark.parametrize(("cycle_s", "limit_s"), [(CN, 15.0), (US, 18.0), (UK, 9.0)])
def test_acd_20_three_rings_last_three_cycles_of_the_country(cycle_s, limit_s):
    assert ring_limit_s(RingRule(), cycle_s) == limit_s


def test_acd_19_a_queue_may_set_another_count_of_rings():
    assert ring_limit_s(RingRule(rings=2), CN) == 10.0


def test_acd_18_a_queue_that_names_seconds_gets_seconds():
    assert ring_limit_s(RingRule(rings=2, limit_s=12.5), CN) == 12.5


@pytest.mark.parametrize(
    ("after_s", "ring"),
    [(0.0, 1), (4.99, 1), (5.0, 2), (9.9, 2), (10.0, 3), (14.8, 3), (15.2, 4)],
)
def test_the_ring_is_the_cycle_the_answer_fell_in(after_s, ring):
    assert ring_of(100.0, 100.0 + after_s, CN) == ring


def test_a_ring_nobody_heard_begin_is_unknown_and_not_guessed():
    assert ring_of(None, 100.0, CN) is None
    assert ring_of(101.0, 100.0, CN) is None


def test_the_backstop_stands_well_behind_ring_limit_and_never_rang():
    rule = RingRule(never_rang_s=4.0)
    assert unreported_after_s(rule, US) == 18.0 + 4.0 + 10.0
