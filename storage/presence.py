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
QUICK_LEASE_S = 1.0
"""Where a standby waits: a brain that did not turn for so long has callers waiting."""
QUICK_BEAT_S = 0.25

log = logging.getLogger(__name__)


class Presence:
    def __init__(
        self,
        leases: Leases,
        name: str,
        on_return: Callable[[], None],
        on_taken: Callable[[], None] = lambda: None,
        quick: bool = False,
    ) -> None:
        """``on_return()``: alive again after a gap in which the others may have given us up.
        ``on_taken()``: somebody else has the name now. ``quick``: somebody waits to take over."""
        self._leases = leases
        self._name = name
        self._on_return = on_return
        self._on_taken = on_taken
        self._lease_s = QUICK_LEASE_S if quick else LEASE_S
        self._beat_s = QUICK_BEAT_S if quick else BEAT_S
        self._cut_at: float | None = None

    @property
    def away_s(self) -> float:
        """How long the store has been out of reach, in seconds; 0 while it answers."""
        if self._cut_at is None:
            return 0.0
        return asyncio.get_running_loop().time() - self._cut_at

    async def take(self) -> bool:
        """Take the name if nobody has it now. Raises Unreachable."""
        try:
            await self._leases.hold(self._name, self._lease_s)
        except Taken:
            return False
        return True

    async def claim(self) -> None:
        """Take the name, waiting for a former holder's lease to end. Raises Taken when somebody
        else goes on holding it, Unreachable."""
        give_up = asyncio.get_running_loop().time() + self._lease_s + self._beat_s
        while True:
            try:
                await self._leases.hold(self._name, self._lease_s)
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
                unbroken = await self._leases.hold(self._name, self._lease_s)
            except (Unreachable, Taken) as error:
                if well:
                    log.warning("not alive to the others", extra={"why": str(error)})
                well = False
                self._failed(error)
            else:
                well, self._cut_at = True, None
                if not unbroken:
                    self._on_return()
            await asyncio.sleep(self._beat_s if well else RETRY_S)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Taken):
            self._cut_at = None
            self._on_taken()
        elif self._cut_at is None:
            self._cut_at = asyncio.get_running_loop().time()

    async def leave(self) -> None:
        """An orderly end: the others need not wait for the lease to end."""
        with suppress(Unreachable):
            await self._leases.let_go(self._name)
