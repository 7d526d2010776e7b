"""The desk beside a live hotline: a ticket waits when the agent has answered, and every call record
is dealt with once, off the event loop, whenever the database lets it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from calls.clock import Clock
from calls.ids import CallId, CustomerId, TicketId
from calls.notices import Alarm, TicketGlimpse
from calls.record import CallRecord
from calls.words import Language
from storage.database import unavailable
from storage.offload import Offload
from tickets.changes import ALL, Change, Scope
from tickets.desk import Desk
from tickets.handling import Handling, existing
from tickets.knowledge.service import Cutting
from tickets.model import Ticket
from tickets.ports import (
    AnswerFigures,
    EndedCall,
    TicketFilter,
    TicketRows,
    TicketStore,
    Unindexed,
)

AT_ONCE = 50
"""Calls to a unit of work: others who write wait for it, about 20 ms."""
GATHER_S = 0.25
"""Calls answered within it share a commit. The staff number is being said meanwhile."""
LOOK_EVERY_S = 2.0
"""Without being woken; the writer of records wakes us."""
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 30.0
PUT_OFF_S = 60.0
MAX_PAGE = 200
INDEX_AT_ONCE = 50
"""Tickets made findable in a unit of work: others who write wait for it."""
MAX_GLIMPSES = 10
BEHIND = "tickets_waiting"
REFUSED = "ticket_refused"

log = logging.getLogger(__name__)


class Tickets:
    def __init__(
        self,
        desk: Desk,
        handling: Handling,
        store: TicketStore,
        offload: Offload,
        cutting: Cutting,
        clock: Clock,
        alarm: Callable[[Alarm], None],
    ) -> None:
        self._desk = desk
        self._handling = handling
        self._cutting = cutting
        self._store = store
        self._offload = offload
        self._clock = clock
        self._alarm = alarm
        self._alarms: set[str] = set()
        self._asked: list[tuple[CallRecord, asyncio.Future[Ticket | None]]] = []
        self._opening: asyncio.Task[None] | None = None
        self._put_off: dict[int, float] = {}
        """Messages that failed by their own fault: when to look at them again."""
        self._stopped = False
        self._wake = asyncio.Event()

    # For the floor

    async def open_for(self, record: CallRecord) -> Ticket | None:
        """An agent has answered this call: the ticket that waits for her, if the rules want one.
        The same call always gets the same ticket. Raises what the database raises; the call's
        record opens the ticket later then."""
        answer: asyncio.Future[Ticket | None] = asyncio.get_running_loop().create_future()
        self._asked.append((record, answer))
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open_all())
        return await answer

    async def _open_all(self) -> None:
        """Those who ask within a moment share one unit of work."""
        try:
            while self._asked:
                await self._moment()
                batch, self._asked = self._asked[:AT_ONCE], self._asked[AT_ONCE:]
                records = [record for record, _ in batch]
                now = self._clock.now()
                tickets: Sequence[Ticket | Exception | None]
                try:
                    tickets = await self._offload.run(self._desk.open_at_answer, records, now)
                except Exception as error:
                    tickets = [error] * len(batch)
                for (_, answer), ticket in zip(batch, tickets, strict=True):
                    if answer.done():
                        continue
                    if isinstance(ticket, Exception):
                        answer.set_exception(ticket)
                    else:
                        answer.set_result(ticket)
        finally:
            self._opening = None

    def glimpses(
        self, customers: Sequence[CustomerId], number: str, language: Language
    ) -> list[TicketGlimpse]:
        """Live tickets of who may be calling, newest first, for the pop. Waits for the database:
        to be called off the event loop."""
        with self._store.reading() as rows:
            live = rows.live_of(customers, number, MAX_GLIMPSES)
            return [ticket.glimpse(language) for ticket in live]

    # For people

    async def get(self, id_: TicketId, scope: Scope = ALL) -> Ticket:
        """With all that stands beside it. Raises NoSuchTicket, for one she does not see, too."""

        def look() -> Ticket:
            with self._store.reading() as rows:
                return existing(rows, id_, scope)

        return await self._offload.run(look)

    async def find(
        self, wanted: TicketFilter, limit: int = 50, before: TicketId | None = None
    ) -> list[Ticket]:
        """Newest first with their clocks, at most MAX_PAGE; pass the last one's id as ``before``
        for more."""

        def look() -> list[Ticket]:
            with self._store.reading() as rows:
                return with_clocks(rows, rows.find(wanted, min(limit, MAX_PAGE), before))

        return await self._offload.run(look)

    async def search(
        self, text: str, wanted: TicketFilter, limit: int = 50, before: TicketId | None = None
    ) -> list[Ticket]:
        """Those with all words of ``text`` in title, notes, replies, forms, number or customer,
        newest first; found a moment after they were written. Nothing for words that say
        nothing."""
        words = await self._cutting.for_query(text)
        if not words:
            return []

        def look() -> list[Ticket]:
            with self._store.reading() as rows:
                found = rows.search(words, wanted, min(limit, MAX_PAGE), before)
                return with_clocks(rows, found)

        return await self._offload.run(look)

    async def index(self) -> int:
        """Make what was written since findable; how many tickets."""
        done = 0
        while batch := await self._offload.run(self._unindexed):
            cut = [await self._cutting.for_index(one.text) for one in batch]
            await self._offload.run(self._index, batch, cut)
            done += len(batch)
        return done

    async def change(self, id_: TicketId, change: Change, who: str, scope: Scope = ALL) -> Ticket:
        """All of it or nothing. Raises what Handling.change raises."""
        now = self._clock.now()
        return await self._offload.run(self._handling.change, id_, change, who, now, scope)

    async def note_result(self, call: CallId, code: str, who: str, at: float) -> None:
        """What an agent said came of a call, on its ticket if there is one."""
        await self._offload.run(self._handling.note_result, call, code, who, at)

    async def open_by_hand(self, wanted: Ticket, call: CallId, who: str) -> Ticket:
        """The ticket of this call: ``wanted``, unless there is one."""
        return await self._offload.run(
            self._handling.open_by_hand, wanted, call, who, self._clock.now()
        )

    async def share_answered(self, since: float, until: float, scope: Scope) -> list[AnswerFigures]:
        def look() -> list[AnswerFigures]:
            with self._store.reading() as rows:
                return rows.share_answered(since, until, scope)

        return await self._offload.run(look)

    def _unindexed(self) -> list[Unindexed]:
        with self._store.reading() as rows:
            return rows.unindexed(INDEX_AT_ONCE)

    def _index(self, batch: Sequence[Unindexed], cut: Sequence[Sequence[str]]) -> None:
        with self._store.writing() as rows:
            for one, words in zip(batch, cut, strict=True):
                rows.index(one, words)

    # Call records, one after the other

    async def run(self) -> None:
        """Until ``stop``. When the database is gone: an alarm, and again with growing pauses."""
        retry_s = FIRST_RETRY_S
        while not self._stopped:
            try:
                more = await self._offload.run(self.step, self._clock.now())
            except Exception as error:
                if not unavailable(error):
                    log.exception("the desk failed")
                self._raise(BEHIND, True, f"calls wait for the desk: {error}")
                await self._pause(retry_s)
                retry_s = min(2 * retry_s, LONGEST_RETRY_S)
                continue
            retry_s = FIRST_RETRY_S
            self._raise(BEHIND, False)
            self._raise(REFUSED, bool(self._put_off), "a call record could not become a ticket")
            if not more:
                await self._pause(LOOK_EVERY_S)

    def wake(self) -> None:
        """There is a new call record."""
        self._wake.set()

    def stop(self) -> None:
        """``run`` returns after the step it is in."""
        self._stopped = True
        self._wake.set()

    def step(self, now: float) -> bool:
        """Deal with what waits, at most AT_ONCE; True when there may be more. Synchronous. Raises
        when the database is unavailable, having lost nothing."""
        after = 0
        while batch := self._desk.waiting(AT_ONCE, after):
            after = batch[-1].message
            ready = [one for one in batch if self._put_off.get(one.message, 0.0) <= now]
            if ready:
                self._deal_with(ready, now)
                return len(batch) == AT_ONCE
        return False

    def _deal_with(self, ended: Sequence[EndedCall], now: float) -> None:
        try:
            self._desk.deal_with(ended, now)
            for one in ended:
                self._put_off.pop(one.message, None)
        except Exception as error:
            if unavailable(error):
                raise
            if len(ended) > 1:
                # One of them is the trouble: the others must not wait for it.
                for one in ended:
                    self._deal_with([one], now)
                return
            log.exception("a call record could not become a ticket")
            self._put_off[ended[0].message] = now + PUT_OFF_S
            self._desk.put_off(ended[0], repr(error))

    async def _moment(self) -> None:
        over = asyncio.Event()
        timer = self._clock.call_later(GATHER_S, over.set)
        try:
            await over.wait()
        finally:
            timer.cancel()

    def _raise(self, name: str, on: bool, text: str = "") -> None:
        if on == (name in self._alarms):
            return
        (self._alarms.add if on else self._alarms.discard)(name)
        self._alarm(Alarm(name=name, on=on, text=text if on else "", at=self._clock.now()))

    async def _pause(self, delay_s: float) -> None:
        timer = self._clock.call_later(delay_s, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()
            if not self._stopped:
                self._wake.clear()


def with_clocks(rows: TicketRows, tickets: Sequence[Ticket]) -> list[Ticket]:
    clocks = rows.clocks([ticket.id for ticket in tickets])
    return [replace(ticket, clocks=clocks.get(ticket.id, ())) for ticket in tickets]
