"""A ticket's clocks as things happen to it: started, paused, stopped, asked what is due. Pure.

Knows departments and calendars as they are in force now, by asking for them each time.
"""

from collections.abc import Callable
from dataclasses import replace

from calls.calendar import WorkCalendar
from tickets import clocks
from tickets.clocks import Clock, ClockKind
from tickets.departments import Department, Departments
from tickets.model import Ticket, TicketKind


class Timekeeper:
    def __init__(
        self, departments: Callable[[], Departments], calendar: Callable[[str], WorkCalendar]
    ) -> None:
        """``calendar``: by its name; '' is the hotline's own."""
        self._departments = departments
        self._calendar = calendar

    def department_of(self, kind: TicketKind) -> Department:
        return self._departments().of_kind(kind)

    def department(self, id_: str) -> Department | None:
        return self._departments().get(id_)

    def calendar_of(self, department: str) -> WorkCalendar:
        """Of one that is not there any more: the hotline's own."""
        known = self._departments().get(department)
        return self._calendar(known.calendar if known else "")

    def opened(self, ticket: Ticket, due_s: float | None, now: float) -> Ticket:
        """With the department of its kind, where it has none, and its clocks running."""
        own = self.department(ticket.department) or self.department_of(ticket.kind)
        running = own.clocks(now, self._calendar(own.calendar), due_s, _next_round(ticket))
        return _with(ticket, (*ticket.clocks, *running), own.id)

    def moved(self, ticket: Ticket, department: str, now: float) -> Ticket:
        """To another department, which has its own time to take it; the customer's goes on."""
        own = self.department(department)
        if own is None or department == ticket.department:
            return ticket
        ticket = self._each(ticket, ClockKind.REACH, clocks.stop, now)
        before, calendar = self.calendar_of(ticket.department), self._calendar(own.calendar)
        reach = clocks.start(
            ClockKind.REACH, now, own.reach_s, own.warn_share, calendar, _next_round(ticket)
        )
        kept = tuple(_under(one, now, before, calendar) for one in ticket.clocks)
        return _with(replace(ticket, department=department, owner=""), (*kept, reach))

    def reached(self, ticket: Ticket, now: float) -> Ticket:
        return self._each(ticket, ClockKind.REACH, clocks.stop, now)

    def answered(self, ticket: Ticket, now: float) -> Ticket:
        """The customer has her answer, whoever gave it."""
        return self.stopped(ticket, now)

    def stopped(self, ticket: Ticket, now: float) -> Ticket:
        for kind in ClockKind:
            ticket = self._each(ticket, kind, clocks.stop, now)
        return ticket

    def paused(self, ticket: Ticket, cause: str, now: float) -> Ticket:
        calendar = self.calendar_of(ticket.department)
        return _with(
            ticket, tuple(clocks.pause(one, now, cause, calendar) for one in ticket.clocks)
        )

    def resumed(self, ticket: Ticket, now: float) -> Ticket:
        return self._all(ticket, clocks.resume, now)

    def hastened(self, ticket: Ticket, due_s: float, now: float) -> Ticket:
        """At most so much working time until the answer."""
        calendar = self.calendar_of(ticket.department)
        return _with(
            ticket,
            tuple(
                clocks.hasten(one, due_s, now, calendar) if one.kind is ClockKind.ANSWER else one
                for one in ticket.clocks
            ),
        )

    def reopened(self, ticket: Ticket, now: float) -> Ticket:
        """The customer is not content: a new answer is owed."""
        return self.opened(ticket, None, now)

    def _each(
        self,
        ticket: Ticket,
        kind: ClockKind,
        do: Callable[[Clock, float, WorkCalendar], Clock],
        now: float,
    ) -> Ticket:
        calendar = self.calendar_of(ticket.department)
        return _with(
            ticket,
            tuple(do(one, now, calendar) if one.kind is kind else one for one in ticket.clocks),
        )

    def _all(
        self, ticket: Ticket, do: Callable[[Clock, float, WorkCalendar], Clock], now: float
    ) -> Ticket:
        calendar = self.calendar_of(ticket.department)
        return _with(ticket, tuple(do(one, now, calendar) for one in ticket.clocks))


def _under(clock: Clock, now: float, before: WorkCalendar, after: WorkCalendar) -> Clock:
    """What was used up counts in the old hours, the rest runs in the new ones."""
    if not clock.running:
        return clock
    return clocks.resume(clocks.pause(clock, now, "", before), now, after)


def _next_round(ticket: Ticket) -> int:
    return 1 + max((one.round for one in ticket.clocks), default=0)


def _with(ticket: Ticket, clocks_: tuple[Clock, ...], department: str | None = None) -> Ticket:
    """The answer's due time stands on the ticket, too: lists are ordered by it."""
    running = [one.due_at for one in clocks_ if one.kind is ClockKind.ANSWER and one.running]
    due_at = running[-1] if running else (ticket.due_at if _over(clocks_) else None)
    department = ticket.department if department is None else department
    return replace(ticket, clocks=clocks_, due_at=due_at, department=department)


def _over(clocks_: tuple[Clock, ...]) -> bool:
    """The last answer was given: when it was due stays to be seen."""
    answers = [one for one in clocks_ if one.kind is ClockKind.ANSWER]
    return bool(answers) and answers[-1].stopped
