"""From the files Asterisk wrote to a listed recording with a hash; and back from its id to a file.

Audio is touched only in a worker process. Names come from our own ids, never from caller text.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec

import msgspec

from calls.clock import Clock
from calls.ids import CallId, RecordingId
from recordings.audio import AudioFacts
from recordings.finishing import finish_message, finish_talk
from recordings.model import Kind, Recording, Taken
from recordings.ports import RecordingStore
from storage.database import unavailable
from storage.errors import StorageError
from storage.offload import Offload
from storage.worker import Worker, WorkerFailed

P = ParamSpec("P")

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SETTLE_S = 0.3
"""After the recorder was stopped its thread still writes the last block and the header."""
UNLISTED = 10_000


class RecordingService:
    def __init__(
        self,
        folder: Path,
        store: RecordingStore,
        worker: Worker,
        offload: Offload,
        clock: Clock,
        settle_s: float = SETTLE_S,
    ) -> None:
        """``folder`` holds the audio, by kind and UTC day of its end."""
        self._folder = folder.absolute()
        self._store = store
        self._worker = worker
        self._offload = offload
        self._clock = clock
        self._settle_s = settle_s
        self._unlisted: deque[Recording] = deque(maxlen=UNLISTED)

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
        target = str(self._folder / path)
        facts = await self._twice(finish_talk, target, str(caller_wav), str(agent_wav))
        return await self._listed(taken, "talk", path, facts, ended_at)

    async def finish_voicemail(self, taken: Taken, wav: Path) -> Recording:
        """The same for a message left by the caller, one channel."""
        path, ended_at = self._place("voicemail", taken.id)
        await self._settled()
        facts = await self._twice(finish_message, str(self._folder / path), str(wav))
        return await self._listed(taken, "voicemail", path, facts, ended_at)

    async def find(self, id_: RecordingId) -> Recording | None:
        return await self._offload.run(self._store.find, id_)

    async def of_call(self, call: CallId) -> list[Recording]:
        return await self._offload.run(self._store.of_call, call)

    def file_of(self, recording: Recording) -> Path | None:
        """Where its audio lies; None when it is gone, or its path leads out of the folder."""
        file = (self._folder / recording.path).resolve()
        inside = file.is_relative_to(self._folder.resolve())
        return file if recording.path and inside and file.is_file() else None

    async def discard_before(self, at: float, limit: int = 500) -> int:
        """Delete the audio of at most ``limit`` recordings older than ``at``; the list keeps what
        they were. How many."""
        old = await self._offload.run(self._store.made_before, at, limit)
        for recording in old:
            await self._offload.run(self._discard, recording)
        return len(old)

    def _discard(self, recording: Recording) -> None:
        if file := self.file_of(recording):
            file.unlink(missing_ok=True)
        self._store.add(msgspec.structs.replace(recording, path=""))

    def _place(self, kind: Kind, id_: RecordingId) -> tuple[str, float]:
        if not _SAFE_ID.fullmatch(id_):
            raise ValueError("a recording id is letters, digits, dot, dash or underscore")
        now = self._clock.now()
        day = datetime.fromtimestamp(now, UTC)
        return f"{kind}/{day:%Y/%m/%d}/{id_}.wav", now

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
            seconds=facts.seconds,
            bytes=facts.bytes,
            sha256=facts.sha256,
            flaw=facts.flaw,
            made_at=made_at,
            queue=taken.queue,
            agent=taken.agent,
            offer=taken.offer,
        )
        self._unlisted.append(recording)
        await self.list_waiting()
        return recording

    async def list_waiting(self) -> None:
        """Try again what the database would not take; called by itself after every recording.

        The audio is safe meanwhile and the session's fact says where; ``unlisted`` shows it.
        """
        for _ in range(len(self._unlisted)):
            recording = self._unlisted.popleft()
            try:
                await self._offload.run(self._store.add, recording)
            except BaseException as error:
                self._unlisted.append(recording)
                if not isinstance(error, Exception):
                    raise
                if unavailable(error) or isinstance(error, StorageError):
                    return
