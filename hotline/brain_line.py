"""An edge's line to a brain in another process: inputs there, commands back.

While the brain is away nobody is told: callers hear music, what was said is kept in order. With the
store between them away this edge serves its callers alone, where it knows the floor. After every
gap the truth is told anew. Knows no Redis.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from calls.commands import Command
from calls.frames import INPUTS, Do, Hello, Said, commands_of, decode_to_edge, encode, lease_of
from calls.ids import EdgeId
from calls.inputs import Input
from calls.streams import Leases, Streams, Unreachable
from hotline.alone import Alone
from storage.presence import BEAT_S, LEASE_S, RETRY_S, Presence

EARLY_KEPT = 100_000
"""Said before the store was first reached; above this the oldest are forgotten: the truth told
then says who waits."""

ALONE_AFTER_S = LEASE_S + 2 * BEAT_S
"""Cut off for so long, this edge has been given up by every brain: nobody else offers its callers
or rings its telephones."""


class BrainLine:
    def __init__(
        self,
        edge: EdgeId,
        streams: Streams,
        leases: Leases,
        obey: Callable[[Command], None],
        on_hello: Callable[[int], None],
        on_return: Callable[[], None],
        alone: Alone | None = None,
        token: Callable[[], int] = lambda: 0,
    ) -> None:
        """``on_hello(token)``: a brain begins to speak under this token and wants the truth.
        ``on_return()``: this edge may have been given up for lost; the truth must be told.
        ``alone``: what serves the callers meanwhile; ``token()``: the newest this edge heard."""
        self._edge = edge
        self._streams = streams
        self._obey = obey
        self._on_hello = on_hello
        self._on_return = on_return
        self._alone = alone
        self._token = token
        self._presence = Presence(leases, lease_of(edge), self._returned)
        self._early: deque[bytes] | None = deque(maxlen=EARLY_KEPT)
        self._tasks: list[asyncio.Task[None]] = []

    def tell(self, said: Input) -> None:
        """Say it to the brain, whenever it can be reached, in order; while cut off, to the engine
        here. Returns at once."""
        if self._alone is not None and self._alone.active:
            self._alone.tell(said)
            return
        frame = encode(Said(self._edge, said))
        if self._early is None:
            self._streams.append(INPUTS, frame)
        else:
            self._early.append(frame)

    async def start(self) -> None:
        """Raises Taken when another process is the edge of this name. A store out of reach stops
        nobody from being served as far as one edge can."""
        with suppress(Unreachable):
            await self._presence.claim()
        self._spawn(self._listen())
        self._spawn(self._presence.keep())
        if self._alone is not None:
            self._spawn(self._watch(self._alone))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._alone is not None:
            self._alone.end()
        await self._presence.leave()

    async def _listen(self) -> None:
        # Commands of before this start are for sessions that are gone. Only when we listen may the
        # brain hear of us: what it answers must not fall between.
        stream = commands_of(self._edge)
        after = await self._streams.last(stream)
        early, self._early = self._early or (), None
        for frame in early:
            self._streams.append(INPUTS, frame)
        await self._streams.follow(stream, after, self._hear)

    def _hear(self, position: str, entry: bytes) -> None:
        alone = self._alone is not None and self._alone.active
        match decode_to_edge(entry):
            case Do(command=command) if not alone:
                self._obey(command)
            case Hello(token=token):
                if self._alone is not None:
                    self._alone.end()
                self._on_hello(token)
            # A command of before the cut is not carried out: the brain takes it back when it is
            # told the truth.

    def _returned(self) -> None:
        """While alone the truth is for a brain that says hello, not for a store without one."""
        if self._alone is None or not self._alone.active:
            self._on_return()

    async def _watch(self, alone: Alone) -> None:
        while True:
            cut_off = self._presence.away_s > ALONE_AFTER_S
            if cut_off and not alone.active and alone.begin(self._token()):
                self._on_return()
            await asyncio.sleep(RETRY_S)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.ensure_future(work))
