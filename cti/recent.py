"""The facts of the last calls, kept at hand for screens: what happened, in order, live calls too.

Written on the event loop's thread, read on any; forgotten with the process.
"""

from collections import OrderedDict
from threading import Lock
from typing import get_args

from calls.bus import Bus
from calls.events import Fact
from calls.fold import fold
from calls.ids import CallId
from calls.record import CallRecord

CALLS = 1_000
FACTS = 400
"""Of one call; a caller who waits an hour is told her place 120 times."""


class RecentFacts:
    def __init__(self, calls: int = CALLS) -> None:
        self._most = calls
        self._lock = Lock()
        self._calls: OrderedDict[CallId, list[Fact]] = OrderedDict()

    def listen(self, bus: Bus) -> None:
        for kind in get_args(Fact):
            bus.subscribe(kind, self.hear)

    def hear(self, fact: Fact) -> None:
        with self._lock:
            facts = self._calls.setdefault(fact.call, [])
            if len(facts) < FACTS:
                facts.append(fact)
            if len(self._calls) > self._most:
                self._calls.popitem(last=False)

    def of(self, call: CallId) -> list[Fact]:
        """In the order they were told; none for a call of long ago."""
        with self._lock:
            return list(self._calls.get(call, ()))

    def record(self, call: CallId) -> CallRecord | None:
        """The record so far of a call that may still be going on."""
        facts = self.of(call)
        return fold(facts) if facts else None
