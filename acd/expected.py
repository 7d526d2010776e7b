"""How long a caller may still have to wait, as a range, from how fast this queue moved lately.

The estimator: while a queue is backed up, the gaps between answers are what a place costs. With
mean m and deviation s of the last gaps, place n is expected to take n*m, give or take sqrt(n)*s.
A gap still open that is already longer than m counts instead of m: a stalled queue promises less.
"""

from math import fsum, sqrt

import msgspec

GAPS_KEPT = 16
"""Minutes, not hours, of a busy queue: the floor of an hour ago is another floor."""
GAPS_NEEDED = 4
"""Below this a range would be invented; the caller hears the place alone."""


class Pace(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The recent service of one queue."""

    gaps: list[float] = []
    last_at: float | None = None
    """The last answer, if callers have been waiting ever since."""
    promised: int = 0
    """Callers answered who had been told a range."""
    kept: int = 0
    """Those of them answered within the first range they were told."""
    off_s: float = 0.0
    """By how much the others missed it, all together."""
    late: int = 0
    """How many of them waited longer than they were told."""

    def answered(self, now: float, still_waiting: int) -> None:
        """A caller of this queue was answered, leaving that many others waiting."""
        if self.last_at is not None:
            self.gaps.append(now - self.last_at)
            del self.gaps[:-GAPS_KEPT]
        self.last_at = now if still_waiting else None

    def emptied(self) -> None:
        """Nobody waits any more: the time until the next caller is not service."""
        self.last_at = None

    def expect(self, place: int, now: float) -> tuple[float, float] | None:
        """Seconds, low and high, for the caller at this place; None when too little is known."""
        count = len(self.gaps)
        if count < GAPS_NEEDED:
            return None
        mean = fsum(self.gaps) / count
        deviation = sqrt(fsum((gap - mean) ** 2 for gap in self.gaps) / count)
        if self.last_at is not None:
            mean = max(mean, now - self.last_at)
        middle, spread = place * mean, sqrt(place) * deviation
        return max(0.0, middle - spread), middle + spread

    def judge(self, now: float, earliest: float, latest: float) -> None:
        """A caller was answered who had first been told that it would be between these."""
        self.promised += 1
        if earliest <= now <= latest:
            self.kept += 1
        else:
            self.off_s += max(earliest - now, now - latest)
            self.late += now > latest

    @property
    def mean_off_s(self) -> float:
        """How far off the ranges that were not kept were, on average."""
        missed = self.promised - self.kept
        return self.off_s / missed if missed else 0.0
