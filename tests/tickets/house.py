"""A desk with its store, over each backend; calls come in as tables of facts."""

from typing import Any

import msgspec

from calls.calendar import Hours, WorkCalendar
from calls.fold import fold
from calls.ids import QueueId, TicketId
from calls.record import CallRecord
from calls.words import Level, Outcome
from storage import outbox
from storage.database import Database
from tests.calls.tables import facts
from tickets.changes import Change
from tickets.chasing import Chasing
from tickets.departments import usual
from tickets.desk import Desk
from tickets.handling import Handling
from tickets.model import Priority, Ticket, TicketKind
from tickets.ports import TicketFilter
from tickets.rules import Rule, RuleBook, When
from tickets.sql_store import SqlTickets
from tickets.timekeeping import Timekeeper

HOUR = 3_600.0
MONDAY_9 = 1_704_675_600.0
"""2024-01-08 09:00 in Shanghai."""
CALENDAR = WorkCalendar(
    zone="Asia/Shanghai",
    weekly=((Hours(opens="09:00", closes="18:00"),),) * 5 + ((), ()),
)
RULES = RuleBook(
    (
        Rule(
            "unhappy",
            When(score_below=3),
            TicketKind.SERVICE,
            {"en": "Unhappy: {caller}"},
            Priority.HIGH,
            due_s=2 * HOUR,
        ),
        Rule("nuisance", When(queues=(QueueId("nuisance"),)), None),
        Rule(
            "vip",
            When(levels=(Level.VIP,), outcomes=(Outcome.ABANDONED_IN_QUEUE,)),
            TicketKind.SALES,
            {"en": "VIP gave up"},
            Priority.URGENT,
            due_s=HOUR,
            join_within_s=72 * HOUR,
        ),
        Rule(
            "sales",
            When(queues=(QueueId("sales"),)),
            TicketKind.SALES,
            {"zh-CN": "{queue} {caller}", "en": "{queue}: {caller}"},
            due_s=9 * HOUR,
            join_within_s=72 * HOUR,
        ),
        Rule("tech", When(queues=(QueueId("tech"),)), TicketKind.TECHNICAL, {"en": "Tech"}),
    )
)

ANSWERED = """
0     CallArrived      number=+8613812345678 name=Li dialled=4001
1     CustomerFound    customer=c7 level=gold
5     QueueJoined      queue={queue}
6     OfferMade        offer=o1 queue={queue} agent=a2 device=d2
7     PhoneRang        offer=o1
13    CallAnswered     offer=o1 agent=a2 device=d2 ring=2
"""
TALKED = """
15    TalkBegan        offer=o1
75    TalkFinished     offer=o1 by=agent
"""
ENDED = "90 CallEnded by=caller\n"
ABANDONED = """
3     CallArrived      number={number} dialled=4001
5     QueueJoined      queue={queue}
30    QueueLeft        queue={queue} reason=hung_up
30    CallEnded        by=caller
"""


def answered(call: str, queue: str = "sales") -> CallRecord:
    """The record so far, as the agent picks up."""
    return fold(facts(ANSWERED.format(queue=queue), call))


def talked(call: str, queue: str = "sales", score: int = 5) -> CallRecord:
    story = ANSWERED.format(queue=queue) + TALKED
    return fold(facts(f"{story}80 SurveyAnswered question=q score={score}\n{ENDED}", call))


def abandoned(call: str, queue: str = "sales", number: str = "+8613800000001") -> CallRecord:
    return fold(facts(ABANDONED.format(queue=queue, number=number), call))


class House:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.store: Any = SqlTickets(database)
        self.keeper = Timekeeper(usual, lambda name: CALENDAR)
        self.desk = Desk(self.store, lambda: RULES, self.keeper, lambda queue: {"zh-CN": "销售"})
        self.handling = Handling(self.store, self.keeper)
        self.chasing = Chasing(self.store, self.keeper)

    def ask(self, record: CallRecord) -> None:
        """The record of an ended call is in the database, and waits for the desk."""
        payload = msgspec.json.encode(record).decode()
        with self.database.session() as session:
            outbox.put(session, outbox.CALL_ENDED, [(record.call, payload)], MONDAY_9)

    def work(self, now: float = MONDAY_9) -> list[TicketId | None]:
        """Deal with what waits."""
        return self.desk.deal_with(self.desk.waiting(100), now)

    def answer(self, record: CallRecord, now: float = MONDAY_9) -> Ticket | None:
        """An agent has picked up."""
        (ticket,) = self.desk.open_at_answer([record], now)
        return ticket

    def change(
        self, id_: str = "1", who: str = "a2", now: float = MONDAY_9, **fields: Any
    ) -> Ticket:
        return self.handling.change(TicketId(id_), Change(**fields), who, now)

    def tickets(self) -> list[Ticket]:
        """All of them, whole, oldest first."""
        with self.store.reading() as rows:
            found = rows.find(TicketFilter(), 100, None)
            return [rows.get(ticket.id) for ticket in reversed(found)]

    def calls(self) -> list[list[tuple[str, str, bool]]]:
        """Per ticket: call, role, finished."""
        return [
            [(link.call, link.role, link.finished_at is not None) for link in ticket.calls]
            for ticket in self.tickets()
        ]
