"""What the desk does with a call: opens a ticket, joins one, or finishes the one that was opened
when the agent answered. Each call once, whoever tells it how often. Synchronous: runs on threads.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from calls.calendar import NeverOpens, WorkCalendar
from calls.ids import AgentId, CallId, QueueId, TicketId
from calls.record import CallRecord
from tickets.model import (
    LIVE,
    NEXT,
    SYSTEM,
    Amendment,
    CallLink,
    ChangeRefused,
    Entry,
    EntryKind,
    NoSuchTicket,
    NotItsCall,
    Role,
    Ticket,
    TicketState,
)
from tickets.ports import EndedCall, TicketRows, TicketStore
from tickets.rules import Rule, RuleBook, titles_for

_record = msgspec.json.Decoder(CallRecord)


class Desk:
    def __init__(
        self,
        store: TicketStore,
        rules: Callable[[], RuleBook],
        calendar: Callable[[], WorkCalendar],
        queue_names: Callable[[QueueId], dict[str, str]] = lambda queue: {},
    ) -> None:
        """``rules``, ``calendar`` (for due times): those in force now, asked each time."""
        self._store = store
        self._rules = rules
        self._calendar = calendar
        self._queue_names = queue_names

    def open_at_answer(self, records: Sequence[CallRecord], now: float) -> list[Ticket | None]:
        """The ticket that waits while the agent talks, for each of the calls just answered; None
        where the rules want none. In one unit of work."""
        with self._store.writing() as rows:
            return [self._open_one(rows, record, now) for record in records]

    def deal_with(self, ended: Sequence[EndedCall], now: float) -> list[TicketId | None]:
        """The ticket of each call record, None where it leaves none or was dealt with before. In
        one unit of work."""
        records = [_record.decode(one.payload) for one in ended]
        with self._store.writing() as rows:
            ours = rows.claim([one.message for one in ended], now)
            return [
                self._deal_with_one(rows, record, one.message, now) if one.message in ours else None
                for one, record in zip(ended, records, strict=True)
            ]

    def waiting(self, limit: int, after: int = 0) -> list[EndedCall]:
        with self._store.reading() as rows:
            return rows.waiting(limit, after)

    def put_off(self, ended: EndedCall, error: str) -> None:
        with self._store.writing() as rows:
            rows.put_off(ended.message, error)

    # What people do

    def change_state(self, id_: TicketId, to: TicketState, who: str, now: float) -> Ticket:
        """Raises NoSuchTicket, ChangeRefused."""
        with self._store.writing() as rows:
            ticket = _existing(rows, id_)
            if to not in NEXT[ticket.state]:
                raise ChangeRefused(ticket, to)
            closed_at = None if to in LIVE else (ticket.closed_at or now)
            rows.save(replace(ticket, state=to, updated_at=now, closed_at=closed_at))
            rows.write(id_, Entry(now, who, EntryKind.STATE, to))
            return _existing(rows, id_)

    def add_note(self, id_: TicketId, text: str, who: str, now: float) -> Ticket:
        """Raises NoSuchTicket."""
        with self._store.writing() as rows:
            rows.save(replace(_existing(rows, id_), updated_at=now))
            rows.write(id_, Entry(now, who, EntryKind.NOTE, text))
            return _existing(rows, id_)

    def assign(self, id_: TicketId, to: AgentId | None, who: str, now: float) -> Ticket:
        """Raises NoSuchTicket."""
        with self._store.writing() as rows:
            rows.save(replace(_existing(rows, id_), assignee=to, updated_at=now))
            rows.write(id_, Entry(now, who, EntryKind.ASSIGNED, to or ""))
            return _existing(rows, id_)

    def note_on_call(self, id_: TicketId, call: CallId, text: str, who: str, now: float) -> Ticket:
        """One note of this person about this call, written as often as she types on. Raises
        NoSuchTicket, NotItsCall."""
        with self._store.writing() as rows:
            ticket = _existing(rows, id_)
            if all(link.call != call for link in ticket.calls):
                raise NotItsCall(id_, call)
            rows.save(replace(ticket, updated_at=now))
            rows.rewrite(id_, Entry(now, who, EntryKind.NOTE, text, call))
            return _existing(rows, id_)

    def note_result(self, call: CallId, code: str, who: str, now: float) -> None:
        """On the ticket of this call, if there is one."""
        with self._store.writing() as rows:
            ticket = rows.ticket_of(call)
            if ticket is not None:
                rows.save(replace(ticket, updated_at=now))
                rows.rewrite(ticket.id, Entry(now, who, EntryKind.RESULT, code, call))

    def amend(self, id_: TicketId, amendment: Amendment, who: str, now: float) -> Ticket:
        """Raises NoSuchTicket."""
        with self._store.writing() as rows:
            rows.save(replace(amendment.on(_existing(rows, id_)), updated_at=now))
            for said in amendment.said():
                rows.write(id_, Entry(now, who, EntryKind.AMENDED, said))
            return _existing(rows, id_)

    def open_by_hand(self, wanted: Ticket, call: CallId, who: str, now: float) -> Ticket:
        """The ticket of this call: ``wanted`` (its id is not looked at), unless there is one."""
        with self._store.writing() as rows:
            known = rows.ticket_of(call)
            if known is not None:
                return _existing(rows, known.id)
            id_ = rows.add(wanted)
            rows.link(id_, CallLink(call, Role.OPENED, now), message=None)
            rows.write(id_, Entry(now, who, EntryKind.CALL, call=call))
            return _existing(rows, id_)

    # Inside

    def _open_one(self, rows: TicketRows, record: CallRecord, now: float) -> Ticket | None:
        rule = self._rules().at_answer(record)
        if rule is None or rule.kind is None:
            return None
        known = rows.ticket_of(record.call)
        return known or self._open_or_join(rows, rule, record, now, message=None)

    def _deal_with_one(
        self, rows: TicketRows, record: CallRecord, message: int, now: float
    ) -> TicketId | None:
        rule = self._rules().at_end(record)
        known = rows.ticket_of(record.call)
        if known is not None:
            self._finish(rows, known, rule, record, message, now)
            return known.id
        if rule is None or rule.kind is None:
            return None
        return self._open_or_join(rows, rule, record, now, message).id

    def _open_or_join(
        self, rows: TicketRows, rule: Rule, record: CallRecord, now: float, message: int | None
    ) -> Ticket:
        known = None
        if rule.join_within_s and rule.kind is not None:
            since = now - rule.join_within_s
            known = rows.live(rule.kind, record.customer, record.number, since)
        if known is None:
            ticket = self._new(rule, record, now)
            ticket, role = replace(ticket, id=rows.add(ticket)), Role.OPENED
        else:
            ticket, role = self._raised(known, rule, record, now), Role.JOINED
            rows.save(ticket)
        finished_at = None if message is None else now
        rows.link(ticket.id, CallLink(record.call, role, now, finished_at), message)
        rows.write(ticket.id, Entry(now, SYSTEM, EntryKind.CALL, call=record.call))
        return ticket

    def _finish(
        self,
        rows: TicketRows,
        ticket: Ticket,
        rule: Rule | None,
        record: CallRecord,
        message: int,
        now: float,
    ) -> None:
        """The call that opened or joined this ticket is over; what its end told is added."""
        if rule is not None and rule.kind is not None:
            ticket = self._raised(ticket, rule, record, now)
        rows.save(
            replace(
                ticket,
                updated_at=now,
                customer=ticket.customer or record.customer,
                level=ticket.level or record.level,
                assignee=ticket.assignee or record.last_agent,
            )
        )
        rows.finish(record.call, now, message)
        rows.write(ticket.id, Entry(now, SYSTEM, EntryKind.CALL_ENDED, call=record.call))

    def _new(self, rule: Rule, record: CallRecord, now: float) -> Ticket:
        assert rule.kind is not None
        names = {} if record.queue is None else self._queue_names(record.queue)
        return Ticket(
            id=TicketId(""),
            kind=rule.kind,
            opened_at=now,
            updated_at=now,
            priority=rule.priority,
            titles=titles_for(rule, record, names),
            customer=record.customer,
            number=record.number,
            queue=record.queue,
            level=record.level,
            assignee=record.last_agent,
            rule=rule.name,
            due_at=self._due(rule, now),
        )

    def _raised(self, ticket: Ticket, rule: Rule, record: CallRecord, now: float) -> Ticket:
        """A further call, or the end of one, never makes a ticket less urgent or later."""
        urgent = rule.priority.rank > ticket.priority.rank
        dues = [due for due in (ticket.due_at, self._due(rule, now)) if due is not None]
        return replace(
            ticket,
            updated_at=now,
            priority=rule.priority if urgent else ticket.priority,
            due_at=min(dues, default=None),
            customer=ticket.customer or record.customer,
        )

    def _due(self, rule: Rule, now: float) -> float | None:
        if rule.due_s is None:
            return None
        try:
            return self._calendar().add_working(now, rule.due_s)
        except NeverOpens:
            return None


def _existing(rows: TicketRows, id_: TicketId) -> Ticket:
    ticket = rows.get(id_)
    if ticket is None:
        raise NoSuchTicket(id_)
    return ticket
