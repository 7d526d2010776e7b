"""Reports and board say the same of the same calls, and what a slow, obvious count says."""

from collections.abc import Sequence
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from calls.ids import AgentId, CallId, QueueId
from calls.periods import Period
from calls.record import CallRecord
from calls.tally import REPEAT_S, SATISFIED, Subject, count_time, tallies
from calls.words import AgentState, Outcome, Party
from cti.figures import SqlFigures
from cti.ratios import Limits
from cti.records_sql import SqlRecords
from cti.reports import Report, ReportOrder, ReportRefused, make_report
from cti.tallies_sql import add
from storage.database import Database
from tests.cti.day import AGENTS, BEGIN, QUEUES, records
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.integration

DAY = date(2026, 3, 29)
BERLIN = "Europe/Berlin"
MANY = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def kept(calls: Sequence[CallRecord], database: Database) -> list[CallRecord]:
    """The calls with ids of their own, written in two units of work, the second half first."""
    named = [
        msgspec.structs.replace(record, call=CallId(f"c{n}")) for n, record in enumerate(calls)
    ]
    middle = len(named) // 2
    for some in (named[middle:], named[:middle]):
        SqlRecords(database).write(some, mark=0, at=BEGIN)
    return named


def report(database: Database, **asked: object) -> Report:
    order = ReportOrder(**({"first": DAY, "last": DAY, "by": Period.WHOLE} | asked))  # type: ignore[arg-type]
    return make_report(database, order, BERLIN)


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(calls=st.lists(records(), max_size=40))
def test_rep_11_board_and_report_are_equal_and_right(
    kind: str, new_database: NewDatabase, calls: list[CallRecord]
) -> None:
    database = new_database(kind)
    named = kept(calls, database)
    board = {
        one.queue: one
        for one in SqlFigures(database).of_queues(BEGIN, {QueueId(id): 30.0 for id in QUEUES})
    }
    told = report(database, limits=Limits(level_s=30.0))
    rows = {row.id: row.figures for row in told.totals if row.id}
    assert set(board) == set(rows)
    for queue, seen in board.items():
        of_it = [one for one in named if one.queue == queue and one.first_queued_at is not None]
        answered = [one for one in of_it if one.answered_at is not None]
        in_level = sum((one.answer_s or 0.0) <= 30.0 for one in answered)
        figures = rows[queue]
        assert (seen.came, figures.offered) == (len(of_it),) * 2
        assert (seen.answered, figures.answered) == (len(answered),) * 2
        assert (seen.in_level, figures.in_level) == (in_level,) * 2
        assert (seen.in_rule, figures.in_rule) == (sum(bool(o.within_rule) for o in answered),) * 2
        assert seen.answer_s == figures.answer_s
        assert figures.repeated == sum(_again(one, named) for one in answered)
        scores = [score for one in of_it for score in one.scores.values()]
        happy = sum(score >= SATISFIED for score in scores)
        assert figures.satisfied == (happy / len(scores) if scores else None)


def _again(call: CallRecord, calls: Sequence[CallRecord]) -> bool:
    later = [
        one
        for one in calls
        if one.number == call.number != ""
        and one.queue == call.queue
        and (one.started_at, one.call) > (call.started_at, call.call)
        and one.started_at - call.started_at <= REPEAT_S
    ]
    return bool(later)


