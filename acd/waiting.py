"""Callers who wait: one heap a set of requirements, so that finding the next one never scans.

All callers of a line need the same of an agent, so the first of each line stands for all of it.
What leaves is forgotten lazily: a heap entry counts only while its order object is the current one.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from acd.choose import Needs
from acd.ranked import Ranked
from acd.state import Call, Order
from calls.ids import AgentId, CallId, EdgeId

LineKey = tuple[EdgeId, Needs, tuple[AgentId, ...]]
Current = dict[CallId, tuple["Line", Order]]

STALE_ALLOWED = 32
"""Below this many dead entries a rebuild costs more than it frees."""


class Line:
    """Callers of one queue with the same edge, needs and excluded agents, best first."""

    __slots__ = ("edge", "key", "needs", "not_to", "alive", "_heap", "_current")

    def __init__(self, key: LineKey, current: Current) -> None:
        self.key = key
        self.edge, self.needs, self.not_to = key
        self.alive = 0
        self._heap: list[tuple[Order, CallId]] = []
        self._current = current

    def push(self, order: Order, call: CallId) -> None:
        self.alive += 1
        heappush(self._heap, (order, call))
        if len(self._heap) > 2 * self.alive + STALE_ALLOWED:
            self._heap = [entry for entry in self._heap if self._counts(entry)]
            heapify(self._heap)

    def first(self) -> tuple[Order, CallId]:
        """The next caller. The line must not be empty."""
        heap = self._heap
        while not self._counts(heap[0]):
            heappop(heap)
        return heap[0]

    def _counts(self, entry: tuple[Order, CallId]) -> bool:
        current = self._current.get(entry[1])
        return current is not None and current[1] is entry[0]


class Waiting:
    """The callers of one queue, those being offered not among them."""

    __slots__ = ("lines", "restricted", "_current", "_places", "_oldest")

    def __init__(self) -> None:
        self.lines: dict[LineKey, Line] = {}
        """Only lines with somebody in them."""
        self.restricted: dict[LineKey, Line] = {}
        """Those of ``lines`` that exclude somebody."""
        self._current: Current = {}
        self._places: Ranked[Order] = Ranked()
        self._oldest: list[tuple[float, CallId, Order]] = []

    def __len__(self) -> int:
        return len(self._current)

    def __contains__(self, call: CallId) -> bool:
        return call in self._current

    def add(self, call: Call, needs: Needs) -> None:
        """``needs``: the queue's and the call's own, together."""
        key = (call.edge, needs, call.not_to)
        line = self.lines.get(key)
        if line is None:
            line = self.lines[key] = Line(key, self._current)
            if call.not_to:
                self.restricted[key] = line
        order = call.order
        self._current[call.id] = (line, order)
        line.push(order, call.id)
        self._places.add(order)
        heappush(self._oldest, (call.began, call.id, order))
        if len(self._oldest) > 2 * len(self._current) + STALE_ALLOWED:
            self._oldest = [entry for entry in self._oldest if self._counts(entry)]
            heapify(self._oldest)

    def remove(self, call: CallId) -> None:
        """The caller waits no more: gone, or being offered. Nothing happens to one not waiting."""
        line, order = self._current.pop(call, (None, None))
        if line is None or order is None:
            return
        self._places.remove(order)
        line.alive -= 1
        if not line.alive:
            del self.lines[line.key]
            self.restricted.pop(line.key, None)

    def place(self, call: CallId) -> int:
        """1 is next. The call must be waiting."""
        return self._places.before(self._current[call][1]) + 1

    def longest_since(self) -> float | None:
        """When the caller waiting longest began to wait."""
        oldest = self._oldest
        while oldest and not self._counts(oldest[0]):
            heappop(oldest)
        return oldest[0][0] if oldest else None

    def in_order(self) -> Iterator[CallId]:
        """All of them, next first: for screens, not for decisions (it sorts)."""
        for _, call in sorted((order, call) for call, (_, order) in self._current.items()):
            yield call

    def _counts(self, entry: tuple[float, CallId, Order]) -> bool:
        current = self._current.get(entry[1])
        return current is not None and current[1] is entry[2]
