"""Threads for work that may wait on a disk or a database, so that the event loop never does.

Bounded: when too much is waiting it says so at once, instead of growing until memory ends.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Any, ParamSpec, TypeVar

from storage.errors import Closed, Saturated

P = ParamSpec("P")
T = TypeVar("T")


class Offload:
    def __init__(self, threads: int = 4, waiting: int = 256, name: str = "offload") -> None:
        """``threads`` run at once; ``waiting`` more may stand in line."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._room = BoundedSemaphore(threads + waiting)
        self._closed = False
        self._name = name

    async def run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``fn(*args)`` on one of the threads; what it returns or raises comes back here.

        Cancelling the caller takes waiting work out of the line; work already begun goes on to its
        end. Raises Saturated when the line is full, Closed after ``close``.
        """
        if self._closed:
            raise Closed(f"{self._name}: closing, no more work is taken")
        if not self._room.acquire(blocking=False):
            raise Saturated(f"{self._name}: the line is full; the disk or database is too slow")
        try:
            work = self._pool.submit(fn, *args, **kwargs)
        except BaseException:
            self._room.release()
            raise
        work.add_done_callback(self._leave)
        return await asyncio.wrap_future(work)

    def _leave(self, _work: Future[Any]) -> None:
        self._room.release()

    async def close(self) -> None:
        """Take no more work, finish what was taken."""
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(None, self._pool.shutdown)
