"""Callers who wait: one heap a set of requirements, so that finding the next one never scans.

All callers of a line ask the same of an agent, so the first of each line stands for all of it.
Lines kept for single agents are found by agent: there may be as many of them as customers.
What leaves is forgotten lazily: a heap entry counts only while its order object is the current one.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from acd.choose import Ask
from acd.ranked import Ranked
from acd.state import Call, Order
from calls.ids import AgentId, CallId, EdgeId

LineKey = tuple[EdgeId, Ask]
Current = dict[CallId, tuple["Line", Order]]

STALE_ALLOWED = 32
"""Below this many dead entries a rebuild costs more than it frees."""


class Line:
    """Callers of one queue on the same edge who ask the same, best first."""

    __slots__ = ("edge", "key", "ask", "alive", "_heap", "_current")

    def __init__(self, key: LineKey, current: Current) -> None:
        self.key = key
        self.edge, self.ask = key
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

    def callers(self) -> list[CallId]:
        """All of them, next first: for those few who wait for one agent."""
        return [entry[1] for entry in sorted(self._heap) if self._counts(entry)]

    def _counts(self, entry: tuple[Order, CallId]) -> bool:
        current = self._current.get(entry[1])
        return current is not None and current[1] is entry[0]


class Waiting:
    """The callers of one queue, those being offered not among them."""

    __slots__ = ("lines", "restricted", "kept_for", "_current", "_places", "_oldest", "_virtual")

    def __init__(self) -> None:
        self.lines: dict[LineKey, Line] = {}
        """Only lines with somebody in them; those kept for single agents are not among them."""
        self.restricted: dict[LineKey, Line] = {}
        """Those of ``lines`` that exclude somebody."""
        self.kept_for: dict[AgentId, dict[LineKey, Line]] = {}
        """Lines that wait for this agent or a few more."""
        self._current: Current = {}
        self._places: Ranked[Order] = Ranked()
        self._oldest: list[tuple[float, CallId, Order]] = []
        self._virtual: set[CallId] = set()
        """Of them those who hung up and will be called back."""

    @property
    def on_the_line(self) -> int:
        """Those who really wait, and hear music."""
        return len(self._current) - len(self._virtual)

    def __len__(self) -> int:
        return len(self._current)

    def __contains__(self, call: CallId) -> bool:
        return call in self._current

    def lines_for(self, agent: AgentId) -> Iterator[Line]:
        """Those this agent may take callers of, as far as they are kept for anybody."""
        yield from self.lines.values()
        if self.kept_for:
            yield from self.kept_for.get(agent, {}).values()

    def all_lines(self) -> Iterator[Line]:
        yield from self.lines.values()
        for agent, lines in self.kept_for.items():
            yield from (line for line in lines.values() if line.ask.only[0] == agent)

    def line_of(self, call: CallId) -> Line:
        """The call must be waiting."""
        return self._current[call][0]

    def add(self, call: Call, ask: Ask) -> None:
        """``ask``: what the queue, the call and its recipe ask of an agent together."""
        key = (call.edge, ask)
        line = self._line(key) if ask.only else self.lines.get(key)
        if line is None:
            line = self.lines[key] = Line(key, self._current)
            if ask.not_to:
                self.restricted[key] = line
        order = call.order
        self._current[call.id] = (line, order)
        line.push(order, call.id)
        self._places.add(order)
        if call.callback is not None:
            self._virtual.add(call.id)
            return
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
        if self._virtual:
            self._virtual.discard(call)
        line.alive -= 1
        if not line.alive:
            self._close(line)

    def _line(self, key: LineKey) -> Line:
        """The line kept for these agents."""
        line = self.kept_for.get(key[1].only[0], {}).get(key)
        if line is None:
            line = Line(key, self._current)
            for agent in key[1].only:
                self.kept_for.setdefault(agent, {})[key] = line
        return line

    def _close(self, line: Line) -> None:
        if not line.ask.only:
            del self.lines[line.key]
            self.restricted.pop(line.key, None)
        for agent in line.ask.only:
            lines = self.kept_for[agent]
            del lines[line.key]
            if not lines:
                del self.kept_for[agent]

    def place(self, call: CallId) -> int:
        """1 is next. The call must be waiting."""
        return self._places.before(self._current[call][1]) + 1

    def place_of(self, order: Order) -> int:
        """The place of a caller with this order, waiting or about to."""
        return self._places.before(order) + 1

    def everybody(self) -> tuple[CallId, ...]:
        """All of them, in no order that means anything."""
        return tuple(self._current)

    def longest_since(self) -> float | None:
        """When the caller waiting longest on the line began to wait."""
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
