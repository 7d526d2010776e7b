"""Streams between processes on Redis: appended once each and in order, followed without polling.

What is to be appended waits here, in memory and bounded, while Redis is out of reach. A doubtful
append is repeated: the script knows the number of each writer's last entry.
"""

import asyncio
import logging
import random
import secrets
from collections import deque
from collections.abc import Mapping
from contextlib import suppress

from calls.streams import START, Hear, Unreachable, is_later
from storage.redis_link import RedisLink

ENTRIES_KEPT = 100_000
"""Of a stream, in Redis: some 10,000 calls. Who falls further behind has the truth re-read."""
WAITING_KEPT = 100_000
"""Entries not yet in Redis; above this the newest are lost, and counted."""
AT_ONCE = 200
BLOCK_MS = 1_000
FORGET_WRITER_S = 24 * 3600
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0
LAST_FLUSH_S = 1.0
CLOCKS_DIFFER_S = 2

_APPEND = """
-- KEYS[1] the stream; KEYS[2] number of this writer's last entry in it
-- ARGV[1] number of the first entry here; [2] entries to keep; [3] seconds to remember the writer;
-- then the entries. Returns how many were new.
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local number, new = tonumber(ARGV[1]), 0
for i = 4, #ARGV do
  if number > last then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'f', ARGV[i])
    last, new = number, new + 1
  end
  number = number + 1
end
redis.call('SET', KEYS[2], last, 'EX', ARGV[3])
return new
"""

log = logging.getLogger(__name__)


class RedisStreams:
    """See calls.streams.Streams for the contract."""

    def __init__(self, link: RedisLink, kept: Mapping[str, int] | None = None) -> None:
        """``kept``: entries Redis is to keep of a stream, where fewer will do."""
        self.lost = 0
        """Entries dropped because too many were waiting already."""
        self._link = link
        self._kept = kept or {}
        self._append = link.redis.register_script(_APPEND)
        self._writer = secrets.token_hex(8)
        self._waiting: dict[str, deque[bytes]] = {}
        self._count = 0
        self._sent: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Entries not yet in Redis."""
        return self._count

    def start(self) -> None:
        """Begin to write what is appended."""
        self._writing = asyncio.ensure_future(self._write())

    async def stop(self) -> None:
        """A last attempt to write what waits; what Redis would not take is lost."""
        if self._writing is None:
            return
        self._writing.cancel()
        with suppress(asyncio.CancelledError):
            await self._writing
        with suppress(Unreachable, TimeoutError):
            async with asyncio.timeout(LAST_FLUSH_S):
                await self._flush()

    def append(self, stream: str, entry: bytes) -> None:
        if self._count >= WAITING_KEPT:
            self.lost += 1
            return
        self._waiting.setdefault(stream, deque()).append(entry)
        self._count += 1
        self._wake.set()

    async def last(self, stream: str) -> str:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return await self._last(stream)
            except Unreachable:
                pause_s = await _pause(pause_s)

    async def follow(self, stream: str, after: str, hear: Hear) -> None:
        pause_s, sure = FIRST_PAUSE_S, False
        while True:
            try:
                if not sure:
                    after, sure = await self._reachable(stream, after), True
                entries = await self._read(stream, after)
            except Unreachable:
                sure, pause_s = False, await _pause(pause_s)
                continue
            pause_s = FIRST_PAUSE_S
            for position, entry in entries:
                after = position
                try:
                    hear(position, entry)
                except Exception:
                    log.exception("an entry failed", extra={"stream": stream, "position": position})

    async def _reachable(self, stream: str, after: str) -> str:
        """Positions are Redis's time. One that lost its data and whose clock is behind would give
        none above ``after`` for a long while: then what comes next counts."""
        now_s, _ = await self._link.ask(self._link.redis.time())
        if is_later(after, than=f"{(now_s + CLOCKS_DIFFER_S) * 1000}-0"):
            log.error("Redis's clock has gone back", extra={"stream": stream, "after": after})
            return await self._last(stream)
        return after

    async def _last(self, stream: str) -> str:
        newest = await self._link.ask(self._link.redis.xrevrange(self._link.key(stream), count=1))
        return newest[0][0].decode() if newest else START

    async def _read(self, stream: str, after: str) -> list[tuple[str, bytes]]:
        key = self._link.key(stream)
        answer = await self._link.ask(
            self._link.redis.xread({key: after}, count=AT_ONCE, block=BLOCK_MS)
        )
        if not answer:
            return []
        ((_, entries),) = answer
        return [(position.decode(), fields[b"f"]) for position, fields in entries]

    async def _write(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._flush()
            except Unreachable as error:
                if pause_s == FIRST_PAUSE_S:
                    log.warning("Redis is out of reach", extra={"why": str(error)})
                self._wake.set()
                pause_s = await _pause(pause_s)
            else:
                pause_s = FIRST_PAUSE_S

    async def _flush(self) -> None:
        for stream, entries in tuple(self._waiting.items()):
            while entries:
                await self._flush_some(stream, entries)

    async def _flush_some(self, stream: str, entries: deque[bytes]) -> None:
        batch = [entries[i] for i in range(min(AT_ONCE, len(entries)))]
        sent = self._sent.get(stream, 0)
        keys = [self._link.key(stream), self._link.key(f"written:{stream}:{self._writer}")]
        kept = self._kept.get(stream, ENTRIES_KEPT)
        arguments = [sent + 1, kept, FORGET_WRITER_S, *batch]
        await self._link.ask(self._append(keys=keys, args=arguments))
        self._sent[stream] = sent + len(batch)
        for _ in batch:
            entries.popleft()
        self._count -= len(batch)


async def _pause(pause_s: float) -> float:
    """Wait about so long; returns how long to wait next time."""
    await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))
    return min(pause_s * 2, LONGEST_PAUSE_S)
