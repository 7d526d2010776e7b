"""What will happen by itself, and when. The engine never sleeps: it is asked for the next one.

A deadline that no longer applies is dropped when it comes up; its owner says so.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from heapq import heappop, heappush


class Due(IntEnum):
    """In this order when several fall on the same instant: free agents first, words last."""

    AGENT_UNTIL = 1
    AGENT_REST = 2
    AGENT_PAUSE = 3
    OFFER_BACKSTOP = 4
    RING_MORE = 5
    CALLBACK_DUE = 6
    CALLBACK_EXPIRES = 7
    PLACE_KEPT = 8
    LOOK = 9
    TELL_PLACE = 10
    PREFERENCE = 11


class Deadlines:
    def __init__(self, applies: Callable[[Due, str, float], bool]) -> None:
        """``applies(kind, id, at)``: whether that deadline is still the one its owner names."""
        self._heap: list[tuple[float, Due, str]] = []
        self._applies = applies

    def add(self, at: float, kind: Due, of: str) -> None:
        heappush(self._heap, (at, kind, of))

    def next(self) -> float | None:
        """When the first one that still applies falls due."""
        heap = self._heap
        while heap and not self._applies(heap[0][1], heap[0][2], heap[0][0]):
            heappop(heap)
        return heap[0][0] if heap else None

    def due(self, now: float, at_most: int) -> Iterator[tuple[Due, str]]:
        """Those that have come, in order, at most so many; the rest stay due."""
        for _ in range(at_most):
            at = self.next()
            if at is None or at > now:
                return
            _, kind, of = heappop(self._heap)
            yield kind, of

    def pending(self) -> Iterator[tuple[float, Due, str]]:
        """All that still apply, in no order: for checks, not for decisions."""
        return (entry for entry in self._heap if self._applies(entry[1], entry[2], entry[0]))
