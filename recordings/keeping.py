"""What becomes of kept audio: moved to the store, deleted when its time is over, held for a court.

Each step says first where the audio is, and then takes away what is too much: killed anywhere, the
next look goes on from what the list says, and no file is lost or left over.
"""

import logging
from collections.abc import Callable, Iterator

from calls.clock import Clock
from calls.ids import CallId, EdgeId, RecordingId
from calls.notices import Alarm
from recordings.model import Place, Recording, Waiting
from recordings.opened import Shelves
from recordings.ports import RecordingStore
from recordings.rules import DAY_S, RecordingRules
from recordings.shelves import FileShelf, NoAudio, Shelf, ShelfAway
from storage.errors import StorageError
from storage.offload import Offload

AT_ONCE = 50
FIRST_RETRY_S = 30.0
LONGEST_RETRY_S = 3600.0
ALARM = "recordings_store"

log = logging.getLogger(__name__)


class Keeping:
    def __init__(
        self,
        edge: EdgeId,
        store: RecordingStore,
        shelves: Shelves,
        rules: Callable[[], RecordingRules],
        offload: Offload,
        clock: Clock,
        alarm: Callable[[Alarm], None],
    ) -> None:
        """``edge``: whose audio lies on the shelf here. ``offload``: of its own, so that a store
        that hangs holds up nobody else."""
        self._edge = edge
        self._store = store
        self._shelves = shelves
        self._rules = rules
        self._offload = offload
        self._clock = clock
        self._alarm = alarm
        self._told = ""

    @property
    def trouble(self) -> str:
        """Why something waits; '' when nothing does."""
        return self._told

    async def look(self) -> None:
        """Do what is due, some of it at a time; to be called again and again. Raises what the
        database raises."""
        why = await self._offload.run(self.step, self._clock.now())
        if why != self._told:
            self._told = why
            self._alarm(Alarm(name=ALARM, on=bool(why), text=why, at=self._clock.now()))

    def step(self, now: float) -> str:
        """On a thread. Why the store could not be reached, '' when it could, or need not."""
        self._condemn_old(now)
        why = self._each("going", now, self._delete)
        if self._shelves.away is not None:
            why = self._each("here", now, self._copy) or why
            why = self._each("both", now, self._clear) or why
        if not why:
            late = [one.error for one in self._store.waiting("here", now + LONGEST_RETRY_S, 1,
                                                             self._edge) if one.error]  # fmt: skip
            why = late[0] if late and self._shelves.away is not None else ""
        return why

    # By hand

    async def hold(self, id_: RecordingId, why: str, by: str) -> bool:
        """``why`` '': lift it. False when its audio is gone or going."""
        return await self._offload.run(self._store.hold, id_, why, by, self._clock.now())

    async def erase_call(self, call: CallId) -> tuple[list[RecordingId], list[RecordingId]]:
        """Delete the audio of a call, now or as soon as the store can be reached. Those it goes
        for, and those that a hold keeps."""
        return await self._offload.run(self._erase, call)

    async def erase(self, id_: RecordingId) -> bool:
        """The same for one. False for one under hold, or without audio."""
        return await self._offload.run(self._store.condemn, id_) is not None

    def _erase(self, call: CallId) -> tuple[list[RecordingId], list[RecordingId]]:
        gone, held = [], []
        for recording in self._store.of_call(call):
            if self._store.condemn(recording.id) is not None:
                gone.append(recording.id)
            elif recording.hold_why:
                held.append(recording.id)
        return gone, held

    # One step each

    def _condemn_old(self, now: float) -> None:
        for recording in self._over(now):
            self._store.condemn(recording.id)

    def _over(self, now: float) -> Iterator[Recording]:
        rules, named = self._rules(), self._rules().queues
        for kind in ("talk", "voicemail"):
            for queue in (None, *named):
                of = rules.of(queue)
                days = of.voicemail_days if kind == "voicemail" else of.keep_days
                if days:
                    before = now - days * DAY_S
                    yield from self._store.made_before(before, AT_ONCE, kind, queue, tuple(named))

    def _each(self, place: Place, now: float, do: Callable[[Recording], None]) -> str:
        for waiting in self._store.waiting(place, now, AT_ONCE, self._edge):
            try:
                do(waiting.recording)
            except ShelfAway as away:
                # The others would wait as long for the same answer.
                self._put_off(waiting, now, str(away))
                return str(away)
            except (NoAudio, OSError) as error:
                log.error("audio is not where it should be", extra={"id": waiting.recording.id})
                self._put_off(waiting, now, f"{waiting.recording.id}: {error or 'no audio'}")
        return ""

    def _copy(self, recording: Recording) -> None:
        here, away = self._local(), self._far()
        file = here.path(recording.path)
        size = here.size(recording.path)
        away.put(recording.path, file)
        if away.size(recording.path) != size:
            raise ShelfAway(f"{recording.path}: the store has another size than was sent")
        self._store.move(recording.id, "here", "both")

    def _clear(self, recording: Recording) -> None:
        self._shelves.here.delete(recording.path)
        self._store.move(recording.id, "both", "away")

    def _delete(self, recording: Recording) -> None:
        self._shelves.here.delete(recording.path)
        if self._shelves.away is not None:
            self._shelves.away.delete(recording.path)
        self._store.move(recording.id, "going", "")

    def _put_off(self, waiting: Waiting, now: float, why: str) -> None:
        pause = min(FIRST_RETRY_S * 2**waiting.tries, LONGEST_RETRY_S)
        self._store.put_off(waiting.recording.id, now + pause, why)

    def _local(self) -> FileShelf:
        here = self._shelves.here
        assert isinstance(here, FileShelf), "what is sent to the store is a file"
        return here

    def _far(self) -> Shelf:
        if self._shelves.away is None:
            raise StorageError("there is no store")
        return self._shelves.away
