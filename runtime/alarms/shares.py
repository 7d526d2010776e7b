"""How many were answered in time and how many gave up, of the last minutes' calls. Pure."""

from collections import deque
from collections.abc import Mapping

import msgspec

from calls.events import CallAnswered, CallEnded, QueueJoined, QueueLeft
from calls.ids import CallId, QueueId
from calls.words import LeaveReason

MOST_CALLS = 50_000
"""Whose end is never told must not stay for ever."""


class Share(msgspec.Struct, frozen=True):
    calls: int
    in_level: int
    abandoned: int


class Shares:
    """Hears facts in order; a call counts for the queue in which its wait ended."""

    def __init__(self) -> None:
        self._waiting: dict[CallId, tuple[float, QueueId]] = {}
        self._ended: deque[tuple[float, QueueId, float | None]] = deque()

    def joined(self, fact: QueueJoined) -> None:
        began = self._waiting.pop(fact.call, (fact.at, fact.queue))[0]
        self._waiting[fact.call] = (began, fact.queue)
        if len(self._waiting) > MOST_CALLS:
            del self._waiting[next(iter(self._waiting))]

    def answered(self, fact: CallAnswered) -> None:
        began, queue = self._waiting.pop(fact.call, (0.0, None))
        if queue is not None:
            self._ended.append((fact.at, queue, fact.at - began))

    def left(self, fact: QueueLeft) -> None:
        if fact.reason in (LeaveReason.HUNG_UP, LeaveReason.LOST):
            _, queue = self._waiting.pop(fact.call, (0.0, None))
            if queue is not None:
                self._ended.append((fact.at, queue, None))

    def ended(self, fact: CallEnded) -> None:
        self._waiting.pop(fact.call, None)

    def of(
        self, since: float, levels_s: Mapping[QueueId, float], level_s: float
    ) -> dict[QueueId, Share]:
        """Of waits that ended at or after ``since``; earlier ones are forgotten."""
        while self._ended and self._ended[0][0] < since:
            self._ended.popleft()
        counts: dict[QueueId, list[int]] = {}
        for _, queue, waited_s in self._ended:
            one = counts.setdefault(queue, [0, 0, 0])
            one[0] += 1
            if waited_s is None:
                one[2] += 1
            elif waited_s <= levels_s.get(queue, level_s):
                one[1] += 1
        return {queue: Share(*numbers) for queue, numbers in counts.items()}
