"""Time as an argument: what anything that must wait or stamp takes instead of the machine's clock.

The real one is runtime.clock; tests pass a ManualClock and move it by hand.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Protocol


class Timer(Protocol):
    def cancel(self) -> None:
        """The function will not be called; cancelling twice, or too late, does nothing."""


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since the epoch. Never goes backwards within one process."""

    def call_later(self, delay_s: float, fn: Callable[[], None]) -> Timer:
        """Call ``fn`` once, ``delay_s`` seconds from now."""


class _ManualTimer:
    def __init__(self, fn: Callable[[], None]) -> None:
        self.fn: Callable[[], None] | None = fn

    def cancel(self) -> None:
        self.fn = None


class ManualClock:
    """A clock that stands still until told: ``advance`` runs what falls due, in order of time."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._due: list[tuple[float, int, _ManualTimer]] = []
        self._count = 0

    def now(self) -> float:
        return self._now

    def call_later(self, delay_s: float, fn: Callable[[], None]) -> Timer:
        timer = _ManualTimer(fn)
        self._count += 1
        heappush(self._due, (self._now + max(0.0, delay_s), self._count, timer))
        return timer

    def advance(self, by_s: float) -> None:
        """Move time on by ``by_s`` seconds, stopping at each timer on the way."""
        end = self._now + by_s
        while self._due and self._due[0][0] <= end:
            at, _, timer = heappop(self._due)
            self._now = max(self._now, at)
            fn, timer.fn = timer.fn, None
            if fn is not None:
                fn()
        self._now = end
