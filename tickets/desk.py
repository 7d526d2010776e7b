"""What the desk does with a call: opens a ticket, joins one, or finishes the one that was opened
when the agent answered. Each call once, whoever tells it how often. Synchronous: runs on threads.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from calls.ids import QueueId, TicketId
from calls.record import CallRecord
from tickets.followups.opening import NO_FOLLOW_UPS, FollowUpOpening
from tickets.model import SYSTEM, CallLink, CallRole, Entry, EntryKind, Ticket
from tickets.ports import EndedCall, TicketRows, TicketStore
from tickets.rules import Rule, RuleBook, titles_for
from tickets.timekeeping import Timekeeper

_record = msgspec.json.Decoder(CallRecord)


class Desk:
    def __init__(
        self,
        store: TicketStore,
        rules: Callable[[], RuleBook],
        keeper: Timekeeper,
        queue_names: Callable[[QueueId], dict[str, str]] = lambda queue: {},
        follow_ups: FollowUpOpening = NO_FOLLOW_UPS,
    ) -> None:
        """``rules``: those in force now, asked each time."""
        self._store = store
        self._rules = rules
        self._keeper = keeper
        self._queue_names = queue_names
        self._follow_ups = follow_ups

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
        ticket = self._ticket_for(rows, record, message, now)
        self._follow_ups.after_call(rows, record, ticket, now)
        return ticket

    def _ticket_for(
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
            ticket, role = replace(ticket, id=rows.add(ticket)), CallRole.OPENED
            rows.keep_clocks(ticket.id, ticket.clocks)
            rows.mark(ticket.id)
        else:
            ticket, role = self._raised(rows, known, rule, record, now), CallRole.JOINED
            rows.save(ticket)
        finished_at = None if message is None else now
        rows.link(ticket.id, CallLink(record.call, role, now, finished_at), message)
        rows.write(ticket.id, Entry(now, SYSTEM, EntryKind.CALL, call=record.call))
        return replace(ticket, clocks=())

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
            ticket = self._raised(rows, ticket, rule, record, now)
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
        ticket = Ticket(
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
        )
        return self._keeper.opened(ticket, rule.due_s, now)

    def _raised(
        self, rows: TicketRows, ticket: Ticket, rule: Rule, record: CallRecord, now: float
    ) -> Ticket:
        """A further call, or the end of one, never makes a ticket less urgent or later."""
        urgent = rule.priority.rank > ticket.priority.rank
        raised = replace(
            ticket,
            updated_at=now,
            priority=rule.priority if urgent else ticket.priority,
            customer=ticket.customer or record.customer,
        )
        if rule.due_s is None:
            return raised
        clocks = rows.clocks([ticket.id]).get(ticket.id, ())
        hastened = self._keeper.hastened(replace(raised, clocks=clocks), rule.due_s, now)
        rows.keep_clocks(ticket.id, [one for one in hastened.clocks if one not in clocks])
        return hastened
