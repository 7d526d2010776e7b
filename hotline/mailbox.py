"""What waits for one caller's session, in order. Instead of a queue and tasks of asyncio: hundreds
of callers wait at once, and each of those weighs more than everything else about a caller.
"""

import asyncio
from typing import Generic, TypeVar

from calls.clock import Clock

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """One reader. After ``take`` the item is the reader's to deal with."""

    __slots__ = ("_clock", "_items", "_reader")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._items: list[Item] = []
        self._reader: asyncio.Future[bool] | None = None

    def put(self, item: Item) -> None:
        self._items.append(item)
        self.wake()

    @property
    def empty(self) -> bool:
        return not self._items

    def take(self) -> Item:
        """The oldest. Raises IndexError when there is none."""
        return self._items.pop(0)

    def take_all(self) -> list[Item]:
        items, self._items = self._items, []
        return items

    def wake(self) -> None:
        """Whoever waits looks again: something is here, or somebody has gone."""
        self._stir(True)

    async def stirred(self, within_s: float) -> bool:
        """Wait to be woken; False when nothing did within ``within_s`` seconds."""
        self._reader = asyncio.get_running_loop().create_future()
        timer = self._clock.call_later(within_s, lambda: self._stir(False))
        try:
            return await self._reader
        finally:
            timer.cancel()
            self._reader = None

    def _stir(self, woken: bool) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(woken)
