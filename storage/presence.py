"""Being alive under a name: a lease held again and again, and word of every gap in it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from calls.streams import Leases, Taken, Unreachable

LEASE_S = 3.0
"""Who has not been heard of for so long is lost to the others."""
BEAT_S = 0.75
RETRY_S = 0.25

log = logging.getLogger(__name__)


class Presence:
    def __init__(self, leases: Leases, name: str, on_return: Callable[[], None]) -> None:
        """``on_return()``: alive again after a gap in which the others may have given us up."""
        self._leases = leases
        self._name = name
        self._on_return = on_return

    async def claim(self) -> None:
        """Take the name, waiting for a former holder's lease to end. Raises Taken when somebody
        else goes on holding it, Unreachable."""
        give_up = asyncio.get_running_loop().time() + LEASE_S + BEAT_S
        while True:
            try:
                await self._leases.hold(self._name, LEASE_S)
                return
            except Taken:
                if asyncio.get_running_loop().time() > give_up:
                    raise
                await asyncio.sleep(RETRY_S)

    async def keep(self) -> None:
        """Stay alive, for ever (cancel it)."""
        well = True
        while True:
            try:
                unbroken = await self._leases.hold(self._name, LEASE_S)
            except (Unreachable, Taken) as error:
                if well:
                    log.warning("not alive to the others", extra={"why": str(error)})
                well = False
            else:
                well = True
                if not unbroken:
                    self._on_return()
            await asyncio.sleep(BEAT_S if well else RETRY_S)

    async def leave(self) -> None:
        """An orderly end: the others need not wait for the lease to end."""
        with suppress(Unreachable):
            await self._leases.let_go(self._name)
