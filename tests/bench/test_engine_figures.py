"""The centre the engine is measured with: the same day each time, and calls in it that count."""

import pytest

from acd.engine import Engine
from acd.simulator.driver import Driver
from bench import centre
from bench.figure import Effort
from bench.figures import engine_day, engine_speed
from bench.figures.engine_day import Weighing

pytestmark = pytest.mark.unit

FLOOR = centre.plan(agents=40, queues=6, skills=5)


def test_the_same_day_is_told_twice_alike() -> None:
    told = centre.recorded(centre.day(FLOOR, 120, open_s=300.0))
    assert told == centre.recorded(centre.day(FLOOR, 120, open_s=300.0))
    engine = Engine()
    engine.take_over(1, told[0][1])
    assert all(engine.apply(said, now).refused is None for said, now in told)


def test_most_callers_are_answered_and_everybody_is_accounted_for() -> None:
    seen = centre.Counting()
    Driver(Engine(), centre.day(FLOOR, 120, open_s=1_800.0), seen).run()
    assert seen.answered_callers + seen.gone == pytest.approx(120, abs=6)  # hours are rounded
    assert seen.answered_callers > 60


def test_a_floor_with_many_waiting_stays_so() -> None:
    told, before = engine_speed._overload(300)
    engine = Engine()
    engine.take_over(1, told[0][1])
    for said, now in told[:before]:
        engine.apply(said, now)
    assert len(engine.live.state.calls) >= 300
    for said, now in told[before:]:
        engine.apply(said, now)
    assert len(engine.live.state.calls) >= 200


def test_a_day_is_weighed_by_samples_and_weighs_about_what_it_does() -> None:
    engine = Weighing()
    Driver(engine, centre.day(FLOOR, 600, open_s=3_000.0), centre.Counting()).run()
    assert 40 * engine.inputs < engine.steps_weigh < 400 * engine.inputs
    assert Effort(quick=True).scaled(engine_day.CALLS, 20_000) == 20_000
