"""What sessions have told of calls that may not be over: the reconciler's memory of facts.

Pure. Heard on the bus as they are told, and once from the journal what a former controller told.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from calls import events
from calls.bus import Bus
from calls.clock import Clock
from calls.events import Fact
from calls.fold import Fold
from calls.ids import CallId, QueueId
from calls.record import CallRecord

KEEP_S = 120.0
"""How long a call that is over, or known by late facts alone, is kept for its trace to come."""

_HEARD: tuple[type[Fact], ...] = (
    events.CallArrived,
    events.SessionResumed,
    events.QueueJoined,
    events.QueueLeft,
    events.OfferMade,
    events.OfferMissed,
    events.CallAnswered,
    events.TalkBegan,
    events.TalkFinished,
    events.RecordingStarted,
    events.RecordingStored,
    events.VoicemailLeft,
    events.Rescued,
    events.CallEnded,
)


@dataclass(slots=True)
class ToldCall:
    fold: Fold
    heard_at: float
    """When this process heard of it last."""
    last_at: float = 0.0
    """The latest moment told of."""
    arrived: bool = False
    rescued: bool = False
    waits_in: QueueId | None = None

    @property
    def ended(self) -> bool:
        return self.fold.ended

    def record(self) -> CallRecord:
        return self.fold.record()


class Told:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[CallId, ToldCall] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def listen(self, bus: Bus) -> None:
        for kind in _HEARD:
            bus.subscribe(kind, self.hear)

    def hear(self, fact: Fact) -> None:
        """One fact; one heard before changes nothing."""
        if not isinstance(fact, _HEARD):
            return
        now = self._clock.now()
        call = self._calls.get(fact.call)
        if call is None:
            call = self._calls[fact.call] = ToldCall(Fold(fact.call), now)
        if not call.fold.add(fact):
            return
        call.heard_at = now
        call.last_at = max(call.last_at, fact.at)
        match fact:
            case events.CallArrived():
                call.arrived = True
            case events.QueueJoined(queue=queue):
                call.waits_in = queue
            case events.QueueLeft() | events.CallAnswered():
                call.waits_in = None
            case events.Rescued():
                call.rescued = True

    def get(self, call: CallId) -> ToldCall | None:
        return self._calls.get(call)

    def drop(self, call: CallId) -> None:
        self._calls.pop(call, None)

    def unended(self) -> Iterator[tuple[CallId, ToldCall]]:
        """Calls whose arrival was told and whose end was not."""
        for name, call in tuple(self._calls.items()):
            if call.arrived and not call.ended:
                yield name, call

    def tidy(self) -> None:
        """Forget what nothing will come of."""
        limit = self._clock.now() - KEEP_S
        stale = [
            name
            for name, call in self._calls.items()
            if (call.ended or not call.arrived) and call.heard_at < limit
        ]
        for name in stale:
            del self._calls[name]
