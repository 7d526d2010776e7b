"""Listens to the facts of live calls: a ticket is waiting when an agent answers, and bears what the
agent says came of the call."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, get_args

from calls.bus import Bus
from calls.events import CallAnswered, CallArrived, CallDisposed, CallEnded, Fact
from calls.fold import Fold
from calls.ids import CallId
from calls.record import CallRecord
from tickets.model import Ticket
from tickets.service import Tickets

MAX_CALLS = 20_000
"""Calls remembered at once: the oldest is forgotten, and gets its ticket when it ends."""

log = logging.getLogger(__name__)


class OpenAtAnswer:
    def __init__(
        self,
        tickets: Tickets,
        on_ready: Callable[[CallRecord, Ticket], None] = lambda record, ticket: None,
    ) -> None:
        """``on_ready(record, ticket)``: the ticket is stored; screens may show it."""
        self._tickets = tickets
        self._on_ready = on_ready
        self._calls: dict[CallId, Fold] = {}
        self._opening: set[asyncio.Task[None]] = set()

    def listen(self, bus: Bus) -> None:
        """Hear every kind of fact."""
        for kind in get_args(Fact):
            bus.subscribe(kind, self.hear)

    def hear(self, fact: Fact) -> None:
        """Must be called on the event loop."""
        if isinstance(fact, CallDisposed):
            self._spawn(self._note(fact))
            return
        if isinstance(fact, CallEnded):
            self._calls.pop(fact.call, None)
            return
        known = self._calls.get(fact.call)
        if known is None:
            # Of a caller from before a restart the beginning is missing: her record will do.
            if not isinstance(fact, CallArrived):
                return
            known = self._remember(fact.call)
        known.add(fact)
        if isinstance(fact, CallAnswered):
            self._spawn(self._open(known.record()))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _note(self, said: CallDisposed) -> None:
        try:
            await self._tickets.note_result(said.call, said.code, said.agent, said.at)
        except Exception as error:
            # It stands in the call's record all the same.
            log.warning("no result on the ticket", extra={"call": said.call, "error": str(error)})

    async def close(self) -> None:
        """Wait for the tickets being opened."""
        await asyncio.gather(*self._opening)

    def _remember(self, call: CallId) -> Fold:
        if len(self._calls) >= MAX_CALLS:
            del self._calls[next(iter(self._calls))]
        self._calls[call] = Fold(call)
        return self._calls[call]

    async def _open(self, record: CallRecord) -> None:
        try:
            ticket = await self._tickets.open_for(record)
        except Exception as error:
            # Nothing is lost: the call's record opens it when the call is over.
            log.warning("no ticket yet", extra={"call": record.call, "error": str(error)})
            return
        if ticket is not None:
            self._on_ready(record, ticket)
