"""The engine of a brain in another process as the web sees it: a FloorDoor.

Looked at through a replica; told through the brain's own stream of inputs, with an answer awaited.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from acd.choose import Why
from acd.entries import why_of
from acd.replica import Replica
from acd.standing import Waits, why_waiting
from acd.state import Call
from calls.frames import INPUTS, Asks, Said, answers_to, decode_answered, encode
from calls.ids import CallId
from calls.inputs import Input
from calls.journal import Journal
from calls.notices import Notice
from calls.streams import Streams


class RemoteFloor:
    def __init__(self, replica: Replica, journal: Journal, streams: Streams, me: str) -> None:
        """``me``: this process, unlike any other of the deployment."""
        self._replica = replica
        self._journal = journal
        self._streams = streams
        self._answers_on = answers_to(me)
        self._waiting: dict[int, asyncio.Future[str | None]] = {}
        self._asked = 0
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Waits until the store can be reached."""
        await self._replica.start()
        after = await self._streams.last(self._answers_on)
        following = self._streams.follow(self._answers_on, after, self._hear)
        self._listening = asyncio.ensure_future(following)

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        await self._replica.stop()

    async def tell(self, said: Input) -> str | None:
        """As FloorDoor; waits for as long as no brain answers."""
        self._asked += 1
        number = self._asked
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        frame = Said(edge=None, input=said, asks=Asks(self._answers_on, number))
        self._streams.append(INPUTS, encode(frame))
        try:
            return await answer
        finally:
            del self._waiting[number]

    def standing(self) -> Sequence[Notice]:
        return self._replica.engine.board()

    def callbacks(self) -> Sequence[Call]:
        return tuple(self._replica.engine.callbacks())

    def waits(self, call: CallId) -> Waits | None:
        return why_waiting(self._replica.engine, call)

    def why(self, call: CallId) -> Sequence[Why]:
        return why_of(self._journal, self._replica.positions(call), call)

    def _hear(self, position: str, entry: bytes) -> None:
        answered = decode_answered(entry)
        waiting = self._waiting.get(answered.number)
        if waiting is not None and not waiting.done():
            waiting.set_result(answered.refused)
