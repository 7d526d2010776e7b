"""Hop 5's first half, the screen-pop: what is known by now, patched with the rest.

Begun when the call comes in: the look-up, then open tickets and last contacts. An offer takes what
is there, and whatever comes later is sent after it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from calls.ids import CustomerId
from calls.notices import ContactGlimpse, TicketGlimpse
from cti.lookup import Finding, Known, LookUp

log = logging.getLogger(__name__)

History = tuple[tuple[TicketGlimpse, ...], tuple[ContactGlimpse, ...]]
"""Open tickets, last contacts."""
Recall = Callable[[str, CustomerId | None], Awaitable[History]]
"""Of a number, or the customer it surely belongs to."""


class Background:
    """What is being found out about one caller."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.tickets: tuple[TicketGlimpse, ...] = ()
        self.contacts: tuple[ContactGlimpse, ...] = ()
        self.more_to_come = True

    @property
    def known(self) -> Known:
        return self.finding.known()


class Pops:
    def __init__(self, look_up: LookUp, recall: Recall) -> None:
        self._look_up = look_up
        self._recall = recall
        self._work: set[asyncio.Task[None]] = set()

    def begin(self, number: str, when_complete: Callable[[], None]) -> Background:
        """Start finding out who calls; ``when_complete()`` once, when nothing more will come."""
        background = Background(self._look_up.begin(number))

        def fetch(known: Known) -> None:
            task = asyncio.ensure_future(self._fetch(background, known, when_complete))
            self._work.add(task)
            task.add_done_callback(self._work.discard)

        background.finding.when_ready(fetch)
        return background

    async def _fetch(
        self, background: Background, known: Known, when_complete: Callable[[], None]
    ) -> None:
        number = known.number.key
        customer = known.person.customer if known.person else None
        try:
            if number:
                background.tickets, background.contacts = await self._recall(number, customer)
        except Exception:
            # The agent sees who calls; what is missing is no reason to keep that from her.
            log.exception("tickets and contacts of a caller could not be read")
        finally:
            background.more_to_come = False
            when_complete()
