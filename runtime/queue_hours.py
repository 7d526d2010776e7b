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
        calendars: Mapping[str, WorkCalendar],
        tell: Callable[[QueueHours], object],
    ) -> None:
        self._floor = floor
        self._calendars = calendars
        self._tell = tell
        self._told: dict[QueueId, QueueHours] = {}

    def look(self, now: float) -> None:
        for said in self._now(now):
            if self._told.get(said.queue) != said:
                self._tell(said)
                self._told[said.queue] = said

    def _now(self, now: float) -> Iterator[QueueHours]:
        for queue in self._floor().queues:
            own = queue.callback.calendar if queue.callback is not None else ""
            if queue.calendar or own:
                open_ = self._open(queue.calendar, now)
                callbacks = self._open(own, now) if own else open_
                yield QueueHours(queue=queue.id, open=open_, callbacks=callbacks)

    def _open(self, calendar: str, now: float) -> bool:
        return not calendar or self._calendars[calendar].is_open(now)
