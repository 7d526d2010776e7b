"""The live stream over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from calls.ids import CallId, OfferId
from calls.notices import AgentChanged, Alarm, Pop, PopShown
from calls.words import AgentState
from runtime.web.events import MOST_UNREAD
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import LI, SALES, WANG, House, open_house

pytestmark = pytest.mark.integration


class Watcher:
    """One open stream, read by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def event(self) -> tuple[str, str, Any]:
        """Id, name and data of the next event that has data. EOFError when the stream is over."""
        found: dict[str, str] = {}
        while True:
            raw = await self._reader.readline()
            if not raw:
                raise EOFError
            line = raw.decode().rstrip("\r\n")
            if not line and "data" in found:
                return found.get("id", ""), found["event"], json.loads(found["data"])
            name, _, value = line.partition(": ")
            if name in ("id", "event", "data"):
                found[name] = value

    async def next(self, kind: str) -> Any:
        while True:
            _, name, data = await self.event()
            if name == kind:
                return data


@asynccontextmanager
async def watching(
    house: House, browser: Browser | None, last: str = ""
) -> AsyncIterator[tuple[int, Watcher]]:
    """Status and stream of GET /api/v1/events."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    cookie = browser._client.get_cookie("threering") if browser else None
    lines = ["GET /api/v1/events HTTP/1.1", "Host: localhost"]
    lines += [f"Cookie: threering={cookie.value}"] if cookie else []
    lines += [f"Last-Event-ID: {last}"] if last else []
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    status = int((await reader.readline()).split()[1])
    while (await reader.readline()).strip():
        pass
    try:
        yield status, Watcher(reader, writer)
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def until(true: Any, what: str) -> None:
    for _ in range(400):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"never {what}")


def pop(agent: object) -> PopShown:
    shown = Pop(call=CallId("main-1"), number="+8613812345678")
    return PopShown(agent=agent, offer=OfferId("o"), queue=SALES, pop=shown)  # type: ignore[arg-type]


def test_a_stream_begins_with_the_floor_and_goes_on_with_what_happens(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            async with watching(house, boss) as (status, watcher):
                assert status == 200
                id, kind, floor = await watcher.event()
                assert (kind, id) == ("reset", floor["event"])
                assert [line["staff_number"] for line in floor["agents"]] == ["8001", "8002"]
                await boss.ask("POST", "/agents/a8001/log-in")
                changed = await watcher.next("AgentChanged")
                assert (changed["agent"], changed["state"]) == ("a8001", "not_ready")

    run(scenario())


def test_nobody_listens_without_signing_in(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house, watching(house, None) as (status, _):
            assert status == 401

    run(scenario())


def test_an_agent_hears_her_own_pop_and_not_her_colleagues(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang = await Browser.of(house, "a8001")
            async with watching(house, wang) as (_, watcher):
                await watcher.next("reset")
                for notice in (pop(LI), Alarm(name="x", on=True), pop(WANG)):
                    house.bus.publish(notice)
                _, kind, data = await watcher.event()
                assert (kind, data["agent"]) == ("PopShown", WANG)

    run(scenario())


def test_who_lost_the_connection_is_told_what_she_missed(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            async with watching(house, boss) as (_, watcher):
                last, _, _ = await watcher.event()
            house.bus.publish(AgentChanged(agent=LI, state=AgentState.READY, since=1.0))
            async with watching(house, boss, last) as (_, watcher):
                _, kind, data = await watcher.event()
                assert (kind, data["agent"]) == ("AgentChanged", LI)

    run(scenario())


def test_a_reader_who_does_not_read_is_cut_and_nobody_else_notices(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            async with watching(house, boss) as (_, slow), watching(house, boss) as (_, good):
                await slow.next("reset")
                await good.next("reset")
                assert len(house.server.hub.listeners) == 2
                text = "x" * 50_000
                told = 0
                while len(house.server.hub.listeners) == 2:
                    assert told < 400 * MOST_UNREAD, "never cut"
                    house.bus.publish(Alarm(name="big", on=True, text=text))
                    told += len(text)
                    await good.next("Alarm")
                house.bus.publish(pop(WANG))
                assert (await good.next("PopShown"))["agent"] == WANG
                metrics = (await boss.ask("GET", "//metrics")).text
                assert "threering_push_cut_total 1.0" in metrics

    run(scenario(), 30.0)


def test_a_closed_browser_is_forgotten(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            async with watching(house, boss) as (_, watcher):
                await watcher.next("reset")
            await until(lambda: not house.server.hub.listeners, "forgotten")

    run(scenario())


def test_who_signs_out_hears_no_more(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            async with watching(house, boss) as (_, watcher):
                await watcher.next("reset")
                await boss.ask("DELETE", "/session")
                with pytest.raises(EOFError):
                    await watcher.next("never")

    run(scenario(), 20.0)


def test_open_streams_hold_no_thread(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            streams = [watching(house, boss) for _ in range(10)]
            for stream in streams:
                _, watcher = await stream.__aenter__()
                await watcher.next("reset")
            client = await house.client()
            answer = await asyncio.to_thread(client.get, "/emergency")
            assert answer["on"] is False
            for stream in streams:
                await stream.__aexit__(None, None, None)

    run(scenario())


def test_stopping_ends_every_stream(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            async with watching(house, boss) as (_, watcher):
                await watcher.next("reset")
                await house.server.stop()
                with pytest.raises(EOFError):
                    await watcher.next("never")

    run(scenario())
