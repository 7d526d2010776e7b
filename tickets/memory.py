"""Tickets in memory: for a hotline that may forget, and for tests. Same promises as sql_store."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from threading import RLock

from calls.ids import CallId, CustomerId, TicketId
from tickets.model import LIVE, CallLink, Entry, Ticket, TicketKind
from tickets.ports import EndedCall, TicketFilter


@dataclass(slots=True)
class _State:
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)
    of_call: dict[CallId, TicketId] = field(default_factory=dict)
    waiting: dict[int, EndedCall] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    messages: int = 0
    numbers: int = 0


class MemoryTickets:
    def __init__(self) -> None:
        self._state = _State()
        self._lock = RLock()

    def ask(self, payload: str) -> int:
        """What the writer of call records does in SQL: leave one for the desk."""
        with self._lock:
            self._state.messages += 1
            number = self._state.messages
            self._state.waiting[number] = EndedCall(number, payload)
            return number

    @contextmanager
    def reading(self) -> Iterator["MemoryRows"]:
        with self._lock:
            yield MemoryRows(deepcopy(self._state))

    @contextmanager
    def writing(self) -> Iterator["MemoryRows"]:
        with self._lock:
            work = deepcopy(self._state)
            yield MemoryRows(work)
            self._state = work


class MemoryRows:
    def __init__(self, state: _State) -> None:
        self._state = state

    def waiting(self, limit: int, after: int = 0) -> list[EndedCall]:
        found = [self._state.waiting[n] for n in sorted(self._state.waiting) if n > after]
        return found[:limit]

    def claim(self, messages: Sequence[int], at: float) -> set[int]:
        return {n for n in messages if self._state.waiting.pop(n, None) is not None}

    def put_off(self, message: int, error: str) -> None:
        self._state.errors[message] = error

    def ticket_of(self, call: CallId) -> Ticket | None:
        id_ = self._state.of_call.get(call)
        return None if id_ is None else _bare(self._state.tickets[id_])

    def live(
        self, kind: TicketKind, customer: CustomerId | None, number: str, since: float
    ) -> Ticket | None:
        live = [
            ticket
            for ticket in reversed(self._state.tickets.values())
            if ticket.state in LIVE and ticket.kind is kind and ticket.opened_at >= since
        ]
        hers = [t for t in live if customer is not None and t.customer == customer]
        same = [t for t in live if number and t.number == number]
        unowned = [t for t in same if customer is None or t.customer is None]
        return next((_bare(ticket) for ticket in (*hers, *unowned)), None)

    def add(self, ticket: Ticket) -> TicketId:
        self._state.numbers += 1
        id_ = TicketId(str(self._state.numbers))
        self._state.tickets[id_] = replace(ticket, id=id_, calls=(), entries=())
        return id_

    def save(self, ticket: Ticket) -> None:
        known = self._state.tickets[ticket.id]
        self._state.tickets[ticket.id] = replace(ticket, calls=known.calls, entries=known.entries)

    def link(self, ticket: TicketId, link: CallLink, message: int | None) -> None:
        if link.call in self._state.of_call:
            raise ValueError(f"call {link.call} is on a ticket already")
        self._state.of_call[link.call] = ticket
        known = self._state.tickets[ticket]
        self._state.tickets[ticket] = replace(known, calls=(*known.calls, link))

    def finish(self, call: CallId, at: float, message: int) -> None:
        known = self._state.tickets[self._state.of_call[call]]
        calls = tuple(
            replace(link, finished_at=at) if link.call == call else link for link in known.calls
        )
        self._state.tickets[known.id] = replace(known, calls=calls)

    def write(self, ticket: TicketId, entry: Entry) -> None:
        known = self._state.tickets[ticket]
        self._state.tickets[ticket] = replace(known, entries=(*known.entries, entry))

    def rewrite(self, ticket: TicketId, entry: Entry) -> None:
        known = self._state.tickets[ticket]
        place = (entry.who, entry.kind, entry.call)
        places = [(one.who, one.kind, one.call) for one in known.entries]
        if place not in places:
            self.write(ticket, entry)
            return
        entries = list(known.entries)
        entries[places.index(place)] = entry
        self._state.tickets[ticket] = replace(known, entries=tuple(entries))

    def get(self, id_: TicketId) -> Ticket | None:
        return self._state.tickets.get(id_)

    def find(self, wanted: TicketFilter, limit: int, before: TicketId | None) -> list[Ticket]:
        found = [
            _bare(ticket)
            for ticket in reversed(self._state.tickets.values())
            if _fits(ticket, wanted) and (before is None or int(ticket.id) < int(before))
        ]
        return found[:limit]

    def live_of(self, customers: Sequence[CustomerId], number: str, limit: int) -> list[Ticket]:
        found = [
            _bare(ticket)
            for ticket in reversed(self._state.tickets.values())
            if ticket.state in LIVE
            and (
                (ticket.customer is not None and ticket.customer in customers)
                or (bool(number) and ticket.number == number)
            )
        ]
        return found[:limit]


def _fits(ticket: Ticket, wanted: TicketFilter) -> bool:
    return (
        (not wanted.states or ticket.state in wanted.states)
        and wanted.kind in (None, ticket.kind)
        and wanted.queue in (None, ticket.queue)
        and wanted.assignee in (None, ticket.assignee)
        and wanted.customer in (None, ticket.customer)
        and (wanted.call is None or any(link.call == wanted.call for link in ticket.calls))
        and (
            wanted.due_before is None
            or (ticket.due_at is not None and ticket.due_at < wanted.due_before)
        )
    )


def _bare(ticket: Ticket) -> Ticket:
    return replace(ticket, calls=(), entries=())
