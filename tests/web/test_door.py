"""When every thread is busy: a short line, a short wait, then a plain no."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from threading import Event

import pytest
from flask import Blueprint

from calls.rights import public
from runtime.web import admission
from tests.conftest import Run
from tests.web.house import House, open_house

pytestmark = pytest.mark.integration


def busy(house: House, over: Event) -> None:
    """A view that takes as long as the test likes."""
    slow = Blueprint("slow", __name__)

    @slow.get("/slow")
    @public
    def view() -> str:
        over.wait(10.0)
        return "done"

    house.server.app.register_blueprint(slow)


async def get(house: House, path: str) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(answer.split()[1]), answer.partition(b"\r\n\r\n")[2]


async def until_busy(house: House, threads: int, waiting: int) -> None:
    door = house.server._door
    for _ in range(500):
        if (door.busy, door.waiting) == (threads, waiting):
            return
        await asyncio.sleep(0.01)
    raise AssertionError((door.busy, door.waiting))


async def all_of(asked: list[Awaitable[tuple[int, bytes]]]) -> list[int]:
    return [status for status, _ in await asyncio.gather(*asked)]


def test_who_waits_in_line_is_answered_when_a_thread_is_free(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            over = Event()
            busy(house, over)
            asked = [asyncio.ensure_future(get(house, "/slow")) for _ in range(7)]
            await until_busy(house, 4, 3)
            assert (await get(house, "/health"))[0] == 200
            over.set()
            assert await all_of(asked) == [200] * 7  # type: ignore[arg-type]
            assert (house.server._door.busy, house.server._door.waiting) == (0, 0)

    run(scenario(), 20.0)


def test_a_full_line_says_no_at_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "LONGEST_LINE", 2)

    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            over = Event()
            busy(house, over)
            asked = [asyncio.ensure_future(get(house, "/slow")) for _ in range(6)]
            await until_busy(house, 4, 2)
            status, body = await get(house, "/slow")
            assert status == 503
            assert b'"too_busy"' in body
            over.set()
            assert await all_of(asked) == [200] * 6  # type: ignore[arg-type]

    run(scenario(), 20.0)


def test_nobody_waits_for_ever(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "LONGEST_WAIT_S", 0.05)

    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            over = Event()
            busy(house, over)
            asked = [asyncio.ensure_future(get(house, "/slow")) for _ in range(4)]
            await until_busy(house, 4, 0)
            assert (await get(house, "/slow"))[0] == 503
            over.set()
            assert await all_of(asked) == [200] * 4  # type: ignore[arg-type]

    run(scenario(), 20.0)


def test_who_leaves_the_line_takes_no_thread(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            over = Event()
            busy(house, over)
            asked = [asyncio.ensure_future(get(house, "/slow")) for _ in range(4)]
            await until_busy(house, 4, 0)
            _, writer = await asyncio.open_connection("127.0.0.1", house.port)
            writer.write(b"GET /slow HTTP/1.0\r\n\r\n")
            await until_busy(house, 4, 1)
            writer.transport.abort()
            await until_busy(house, 4, 0)
            over.set()
            assert await all_of(asked) == [200] * 4  # type: ignore[arg-type]

    run(scenario(), 20.0)


def test_a_client_who_goes_while_being_answered_does_not_free_the_thread_early(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            over = Event()
            busy(house, over)
            for _ in range(4):
                _, writer = await asyncio.open_connection("127.0.0.1", house.port)
                writer.write(b"GET /slow HTTP/1.0\r\n\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
                writer.transport.abort()
            waiting = asyncio.ensure_future(get(house, "/slow"))
            await until_busy(house, 4, 1)
            over.set()
            assert (await waiting)[0] == 200
            await until_busy(house, 0, 0)

    run(scenario(), 20.0)


def test_a_port_that_is_taken_is_said_in_one_sentence(run: Run, tmp_path: Path) -> None:
    from runtime.web.serve import WebPortTaken
    from tests.web.house import make_house

    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            (tmp_path / "other").mkdir()
            other = make_house(tmp_path / "other")
            with pytest.raises(WebPortTaken, match=f"port {house.port}.*web.port"):
                await other.server.start("127.0.0.1", house.port)
            await other.server.stop()
            other.brain.stop()
            await other.ports.offload.close()
            other.database.dispose()

    run(scenario())
