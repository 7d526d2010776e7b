"""News between processes: what is said on one's own bus is heard by the screens of all.

Notices and facts. Nothing depends on any of them arriving.
"""

import asyncio
from contextlib import suppress
from typing import get_args

from calls.bus import Bus
from calls.events import Fact
from calls.frames import NEWS, Told, decode_told, encode
from calls.notices import Notice
from calls.streams import Streams


class News:
    def __init__(self, own: Bus, screens: Bus, streams: Streams, me: str) -> None:
        """``own``: what is said in this process. ``screens``: what is said anywhere, this process
        included. ``me``: this process, unlike any other of the deployment."""
        self._own = own
        self._screens = screens
        self._streams = streams
        self._me = me
        self._following: asyncio.Task[None] | None = None

    def start(self) -> None:
        """From now on; what was said before is not made up for."""
        for kind in get_args(Notice):
            self._own.subscribe(kind, self._tell_notice)
        for kind in get_args(Fact):
            self._own.subscribe(kind, self._tell_fact)
        self._following = asyncio.ensure_future(self._follow())

    async def stop(self) -> None:
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following

    def _tell_notice(self, notice: Notice) -> None:
        self._screens.publish(notice)
        self._streams.append(NEWS, encode(Told(self._me, notice=notice)))

    def _tell_fact(self, fact: Fact) -> None:
        self._screens.publish(fact)
        self._streams.append(NEWS, encode(Told(self._me, fact=fact)))

    async def _follow(self) -> None:
        after = await self._streams.last(NEWS)
        await self._streams.follow(NEWS, after, self._hear)

    def _hear(self, position: str, entry: bytes) -> None:
        told = decode_told(entry)
        if told.by != self._me:
            self._screens.publish(told.notice or told.fact)
