"""REP-15: the formulas against tables others have published."""

from math import inf

import pytest

from acd.erlang import agents_needed, erlang_b, erlang_c, outlook_a, outlook_c

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("lines", "blocked", "erlangs"),
    [
        # Erlang B traffic tables (ITU-D Teletraffic Engineering Handbook, 1 % and 0.1 % columns)
        (1, 0.01, 0.0101),
        (5, 0.01, 1.361),
        (10, 0.01, 4.461),
        (20, 0.01, 12.031),
        (50, 0.01, 37.901),
        (100, 0.01, 84.064),
        (10, 0.001, 3.092),
        (100, 0.001, 75.242),
    ],
)
def test_rep_15_erlang_b_is_the_published_table(lines, blocked, erlangs):
    assert erlang_b(lines, erlangs) == pytest.approx(blocked, rel=0.006)


def test_rep_15_erlang_c_is_the_published_example():
    """100 calls in half an hour of three minutes each: ten erlangs, fourteen agents for 80 % in
    20 s, 17.4 % wait, 88.8 % in time, 7.8 s on the average (Call Centre Helper, Erlang C)."""
    floor = outlook_c(14, 100 / 1800, 180.0, 20.0)
    assert erlang_c(14, 10.0) == pytest.approx(0.1741, abs=5e-4)
    assert floor.service_level == pytest.approx(0.888, abs=5e-4)
    assert floor.wait_s == pytest.approx(7.8, abs=0.05)
    assert floor.occupancy == pytest.approx(0.714, abs=5e-4)
    needed = agents_needed(lambda n: outlook_c(n, 100 / 1800, 180.0, 20.0), 0.80)
    assert needed == 14


def test_rep_15_erlang_a_is_the_published_example():
    """Fifty agents, 48 calls a minute of one minute, patience two minutes (Garnett, Mandelbaum,
    Reiman, Designing a call center with impatient customers, M&SOM 4 (2002), table 1)."""
    without = outlook_c(50, 48 / 60, 60.0, 0.0)
    assert without.wait_s == pytest.approx(20.8, abs=0.1)
    assert without.occupancy == pytest.approx(0.96, abs=0.001)
    impatient = outlook_a(50, 48 / 60, 60.0, 120.0, 0.0)
    assert impatient.abandons == pytest.approx(0.031, abs=0.0006)
    assert impatient.wait_s == pytest.approx(3.7, abs=0.06)
    assert impatient.occupancy == pytest.approx(0.93, abs=0.005)


def test_erlang_a_with_endless_patience_is_erlang_c():
    patient = outlook_a(14, 100 / 1800, 180.0, 1e9, 20.0)
    assert patient.service_level == pytest.approx(0.888, abs=5e-4)
    assert outlook_a(14, 100 / 1800, 180.0, inf, 20.0) == outlook_c(14, 100 / 1800, 180.0, 20.0)


def test_erlang_a_is_the_birth_and_death_process_summed_by_hand():
    """Three agents, one call a minute of four minutes, patience two: every state added up."""
    agents, calls, handle, patience = 3, 1 / 60, 240.0, 120.0
    weight, weights = 1.0, [1.0]
    for n in range(1, 200):
        weight *= calls / (min(n, agents) / handle + max(0, n - agents) / patience)
        weights.append(weight)
    total = sum(weights)
    queue = sum((n - agents) * w for n, w in enumerate(weights) if n > agents) / total
    found = outlook_a(agents, calls, handle, patience, 1e9)
    assert found.waits == pytest.approx(sum(weights[agents:]) / total, rel=1e-9)
    assert found.abandons == pytest.approx(queue / patience / calls, rel=1e-9)
    assert found.service_level == pytest.approx(1.0 - found.abandons, rel=1e-5)


def test_a_floor_that_cannot_keep_up_serves_nobody_in_time_and_the_impatient_save_it():
    assert outlook_c(9, 1.0, 10.0, 20.0).service_level == 0.0
    assert outlook_c(9, 1.0, 10.0, 20.0).wait_s == inf
    assert 0.5 < outlook_a(900, 10.0, 100.0, 60.0, 20.0).service_level < 1.0
    huge = outlook_a(10, 100.0, 100.0, 60.0, 20.0)
    assert huge.abandons == pytest.approx(1 - 10 / 10_000, rel=1e-3)


def test_nobody_calls_and_nobody_works():
    assert outlook_a(0, 0.0, 60.0, 60.0, 20.0).service_level == 1.0
    assert outlook_a(0, 1.0, 60.0, 60.0, 20.0).abandons == 1.0
    assert agents_needed(lambda n: outlook_c(n, 0.0, 60.0, 20.0), 0.8) <= 1


@pytest.mark.parametrize("target", [0.0, 1.0, 80.0, -1.0])
def test_a_service_level_nobody_can_reach_is_refused(target):
    with pytest.raises(ValueError, match="between 0 and 1"):
        agents_needed(lambda n: outlook_c(n, 1.0, 60.0, 20.0), target)
