"""A process beside this one, for work that would hold the event loop: speech, audio, imports.

Jobs are plain functions called by name, one after the other. The process starts with the first
job, is replaced when it dies or takes too long, and ends by itself when its parent is gone.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar, get_type_hints

import msgspec

from calls.clock import Clock
from storage.errors import Closed, Saturated, StorageError

P = ParamSpec("P")
T = TypeVar("T")

ANSWER_LIMIT = 8 * 2**20
"""Bytes of one answer: results are facts about files, not the files."""


class WorkerFailed(StorageError):
    """The process died or was stopped, or the job broke; whether it took effect is unknown."""

    retryable = True


class JobRefused(ValueError):
    """The job raised ValueError: its arguments were at fault. The message is the job's own."""


class Worker:
    def __init__(self, clock: Clock, limit_s: float = 60.0, waiting: int = 256) -> None:
        """A job that takes longer than ``limit_s`` is stopped with the process; ``waiting`` jobs
        may stand in line."""
        self._clock = clock
        self._limit_s = limit_s
        self._room = waiting + 1
        self._one_at_a_time = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._jobs: set[asyncio.Task[bytes]] = set()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """None while no process runs."""
        return self._process.pid if self._process else None

    async def run(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``job(*args)`` in the worker. ``job`` stands at the top of a module, with every type
        written; arguments and result are what msgspec can carry (str, int, bytes, Structs ...).

        Cancelling the caller leaves the job going on. Raises JobRefused, WorkerFailed, Saturated
        when too many wait, Closed.
        """
        if self._closed:
            raise Closed("worker: closing, no more work is taken")
        if len(self._jobs) >= self._room:
            raise Saturated("worker: the line is full")
        name = f"{job.__module__}:{job.__qualname__}"
        request = msgspec.json.encode({"job": name, "args": args, "kwargs": kwargs})
        task = asyncio.create_task(self._ask(request, name))
        self._jobs.add(task)
        task.add_done_callback(self._forget)
        reply = msgspec.json.decode(await asyncio.shield(task), type=dict[str, msgspec.Raw])
        if "value" in reply:
            value: T = msgspec.json.decode(reply["value"], type=get_type_hints(job)["return"])
            return value
        if "refused" in reply:
            raise JobRefused(msgspec.json.decode(reply["refused"], type=str))
        raise WorkerFailed(f"{name}: {msgspec.json.decode(reply['broke'], type=str)}")

    async def close(self) -> None:
        """Take no more work, finish what was taken, end the process."""
        self._closed = True
        await asyncio.gather(*self._jobs, return_exceptions=True)
        async with self._one_at_a_time:
            await self._end()

    def _forget(self, task: asyncio.Task[bytes]) -> None:
        self._jobs.discard(task)
        if not task.cancelled():
            task.exception()  # its caller may have gone: heard, not warned of

    async def _ask(self, request: bytes, name: str) -> bytes:
        async with self._one_at_a_time:
            process = self._process or await self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            limit = self._clock.call_later(self._limit_s, lambda: _kill(process))
            answer = b""
            try:
                process.stdin.write(request + b"\n")
                await process.stdin.drain()
                answer = await process.stdout.readline()
            except (ConnectionError, ValueError):
                pass
            finally:
                limit.cancel()
                if not answer.endswith(b"\n"):
                    _kill(process)
                    await self._end()
            if not answer.endswith(b"\n"):
                raise WorkerFailed(f"{name}: the worker died, or took over {self._limit_s:g} s")
            return answer

    async def _start(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "storage.worker_process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=ANSWER_LIMIT,
        )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        limit = self._clock.call_later(5.0, lambda: _kill(process))
        with suppress(ConnectionError):
            await process.stdin.wait_closed()
        await process.wait()
        limit.cancel()


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


def answer_to(request: bytes) -> bytes:
    """What the worker's side replies to one request line; never raises."""
    from importlib import import_module

    try:
        asked: dict[str, Any] = msgspec.json.decode(request)
        module, _, function = asked["job"].partition(":")
        job = getattr(import_module(module), function)
        types = get_type_hints(job)
        names = job.__code__.co_varnames
        args = [
            msgspec.convert(value, types[name])
            for name, value in zip(names, asked["args"], strict=False)
        ]
        kwargs = {name: msgspec.convert(v, types[name]) for name, v in asked["kwargs"].items()}
        return msgspec.json.encode({"value": job(*args, **kwargs)})
    except ValueError as error:
        return msgspec.json.encode({"refused": str(error)})
    except Exception as error:
        return msgspec.json.encode({"broke": f"{type(error).__name__}: {error}"})
