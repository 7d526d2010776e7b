"""Work that may wait on a disk runs elsewhere; the line for it has an end, and says so."""

import asyncio
from collections.abc import Callable
from threading import Event, current_thread, main_thread
from typing import Any

import pytest

from storage.errors import Closed, Saturated
from storage.offload import Offload

pytestmark = pytest.mark.integration
Run = Callable[..., Any]


def test_work_runs_off_the_loops_thread_and_its_answer_comes_back(run: Run) -> None:
    async def story() -> None:
        offload = Offload(threads=1)
        assert await offload.run(lambda a, b: a + b, 2, b=3) == 5
        assert await offload.run(current_thread) is not main_thread()
        await offload.close()

    run(story())


def test_what_the_work_raises_comes_back_and_frees_its_place(run: Run) -> None:
    async def story() -> None:
        offload = Offload(threads=1, waiting=0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await offload.run(lambda: 1 / 0)
        await offload.close()

    run(story())


def test_a_full_line_is_said_at_once_and_empties_again(run: Run) -> None:
    async def story() -> None:
        offload, go = Offload(threads=1, waiting=1), Event()
        taken = [asyncio.ensure_future(offload.run(go.wait, 10)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Saturated, match="the line is full"):
            await offload.run(int)
        go.set()
        assert await asyncio.gather(*taken) == [True, True]
        assert await offload.run(int) == 0
        await offload.close()

    run(story())


def test_a_cancelled_caller_leaves_the_line(run: Run) -> None:
    async def story() -> None:
        offload, go, done = Offload(threads=1, waiting=1), Event(), Event()
        first = asyncio.ensure_future(offload.run(go.wait, 10))
        second = asyncio.ensure_future(offload.run(done.set))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        third = asyncio.ensure_future(offload.run(int))
        go.set()
        assert await first
        assert await third == 0
        assert not done.is_set()
        await offload.close()

    run(story())


def test_closing_finishes_what_was_taken_and_takes_no_more(run: Run) -> None:
    async def story() -> None:
        offload, go = Offload(threads=1), Event()
        first = asyncio.ensure_future(offload.run(go.wait, 10))
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(offload.close())
        await asyncio.sleep(0)
        with pytest.raises(Closed):
            await offload.run(int)
        go.set()
        await closing
        assert await first

    run(story())
