"""The audio of a recording: whole or in part, read on a thread, sent no faster than it is heard.

Native, because a recording sent by way of the app would be in memory whole.
"""

import asyncio
from pathlib import Path
from typing import Any, BinaryIO

from twisted.web.server import NOT_DONE_YET
from werkzeug.http import parse_range_header

from agent_softphone_bridge.people import People
from calls.exchange import Fault
from calls.ids import RecordingId
from recordings.service import RecordingService
from runtime.web.native import Flow, Request, headers, refuse_for, signed_in
from storage.offload import Offload

BLOCK = 65_536


class Audio:
    def __init__(self, recordings: RecordingService, people: People, offload: Offload) -> None:
        self._recordings = recordings
        self._people = people
        self._offload = offload
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    def render(self, request: Request, id: str) -> Any:
        task = asyncio.get_running_loop().create_task(self._answer(request, RecordingId(id)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return NOT_DONE_YET

    async def _answer(self, request: Request, id: RecordingId) -> None:
        flow = _Listening(request)
        try:
            person = await signed_in(request, self._people, self._offload)
            if not person.who.sees_all():
                raise Fault("not_allowed")
            file = await self._file(id)
            size = (await self._offload.run(file.stat)).st_size
            part = _part(request.getHeader("range"), size)
        except Exception as error:
            flow.release()
            if not flow.over:
                refuse_for(request, error)
            return
        # Who listened to what is never forgotten.
        await self._offload.run(self._people.note, person.who.person, "recordings.audio", id)
        if flow.over:
            return
        _begin(request, part, size)
        if request.method != b"HEAD":
            await self._send(flow, file, part)
        flow.finish()

    async def _file(self, id: RecordingId) -> Path:
        recording = await self._recordings.find(id)
        if recording is None:
            raise Fault("no_such_recording", id=id)
        file = await self._offload.run(self._recordings.file_of, recording)
        if file is None:
            raise Fault("no_audio")
        return file

    async def _send(self, flow: "_Listening", file: Path, part: tuple[int, int]) -> None:
        begin, end = part
        source: BinaryIO = await self._offload.run(open, file, "rb")
        try:
            await self._offload.run(source.seek, begin)
            left = end - begin
            while left and not flow.over:
                block = await self._offload.run(source.read, min(BLOCK, left))
                if not block:
                    return flow.cut()
                left -= len(block)
                await flow.write(block)
        finally:
            source.close()
        return None


class _Listening(Flow):
    def __init__(self, request: Request) -> None:
        self._may_write = asyncio.Event()
        self._may_write.set()
        super().__init__(request)

    async def write(self, block: bytes) -> None:
        """Hand it over when the reader has taken what came before."""
        if self.paused:
            self._may_write.clear()
            await self._may_write.wait()
        if not self.over:
            self._request.write(block)

    def resumed(self) -> None:
        self._may_write.set()

    def ended(self) -> None:
        self._may_write.set()


def _begin(request: Request, part: tuple[int, int], size: int) -> None:
    begin, end = part
    headers(request, "audio/wav")
    request.setHeader(b"Accept-Ranges", b"bytes")
    request.setHeader(b"Content-Length", str(end - begin).encode())
    if part != (0, size):
        request.setResponseCode(206)
        request.setHeader(b"Content-Range", f"bytes {begin}-{end - 1}/{size}".encode())


def _part(asked: str | None, size: int) -> tuple[int, int]:
    """From byte, up to but not with byte. Raises Fault when there is no such part."""
    wanted = parse_range_header(asked)
    if wanted is None or len(wanted.ranges) != 1:
        return 0, size
    found = wanted.range_for_length(size)
    if found is None:
        raise Fault("bad_range")
    return found
