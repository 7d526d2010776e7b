"""First contact and effort: counted, and told call by call why, over each database."""

from datetime import date
from typing import Any

import pytest

from calls.effort import Burden, costs, effort_of
from calls.ids import AgentId, CallId, OfferId, QueueId
from calls.record import CallRecord, Leg
from calls.tally import REPEAT_S
from calls.words import Outcome, Party
from cti.contacts import RepeatFilter, SqlContacts
from cti.ratios import Figures
from cti.records_sql import SqlRecords
from cti.reports import ReportOrder, make_report
from storage.database import Database

pytestmark = pytest.mark.contract

BEGIN = 1_704_675_600.0
DAY = date(2024, 1, 8)
HOUR = 3_600.0


def call(id: str, at: float, queue: str = "sales", **fields: Any) -> CallRecord:
    """Answered at once."""
    began = BEGIN + at
    known: dict[str, Any] = {
        "number": "+8613812345678",
        "ended_at": began + 60,
        "ended_by": Party.CALLER,
        "arrived": True,
        "outcome": Outcome.ANSWERED,
        "queue": QueueId(queue),
        "queues": (QueueId(queue),),
        "first_queued_at": began,
        "answered_at": began + 5,
        "answer_s": 5.0,
        "agent": AgentId("a1"),
    }
    return CallRecord(call=CallId(id), started_at=began, **known | fields)


def keep(database: Database, *records: CallRecord) -> None:
    SqlRecords(database).write(records, mark=0, at=BEGIN)


def house(database: Database) -> Figures:
    order = ReportOrder(first=DAY, last=DAY)
    rows = make_report(database, order, "Asia/Shanghai").totals
    return next(row.figures for row in rows if row.id == "")


def test_d7_why_a_call_was_not_solved_at_first_contact_is_the_other_call(
    database: Database,
) -> None:
    keep(database, call("c1", 0), call("c2", 5 * HOUR), call("c3", 6 * HOUR, "tech"))
    contacts = SqlContacts(database)
    first, again = contacts.why(CallId("c1")), contacts.why(CallId("c2"))
    assert first is not None
    assert again is not None
    assert (first.repeats, first.repeated_by and first.repeated_by.call) == (None, "c2")
    assert (again.repeats and again.repeats.call, again.repeated_by) == ("c1", None)
    other = contacts.why(CallId("c3"))
    assert other is not None
    assert (other.repeats, other.repeated_by) == (None, None)
    assert contacts.why(CallId("none")) is None
    assert house(database).first_contact == pytest.approx(2 / 3)


def test_d7_the_calls_behind_the_count_are_listed_with_what_followed(database: Database) -> None:
    keep(
        database,
        call("c1", 0),
        call("c2", HOUR),
        call("c3", 2 * HOUR, answered_at=None, outcome=Outcome.ABANDONED_IN_QUEUE),
        call("c4", 2 * HOUR + REPEAT_S + 1),
        call("d1", 0, number=""),
        call("d2", HOUR, number=""),
    )
    contacts = SqlContacts(database)
    day = RepeatFilter(since=BEGIN, until=BEGIN + 24 * HOUR)
    found = contacts.repetitions(day, 100)
    assert [(one.first.call, one.again.call) for one in found] == [("c2", "c3"), ("c1", "c2")]
    assert len(found) == house(database).repeated
    assert len(contacts.repetitions(day, 1)) == 1
    elsewhere = RepeatFilter(since=BEGIN, until=BEGIN + 24 * HOUR, queue=QueueId("tech"))
    assert contacts.repetitions(elsewhere, 100) == []


def test_d7_effort_is_counted_and_each_step_of_it_has_its_reason(database: Database) -> None:
    hard = call(
        "c1",
        0,
        waited_s=200.0,
        queues=(QueueId("tech"), QueueId("sales")),
        legs=tuple(
            Leg(offer=OfferId(f"o{n}"), made_at=BEGIN, agent=AgentId(f"a{n}"), talked=True)
            for n in (1, 2)
        ),
    )
    easy = call("c2", HOUR)
    keep(database, hard, easy)
    why = SqlContacts(database).why(CallId("c1"))
    assert why is not None
    assert [(cost.burden, cost.steps) for cost in why.costs] == [
        (Burden.WAITED, 1),
        (Burden.WAITED_LONG, 1),
        (Burden.MOVED, 1),
        (Burden.PASSED_ON, 1),
        (Burden.CALLED_AGAIN, 2),
    ]
    assert why.effort == 7
    assert effort_of(easy) == 1
    assert house(database).effort == (7 + 1) / 2


def test_d7_a_call_that_led_to_nothing_cost_more_than_one_that_helped() -> None:
    gone = call("c1", 0, outcome=Outcome.ABANDONED_IN_QUEUE, answered_at=None)
    assert [cost.burden for cost in costs(gone)] == [Burden.UNSERVED]
    assert effort_of(gone) == 3
    assert costs(call("c2", 0, nodes=("a", "b"))) == ()
