"""Figures of a day, counted from call records."""

from typing import Any

import pytest

from calls.ids import AgentId, CallId, OfferId, QueueId
from calls.record import CallRecord, Leg
from calls.words import NoAnswer, Outcome, Party
from cti.figures import SqlFigures
from cti.records_sql import SqlRecords
from storage.database import Database

pytestmark = pytest.mark.integration

SALES, SUPPORT = QueueId("sales"), QueueId("support")
WANG, LI = AgentId("a1"), AgentId("a2")
MORNING = 1_700_000_100.0
"""A quarter of an hour begins."""


def call(n: int, at: float, **known: Any) -> CallRecord:
    record: dict[str, Any] = {
        "call": CallId(f"c{n}"), "started_at": at, "ended_at": at + 60, "outcome": Outcome.ANSWERED,
        "queue": SALES, "first_queued_at": at + 1, "arrived": True,
        "ended_by": Party.CALLER,
    }  # fmt: skip
    return CallRecord(**(record | known))


def taken(n: int, at: float, answer_s: float, within_rule: bool | None, **known: Any) -> CallRecord:
    answered = {"answered_at": at + answer_s, "answer_s": answer_s, "agent": WANG}
    return call(n, at, within_rule=within_rule, **(answered | known))


def test_sup_1_what_each_queue_came_to_since_the_morning(database: Database) -> None:
    gone = {"outcome": Outcome.ABANDONED_IN_QUEUE}
    SqlRecords(database).write(
        [
            taken(1, MORNING + 1, 5.0, True),
            taken(2, MORNING + 2, 15.0, None),
            taken(3, MORNING + 3, 25.0, False),
            call(4, MORNING + 4, **gone),
            call(5, MORNING + 5, outcome=Outcome.ABANDONED_RINGING),
            call(6, MORNING - 1, **gone),
            call(7, MORNING + 7, outcome=Outcome.SELF_SERVICE, queue=None, first_queued_at=None),
            taken(8, MORNING + 8, 25.0, True, queue=SUPPORT),
        ],
        mark=0,
        at=MORNING,
    )
    sales, support = SqlFigures(database).of_queues(MORNING, {SALES: 10.0, SUPPORT: 30.0})
    assert (sales.queue, sales.came, sales.answered, sales.abandoned) == (SALES, 5, 3, 2)
    assert (sales.in_level, sales.in_rule, sales.answer_s) == (1, 1, 15.0)
    assert (support.came, support.in_level, support.in_rule) == (1, 1, 1)
    # A queue nobody plans any more is measured by the habit of the trade.
    (sales, _) = SqlFigures(database).of_queues(MORNING, {})
    assert sales.in_level == 2


def test_cti_21_what_an_agent_did_today_and_nobody_elses(database: Database) -> None:
    def leg(n: int, agent: AgentId, **known: Any) -> Leg:
        return Leg(offer=OfferId(f"o{n}"), made_at=MORNING + n, queue=SALES, agent=agent, **known)

    talk = {"answered_at": MORNING + 5, "talk_at": MORNING + 10, "ended_at": MORNING + 40}
    SqlRecords(database).write(
        [
            taken(1, MORNING + 1, 5.0, True, legs=(leg(1, WANG, **talk),)),
            taken(
                2,
                MORNING + 2,
                5.0,
                False,
                agent=LI,
                legs=(
                    leg(2, WANG, missed=NoAnswer.RANG_OUT),
                    leg(3, WANG, missed=NoAnswer.RANG_OUT),
                    leg(4, WANG, missed=NoAnswer.CALLER_LEFT),
                    leg(5, LI, **talk),
                ),
            ),
        ],
        mark=0,
        at=MORNING,
    )
    she = SqlFigures(database).of_agent(WANG, MORNING)
    assert (she.answered, she.in_rule, she.talk_s) == (1, 1, 30.0)
    assert she.missed == {NoAnswer.RANG_OUT: 2, NoAnswer.CALLER_LEFT: 1}
    nobody = SqlFigures(database).of_agent(AgentId("a9"), MORNING)
    assert (nobody.answered, nobody.talk_s, nobody.missed) == (0, 0.0, {})


def test_an_empty_day_has_no_queues(database: Database) -> None:
    assert SqlFigures(database).of_queues(MORNING, {}) == ()
