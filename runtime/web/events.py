"""The live stream to browsers (server-sent events), as a native resource: no open stream holds a
thread, and what the hub tells is on the transport when it returns.
"""

import asyncio
import logging
from typing import Any

from twisted.web.server import NOT_DONE_YET

from agent_softphone_bridge.people import People, SignedIn
from agent_softphone_bridge.push import Hub
from calls.clock import Clock, Timer
from calls.exchange import Fault
from calls.rights import Who
from runtime.web.native import Flow, Request, asked_for, cookie_of, headers, refuse_for, signed_in
from storage.offload import Offload

BEAT_EVERY_S = 5.0
SEEN_EVERY_BEATS = 12
"""An open screen keeps its person signed in."""
MOST_STREAMS = 1_200
"""A thousand boards, and those that come back while their old one is still taken for open."""
MOST_PER_PERSON = 12
MOST_UNREAD = 512_000
"""Bytes a slow reader may be behind; beyond, the stream is cut and begins anew with a reset."""

log = logging.getLogger(__name__)


class Streams:
    def __init__(self, hub: Hub, people: People, offload: Offload, clock: Clock) -> None:
        self._hub = hub
        self._people = people
        self._offload = offload
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: Timer | None = None
        self._beats = 0
        self._streams: set[Stream] = set()
        self.cut = 0
        """Readers too slow to follow."""

    def start(self) -> None:
        self._timer = self._clock.call_later(BEAT_EVERY_S, self._beat)

    def close(self) -> None:
        """End every stream; browsers come back by themselves."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        for stream in tuple(self._streams):
            stream.close()

    def render(self, request: Request) -> Any:
        """Answer with a stream, or a refusal."""
        self._spawn(self._open(request))
        return NOT_DONE_YET

    async def _open(self, request: Request) -> None:
        gone = asyncio.Event()
        request.notifyFinish().addBoth(lambda _: gone.set())
        try:
            person = await signed_in(request, self._people, self._offload)
            own = sum(stream.who.person == person.who.person for stream in self._streams)
            if len(self._streams) >= MOST_STREAMS or own >= MOST_PER_PERSON:
                raise Fault("too_busy")
        except Exception as error:
            if not gone.is_set():
                refuse_for(request, error)
            return
        if not gone.is_set():
            self._begin(request, person)

    def _begin(self, request: Request, person: SignedIn) -> None:
        headers(request, "text/event-stream; charset=utf-8")
        request.setHeader(b"X-Accel-Buffering", b"no")
        last = request.getHeader("last-event-id") or asked_for(request, b"after")
        stream = Stream(request, self, person.who)
        self._streams.add(stream)
        self._hub.join(stream, last)

    def left(self, stream: "Stream", *, slow: bool) -> None:
        self.cut += slow
        self._hub.leave(stream)
        self._streams.discard(stream)

    def _beat(self) -> None:
        self._timer = self._clock.call_later(BEAT_EVERY_S, self._beat)
        self._beats += 1
        if self._beats % SEEN_EVERY_BEATS == 0:
            self._spawn(self._see())
        for stream in tuple(self._streams):
            if self._people.known(stream.cookie) is None:
                stream.close()
        self._hub.beat()

    async def _see(self) -> None:
        """Whoever watches is there; and whoever may watch no longer is found out."""
        for cookie in {stream.cookie for stream in self._streams}:
            try:
                await self._offload.run(self._people.who, cookie)
            except Exception as error:
                log.warning("a session could not be looked at", extra={"why": repr(error)})

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Stream(Flow):
    """One browser that listens: a Listener of the hub."""

    def __init__(self, request: Request, streams: Streams, who: Who) -> None:
        self._streams = streams
        self._unread = 0
        self._slow = False
        self.cookie = cookie_of(request)
        self.who = who
        super().__init__(request)

    def send(self, data: bytes) -> None:
        if self.over:
            return
        if self.paused:
            self._unread += len(data)
            if self._unread > MOST_UNREAD:
                self._slow = True
                self.cut()
                return
        self._request.write(data)

    def resumed(self) -> None:
        self._unread = 0

    def ended(self) -> None:
        self._streams.left(self, slow=self._slow)
