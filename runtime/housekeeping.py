"""What must be looked after now and then while the hotline is open; each task alone may fail."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    name: str
    every_s: float
    do: Callable[[], Awaitable[None]]


async def keep_house(chores: tuple[Chore, ...]) -> None:
    """Do each chore at once and then every ``every_s`` seconds, until cancelled."""
    await asyncio.gather(*(_keep(chore) for chore in chores))


async def _keep(chore: Chore) -> None:
    while True:
        try:
            await chore.do()
        except Exception:
            log.exception("a chore failed; it is tried again", extra={"chore": chore.name})
        await asyncio.sleep(chore.every_s)
