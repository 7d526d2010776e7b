"""What processes are promised of the streams and leases they share, on a real Redis."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from calls.streams import START, Taken, Unreachable, is_later
from storage import redis_streams
from storage.redis_leases import RedisLeases
from storage.redis_link import RedisLink
from storage.redis_streams import RedisStreams
from tests.conftest import Run
from tests.storage.redis_server import RedisServer, until

pytestmark = pytest.mark.contract


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path / "redis")
    server.start()
    yield server
    server.kill()


class Process:
    """One process's end: its own connections, streams and leases."""

    def __init__(self, redis: RedisServer, who: str = "a", deployment: str = "test") -> None:
        self.link = RedisLink(redis.url, deployment)
        self.streams = RedisStreams(self.link, {"short": 500})
        self.leases = RedisLeases(self.link, who)
        self.heard: list[bytes] = []
        self.positions: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    def follow(self, stream: str, after: str = START) -> None:
        def hear(position: str, entry: bytes) -> None:
            self.positions.append(position)
            self.heard.append(entry)
            if entry == b"poison":
                raise ValueError("no such word")

        self._tasks.append(asyncio.ensure_future(self.streams.follow(stream, after, hear)))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.streams.stop()
        await self.link.close()


@asynccontextmanager
async def _open(redis: RedisServer, *args: str, **kwargs: str) -> Any:
    process = Process(redis, *args, **kwargs)
    process.streams.start()
    try:
        yield process
    finally:
        await process.stop()


def a_process(
    redis: RedisServer, who: str = "a", deployment: str = "test"
) -> AbstractAsyncContextManager[Process]:
    return _open(redis, who, deployment)


def entries(first: int, last: int) -> list[bytes]:
    return [f"{n}".encode() for n in range(first, last + 1)]


# --- streams ----------------------------------------------------------------------------------


