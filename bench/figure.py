"""What a figure is: values of both sides, run by run, what is to be reached, and whether it was.

Pure. The spread shown is the span of the runs' values.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from bench.floor import Floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured. ``quick`` is for trying the bench itself, not for figures."""

    runs: int = 5
    quick: bool = False

    def scaled(self, full: int, small: int) -> int:
        return small if self.quick else full


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    name: str
    unit: str
    ours: tuple[float, ...]
    """One value a run."""
    peer: tuple[float, ...] = ()
    """Of app_queue; empty where it has nothing to compare."""
    target: str
    met: bool | None
    """None: nothing to reach, shown to explain another."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over app_queue's, medians."""
        return median(self.ours) / median(self.peer) if self.peer and median(self.peer) else None

    def judged(self, good: Callable[[float], bool]) -> "Figure":
        """Met when the ratio of the medians is good."""
        return replace(self, met=self.ratio is not None and good(self.ratio))


Measure = Callable[[Effort], Iterator[Figure]]


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many percent lie (nearest rank). ``values`` must not be empty."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def alternating(
    floor: Floor, sides: Sequence[str], runs: int, measure: Callable[[str], list[float]]
) -> dict[str, list[list[float]]]:
    """``measure(side)`` for each side in turn, ``runs`` times; which side begins changes, so that
    neither always has the warmer machine. A run that fails is done once more: robots on a busy
    machine miss a word, and the other runs shall not be lost for it."""
    found: dict[str, list[list[float]]] = {side: [] for side in sides}
    for run in range(runs):
        for side in sides if run % 2 == 0 else reversed(sides):
            try:
                found[side].append(_one_run(floor, side, measure))
            except (RuntimeError, TimeoutError):
                found[side].append(_one_run(floor, side, measure))
    return found


def _one_run(floor: Floor, side: str, measure: Callable[[str], list[float]]) -> list[float]:
    with floor.side(side):
        floor.warm_up(side)
        return measure(side)
