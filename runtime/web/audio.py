"""The audio of a recording: whole or in part, read on a thread, sent no faster than it is heard,
and never before it is noted who hears it.

Native, because a recording sent by way of the app would be in memory whole.
"""

import asyncio
import re
import secrets
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
from twisted.web.server import NOT_DONE_YET
from werkzeug.http import parse_range_header

from agent_softphone_bridge.people import People
from calls.exchange import Fault
from calls.ids import RecordingId
from recordings.listening import Heard, How, joined, read_link
from recordings.model import Recording
from recordings.sealed import SealBroken, Source
from recordings.shelves import NoAudio, ShelfAway
from runtime.web.native import Flow, Request, asked_for, headers, refuse_for, signed_in
from runtime.web.ports import WebPorts

BLOCK = 262_144
WAV_HEADER = 44
_PLAY = re.compile(r"[A-Za-z0-9-]{8,40}")


@dataclass(slots=True)
class _Sending:
    recording: Recording
    audio: Source
    begin: int
    end: int
    """Not with it."""
    who: str
    how: How

    @property
    def whole(self) -> bool:
        return (self.begin, self.end) == (0, self.audio.size)

    def second(self, byte: int) -> float:
        audible = max(1, self.audio.size - WAV_HEADER)
        return max(0, byte - WAV_HEADER) / audible * self.recording.seconds


class Audio:
    def __init__(self, ports: WebPorts, people: People) -> None:
        self._ports = ports
        self._people = people
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
            sending = await self._asked(request, id)
            line = _line(request, sending, self._ports.clock.now())
            if request.method != b"HEAD":
                # Who listened is never forgotten: where it cannot be noted, nothing is sent.
                await self._ports.offload.run(self._ports.recordings.store.hear, line)
        except Exception as error:
            flow.release()
            if not flow.over:
                refuse_for(request, _in_words(error, id))
            return
        if flow.over:
            return
        _begin(request, sending)
        if request.method != b"HEAD":
            reached = await self._send(flow, sending)
            await self._heard(line, sending, reached)
        flow.finish()

    async def _asked(self, request: Request, id: RecordingId) -> _Sending:
        who, how, recording = await self._allowed(request, id)
        audio = await self._ports.audio.run(self._ports.recordings.audio_of, recording)
        begin, end = _part(request.getHeader("range"), audio.size)
        return _Sending(recording, audio, begin, end, who, how)

    async def _allowed(self, request: Request, id: RecordingId) -> tuple[str, How, Recording]:
        """By a link, or because she is signed in and it is hers to hear. Raises Fault."""
        found = await self._ports.recordings.find(id)
        link = asked_for(request, b"link")
        if link:
            who = read_link(self._ports.link_secret, id, link, self._ports.clock.now())
            if who is None or found is None:
                raise Fault("bad_link")
            return who, "downloaded", found
        person = await signed_in(request, self._people, self._ports.offload)
        hears = self._ports.in_force.recordings.hears(person.who)
        if found is None or not hears.may(found.queue, found.agent):
            raise Fault("no_such_recording", id=id)
        return person.who.person, "played", found

    async def _send(self, flow: "_Listening", sending: _Sending) -> int:
        """Up to which byte it was sent."""
        at = sending.begin
        while at < sending.end and not flow.over:
            until = min(at + BLOCK, sending.end)
            try:
                block = await self._ports.audio.run(sending.audio.read, at, until)
            except (NoAudio, ShelfAway, SealBroken):
                block = b""
            if not block:
                # It has begun already: a connection that is cut is no whole answer.
                flow.cut()
                break
            await flow.write(block)
            at += len(block)
        return at

    async def _heard(self, line: Heard, sending: _Sending, reached: int) -> None:
        heard = (sending.second(sending.begin), sending.second(reached))
        whole = replace(line, until=self._ports.clock.now(), parts=joined([heard]))
        await self._ports.offload.run(self._ports.recordings.store.hear, whole)


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


def _line(request: Request, sending: _Sending, now: float) -> Heard:
    play = asked_for(request, b"play")
    return Heard(
        recording=sending.recording.id,
        who=sending.who,
        how=sending.how,
        at=now,
        until=now,
        address=str(request.getClientAddress().host),
        play=play if _PLAY.fullmatch(play) else secrets.token_hex(8),
    )


def _in_words(error: Exception, id: RecordingId) -> Exception:
    match error:
        case NoAudio():
            return Fault("no_audio", id=id)
        case ShelfAway():
            return Fault("audio_away")
        case SealBroken():
            return Fault("audio_broken")
    return error


def _begin(request: Request, sending: _Sending) -> None:
    headers(request, "audio/wav")
    request.setHeader(b"Accept-Ranges", b"bytes")
    request.setHeader(b"Content-Length", str(sending.end - sending.begin).encode())
    if sending.how == "downloaded":
        name = f"attachment; filename={sending.recording.id}.wav"
        request.setHeader(b"Content-Disposition", name.encode("latin-1", "replace"))
    if not sending.whole:
        request.setResponseCode(206)
        where = f"bytes {sending.begin}-{sending.end - 1}/{sending.audio.size}"
        request.setHeader(b"Content-Range", where.encode())


def _part(asked: str | None, size: int) -> tuple[int, int]:
    """From byte, up to but not with byte. Raises Fault when there is no such part."""
    wanted = parse_range_header(asked)
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return 0, size
    found = wanted.range_for_length(size)
    if found is None:
        raise Fault("bad_range")
    return found