def test_entries_arrive_in_order_and_once_each(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_process(redis) as here, a_process(redis) as there:
            there.follow("inputs")
            for entry in entries(1, 1000):
                here.streams.append("inputs", entry)
            await until(lambda: len(there.heard) >= 1000)
            assert there.heard == entries(1, 1000)
            assert here.streams.waiting == 0

    run(story())


def test_positions_grow(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_process(redis) as here:
            here.follow("inputs")
            for entry in entries(1, 300):
                here.streams.append("inputs", entry)
            await until(lambda: len(here.heard) == 300)
            pairs = zip(here.positions, here.positions[1:], strict=False)
            assert all(is_later(later, than=earlier) for earlier, later in pairs)
            assert await here.streams.last("inputs") == here.positions[-1]

    run(story())


def test_who_follows_from_a_position_hears_only_what_came_after(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_process(redis) as here, a_process(redis) as there:
            here.follow("inputs")
            for entry in entries(1, 10):
                here.streams.append("inputs", entry)
            await until(lambda: len(here.heard) == 10)
            there.follow("inputs", after=here.positions[6])
            await until(lambda: len(there.heard) == 3)
            assert there.heard == entries(8, 10)

    run(story())


def test_an_empty_stream_ends_at_the_start(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_process(redis) as here:
            assert await here.streams.last("nothing") == START

    run(story())


def test_an_entry_that_cannot_be_handled_does_not_stop_those_behind_it(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_process(redis) as here:
            here.follow("inputs")
            for entry in (b"before", b"poison", b"after"):
                here.streams.append("inputs", entry)
            await until(lambda: here.heard == [b"before", b"poison", b"after"])

    run(story())


def test_what_is_said_while_redis_is_away_arrives_when_it_is_back(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_process(redis) as here, a_process(redis) as there:
            there.follow("inputs")
            here.streams.append("inputs", b"1")
            await until(lambda: there.heard == [b"1"])
            redis.kill()
            for entry in entries(2, 50):
                here.streams.append("inputs", entry)
            await until(lambda: here.link.cuts > 0 and there.link.cuts > 0)
            redis.start()
            await until(lambda: len(there.heard) >= 50)
            assert there.heard == entries(1, 50)

    run(story(), timeout_s=20)


def test_an_append_of_doubtful_outcome_is_repeated_without_a_second_entry(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_process(redis) as here:
            here.follow("inputs")
            ask, lose = here.link.ask, [True]

            async def ask_and_lose_the_answer(command: Any) -> Any:
                answer = await ask(command)
                if lose and answer == 2:  # two new entries: this was our append
                    lose.clear()
                    raise Unreachable("the answer was lost on its way")
                return answer

            here.link.ask = ask_and_lose_the_answer  # type: ignore[method-assign]
            here.streams.append("inputs", b"1")
            here.streams.append("inputs", b"2")
            await until(lambda: not lose)
            here.streams.append("inputs", b"3")
            await until(lambda: b"3" in here.heard)
            assert here.heard == [b"1", b"2", b"3"]

    run(story())


def test_a_redis_whose_clock_went_back_is_followed_from_where_it_is_now(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_process(redis) as here:
            here.streams.append("inputs", b"1")
            await until(lambda: here.streams.waiting == 0)
            here.follow("inputs", after="99999999999999-0")
            while not here.heard:
                here.streams.append("inputs", b"2")
                await asyncio.sleep(0.01)
            assert b"1" not in here.heard

    run(story())


def test_no_more_waits_in_memory_than_there_is_room_for(
    redis: RedisServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_streams, "WAITING_KEPT", 3)

    async def story() -> None:
        async with a_process(redis) as here:
            redis.kill()
            for entry in entries(1, 5):
                here.streams.append("inputs", entry)
            assert (here.streams.waiting, here.streams.lost) == (3, 2)
            redis.start()
            here.follow("inputs")
            await until(lambda: here.heard == entries(1, 3))

    run(story(), timeout_s=20)


def test_a_stream_is_kept_as_short_as_asked(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_process(redis) as here:
            for entry in entries(1, 3000):
                here.streams.append("short", entry)
                here.streams.append("long", entry)
            await until(lambda: here.streams.waiting == 0)
            # Redis trims whole nodes of a hundred entries or so.
            assert 500 <= await here.link.redis.xlen(here.link.key("short")) < 1000
            assert await here.link.redis.xlen(here.link.key("long")) == 3000

    run(story())


def test_what_waits_when_a_process_stops_is_still_written(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_process(redis) as there:
            async with a_process(redis) as here:
                here.streams.append("inputs", b"the last word")
            there.follow("inputs")
            await until(lambda: there.heard == [b"the last word"])

    run(story())


def test_deployments_on_one_redis_do_not_hear_each_other(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_process(redis) as here, a_process(redis, deployment="other") as other:
            here.follow("inputs")
            other.streams.append("inputs", b"not for here")
            await until(lambda: other.streams.waiting == 0)
            here.streams.append("inputs", b"for here")
            await until(lambda: len(here.heard) > 0)
            assert here.heard == [b"for here"]

    run(story())


# --- leases -----------------------------------------------------------------------------------


def test_a_lease_held_on_time_is_unbroken_and_the_first_hold_is_not(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_process(redis) as here:
            assert not await here.leases.hold("edge:a", 5.0)
            assert await here.leases.hold("edge:a", 5.0)
            assert await here.leases.held() == {"edge:a"}

    run(story())


def test_a_lease_ends_by_itself_and_its_holder_is_told(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_process(redis) as here:
            await here.leases.hold("edge:a", 0.05)
            await asyncio.sleep(0.1)
            assert await here.leases.held() == frozenset()
            assert not await here.leases.hold("edge:a", 5.0)

    run(story())


def test_a_name_somebody_else_holds_is_refused_with_their_name(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_process(redis, "east:/srv") as here, a_process(redis, "west:/srv") as there:
            await here.leases.hold("brain", 5.0)
            with pytest.raises(Taken, match="east:/srv"):
                await there.leases.hold("brain", 5.0)
            await here.leases.let_go("brain")
            assert not await there.leases.hold("brain", 5.0)

    run(story())


def test_a_lease_is_not_let_go_by_somebody_else(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_process(redis, "east") as here, a_process(redis, "west") as there:
            await here.leases.hold("brain", 5.0)
            await there.leases.let_go("brain")
            assert await there.leases.held() == {"brain"}

    run(story())


def test_a_process_started_again_holds_its_name_at_once_but_not_unbroken(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_process(redis, "east") as former, a_process(redis, "east") as again:
            await former.leases.hold("edge:a", 5.0)
            assert not await again.leases.hold("edge:a", 5.0)
            assert await again.leases.hold("edge:a", 5.0)

    run(story())


def test_a_cut_breaks_every_lease_of_the_process(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_process(redis) as here:
            await here.leases.hold("edge:a", 5.0)
            await here.leases.hold("brain", 5.0)
            redis.kill()
            with pytest.raises(Unreachable):
                await here.leases.hold("edge:a", 5.0)
            redis.start()
            assert not await here.leases.hold("edge:a", 5.0)
            assert not await here.leases.hold("brain", 5.0)
            assert await here.leases.hold("brain", 5.0)

    run(story(), timeout_s=20)


def test_no_token_is_given_twice_and_none_below_what_was_asked(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_process(redis) as here, a_process(redis) as there:
            given = [
                await here.leases.next_token(1),
                await there.leases.next_token(1),
                await here.leases.next_token(7),
                await there.leases.next_token(3),
            ]
            assert given == [1, 2, 7, 8]

    run(story())
