"""From the files Asterisk wrote to a listed recording with a hash; and back from its id to audio.

Audio is touched only in a worker process, or in parts on threads. Names come from our own ids,
never from caller text.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec

from calls.clock import Clock
from calls.ids import CallId, RecordingId
from recordings.audio import AudioFacts
from recordings.finishing import finish_message, finish_talk, measure_shelved
from recordings.flaw_watch import FlawWatch
from recordings.model import Kind, Recording, Sought, Taken
from recordings.opened import open_source, ring_of, shelves_of
from recordings.ports import RecordingStore
from recordings.sealed import Source
from recordings.shelves import NoAudio, is_name
from recordings.whereabouts import Whereabouts
from storage.database import unavailable
from storage.errors import StorageError
from storage.offload import Offload
from storage.worker import Worker, WorkerFailed

P = ParamSpec("P")

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SETTLE_S = 0.3
"""After the recorder was stopped its thread still writes the last block and the header."""
UNLISTED = 10_000
SPOOL = "spool"
"""Below the folder: where Asterisk writes, and where audio lies open while it is made."""


@dataclass(frozen=True, slots=True)
class _Unlisted:
    recording: Recording
    peaks: tuple[bytes, ...]


class RecordingService:
    def __init__(
        self,
        where: Whereabouts,
        store: RecordingStore,
        worker: Worker,
        offload: Offload,
        clock: Clock,
        settle_s: float = SETTLE_S,
        flaws: FlawWatch | None = None,
    ) -> None:
        """``where``: its folder holds the audio, by kind and UTC day of its end."""
        self.where = where
        self.store = store
        self._folder = Path(where.folder).absolute()
        self._shelves = shelves_of(where)
        self._worker = worker
        self._offload = offload
        self._clock = clock
        self._settle_s = settle_s
        self._flaws = flaws
        self._unlisted: deque[_Unlisted] = deque(maxlen=UNLISTED)

    @property
    def unlisted(self) -> int:
        """Recordings on disk that the database has not taken yet."""
        return len(self._unlisted)

    async def finish(self, taken: Taken, caller_wav: Path, agent_wav: Path) -> Recording:
        """Join and list a talk whose recorder has been stopped. The two files are gone afterwards.

        Raises ValueError for an unfit id or sides of unlike rate, and WorkerFailed when the worker
        fails twice: the files stay, the call may be repeated.
        """
        path, ended_at = self._place("talk", taken.id)
        await self._settled()
        files = (str(self._folder / path), str(caller_wav), str(agent_wav))
        facts = await self._twice(finish_talk, *files, self.where.keys)
        return await self._listed(taken, "talk", path, facts, ended_at)

    async def finish_voicemail(self, taken: Taken, wav: Path) -> Recording:
        """The same for a message left by the caller, one channel."""
        path, ended_at = self._place("voicemail", taken.id)
        await self._settled()
        files = (str(self._folder / path), str(wav))
        facts = await self._twice(finish_message, *files, self.where.keys)
        return await self._listed(taken, "voicemail", path, facts, ended_at)

    async def find(self, id_: RecordingId) -> Recording | None:
        return await self._offload.run(self.store.find, id_)

    async def of_call(self, call: CallId) -> list[Recording]:
        return await self._offload.run(self.store.of_call, call)

    async def search(
        self, wanted: Sought, limit: int, before: tuple[float, RecordingId] | None = None
    ) -> list[Recording]:
        """Newest first."""
        return await self._offload.run(self.store.search, wanted, limit, before)

    def audio_of(self, recording: Recording) -> Source:
        """What is heard, to be read in parts. Blocks. Raises NoAudio when it is gone, or its path
        can be none; ShelfAway; SealBroken."""
        if recording.place in ("", "going") or not is_name(recording.path):
            raise NoAudio(recording.id)
        return open_source(self._shelves.find(recording.path), ring_of(self.where))

    async def peaks_of(self, recording: Recording) -> tuple[bytes, ...]:
        """Per channel, as recordings.audio has them; measured now for one that has none yet.
        Raises NoAudio, WorkerFailed."""
        known = await self._offload.run(self.store.peaks, recording.id)
        if known or not recording.sha256:
            return known
        if recording.place in ("", "going"):
            raise NoAudio(recording.id)
        spool = str(self._folder / SPOOL)
        facts = await self._worker.run(measure_shelved, self.where, recording.path, spool)
        await self._offload.run(self.store.keep_peaks, recording.id, facts.peaks)
        return facts.peaks

    def _place(self, kind: Kind, id_: RecordingId) -> tuple[str, float]:
        if not _SAFE_ID.fullmatch(id_):
            raise ValueError("a recording id is letters, digits, dot, dash or underscore")
        now = self._clock.now()
        day = datetime.fromtimestamp(now, UTC)
        sealed = ".sealed" if self.where.keys else ""
        return f"{kind}/{day:%Y/%m/%d}/{id_}.wav{sealed}", now

    async def _settled(self) -> None:
        if self._settle_s:
            over = asyncio.Event()
            self._clock.call_later(self._settle_s, over.set)
            await over.wait()

    async def _twice(
        self, job: Callable[P, AudioFacts], *args: P.args, **kwargs: P.kwargs
    ) -> AudioFacts:
        try:
            return await self._worker.run(job, *args, **kwargs)
        except WorkerFailed:
            return await self._worker.run(job, *args, **kwargs)

    async def _listed(
        self, taken: Taken, kind: Kind, path: str, facts: AudioFacts, made_at: float
    ) -> Recording:
        recording = Recording(
            id=taken.id,
            call=taken.call,
            kind=kind,
            path=path if facts.bytes else "",
            place="here" if facts.bytes else "",
            seconds=facts.seconds,
            bytes=facts.bytes,
            sha256=facts.sha256,
            flaw=facts.flaw,
            made_at=made_at,
            queue=taken.queue,
            agent=taken.agent,
            offer=taken.offer,
            number=taken.number,
        )
        self._unlisted.append(_Unlisted(recording, facts.peaks))
        await self.list_waiting()
        if self._flaws is not None:
            self._flaws.hear(recording, self._clock.now())
        return recording

    async def list_waiting(self) -> None:
        """Try again what the database would not take; called by itself after every recording.

        The audio is safe meanwhile and the session's fact says where; ``unlisted`` shows it.
        """
        for _ in range(len(self._unlisted)):
            waiting = self._unlisted.popleft()
            try:
                await self._offload.run(self.store.add, waiting.recording, waiting.peaks)
            except BaseException as error:
                self._unlisted.append(waiting)
                if not isinstance(error, Exception):
                    raise
                if unavailable(error) or isinstance(error, StorageError):
                    return
