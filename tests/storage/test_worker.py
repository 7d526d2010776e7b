"""A real worker process: jobs by name, one after the other, replaced when it dies."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import msgspec
import pytest

from calls.clock import ManualClock
from storage.errors import Closed, Saturated
from storage.worker import JobRefused, Worker, WorkerFailed, answer_to
from tests.conftest import Run

pytestmark = pytest.mark.integration


class Pair(msgspec.Struct, frozen=True):
    left: int
    right: str


def swap(pair: Pair, times: int = 1) -> list[Pair]:
    return [Pair(len(pair.right), str(pair.left))] * times


def whose_pid() -> int:
    print("this must not pass for an answer")
    return os.getpid()


def refuse(text: str) -> None:
    raise ValueError(f"{text} is not fit")


def break_down() -> None:
    raise RuntimeError("broken")


def sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_words_go_there_and_come_back_as_what_they_were(run: Run) -> None:
    async def story() -> None:
        worker = Worker(ManualClock())
        try:
            assert await worker.run(swap, Pair(3, "four")) == [Pair(4, "3")]
            assert await worker.run(swap, Pair(3, "four"), times=2) == [Pair(4, "3")] * 2
            pid = await worker.run(whose_pid)
            assert pid == worker.pid != os.getpid()
            assert await worker.run(whose_pid) == pid
        finally:
            await worker.close()
        with pytest.raises(Closed):
            await worker.run(whose_pid)

    run(story(), 30.0)


def test_what_a_job_raises_comes_back_by_whose_fault_it_was(run: Run) -> None:
    async def story() -> None:
        worker = Worker(ManualClock())
        try:
            with pytest.raises(JobRefused, match=r"^x is not fit$"):
                await worker.run(refuse, "x")
            with pytest.raises(WorkerFailed, match="RuntimeError: broken"):
                await worker.run(break_down)
            assert await worker.run(sleep, 0.0)
        finally:
            await worker.close()

    run(story(), 30.0)


def test_a_worker_that_dies_is_said_to_and_replaced(run: Run) -> None:
    async def story() -> None:
        worker = Worker(ManualClock())
        try:
            first = await worker.run(whose_pid)
            with pytest.raises(WorkerFailed, match="died"):
                await worker.run(die)
            assert worker.pid is None
            assert await worker.run(whose_pid) != first
        finally:
            await worker.close()

    run(story(), 30.0)


def test_a_job_over_its_limit_is_stopped_and_the_next_one_runs(run: Run) -> None:
    async def story() -> None:
        clock = ManualClock()
        worker = Worker(clock, limit_s=5.0)
        try:
            await worker.run(whose_pid)
            stuck = asyncio.ensure_future(worker.run(sleep, 60.0))
            next_one = asyncio.ensure_future(worker.run(sleep, 0.0))
            await asyncio.sleep(0.05)
            clock.advance(5.1)
            with pytest.raises(WorkerFailed, match="took over 5 s"):
                await stuck
            assert await next_one
        finally:
            await worker.close()

    run(story(), 30.0)


def test_a_caller_who_gives_up_leaves_the_answers_in_order(run: Run) -> None:
    async def story() -> None:
        worker = Worker(ManualClock())
        try:
            await worker.run(sleep, 0.0)
            given_up = asyncio.ensure_future(worker.run(sleep, 0.2))
            await asyncio.sleep(0.05)
            given_up.cancel()
            assert await worker.run(swap, Pair(1, "")) == [Pair(0, "1")]
        finally:
            await worker.close()

    run(story(), 30.0)


def test_a_full_line_says_so_at_once(run: Run) -> None:
    async def story() -> None:
        worker = Worker(ManualClock(), waiting=1)
        try:
            two = [asyncio.ensure_future(worker.run(sleep, 0.1)) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(Saturated):
                await worker.run(sleep, 0.0)
            assert await asyncio.gather(*two) == [True, True]
        finally:
            await worker.close()

    run(story(), 30.0)


def test_the_process_ends_when_its_parent_is_gone_and_not_by_ctrl_c() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "storage.worker_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        ask = b'{"job":"tests.storage.test_worker:sleep","args":[0],"kwargs":{}}\n'
        process.stdin.write(ask)
        process.stdin.flush()
        assert process.stdout.readline() == b'{"value":true}\n'
        process.send_signal(signal.SIGINT)
        process.stdin.write(ask)
        process.stdin.flush()
        assert process.stdout.readline() == b'{"value":true}\n'
        process.stdin.close()
        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("request_", [b"", b"null", b'{"job":"os:nothing","args":[],"kwargs":{}}'])
def test_no_request_brings_the_process_down(request_: bytes) -> None:
    assert answer_to(request_).startswith((b'{"refused"', b'{"broke"'))
