"""Calls the desk deals with at one sitting: what is known of all of them is looked up at once, each
is decided by itself, and what became of them is written a table at a time.

They must be strangers to each other, so that no ticket one of them opens is what another looks for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from calls.ids import CallId, TicketId
from calls.record import CallRecord
from tickets.clocks import Clock
from tickets.model import SYSTEM, CallLink, CallRole, Entry, EntryKind, Ticket
from tickets.ports import Joining, TicketRows
from tickets.rules import Rule


@dataclass(frozen=True, slots=True)
class Heard:
    """A call just answered, or over."""

    record: CallRecord
    rule: Rule | None
    """None: it shall leave no ticket of its own."""
    message: int | None = None
    """That it is over; None while the agent still talks."""


def strangers(heard: Sequence[Heard]) -> Iterator[list[Heard]]:
    """In their order; a call of a customer, a number or a call that was heard of begins anew."""
    few: list[Heard] = []
    met: set[tuple[str, str]] = set()
    for one in heard:
        record = one.record
        names = {("call", record.call), ("customer", record.customer or ""), ("no", record.number)}
        named = {name for name in names if name[1]}
        if met & named:
            yield few
            few, met = [], set()
        few.append(one)
        met |= named
    if few:
        yield few


class Sitting:
    def __init__(self, rows: TicketRows, heard: Sequence[Heard], now: float) -> None:
        self._rows = rows
        self._now = now
        found = rows.tickets_of([one.record.call for one in heard])
        new = [one for one in heard if one.record.call not in found]
        joining = {one.record.call: how for one in new if (how := _joining(one, now)) is not None}
        joined = dict(zip(joining, rows.joinable(list(joining.values())), strict=True))
        found |= {call: ticket for call, ticket in joined.items() if ticket is not None}
        self._joins = {call for call, ticket in joined.items() if ticket is not None}
        self._ticket_of = {call: ticket.id for call, ticket in found.items()}
        self._tickets = {ticket.id: ticket for ticket in found.values()}
        hastened = {
            self._ticket_of[one.record.call]
            for one in heard
            if one.record.call in found and one.rule is not None and one.rule.due_s is not None
        }
        self._clocks = rows.clocks(sorted(hastened)) if hastened else {}
        self._opened: list[tuple[Heard, Ticket]] = []
        self._linked: list[tuple[Heard, TicketId]] = []
        self._finished: list[tuple[Heard, TicketId]] = []
        self._changed: dict[TicketId, None] = {}
        self._hastened: dict[TicketId, list[Clock]] = {}

    def ticket_of(self, one: Heard) -> Ticket | None:
        """The one that was opened or joined before."""
        call = one.record.call
        return None if call in self._joins else self._known(call)

    def joinable(self, one: Heard) -> Ticket | None:
        return self._known(one.record.call)

    def clocks_of(self, ticket: Ticket) -> tuple[Clock, ...]:
        return self._clocks.get(ticket.id, ())

    def open(self, one: Heard, ticket: Ticket) -> None:
        self._opened.append((one, ticket))

    def join(self, one: Heard, ticket: Ticket) -> None:
        self._keep(ticket)
        self._linked.append((one, ticket.id))

    def finish(self, one: Heard, ticket: Ticket) -> None:
        self._keep(ticket)
        self._finished.append((one, ticket.id))

    def write(self) -> dict[CallId, Ticket]:
        """The ticket of each call that has one."""
        rows = self._rows
        ids = rows.add_all([ticket for _, ticket in self._opened])
        if self._changed:
            rows.save_all([self._tickets[id_] for id_ in self._changed])
        if self._hastened:
            rows.keep_all_clocks(self._hastened)
        opened = [(one, id_) for (one, _), id_ in zip(self._opened, ids, strict=True)]
        links = [(id_, self._link(one, CallRole.OPENED), one.message) for one, id_ in opened]
        links += [(id_, self._link(one, CallRole.JOINED), one.message) for one, id_ in self._linked]
        rows.link_all(links)
        rows.finish_all(
            [(one.record.call, self._now, one.message) for one, _ in self._finished if one.message]
        )
        entries = [self._entry(one, id_, EntryKind.CALL) for one, id_ in (*opened, *self._linked)]
        entries += [self._entry(one, id_, EntryKind.CALL_ENDED) for one, id_ in self._finished]
        rows.write_all(entries)
        for (one, ticket), id_ in zip(self._opened, ids, strict=True):
            self._ticket_of[one.record.call] = id_
            self._tickets[id_] = replace(ticket, id=id_, clocks=())
        return {call: self._tickets[id_] for call, id_ in self._ticket_of.items()}

    def _known(self, call: CallId) -> Ticket | None:
        id_ = self._ticket_of.get(call)
        return None if id_ is None else self._tickets[id_]

    def _keep(self, ticket: Ticket) -> None:
        before = self._clocks.get(ticket.id, ())
        changed = [clock for clock in ticket.clocks if clock not in before]
        if changed:
            self._hastened.setdefault(ticket.id, []).extend(changed)
            self._clocks[ticket.id] = ticket.clocks
        self._tickets[ticket.id] = replace(ticket, clocks=())
        self._changed[ticket.id] = None

    def _link(self, one: Heard, role: CallRole) -> CallLink:
        finished_at = None if one.message is None else self._now
        return CallLink(one.record.call, role, self._now, finished_at)

    def _entry(self, one: Heard, ticket: TicketId, kind: EntryKind) -> tuple[TicketId, Entry]:
        return ticket, Entry(self._now, SYSTEM, kind, call=one.record.call)


def _joining(one: Heard, now: float) -> Joining | None:
    rule, record = one.rule, one.record
    if rule is None or rule.kind is None or not rule.join_within_s:
        return None
    return Joining(rule.kind, record.customer, record.number, now - rule.join_within_s)
