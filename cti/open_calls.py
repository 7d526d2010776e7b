"""Calls whose facts are being gathered, and which of them are ready to be written. Pure.

Knows positions only as numbers that grow; what it calls the mark is the position below which no
fact is needed any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from calls.events import CallArrived, CallEnded, Fact
from calls.fold import Fold
from calls.ids import CallId
from calls.record import CallRecord
from calls.words import Party

SETTLE_S = 2.0
"""From a call's end until its record is written: its recording is joined and hashed meanwhile."""
LINGER_S = 60.0
"""How long a written call is kept at hand for facts that come later still."""
SILENCE_S = 24 * 3600.0
"""A call of which nothing has been heard for so long is over, whoever forgot to say so."""


@dataclass(slots=True)
class _Call:
    fold: Fold
    since: int
    """Position of its first fact."""
    heard_at: float
    ended_at: float | None = None
    due_at: float | None = None
    """When to write it; None: nothing new to write."""
    written: bool = False
    arrived: bool = False
    asked: bool = False
    """Whether somebody has looked if it has a record already."""


class OpenCalls:
    def __init__(self) -> None:
        self._calls: dict[CallId, _Call] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._calls)

    def hear(self, position: int, fact: Fact) -> None:
        """Facts come in the order of their positions; one heard before changes nothing."""
        self._last = max(self._last, position)
        call = self._calls.get(fact.call)
        if call is None:
            call = self._calls[fact.call] = _Call(Fold(fact.call), position, fact.at)
        if not call.fold.add(fact):
            return
        call.heard_at = max(call.heard_at, fact.at)
        call.arrived = call.arrived or isinstance(fact, CallArrived)
        call.asked = False
        if isinstance(fact, CallEnded):
            call.ended_at = fact.at
        if call.ended_at is not None:
            settled = call.ended_at + SETTLE_S
            call.due_at = fact.at if call.written else max(settled, call.due_at or 0.0)

    def pass_by(self, position: int) -> None:
        """An entry that is no fact of ours."""
        self._last = max(self._last, position)

    def due(self, now: float, limit: int) -> list[CallRecord]:
        """Records to write now, at most ``limit``, calls heard of first coming first."""
        ready = [c for c in self._calls.values() if c.due_at is not None and c.due_at <= now]
        return [call.fold.record() for call in ready[:limit]]

    def strangers(self, now: float) -> list[CallId]:
        """Calls known by late facts alone: neither their arrival nor their end was heard. Each is
        named once, then again only when more of it has been heard."""
        found = [
            name
            for name, call in self._calls.items()
            if not (call.arrived or call.asked or call.written or call.ended_at is not None)
            and now - call.heard_at >= SETTLE_S
        ]
        for name in found:
            self._calls[name].asked = True
        return found

    def adopt(self, calls: Iterable[CallId], now: float) -> None:
        """These strangers have a record: what was heard late belongs to it."""
        for name in calls:
            self._calls[name].ended_at = self._calls[name].due_at = now

    def put_off(self, call: CallId, until: float) -> None:
        """Its record could not be written for a reason of its own; it still waits."""
        self._calls[call].due_at = until

    def silent(self, now: float) -> list[CallId]:
        """Calls not ended of which nothing has been heard for SILENCE_S."""
        return [
            name
            for name, call in self._calls.items()
            if call.ended_at is None and now - call.heard_at > SILENCE_S
        ]

    def give_up(self, call: CallId) -> None:
        """Take the last fact heard of the call for its end."""
        heard_at = self._calls[call].heard_at
        self.hear(
            self._last,
            CallEnded(
                call=call,
                at=heard_at,
                key="silence",
                by=Party.SYSTEM,
                cause="its end was never told",
                source="cel",
            ),
        )

    def written(self, calls: Iterable[CallId], now: float) -> None:
        """These are safe; those that ended long ago are forgotten."""
        for name in calls:
            self._calls[name].written = True
            self._calls[name].due_at = None
        for name in [name for name, call in self._calls.items() if _over(call, now)]:
            del self._calls[name]

    def mark_after(self, calls: Iterable[CallId]) -> int:
        """The mark when ``calls`` have been written as well."""
        safe = set(calls)
        waiting = (
            call.since
            for name, call in self._calls.items()
            if name not in safe and (not call.written or call.due_at is not None)
        )
        return min(waiting, default=self._last + 1) - 1


def _over(call: _Call, now: float) -> bool:
    return call.written and call.due_at is None and now - call.heard_at > LINGER_S
