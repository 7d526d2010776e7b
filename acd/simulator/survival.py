"""Times of which some are known only to be longer than what was seen (censored): Kaplan-Meier.

Who was answered after ten seconds has shown ten seconds of patience, not that she had no more. A
mean over those who gave up alone would call everybody impatient.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import inf

from acd.simulator.chance import exponential


class Survival:
    """S(t), the share that lasts longer than t. Product-limit estimate: E. L. Kaplan, P. Meier,
    Nonparametric estimation from incomplete observations, JASA 53 (1958) 457-481."""

    def __init__(self, seen: Iterable[tuple[float, bool]]) -> None:
        """``seen``: each time, and whether it ended then (True) or was only seen so far."""
        times = sorted(seen, key=lambda one: (one[0], not one[1]))
        self.times: list[float] = []
        self.shares: list[float] = []
        """S just after each of ``times``; falling."""
        self.ended = sum(ended for _, ended in times)
        self.exposure_s = sum(time for time, _ in times)
        at_risk, share = len(times), 1.0
        place = 0
        while place < len(times):
            time, ends, leaving = times[place][0], 0, 0
            while place < len(times) and times[place][0] == time:
                ends += times[place][1]
                leaving += 1
                place += 1
            if ends:
                share *= 1.0 - ends / at_risk
                self.times.append(time)
                self.shares.append(share)
            at_risk -= leaving
        self._falling = [-share for share in self.shares]

    @property
    def mean_s(self) -> float:
        """If they were exponential: time seen in all, by how often it ended (maximum likelihood
        under censoring); inf when it never did."""
        return self.exposure_s / self.ended if self.ended else inf

    def share(self, time: float) -> float:
        """S(time)."""
        place = bisect_right(self.times, time)
        return self.shares[place - 1] if place else 1.0

    def draw(self, u: float, beyond: float = 0.0) -> float:
        """A time longer than ``beyond``, which has been seen already; ``u`` in [0, 1). inf where
        the curve ends above 0: nobody has been seen to last so long and to end."""
        wanted = self.share(beyond) * (1.0 - u)
        place = bisect_left(self._falling, -wanted)
        place = max(place, bisect_right(self.times, beyond))
        return self.times[place] if place < len(self.times) else inf

    def draw_on(self, u: float, beyond: float = 0.0) -> float:
        """As ``draw``, but past the end of the curve the mean rate goes on: patience seen for two
        minutes says little about the third, and nobody waits for ever."""
        time = self.draw(u, beyond)
        if time < inf or not self.ended:
            return time
        last = max(beyond, self.times[-1])
        left = self.share(last) / self.share(beyond) if self.share(beyond) > 0 else 1.0
        # The same u goes on where the curve leaves off: one caller, one chance.
        again = 1.0 - (1.0 - u) / left if left > 0 else u
        return last + exponential(self.mean_s, min(max(again, 0.0), 1.0 - 1e-12))
