"""What people do with a ticket: each change whole, once, and in its history with who and when.

Synchronous: runs on threads (storage.offload).
"""

from dataclasses import replace

from calls.ids import CallId, TicketId
from calls.tasks import TaskKind
from tickets.changes import ALL, Change, Nobody, Reply, Scope
from tickets.followups.model import FollowUpCause
from tickets.followups.opening import NO_FOLLOW_UPS, FollowUpOpening
from tickets.forms.model import missing
from tickets.model import (
    LIVE,
    NEXT,
    Amendment,
    CallLink,
    CallRole,
    ChangeRefused,
    Channel,
    Entry,
    EntryKind,
    FormLacks,
    NoSuchTicket,
    NotAnswered,
    NotItsCall,
    Ticket,
    TicketChanged,
    TicketState,
)
from tickets.ports import TicketRows, TicketStore
from tickets.tasks.model import TaskState
from tickets.tasks.ports import TaskFilter
from tickets.timekeeping import Timekeeper


class Handling:
    def __init__(
        self,
        store: TicketStore,
        keeper: Timekeeper,
        follow_ups: FollowUpOpening = NO_FOLLOW_UPS,
    ) -> None:
        self._store = store
        self._keeper = keeper
        self._follow_ups = follow_ups

    def change(
        self, id_: TicketId, change: Change, who: str, now: float, scope: Scope = ALL
    ) -> Ticket:
        """Raises NoSuchTicket (for one she does not see, too), TicketChanged, NotItsCall,
        NotAnswered, ChangeRefused; then nothing of it was done."""
        with self._store.writing() as rows:
            return self.within(rows, id_, change, who, now, scope)

    def within(
        self,
        rows: TicketRows,
        id_: TicketId,
        change: Change,
        who: str,
        now: float,
        scope: Scope = ALL,
    ) -> Ticket:
        """The same as a part of somebody's unit of work."""
        before = existing(rows, id_, scope)
        if change.version is not None and change.version != before.version:
            raise TicketChanged(before)
        done = _Doing(rows, self._keeper, who, now).all(before, change)
        keep(rows, before, replace(done, version=before.version + 1, updated_at=now))
        after = existing(rows, id_)
        if _given_its_answer(before, after) and rows.complaints.get(id_) is None:
            # A complaint is followed up as one.
            self._follow_ups.after_closing(rows, after, now)
        if before.state not in LIVE and after.state in LIVE:
            self._follow_ups.needless(rows, id_, FollowUpCause.RESOLUTION, now)
        return after

    def note_result(self, call: CallId, code: str, who: str, now: float) -> None:
        """On the ticket of this call, if there is one."""
        with self._store.writing() as rows:
            ticket = rows.tickets_of([call]).get(call)
            if ticket is not None:
                rows.save(replace(ticket, updated_at=now))
                rows.rewrite(ticket.id, Entry(now, who, EntryKind.RESULT, code, call))

    def open_by_hand(self, wanted: Ticket, call: CallId, who: str, now: float) -> Ticket:
        """The ticket of this call: ``wanted`` (its id is not looked at), unless there is one."""
        with self._store.writing() as rows:
            known = rows.tickets_of([call]).get(call)
            if known is not None:
                return existing(rows, known.id)
            ticket = self._keeper.opened(wanted, None, now)
            id_ = rows.add(ticket)
            rows.link(id_, CallLink(call, CallRole.OPENED, now), message=None)
            rows.write(id_, Entry(now, who, EntryKind.CALL, call=call))
            return existing(rows, id_)


def existing(rows: TicketRows, id_: TicketId, scope: Scope = ALL) -> Ticket:
    ticket = rows.get(id_)
    if ticket is None or not scope.has(ticket):
        raise NoSuchTicket(id_)
    return ticket


def _given_its_answer(before: Ticket, after: Ticket) -> bool:
    """It has just been closed, and the customer was answered."""
    closed = before.state in LIVE and after.state not in LIVE
    return closed and after.answered_at is not None and after.merged_into is None


def keep(rows: TicketRows, before: Ticket, after: Ticket) -> None:
    """The ticket's own fields, the clocks that changed, and its words where they did."""
    rows.save(after)
    rows.keep_clocks(after.id, [one for one in after.clocks if one not in before.clocks])
    if (before.titles, before.customer, before.department) != (
        after.titles,
        after.customer,
        after.department,
    ):
        rows.mark(after.id)


