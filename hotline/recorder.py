"""Records talks and keeps messages: tells Asterisk when, hands the files to recordings/, and says
in the call's facts what became of them. The audio itself is never touched in this process."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from calls import events
from calls.clock import Clock
from calls.commands import OfferCall
from calls.ids import CallId, OfferId, QueueId, RecordingId
from calls.notices import Alarm
from calls.record import Leg
from hotline.factlog import FactLog
from recordings.model import Recording, Taken, stored
from recordings.service import RecordingService
from storage.errors import StorageError
from telephony.agi.channel import Channel, Raw

log = logging.getLogger(__name__)

FIRST_RETRY_S = 5.0
LONGEST_RETRY_S = 300.0
NOT_KEPT = "recording_not_kept"
WAV_HEADER = 44
BYTES_A_SECOND = 16_000
"""8 kHz, 16 bit, one channel: what Asterisk writes."""


class Recorder:
    def __init__(
        self,
        spool: Path,
        service: RecordingService,
        facts: FactLog,
        clock: Clock,
        records: Callable[[QueueId], bool] = lambda queue: True,
        alarm: Callable[[Alarm], None] = lambda alarm: None,
    ) -> None:
        """``spool``: where Asterisk writes; seen at the same path by both. ``records``: whether
        talks of this queue are recorded."""
        spool.mkdir(parents=True, exist_ok=True)
        self._spool = spool
        self._service = service
        self._facts = facts
        self._clock = clock
        self._records = records
        self._alarm = alarm
        self._armed: dict[OfferId, Taken] = {}
        self._work: set[asyncio.Task[None]] = set()
        self._busy: set[RecordingId] = set()

    async def arm(self, channel: Channel, offer: OfferCall) -> None:
        """Record the talk this offer may become: only while bridged, so neither music nor prompts,
        each side in a file of its own."""
        if not self._records(offer.queue):
            return
        caller, agent = self._sides(offer.offer)
        await channel.execute("MixMonitor", Raw(f",bSr({caller})t({agent})"))
        self._armed[offer.offer] = Taken(
            id=talk_id(offer.offer),
            call=offer.call,
            queue=offer.queue,
            agent=offer.agent,
            offer=offer.offer,
        )

    async def disarm(self, channel: Channel, offer: OfferId) -> None:
        """Dial has returned and the caller is still there: stop writing."""
        if offer in self._armed:
            await channel.execute("StopMixMonitor")

    def began(self, call: CallId, offer: OfferId) -> None:
        if offer in self._armed:
            started = events.RecordingStarted(
                call=call,
                at=self._clock.now(),
                key=f"started-{offer}",
                recording=talk_id(offer),
                offer=offer,
            )
            self._facts.write(started)

    def finish(self, call: CallId, offer: OfferId, number: str, *, talked: bool) -> None:
        """Keep the talk, or drop the empty files of an offer nobody took; in the background. Works
        for an offer of a former controller too: its files are found by the offer's id."""
        taken = self._armed.pop(offer, None)
        caller, agent = self._sides(offer)
        if talked and (taken is not None or caller.exists()):
            taken = taken or Taken(id=talk_id(offer), call=call, offer=offer)
            taken = replace(taken, number=number)
            self._spawn(self._keep_talk(taken, caller, agent), taken.id)
        elif taken is not None:
            self._spawn(self._drop(caller, agent))

    def keep_left_talk(self, call: CallId, leg: Leg, number: str) -> None:
        """The same for a talk that nobody finished, whether its files are there or not: a missing
        one is flagged."""
        taken = Taken(
            id=talk_id(leg.offer),
            call=call,
            queue=leg.queue,
            agent=leg.agent,
            offer=leg.offer,
            number=number,
        )
        self._spawn(self._keep_talk(taken, *self._sides(leg.offer)), taken.id)

    def drop_left_talk(self, offer: OfferId) -> None:
        """Delete what was written for an offer that became no talk."""
        self._spawn(self._drop(*self._sides(offer)))

    def keeps(self, recording: RecordingId) -> bool:
        """It is being kept at this moment."""
        return recording in self._busy

    def left_behind(self) -> dict[str, tuple[int, float]]:
        """Size in bytes and time of the last writing of each file in the spool, by its name.
        Blocks on the disk."""
        found = {}
        for entry in os.scandir(self._spool):
            with suppress(FileNotFoundError):
                status = entry.stat()
                found[entry.name] = (status.st_size, status.st_mtime)
        return found

    def voicemail_path(self, recording: RecordingId) -> Path:
        return self._spool / f"{recording}.wav"

    def voicemail_seconds(self, recording: RecordingId) -> float:
        """How long the message is so far, by the size of its file."""
        try:
            size = self.voicemail_path(recording).stat().st_size
        except FileNotFoundError:
            return 0.0
        return seconds_of(size)

    def store_voicemail(
        self, call: CallId, recording: RecordingId, number: str, queue: QueueId | None = None
    ) -> None:
        taken = Taken(id=recording, call=call, queue=queue, number=number)
        self._spawn(self._keep_voicemail(taken, self.voicemail_path(recording)), recording)

    async def close(self) -> None:
        """Wait for what is being kept."""
        if self._work:
            _, unkept = await asyncio.wait(self._work, timeout=10.0)
            for task in unkept:
                # Its files stay; the reconciler of the next start finds them.
                task.cancel()

    async def _keep_talk(self, taken: Taken, caller: Path, agent: Path) -> None:
        await self._keep(taken.id, lambda: self._service.finish(taken, caller, agent))

    async def _keep_voicemail(self, taken: Taken, wav: Path) -> None:
        await self._keep(taken.id, lambda: self._service.finish_voicemail(taken, wav))

    async def _keep(self, id_: RecordingId, finish: Callable[[], Awaitable[Recording]]) -> None:
        """Until it is kept: its files stay, and who has to make room on the disk is told."""
        pause_s = FIRST_RETRY_S
        while True:
            try:
                kept = await finish()
            except StorageError as error:
                self._alarm(self._not_kept(on=True, text=f"{id_}: {error}"))
                await self._pause(pause_s)
                pause_s = min(2 * pause_s, LONGEST_RETRY_S)
            else:
                break
        if pause_s > FIRST_RETRY_S:
            self._alarm(self._not_kept(on=False))
        self._facts.write(stored(kept))

    def _not_kept(self, *, on: bool, text: str = "") -> Alarm:
        return Alarm(name=NOT_KEPT, on=on, text=text, at=self._clock.now())

    async def _pause(self, pause_s: float) -> None:
        over = asyncio.Event()
        self._clock.call_later(pause_s, over.set)
        await over.wait()

    async def _drop(self, *files: Path) -> None:
        for file in files:
            file.unlink(missing_ok=True)

    def _sides(self, offer: OfferId) -> tuple[Path, Path]:
        return self._spool / f"{offer}-caller.wav", self._spool / f"{offer}-agent.wav"

    def _spawn(self, work: Coroutine[Any, Any, None], recording: RecordingId | None = None) -> None:
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._done)
        if recording is not None:
            self._busy.add(recording)
            task.add_done_callback(lambda _: self._busy.discard(recording))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a recording could not be kept", exc_info=error)


def talk_id(offer: OfferId) -> RecordingId:
    return RecordingId(f"t-{offer}")


def seconds_of(size: int) -> float:
    """How long a WAV file of Asterisk's is, by its size in bytes."""
    return max(0, size - WAV_HEADER) / BYTES_A_SECOND
