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
from tickets.followups.model import FollowUpCause
from tickets.followups.opening import NO_FOLLOW_UPS, FollowUpOpening
from tickets.handling import Handling, existing
from tickets.model import Channel, Entry, EntryKind, Ticket, TicketState
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
        follow_ups: FollowUpOpening = NO_FOLLOW_UPS,
    ) -> None:
        """``today``: the date on the hotline's wall at a moment."""
        self._follow_ups = follow_ups
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
            after = step_within(rows, self._handling, before, asked, who, now)
            if asked.step in (Step.FOLLOW_UP, Step.NOT_CONTENT):
                self._follow_ups.needless(rows, id_, FollowUpCause.COMPLAINT, now)
            if after.state is State.ANSWERED:
                self._follow_ups.after_complaint(rows, existing(rows, id_), after.version, now)
            return after


def step_within(
    rows: TicketRows, handling: Handling, before: Complaint, asked: Asked, who: Who, now: float
) -> Complaint:
    """One step as a part of somebody's unit of work. Raises NotForHer, and what ``advance``
    raises."""
    if asked.step in BY_LEADERS and not who.sees_all():
        raise NotForHer
    after = advance(before, asked, who.person, now)
    rows.complaints.advance(after)
    rows.write(before.ticket, Entry(now, who.person, EntryKind.COMPLAINT, asked.step))
    change = _on_its_ticket(existing(rows, before.ticket), asked)
    if change is not None:
        handling.within(rows, before.ticket, change, who.person, now)
    return after


def _on_its_ticket(ticket: Ticket, asked: Asked) -> Change | None:
    if asked.step is Step.ANSWER:
        return Change(reply=Reply(Channel.PHONE, asked.text.strip()))
    if asked.step is Step.ASSIGN and asked.department:
        return Change(department=asked.department)
    if asked.step is Step.NOT_CONTENT and ticket.closed_at is not None:
        return Change(state=TicketState.OPEN)
    if asked.step is Step.ARCHIVE and ticket.closed_at is None:
        return Change(state=TicketState.CLOSED)
    return None
