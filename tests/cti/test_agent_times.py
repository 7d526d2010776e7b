"""How long agents were in which state: once each moment, whatever fails in between."""

from datetime import date

import pytest

from calls.ids import AgentId, QueueId
from calls.notices import AgentChanged
from calls.periods import Period
from calls.tally import Subject
from calls.words import AgentState
from cti.agent_times import AgentTimes
from cti.reports import ReportOrder, make_report
from storage.database import Database

pytestmark = pytest.mark.integration

BEGIN = 1_775_016_000.0
DAY = date(2026, 4, 1)


def told(state: AgentState, since: float, queue: str | None = None) -> AgentChanged:
    named = None if queue is None else QueueId(queue)
    return AgentChanged(agent=AgentId("a1"), state=state, since=BEGIN + since, queue=named)


def keep(times: AgentTimes, at: float) -> None:
    times.keep(times.take(BEGIN + at), BEGIN + at)


def seconds(database: Database) -> dict[str, float]:
    order = ReportOrder(first=DAY, last=DAY, by=Period.WHOLE, of=Subject.AGENT)
    totals = make_report(database, order, "Asia/Shanghai").totals
    return totals[0].figures.times_s if totals else {}


def test_rep_9_each_state_is_counted_for_as_long_as_it_lasted(database: Database) -> None:
    times = AgentTimes(database)
    times.hear(told(AgentState.READY, 0))
    keep(times, 5)
    times.hear(told(AgentState.READY, 0))
    times.hear(told(AgentState.OFFERED, 60, "sales"))
    times.hear(told(AgentState.TALKING, 65, "sales"))
    keep(times, 70)
    times.hear(told(AgentState.WRAPPING_UP, 165, "sales"))
    times.hear(told(AgentState.READY, 180))
    keep(times, 200)
    assert seconds(database) == {"ready": 80.0, "offered": 5.0, "talking": 100.0, "wrap_up": 15.0}
    order = ReportOrder(first=DAY, last=DAY, by=Period.WHOLE, ids=("sales",))
    queue = make_report(database, order, "Asia/Shanghai").totals
    assert [row.id for row in queue] == ["sales"]


def test_a_controller_that_dies_costs_nothing_and_counts_nothing_twice(database: Database) -> None:
    first = AgentTimes(database)
    first.hear(told(AgentState.READY, 0))
    keep(first, 10)
    first.take(BEGIN + 15)  # and never kept
    second = AgentTimes(database)
    second.hear(told(AgentState.READY, 0))
    keep(second, 30)
    keep(second, 30)
    assert seconds(database) == {"ready": 30.0}


def test_what_could_not_be_kept_is_kept_later(database: Database) -> None:
    times = AgentTimes(database)
    times.hear(told(AgentState.READY, 0))
    times.hear(told(AgentState.NOT_READY, 20))
    spans = times.take(BEGIN + 30)
    times.put_back(spans)
    keep(times, 40)
    assert seconds(database) == {"ready": 20.0, "not_ready": 20.0}
