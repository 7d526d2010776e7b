"""Callers between two sessions: alive in Asterisk, with music, and back within a lap of it.

Their session broke, or died with a former controller. An offer for one of them waits until she is
back: failed at once it would come again, and keep an agent from nobody else.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from calls.clock import Clock, Timer
from calls.commands import OfferCall
from calls.ids import CallId, OfferId

RETURN_S = 5.0
"""The dialplan's lap of music, and time for a busy machine. No agent is kept longer for somebody
who does not come."""


@dataclass(frozen=True, slots=True)
class _Kept:
    offer: OfferCall
    timer: Timer


class BetweenSessions:
    def __init__(self, clock: Clock, late: Callable[[OfferCall], None]) -> None:
        """``late(offer)``: its caller did not come back in time to be offered anew."""
        self._clock = clock
        self._late = late
        self._callers: set[CallId] = set()
        self._kept: dict[OfferId, _Kept] = {}

    def __contains__(self, call: CallId) -> bool:
        return call in self._callers

    def add(self, call: CallId) -> None:
        self._callers.add(call)

    def only(self, alive: Collection[CallId]) -> None:
        """The truth was read: these, and nobody else, are there without a session."""
        self._callers = set(alive)

    def end(self, call: CallId) -> None:
        """She is back, or gone. The engine takes back what was kept for her."""
        self._callers.discard(call)

    def keep(self, offer: OfferCall) -> bool:
        """False when its caller is not one of them."""
        if offer.call not in self._callers:
            return False
        timer = self._clock.call_later(RETURN_S, lambda: self._give_up(offer))
        self._kept[offer.offer] = _Kept(offer, timer)
        return True

    def withdraw(self, offer: OfferId) -> bool:
        """The engine took it back; False when it was not kept here."""
        kept = self._kept.pop(offer, None)
        if kept is None:
            return False
        kept.timer.cancel()
        return True

    def _give_up(self, offer: OfferCall) -> None:
        del self._kept[offer.offer]
        self._callers.discard(offer.call)
        self._late(offer)
