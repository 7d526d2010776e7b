"""Departments: who answers which tickets, and how long they may take. Pure.

config.departments reads them from what people wrote.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from calls.calendar import WorkCalendar
from tickets.clocks import Clock, ClockKind, start, working_day_s
from tickets.model import TicketKind

REACH_S = 2 * 3_600.0
ANSWER_DAYS = 2.0
WARN_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Department:
    id: str
    names: dict[str, str] = field(default_factory=dict)
    """Per language tag."""
    kinds: tuple[TicketKind, ...] = ()
    """Tickets of these kinds come to it."""
    calendar: str = ""
    """Its working hours by name; '': the hotline's."""
    reach_s: float = REACH_S
    """Working time until somebody of it has a ticket."""
    answer_days: float = ANSWER_DAYS
    """Working days until the customer has an answer."""
    warn_share: float = WARN_SHARE
    """Of either time, when a warning comes."""

    def clocks(
        self, now: float, calendar: WorkCalendar, due_s: float | None = None, round: int = 1
    ) -> tuple[Clock, ...]:
        """``due_s``: what a rule promised for this ticket, in place of the days."""
        answer_s = self.answer_days * working_day_s(calendar) if due_s is None else due_s
        return (
            start(ClockKind.REACH, now, self.reach_s, self.warn_share, calendar, round),
            start(ClockKind.ANSWER, now, answer_s, self.warn_share, calendar, round),
        )


class Departments:
    """Those of the house, in the order they are written; there is always one."""

    def __init__(self, all_: Iterable[Department]) -> None:
        self.all = tuple(all_)
        self._by_id = {one.id: one for one in self.all}

    def get(self, id_: str) -> Department | None:
        return self._by_id.get(id_)

    def of_kind(self, kind: TicketKind) -> Department:
        """Who answers such a ticket: the first that says so, else the last of all."""
        return next((one for one in self.all if kind in one.kinds), self.all[-1])


def usual() -> Departments:
    """Technology, service, sales and other: what there is without being written."""
    return Departments(
        (
            Department(
                "technology", {"zh-CN": "技术部", "en": "Technology"}, (TicketKind.TECHNICAL,)
            ),
            Department("service", {"zh-CN": "客服部", "en": "Service"}, (TicketKind.SERVICE,)),
            Department("sales", {"zh-CN": "销售部", "en": "Sales"}, (TicketKind.SALES,)),
            Department("other", {"zh-CN": "其他", "en": "Other"}, (TicketKind.OTHER,)),
        )
    )