class _Doing:
    """One person's change in one unit of work."""

    def __init__(self, rows: TicketRows, keeper: Timekeeper, who: str, now: float) -> None:
        self._rows, self._keeper = rows, keeper
        self._who, self._now = who, now

    def all(self, ticket: Ticket, change: Change) -> Ticket:
        ticket = self._amend(ticket, change.amendment)
        if change.department and change.department != ticket.department:
            ticket = self._keeper.moved(ticket, change.department, self._now)
            self._write(ticket, EntryKind.DEPARTMENT, ticket.department)
        if change.assignee is not None:
            to = None if isinstance(change.assignee, Nobody) else change.assignee
            ticket = replace(ticket, assignee=to)
            self._write(ticket, EntryKind.ASSIGNED, to or "")
        if change.owner is not None and change.owner != ticket.owner:
            ticket = self._own(ticket, change.owner)
        if change.watching is not None:
            self._rows.watch(ticket.id, self._who, change.watching)
        ticket = self._say(ticket, change)
        ticket = self._hold(ticket, change)
        return ticket if change.state is None else self._move(ticket, change.state)

    def _amend(self, ticket: Ticket, amendment: Amendment) -> Ticket:
        for said in amendment.said():
            self._write(ticket, EntryKind.AMENDED, said)
        amended = amendment.on(ticket)
        if amended.kind is ticket.kind:
            return amended
        # Another kind is another department's, where one answers that kind.
        own = self._keeper.department_of(amended.kind)
        return self._keeper.moved(amended, own.id, self._now)

    def _own(self, ticket: Ticket, owner: str) -> Ticket:
        self._write(ticket, EntryKind.OWNER, owner)
        ticket = replace(ticket, owner=owner)
        if not owner:
            return ticket
        ticket = self._keeper.reached(ticket, self._now)
        if ticket.state is TicketState.OPEN:
            ticket = self._move(ticket, TicketState.IN_PROGRESS)
        return ticket

    def _say(self, ticket: Ticket, change: Change) -> Ticket:
        if change.call_note is not None:
            call, text = change.call_note
            self._of_its_calls(ticket, call)
            entry = Entry(self._now, self._who, EntryKind.NOTE, text, call)
            self._rows.rewrite(ticket.id, entry)
            self._rows.mark(ticket.id)
        if change.note:
            self._write(ticket, EntryKind.NOTE, change.note)
            self._rows.mark(ticket.id)
        return ticket if change.reply is None else self._reply(ticket, change.reply)

    def _reply(self, ticket: Ticket, reply: Reply) -> Ticket:
        if reply.call is not None:
            self._of_its_calls(ticket, reply.call)
        entry = Entry(self._now, self._who, EntryKind.REPLY, reply.text, reply.call, reply.channel)
        self._rows.write(ticket.id, entry)
        self._rows.mark(ticket.id)
        if reply.channel is Channel.UNREACHABLE:
            return ticket
        self._no_hurry_any_more(ticket)
        return replace(
            self._keeper.answered(ticket, self._now), answered_at=ticket.answered_at or self._now
        )

    def _hold(self, ticket: Ticket, change: Change) -> Ticket:
        if change.pause:
            self._write(ticket, EntryKind.PAUSED, change.pause)
            ticket = self._keeper.paused(ticket, change.pause, self._now)
        if change.resume:
            self._write(ticket, EntryKind.RESUMED)
            ticket = self._keeper.resumed(ticket, self._now)
        return ticket

    def _move(self, ticket: Ticket, to: TicketState) -> Ticket:
        if to not in NEXT[ticket.state]:
            raise ChangeRefused(ticket, to)
        lacking = [
            field
            for filled, form in self._rows.forms.with_documents(ticket.id)
            for field in missing(form.document, filled.data, to)
        ]
        if lacking:
            raise FormLacks(ticket, lacking)
        self._write(ticket, EntryKind.STATE, to)
        if to in LIVE:
            closed = ticket.state not in LIVE
            ticket = replace(ticket, state=to, closed_at=None)
            if closed:
                reopened = self._keeper.reopened(ticket, self._now)
                return replace(reopened, answered_at=None, owner="")
            if to is TicketState.IN_PROGRESS:
                ticket = self._keeper.reached(ticket, self._now)
            return ticket
        if ticket.answered_at is None and not self._found_unreachable(ticket):
            raise NotAnswered(ticket)
        ticket = self._keeper.stopped(ticket, self._now)
        return replace(ticket, state=to, closed_at=ticket.closed_at or self._now)

    def _found_unreachable(self, ticket: Ticket) -> bool:
        """Somebody said why the customer cannot be answered, now or before."""
        known = self._rows.get(ticket.id)
        entries = known.entries if known else ()
        return any(one.channel is Channel.UNREACHABLE for one in entries)

    def _no_hurry_any_more(self, ticket: Ticket) -> None:
        for task in self._rows.tasks.find(
            TaskFilter(ticket=ticket.id, kind=TaskKind.HURRY, states=(TaskState.OPEN,)), 50, 0
        ):
            self._rows.tasks.save(
                replace(
                    task,
                    state=TaskState.CANCELLED,
                    closed_at=self._now,
                    updated_at=self._now,
                    version=task.version + 1,
                )
            )

    def _of_its_calls(self, ticket: Ticket, call: CallId) -> None:
        if all(link.call != call for link in ticket.calls):
            raise NotItsCall(ticket.id, call)

    def _write(self, ticket: Ticket, kind: EntryKind, text: str = "") -> None:
        self._rows.write(ticket.id, Entry(self._now, self._who, kind, text))
