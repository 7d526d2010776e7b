"""A day beside itself: as it was, simulated as it was (which shows how far to trust the rest), and
with each change tried on it."""

from collections.abc import Callable, Sequence

from acd.engine import Engine
from acd.simulator.change import Change, check
from acd.simulator.day import Day
from acd.simulator.driver import Driver
from acd.simulator.figures import DayFigures, Tally
from acd.simulator.model import Load
from acd.simulator.rehearsal import Rehearsal
from calls.floor import Value

AS_IT_WAS = "as it was"
RUNS = 5
RUNS_MOST = 100
VARIANTS_MOST = 20

OnShare = Callable[[float], None]
"""Hears how much is done, from 0 to 1."""


class Variant(Value, frozen=True):
    name: str
    figures: DayFigures
    lowest_service_level: float | None = None
    """Of the runs; how far chance alone moves the figure."""
    highest_service_level: float | None = None


class Comparison(Value, frozen=True):
    starts_at: float
    ends_at: float
    real: DayFigures | None
    """None for a day that was made up."""
    variants: tuple[Variant, ...]
    """The first is the day simulated without a change."""
    runs: int
    seed: int
    inputs: int
    """The engine was told so many things in all."""


def study(
    day: Day, changes: Sequence[Change], runs: int, seed: int, done: OnShare = lambda share: None
) -> Comparison:
    """Raises ChangeRefused before anything is run."""
    rehearsal = Rehearsal(day)
    for place, change in enumerate(changes):
        check(change, day.floor, rehearsal.workers, f"variants[{place + 1}]")
    return compare(
        (Change(name=AS_IT_WAS), *changes),
        rehearsal.load,
        day.starts_at,
        day.ends_at,
        runs,
        seed,
        done,
        day.real.figures(),
    )


def compare(
    changes: Sequence[Change],
    load: Callable[[Change, int], Load],
    starts_at: float,
    ends_at: float,
    runs: int,
    seed: int,
    done: OnShare,
    real: DayFigures | None = None,
) -> Comparison:
    """Each change, ``runs`` times over; run number r of each has the same chance."""
    variants, inputs = [], 0
    each = 1.0 / (runs * len(changes))
    for place, change in enumerate(changes):
        tally: Tally | None = None
        levels = []
        for run in range(runs):
            now = load(change, seed + run)
            tally = tally or Tally(now.floor, ends_at)
            before = tally.done()
            began = (place * runs + run) * each
            inputs += _run(now, tally, starts_at, ends_at, _part(done, began, each))
            within, ended = (new - old for new, old in zip(tally.done(), before, strict=True))
            levels += [within / ended] if ended else []
        assert tally is not None
        figures = tally.figures(runs)
        lowest, highest = (min(levels), max(levels)) if levels else (None, None)
        variants.append(
            Variant(
                name=change.name,
                figures=figures,
                lowest_service_level=lowest,
                highest_service_level=highest,
            )
        )
    done(1.0)
    return Comparison(
        starts_at=starts_at,
        ends_at=ends_at,
        real=real,
        variants=tuple(variants),
        runs=runs,
        seed=seed,
        inputs=inputs,
    )


def _part(done: OnShare, began: float, each: float) -> OnShare:
    """Of all that is to be done, this run begins at ``began`` and takes ``each``."""
    return lambda share: done(began + share * each)


def _run(load: Load, tally: Tally, starts_at: float, ends_at: float, done: OnShare) -> int:
    driver = Driver(Engine(), load, tally)
    length, said = ends_at - starts_at, 0

    def tick(at: float) -> None:
        nonlocal said
        said += 1
        if said % 500 == 0:
            done((at - starts_at) / length)

    driver.run(until=ends_at, ticks=tick)
    tally.times.end_run()
    return driver.inputs
