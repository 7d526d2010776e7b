"""Departments are warned before they are late; when they are, the agent who filed the ticket is
asked to chase them and to call the customer with an apology. Each once, whoever looks how often.

Synchronous: runs on threads, from a chore.
"""

from dataclasses import replace

from calls import tasks
from calls.calendar import NeverOpens
from calls.ids import TicketId
from calls.tasks import TaskKind, TaskWanted
from calls.words import Language, Role
from tickets.clocks import Clock, ClockKind, Owed, owed, retimed
from tickets.model import LIVE, SYSTEM, Entry, EntryKind, Ticket
from tickets.ports import TicketRows, TicketStore
from tickets.tasks.model import task_from
from tickets.timekeeping import Timekeeper

AT_ONCE = 50
"""Tickets to a unit of work: others who write wait for it."""
CHASE_S = 2 * 3_600.0
"""Working time for the apology."""


class Chasing:
    def __init__(self, store: TicketStore, keeper: Timekeeper) -> None:
        self._store = store
        self._keeper = keeper

    def step(self, now: float) -> int:
        """Warn and escalate what is due now; how many tickets were looked at."""
        looked, before = 0, list[TicketId]()
        while True:
            with self._store.reading() as rows:
                due = rows.due(now, AT_ONCE)
            if not due or due == before:
                return looked
            before = due
            with self._store.writing() as rows:
                for id_ in due:
                    self._look(rows, id_, now)
            looked += len(due)

    def retime(self) -> int:
        """The calendars or hours have changed: due times of running clocks are reckoned anew."""
        changed, after = 0, TicketId("0")
        while True:
            with self._store.writing() as rows:
                batch = rows.running(AT_ONCE, after)
                for id_ in batch:
                    changed += self._retime(rows, id_)
            if len(batch) < AT_ONCE:
                return changed
            after = batch[-1]

    def _look(self, rows: TicketRows, id_: TicketId, now: float) -> None:
        ticket = rows.get(id_)
        if ticket is None:
            return
        calendar = self._keeper.calendar_of(ticket.department)
        seen: list[Clock] = []
        for clock in ticket.clocks:
            if not clock.running:
                continue
            # A closed ticket's clocks are stopped; should one run on, it asks for nothing.
            asks = owed(clock, now, calendar) if ticket.state in LIVE else None
            match asks:
                case Owed.WARNING:
                    self._warn(rows, ticket, clock, now)
                    clock = replace(clock, warned_at=now)
                case Owed.ESCALATION:
                    self._escalate(rows, ticket, clock, now)
                    clock = replace(clock, late_at=now)
                case None:
                    # The calendar has changed since: it is due at another time.
                    clock = retimed(clock, calendar)
                    if ticket.state not in LIVE:
                        clock = replace(clock, due_at=None, warn_at=None)
            seen.append(clock)
        rows.keep_clocks(id_, seen)

    def _warn(self, rows: TicketRows, ticket: Ticket, clock: Clock, now: float) -> None:
        rows.write(ticket.id, Entry(now, SYSTEM, EntryKind.WARNED, clock.kind))
        owner = tasks.person(ticket.owner) if ticket.owner else tasks.department(ticket.department)
        self._want(rows, ticket, clock, TaskKind.HURRY, owner, clock.due_at, now)

    def _escalate(self, rows: TicketRows, ticket: Ticket, clock: Clock, now: float) -> None:
        rows.write(ticket.id, Entry(now, SYSTEM, EntryKind.LATE, clock.kind))
        agent = tasks.agent(ticket.assignee) if ticket.assignee else tasks.role(Role.SUPERVISOR)
        due_at = self._chase_by(now)
        self._want(rows, ticket, clock, TaskKind.CHASE, agent, due_at, now)
        self._want(rows, ticket, clock, TaskKind.LATE, tasks.role(Role.SUPERVISOR), due_at, now)

    def _want(
        self,
        rows: TicketRows,
        ticket: Ticket,
        clock: Clock,
        kind: TaskKind,
        owner: str,
        due_at: float | None,
        now: float,
    ) -> None:
        wanted = TaskWanted(
            key=f"{kind}:{ticket.id}:{clock.kind}:{clock.round}",
            kind=kind,
            owner=owner,
            titles=self._titles(kind, ticket, clock),
            due_at=due_at,
            ticket=ticket.id,
            customer=ticket.customer,
            number=ticket.number,
        )
        rows.tasks.add(task_from(wanted, now))

    def _titles(self, kind: TaskKind, ticket: Ticket, clock: Clock) -> dict[str, str]:
        known = self._keeper.department(ticket.department)
        names = known.names if known else {}
        return {
            language: text.format(
                department=names.get(language, ticket.department),
                ticket=ticket.id,
                title=ticket.title(language),
            )
            for language, text in _SAID[kind, clock.kind].items()
        }

    def _chase_by(self, now: float) -> float | None:
        try:
            return self._keeper.calendar_of("").add_working(now, CHASE_S)
        except NeverOpens:
            return None

    def _retime(self, rows: TicketRows, id_: TicketId) -> int:
        ticket = rows.get(id_)
        if ticket is None:
            return 0
        calendar = self._keeper.calendar_of(ticket.department)
        anew = [retimed(one, calendar) for one in ticket.clocks]
        changed = [one for one in anew if one not in ticket.clocks]
        if not changed:
            return 0
        rows.keep_clocks(id_, changed)
        answers = [one for one in anew if one.kind is ClockKind.ANSWER and one.running]
        if answers:
            rows.save(replace(ticket, due_at=answers[-1].due_at))
        return 1


_SAID = {
    (TaskKind.HURRY, ClockKind.REACH): {
        Language.ZH: "工单 {ticket} 即将超过受理时限，请尽快受理：{title}",
        Language.EN: "Take ticket {ticket} before its time is over: {title}",
    },
    (TaskKind.HURRY, ClockKind.ANSWER): {
        Language.ZH: "工单 {ticket} 即将超过答复时限，请尽快答复客户：{title}",
        Language.EN: "Answer the customer of ticket {ticket} before its time is over: {title}",
    },
    (TaskKind.CHASE, ClockKind.REACH): {
        Language.ZH: "{department}尚未受理工单 {ticket}：请催办，并致电客户致歉。{title}",
        Language.EN: "{department} has not taken ticket {ticket}: ask it, and call the customer"
        " with an apology. {title}",
    },
    (TaskKind.CHASE, ClockKind.ANSWER): {
        Language.ZH: "{department}未按时答复工单 {ticket}：请催办，并致电客户致歉。{title}",
        Language.EN: "{department} has not answered ticket {ticket} in time: ask it, and call the"
        " customer with an apology. {title}",
    },
    (TaskKind.LATE, ClockKind.REACH): {
        Language.ZH: "{department}受理工单 {ticket} 已超时：{title}",
        Language.EN: "{department} is late to take ticket {ticket}: {title}",
    },
    (TaskKind.LATE, ClockKind.ANSWER): {
        Language.ZH: "{department}答复工单 {ticket} 已超时：{title}",
        Language.EN: "{department} is late to answer ticket {ticket}: {title}",
    },
}
