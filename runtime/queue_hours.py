"""Tells the engine what the calendars say of each queue: it knows no calendar itself, so that a
replay sees the hours as they were."""

from collections.abc import Callable, Iterator, Mapping

from calls.calendar import WorkCalendar
from calls.floor import FloorSpec
from calls.ids import QueueId
from calls.inputs import QueueHours


class QueueHoursTeller:
    """Says each change once, and everything at the first look: a former process may have said
    something else."""

    def __init__(
        self,
        floor: Callable[[], FloorSpec],
        calendars: Callable[[], Mapping[str, WorkCalendar]],
        tell: Callable[[QueueHours], object],
    ) -> None:
        self._floor = floor
        self._calendars = calendars
        self._tell = tell
        self._told: dict[QueueId, QueueHours] = {}

    def look(self, now: float) -> None:
        known, self._told = self._told, {}
        for said in self._now(now):
            # A queue that has lost its calendar is forgotten, as the engine forgets its hours.
            self._told[said.queue] = said
            if known.get(said.queue) != said:
                self._tell(said)

    def _now(self, now: float) -> Iterator[QueueHours]:
        for queue in self._floor().queues:
            own = queue.callback.calendar if queue.callback is not None else ""
            if queue.calendar or own:
                open_ = self._open(queue.calendar, now)
                callbacks = self._open(own, now) if own else open_
                yield QueueHours(queue=queue.id, open=open_, callbacks=callbacks)

    def _open(self, calendar: str, now: float) -> bool:
        return not calendar or self._calendars()[calendar].is_open(now)
