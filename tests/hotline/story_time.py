"""Time that the story moves: a loop whose clock jumps to the next timer once nobody has work left.

Hours pass in milliseconds, and every task has settled before time moves, so that the same story
always runs the same way.
"""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

from calls.clock import Timer

BEGINS_AT = 1000.0


class _Jumping(selectors.SelectSelector):
    """Waits for no socket: moves the time of its loop instead."""

    now = BEGINS_AT

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("everybody in this story waits for ever")
        self.now += max(0.0, timeout)
        return super().select(0)


class StoryLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class StoryClock:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> float:
        return self._loop.time()

    def call_later(self, delay_s: float, fn: Callable[[], None]) -> Timer:
        return self._loop.call_later(max(0.0, delay_s), fn)
