"""What the desk does with a call: opens a ticket, joins one, or finishes the one that was opened
when the agent answered. Each call once, whoever tells it how often. Synchronous: runs on threads.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from calls.ids import CallId, QueueId, TicketId
from calls.record import CallRecord
from tickets.followups.opening import NO_FOLLOW_UPS, FollowUpOpening
from tickets.model import Ticket
from tickets.ports import EndedCall, TicketRows, TicketStore
from tickets.rules import Rule, RuleBook, titles_for
from tickets.sitting import Heard, Sitting, strangers
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
        heard = [Heard(record, _wanted(self._rules().at_answer(record))) for record in records]
        with self._store.writing() as rows:
            found = self._hear(rows, heard, now)
        return [None if one.rule is None else found.get(one.record.call) for one in heard]

    def deal_with(self, ended: Sequence[EndedCall], now: float) -> list[TicketId | None]:
        """The ticket of each call record, None where it leaves none or was dealt with before. In
        one unit of work."""
        records = [_record.decode(one.payload) for one in ended]
        with self._store.writing() as rows:
            ours = rows.claim([one.message for one in ended], now)
            heard = {
                one.message: Heard(record, _wanted(self._rules().at_end(record)), one.message)
                for one, record in zip(ended, records, strict=True)
                if one.message in ours
            }
            found = self._hear(rows, list(heard.values()), now)
            tickets: dict[int, TicketId | None] = {}
            for message, one in heard.items():
                ticket = found.get(one.record.call)
                tickets[message] = None if ticket is None else ticket.id
                self._follow_ups.after_call(rows, one.record, tickets[message], now)
        return [tickets.get(one.message) for one in ended]

    def waiting(self, limit: int, after: int = 0) -> list[EndedCall]:
        with self._store.reading() as rows:
            return rows.waiting(limit, after)

    def put_off(self, ended: EndedCall, error: str) -> None:
        with self._store.writing() as rows:
            rows.put_off(ended.message, error)

    # Inside

    def _hear(self, rows: TicketRows, heard: Sequence[Heard], now: float) -> dict[CallId, Ticket]:
        found: dict[CallId, Ticket] = {}
        for few in strangers(heard):
            sitting = Sitting(rows, few, now)
            for one in few:
                self._hear_one(sitting, one, now)
            found |= sitting.write()
        return found

    def _hear_one(self, sitting: Sitting, one: Heard, now: float) -> None:
        known = sitting.ticket_of(one)
        if known is not None:
            if one.message is not None:
                sitting.finish(one, self._finished(sitting, known, one, now))
            return
        if one.rule is None:
            return
        joined = sitting.joinable(one)
        if joined is None:
            sitting.open(one, self._new(one.rule, one.record, now))
        else:
            sitting.join(one, self._raised(sitting, joined, one.rule, one.record, now))

    def _finished(self, sitting: Sitting, ticket: Ticket, one: Heard, now: float) -> Ticket:
        """The call that opened or joined this ticket is over; what its end told is added."""
        record = one.record
        if one.rule is not None:
            ticket = self._raised(sitting, ticket, one.rule, record, now)
        return replace(
            ticket,
            updated_at=now,
            customer=ticket.customer or record.customer,
            level=ticket.level or record.level,
            assignee=ticket.assignee or record.last_agent,
        )

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
        self, sitting: Sitting, ticket: Ticket, rule: Rule, record: CallRecord, now: float
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
        clocks = sitting.clocks_of(ticket)
        return self._keeper.hastened(replace(raised, clocks=clocks), rule.due_s, now)


def _wanted(rule: Rule | None) -> Rule | None:
    """Without those that say such a call leaves no ticket."""
    return None if rule is None or rule.kind is None else rule
