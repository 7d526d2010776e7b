"""The asking side of runtime.studies.worker: starts the process, hears how far it is, takes the
answer, and ends it when nobody waits any more."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress

import msgspec

from runtime.studies.orders import RESULTS, Result, Task
from runtime.studies.worker import Line

MAX_LINE = 256 * 1024 * 1024
"""The explanation of a call, or the quarters of a hundred queues, on one line."""


class StudyRefused(ValueError):
    """The question was at fault, or there is no such day; the message says which."""


class StudyBroke(ValueError):
    """The process ended without an answer."""


async def follow(task: Task, on_share: Callable[[float], None]) -> Result:
    """Cancelling ends the process. Raises StudyRefused, StudyBroke."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "runtime.studies.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=MAX_LINE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(ConnectionError):  # it died already; its silence is told below
            process.stdin.write(msgspec.json.encode(task) + b"\n")
            await process.stdin.drain()
        process.stdin.close()
        while data := await process.stdout.readline():
            line = msgspec.json.decode(data, type=Line)
            if line.refused:
                raise StudyRefused(line.refused)
            if line.share is not None:
                on_share(line.share)
            elif bytes(line.result):
                kind = RESULTS[type(task.order)]
                found: Result = msgspec.json.decode(line.result, type=kind)
                return found
        raise StudyBroke("the study's process ended without an answer; see the log")
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
