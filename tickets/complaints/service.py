"""Complaints as people work on them: each step once, in its ticket's unit of work and history.

Synchronous work runs on threads. An answer to a complaint is an answer on its ticket, so its clocks
stop; who is not content opens the ticket anew.
"""

from collections.abc import Callable, Sequence
from datetime import date

from calls.clock import Clock
from calls.ids import TicketId
from calls.rights import Who
from storage.offload import Offload
from tickets.changes import Change, Reply, Scope, scope_of
from tickets.complaints.model import (
    BY_LEADERS,
    Asked,
    Complaint,
    ComplaintChanged,
    NoSuchComplaint,
    State,
    Step,
    advance,
)
from tickets.complaints.sql_store import Trend
from tickets.handling import Handling, existing
from tickets.model import Channel, Entry, EntryKind, TicketState
from tickets.ports import TicketRows, TicketStore

MAX_PAGE = 200


class NotForHer(Exception):
    """The step is for those who lead."""


class Complaints:
    def __init__(
        self,
        store: TicketStore,
        handling: Handling,
        offload: Offload,
        clock: Clock,
        today: Callable[[float], date],
    ) -> None:
        """``today``: the date on the hotline's wall at a moment."""
        self._store = store
        self._handling = handling
        self._offload = offload
        self._clock = clock
        self._today = today

    async def get(self, ticket: TicketId, who: Who) -> Complaint:
        """Raises NoSuchTicket, NoSuchComplaint."""

        def look() -> Complaint:
            with self._store.reading() as rows:
                existing(rows, ticket, scope_of(who))
                found = rows.complaints.get(ticket)
                if found is None:
                    raise NoSuchComplaint
                return found

        return await self._offload.run(look)

    async def find(self, states: Sequence[State], who: Who, limit: int = 50) -> list[Complaint]:
        """Newest first, without steps."""
        departments = scope_of(who).departments

        def look() -> list[Complaint]:
            with self._store.reading() as rows:
                return rows.complaints.find(tuple(states), departments, min(limit, MAX_PAGE))

        return await self._offload.run(look)

    async def trends(self, first: str, last: str) -> list[Trend]:
        def look() -> list[Trend]:
            with self._store.reading() as rows:
                return rows.complaints.trends(first, last)

        return await self._offload.run(look)

    async def receive(self, ticket: TicketId, who: Who) -> Complaint:
        """Its ticket is a complaint from now on; one that is already stays as it is. Raises
        NoSuchTicket."""
        now = self._clock.now()

        def add() -> Complaint:
            with self._store.writing() as rows:
                existing(rows, ticket, scope_of(who))
                known = rows.complaints.get(ticket)
                if known is not None:
                    return known
                complaint = Complaint(ticket, now)
                rows.complaints.add(complaint, self._today(now).isoformat()[:7])
                entry = Entry(now, who.person, EntryKind.COMPLAINT, State.RECEIVED)
                rows.write(ticket, entry)
                return complaint

        return await self._offload.run(add)

    async def take(self, ticket: TicketId, asked: Asked, version: int, who: Who) -> Complaint:
        """Raises NoSuchTicket, NoSuchComplaint, ComplaintChanged, NotForHer, and what ``advance``
        raises; then nothing was done."""
        return await self._offload.run(
            self._take, ticket, asked, version, who, scope_of(who), self._clock.now()
        )

    def _take(
        self, id_: TicketId, asked: Asked, version: int, who: Who, scope: Scope, now: float
    ) -> Complaint:
        with self._store.writing() as rows:
            existing(rows, id_, scope)
            before = rows.complaints.get(id_)
            if before is None:
                raise NoSuchComplaint
            if before.version != version:
                raise ComplaintChanged(before)
            if asked.step in BY_LEADERS and not who.sees_all():
                raise NotForHer
            after = advance(before, asked, who.person, now)
            rows.complaints.advance(after)
            rows.write(id_, Entry(now, who.person, EntryKind.COMPLAINT, asked.step))
            self._on_its_ticket(rows, id_, asked, who, now)
            return after

    def _on_its_ticket(
        self, rows: TicketRows, id_: TicketId, asked: Asked, who: Who, now: float
    ) -> None:
        ticket = existing(rows, id_)
        change = None
        if asked.step is Step.ANSWER:
            change = Change(reply=Reply(Channel.PHONE, asked.text.strip()))
        elif asked.step is Step.ASSIGN and asked.department:
            change = Change(department=asked.department)
        elif asked.step is Step.NOT_CONTENT and ticket.closed_at is not None:
            change = Change(state=TicketState.OPEN)
        elif asked.step is Step.ARCHIVE and ticket.closed_at is None:
            change = Change(state=TicketState.CLOSED)
        if change is not None:
            self._handling.within(rows, id_, change, who.person, now)
