"""Notices between processes: what is said on one bus is heard on those beside a screen.

Nothing depends on a notice arriving; order is kept as far as they do.
"""

import asyncio
from contextlib import suppress
from typing import get_args

from calls.bus import Bus
from calls.frames import NOTICES, Told, decode_told, encode
from calls.notices import Notice
from calls.streams import Streams


class FarNotices:
    def __init__(self, bus: Bus, streams: Streams, me: str) -> None:
        """``me``: this process, unlike any other of the deployment."""
        self._bus = bus
        self._streams = streams
        self._me = me
        self._incoming: Notice | None = None
        self._following: asyncio.Task[None] | None = None

    def share(self) -> None:
        """Everything said here is told to the others from now on."""
        for kind in get_args(Notice):
            self._bus.subscribe(kind, self._share)

    def hear(self) -> None:
        """Say here what the others say from now on."""
        self._following = asyncio.ensure_future(self._follow())

    async def stop(self) -> None:
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following

    def _share(self, notice: Notice) -> None:
        if notice is not self._incoming:
            self._streams.append(NOTICES, encode(Told(self._me, notice)))

    async def _follow(self) -> None:
        after = await self._streams.last(NOTICES)
        await self._streams.follow(NOTICES, after, self._hear)

    def _hear(self, position: str, entry: bytes) -> None:
        told = decode_told(entry)
        if told.by == self._me:
            return
        self._incoming = told.notice
        try:
            self._bus.publish(told.notice)
        finally:
            self._incoming = None
