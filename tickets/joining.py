"""Tickets that belong together: linked, merged (and taken apart again), split.

A merged ticket keeps its own history and gives its calls away; so it can be taken apart as long as
nobody has opened it anew. Synchronous: runs on threads.
"""

from collections.abc import Sequence
from dataclasses import replace

from calls.ids import CallId, TicketId
from tickets.changes import Scope
from tickets.clocks import ClockKind
from tickets.handling import existing, keep
from tickets.model import (
    LIVE,
    CannotJoin,
    Entry,
    EntryKind,
    LinkKind,
    NotItsCall,
    Ticket,
    TicketState,
)
from tickets.ports import TicketRows, TicketStore
from tickets.timekeeping import Timekeeper


class Joining:
    def __init__(self, store: TicketStore, keeper: Timekeeper) -> None:
        self._store = store
        self._keeper = keeper

    def link(
        self,
        id_: TicketId,
        other: TicketId,
        kind: LinkKind | None,
        who: str,
        now: float,
        scope: Scope,
    ) -> Ticket:
        """``kind`` None: they have nothing to do with each other any more. Raises NoSuchTicket,
        CannotJoin."""
        with self._store.writing() as rows:
            one, two = existing(rows, id_, scope), existing(rows, other, scope)
            if one.id == two.id:
                raise CannotJoin("same_ticket")
            if kind is None:
                rows.part(one.id, two.id)
            else:
                rows.join(one.id, two.id, kind, who, now)
            for ticket, text in ((one, two.id), (two, one.id)):
                said = text if kind else f"-{text}"
                self._changed(rows, ticket, ticket, Entry(now, who, EntryKind.LINKED, said))
            return existing(rows, id_)

    def merge(self, id_: TicketId, into: TicketId, who: str, now: float, scope: Scope) -> Ticket:
        """Everything of ``id_`` goes on under ``into``, which is given back; what was promised
        soonest holds. Raises NoSuchTicket, CannotJoin."""
        with self._store.writing() as rows:
            gone, stays = existing(rows, id_, scope), existing(rows, into, scope)
            if gone.id == stays.id:
                raise CannotJoin("same_ticket")
            if gone.merged_into or stays.merged_into:
                raise CannotJoin("merged_already")
            if stays.state not in LIVE:
                raise CannotJoin("merge_into_closed")
            rows.carry([link.call for link in gone.calls], stays.id, came_from=gone.id)
            rows.join(gone.id, stays.id, LinkKind.DUPLICATE, who, now)
            for watcher in gone.watchers:
                rows.watch(stays.id, watcher, True)
            closed = replace(
                self._keeper.stopped(gone, now),
                state=TicketState.CLOSED,
                closed_at=now,
                merged_into=stays.id,
                merged_from_state=gone.state,
            )
            self._changed(rows, gone, closed, Entry(now, who, EntryKind.MERGED, stays.id))
            raised = self._as_urgent(stays, gone, now)
            self._changed(rows, stays, raised, Entry(now, who, EntryKind.TAKEN_IN, gone.id))
            return existing(rows, stays.id)

    def unmerge(self, id_: TicketId, who: str, now: float, scope: Scope) -> Ticket:
        """Take a merged ticket out again: its calls come back, its state is what it was, and its
        clocks begin anew where it was open. Raises NoSuchTicket, CannotJoin."""
        with self._store.writing() as rows:
            gone = existing(rows, id_, scope)
            if gone.merged_into is None or gone.merged_from_state is None:
                raise CannotJoin("not_merged")
            stays = existing(rows, gone.merged_into)
            own = [link.call for link in stays.calls if link.came_from == gone.id]
            rows.carry(own, gone.id, came_from=None)
            rows.part(gone.id, stays.id)
            back = replace(
                gone, state=gone.merged_from_state, merged_into=None, merged_from_state=None
            )
            if back.state in LIVE:
                back = replace(self._keeper.reopened(back, now), closed_at=None)
            self._changed(rows, gone, back, Entry(now, who, EntryKind.MERGED, ""))
            entry = Entry(now, who, EntryKind.TAKEN_IN, f"-{gone.id}")
            self._changed(rows, stays, stays, entry)
            return existing(rows, gone.id)

    def split(
        self,
        id_: TicketId,
        calls: Sequence[CallId],
        titles: dict[str, str],
        who: str,
        now: float,
        scope: Scope,
    ) -> Ticket:
        """A new ticket of its own for these calls (none: for one more matter of the same customer),
        linked with the old. Raises NoSuchTicket, NotItsCall."""
        with self._store.writing() as rows:
            whole = existing(rows, id_, scope)
            known = {link.call for link in whole.calls}
            for call in calls:
                if call not in known:
                    raise NotItsCall(id_, call)
            part = self._keeper.opened(_fresh(whole, titles, now), None, now)
            new = rows.add(part)
            rows.carry(list(calls), new, came_from=None)
            rows.join(whole.id, new, LinkKind.SPLIT, who, now)
            rows.write(new, Entry(now, who, EntryKind.SPLIT, whole.id))
            self._changed(rows, whole, whole, Entry(now, who, EntryKind.SPLIT, new))
            return existing(rows, new)

    def _as_urgent(self, stays: Ticket, gone: Ticket, now: float) -> Ticket:
        """What was promised for either is promised for both."""
        urgent = gone.priority.rank > stays.priority.rank
        raised = replace(
            stays,
            priority=gone.priority if urgent else stays.priority,
            customer=stays.customer or gone.customer,
            number=stays.number or gone.number,
        )
        own, theirs = raised.clock(ClockKind.ANSWER), gone.clock(ClockKind.ANSWER)
        sooner = (
            own is not None
            and theirs is not None
            and own.due_at is not None
            and theirs.due_at is not None
            and theirs.due_at < own.due_at
        )
        if not sooner or theirs is None or theirs.due_at is None:
            return raised
        calendar = self._keeper.calendar_of(raised.department)
        left_s = max(0.0, calendar.working_between(now, theirs.due_at))
        return self._keeper.hastened(raised, left_s, now)

    def _changed(self, rows: TicketRows, before: Ticket, after: Ticket, entry: Entry) -> None:
        keep(rows, before, replace(after, version=before.version + 1, updated_at=entry.at))
        rows.write(after.id, entry)


def _fresh(whole: Ticket, titles: dict[str, str], now: float) -> Ticket:
    return replace(
        whole,
        id=TicketId(""),
        state=TicketState.OPEN,
        titles=titles or whole.titles,
        opened_at=now,
        updated_at=now,
        closed_at=None,
        answered_at=None,
        owner="",
        due_at=None,
        version=1,
        calls=(),
        entries=(),
        clocks=(),
        watchers=(),
        links=(),
        files=(),
        parts=(),
    )
