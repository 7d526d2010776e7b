"""The machine's clock on the running event loop."""

import asyncio
import time
from collections.abc import Callable

from calls.clock import Timer


class LoopClock:
    """Epoch seconds that never go backwards: the wall clock read once, then the monotonic one.

    A wall clock set while the hotline runs is taken over at the next start, so that no ring, wait
    or talk ever has a negative length.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return self._offset + time.monotonic()

    def call_later(self, delay_s: float, fn: Callable[[], None]) -> Timer:
        return self._loop.call_later(max(0.0, delay_s), fn)


class WallClock:
    """For commands that run once and keep no loop; has no timers."""

    def now(self) -> float:
        return time.time()

    def call_later(self, delay_s: float, fn: Callable[[], None]) -> Timer:
        raise RuntimeError("a command that runs once waits for nothing")
