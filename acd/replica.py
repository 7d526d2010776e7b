"""The floor as a brain in another process decides it: an engine here that follows the journal.

A standby goes on from it, screens beside no brain read it, and an edge that is cut off knows from
it who was at work. Decides nothing. Knows no Redis.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from acd.engine import Engine
from acd.replay import Replayed, go_on, replay
from calls.ids import CallId
from calls.journal import FLOOR, Journal
from calls.streams import Streams, at_entry, entry_at, journal_stream
from storage.errors import StorageError
from storage.presence import RETRY_S

T = TypeVar("T")

log = logging.getLogger(__name__)


class Replica:
    def __init__(self, journal: Journal, streams: Streams) -> None:
        """``journal``: the brain's, to be read; ``streams``: the same store, to be followed."""
        self._journal = journal
        self._streams = streams
        self._replayed = Replayed()
        self._stumbled = self._started = False
        self._following: asyncio.Task[None] | None = None

    @property
    def engine(self) -> Engine:
        """As of the last entry heard. To be looked at only; another one after a snapshot."""
        return self._replayed.engine

    def positions(self, call: CallId) -> tuple[int, ...]:
        """Where in the journal the explanations of a recent call stand."""
        return tuple(self._replayed.positions.get(call, ()))

    async def start(self) -> None:
        """Read the journal, then follow it; once. Waits until the store can be reached."""
        if self._started:
            return
        self._started = True
        self._replayed = await self._off_loop(lambda: replay(self._journal))
        after = at_entry(self._replayed.position)
        following = self._streams.follow(journal_stream(FLOOR), after, self._hear)
        self._following = asyncio.ensure_future(following)

    async def stop(self) -> None:
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following
            self._following = None

    async def finish(self) -> Replayed:
        """Follow no more, and give what the whole journal says. To be called when nobody else can
        append to it."""
        await self.stop()
        replayed = self._replayed
        if self._stumbled or replayed.torn:
            return await self._off_loop(lambda: replay(self._journal))
        await self._off_loop(lambda: go_on(replayed, self._journal))
        return replayed

    def _hear(self, position: str, entry: bytes) -> None:
        at = entry_at(position)
        if at <= self._replayed.position:
            return
        try:
            self._replayed.take(at, entry)
        except Exception:
            self._stumbled = True
            raise

    async def _off_loop(self, read: Callable[[], T]) -> T:
        said = False
        while True:
            try:
                return await asyncio.to_thread(read)
            except StorageError as error:
                if not said:
                    log.warning("waiting for the journal", extra={"why": str(error)})
                said = True
                await asyncio.sleep(RETRY_S)