@MANY
@given(calls=st.lists(records(), max_size=30))
def test_rep_8_all_periods_of_a_day_add_up_to_it_though_its_clock_changes(
    new_database: NewDatabase, calls: list[CallRecord]
) -> None:
    database = new_database("sqlite")
    kept(calls, database)
    whole = report(database)
    for by in (Period.QUARTER, Period.HOUR, Period.DAY):
        cut = report(database, by=by)
        assert cut.totals == whole.totals
        assert sum(row.figures.calls for row in cut.rows if row.id == "") == len(calls)


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_that_is_amended_counts_as_it_was_written_last(
    kind: str, new_database: NewDatabase
) -> None:
    database = new_database(kind)
    lost = CallRecord(
        call=CallId("c1"), started_at=BEGIN, ended_at=BEGIN + 9, arrived=True, number="+861",
        outcome=Outcome.ABANDONED_IN_QUEUE, queue=QueueId("sales"), first_queued_at=BEGIN,
        waited_s=9.0, ended_by=Party.CALLER,
    )  # fmt: skip
    found = msgspec.structs.replace(
        lost, outcome=Outcome.ANSWERED, answered_at=BEGIN + 5, answer_s=5.0, queue=QueueId("tech"),
        agent=AgentId("a1"),
    )  # fmt: skip
    again = msgspec.structs.replace(found, call=CallId("c2"), started_at=BEGIN + 600.0)
    for record in (lost, again, found, found):
        SqlRecords(database).write([record], mark=0, at=BEGIN)
    rows = {row.id: row.figures for row in report(database).totals}
    assert "sales" not in {id for id, figures in rows.items() if figures.offered}
    assert (rows["tech"].answered, rows["tech"].abandoned, rows["tech"].repeated) == (2, 0, 1)


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(calls=st.lists(records(), max_size=30))
def test_rep_10_counted_anew_from_the_records_the_figures_are_the_same(
    kind: str, new_database: NewDatabase, calls: list[CallRecord]
) -> None:
    database = new_database(kind)
    kept(calls, database)
    before = [report(database, of=subject) for subject in Subject]
    with database.session() as session:
        for table in ("figures_queue", "figures_agent", "figures_node"):
            session.execute(text(f"DELETE FROM {table}"))
    assert SqlRecords(database).count_if_never() == len(calls)
    assert [report(database, of=subject) for subject in Subject] == before
    assert SqlRecords(database).count_if_never() == 0


def test_rep_3_occupancy_is_of_the_time_an_agent_was_there_for_calls(database: Database) -> None:
    told = tallies()
    spans = [
        (AgentState.READY, 600.0), (AgentState.OFFERED, 60.0), (AgentState.TALKING, 1_000.0),
        (AgentState.WRAPPING_UP, 140.0), (AgentState.NOT_READY, 5_000.0),
    ]  # fmt: skip
    at = BEGIN
    for state, lasted in spans:
        count_time(told, "a1", state, at, at + lasted)
        at += lasted
    with database.session() as session:
        add(session, told)
    (row,) = report(database, of=Subject.AGENT).totals
    assert row.figures.occupancy == pytest.approx(1_200 / 1_800)
    assert row.figures.times_s["not_ready"] == 5_000.0


def test_rep_2_each_formula_of_the_service_level(database: Database) -> None:
    def call(n: int, **known: object) -> CallRecord:
        return CallRecord(
            call=CallId(f"c{n}"), started_at=BEGIN + n, ended_at=BEGIN + 99, arrived=True,
            queue=QueueId("sales"), first_queued_at=BEGIN + n, ended_by=Party.CALLER,
            **known,  # type: ignore[arg-type]
        )  # fmt: skip

    gone = {"outcome": Outcome.ABANDONED_IN_QUEUE}
    taken = {"outcome": Outcome.ANSWERED, "answered_at": BEGIN}
    calls = [
        *(call(n, answer_s=20.0, **taken) for n in range(6)),
        *(call(n, answer_s=20.5, **taken) for n in range(6, 8)),
        call(8, waited_s=4.9, **gone),
        call(9, waited_s=60.0, **gone),
    ]
    SqlRecords(database).write(calls, mark=0, at=BEGIN)
    figures = report(database, ids=("sales",)).totals[0].figures
    level = figures.service_level
    assert level is not None
    assert (level.of_offered, level.of_answered, level.abandons_in_time) == (0.6, 0.75, 0.7)
    assert level.without_short == pytest.approx(6 / 9)
    assert (figures.short_abandoned, figures.abandoned) == (1, 2)
    assert figures.answer_waits is not None
    assert (figures.answer_waits.p50, figures.answer_waits.p90) == (20.0, 21.0)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"first": date(2026, 4, 1), "last": DAY}, "last"),
        ({"first": date(2000, 1, 1), "by": Period.QUARTER}, "by"),
    ],
)
def test_a_report_that_cannot_be_made_says_which_field_to_change(
    database: Database, asked: dict[str, object], field: str
) -> None:
    with pytest.raises(ReportRefused) as refused:
        report(database, **asked)
    assert refused.value.field == field


def test_nothing_happened_is_no_mistake(database: Database) -> None:
    told = report(database, of=Subject.AGENT, ids=AGENTS)
    assert (told.rows, told.totals) == ((), ())
