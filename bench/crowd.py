"""Scripted screens: hundreds of live streams, read and forgotten in a process of their own, beside
the one real browser that is measured.

``python -m bench.crowd DATABASE PORT COUNT`` says ``open`` once every stream has told its first
words, and stays until its input is closed.
"""

import asyncio
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from agent_softphone_bridge.people import People
from agent_softphone_bridge.sql_store import SqlPeople
from agent_softphone_bridge.web import COOKIE
from runtime.clock import WallClock
from runtime.web.events import MOST_PER_PERSON
from storage.database import Database

FILES = 8_192
OPEN_LIMIT_S = 120.0
AT_ONCE = 50
"""As many are being opened at a time: a shift that begins, not an attack."""
READ = 65_536


@contextmanager
def crowd(database_url: str, port: int, count: int) -> Iterator[None]:
    """``count`` streams are open inside the block. Raises RuntimeError when they cannot be."""
    allow_many_files()
    command = [sys.executable, "-m", "bench.crowd", database_url, str(port), str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "open":
            raise RuntimeError(f"the {count} scripted screens did not open")
        yield
        if process.poll() is not None:
            raise RuntimeError("the scripted screens were gone before the end")
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


def allow_many_files() -> None:
    """Of this process: each stream holds one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


async def _watch(database_url: str, port: int, count: int) -> None:
    cookies = await asyncio.to_thread(_sessions, database_url, count)
    gate = asyncio.Semaphore(AT_ONCE)
    opened = await asyncio.gather(*(_open(port, cookie, gate) for cookie in cookies))
    readers = [asyncio.create_task(_read(reader)) for reader, _ in opened]
    print("open", flush=True)
    ends = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    done, _ = await asyncio.wait([ends, *readers], return_when=asyncio.FIRST_COMPLETED)
    if ends not in done:
        raise SystemExit("a stream was cut")
    for _, writer in opened:
        writer.close()


def _sessions(database_url: str, count: int) -> list[str]:
    """A cookie for each stream; nobody has more open than she may."""
    database = Database(database_url)
    people = People(SqlPeople(database), WallClock().now)
    try:
        return [people.open_local(f"screen-{n // MOST_PER_PERSON}")[0] for n in range(count)]
    finally:
        database.dispose()


async def _open(
    port: int, cookie: str, gate: asyncio.Semaphore
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asked = "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        writer.write(f"{asked}Cookie: {COOKIE}={cookie}\r\n\r\n".encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), OPEN_LIMIT_S)
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise SystemExit(f"a stream was refused: {head[:200]!r}")
        await asyncio.wait_for(reader.readuntil(b"event: reset"), OPEN_LIMIT_S)
        return reader, writer


async def _read(reader: asyncio.StreamReader) -> None:
    while await reader.read(READ):
        pass


if __name__ == "__main__":
    allow_many_files()
    asyncio.run(_watch(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
