"""Records and tickets a second, durable, against a bare loop of inserts into the same database."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import msgspec
from sqlalchemy import text

from bench.figure import Effort, Figure
from calls.calendar import round_the_clock
from calls.ids import CallId, QueueId
from calls.record import CallRecord
from calls.words import Outcome, Party
from cti.records_sql import SqlRecords
from storage.database import Database
from tickets.departments import usual
from tickets.desk import Desk
from tickets.model import TicketKind
from tickets.rules import Rule, RuleBook, When
from tickets.sql_store import SqlTickets
from tickets.timekeeping import Timekeeper

Work = Callable[[Database, Sequence[CallRecord]], None]
AT_ONCE = 50
"""Calls to a commit, as the service gathers them; the bare loop commits as often."""
LEAST = 0.5
RULES = RuleBook((Rule("all", When(), TicketKind.SERVICE, {"en": "Call from {caller}"}),))


def measure(effort: Effort) -> Iterator[Figure]:
    calls = effort.scaled(20_000, 1_000)
    ours, bare = [], []
    for _ in range(effort.runs):
        ours.append(calls / _timed(_by_the_house, calls))
        bare.append(calls / _timed(_by_a_loop, calls))
    ratio = median(ours) / median(bare)
    yield Figure(
        name="records with their tickets a second, durable",
        unit="",
        ours=tuple(ours),
        target=f"{LEAST} of a bare insert loop's",
        met=ratio >= LEAST,
        note=f"{calls:,} calls a run, {AT_ONCE} to a commit; {ratio:.2f} of the loop's",
    )
    yield Figure(
        name="of a bare loop: one row for the record, one for the ticket",
        unit="",
        ours=tuple(bare),
        target="",
        met=None,
    )


def _timed(work: Work, calls: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder)}/records.db")
        database.migrate()
        records = [_record(n) for n in range(calls)]
        begun = time.perf_counter()
        for first in range(0, calls, AT_ONCE):
            work(database, records[first : first + AT_ONCE])
        took = time.perf_counter() - begun
        database.dispose()
    return took


def _by_the_house(database: Database, records: Sequence[CallRecord]) -> None:
    """Record and outbox in one commit, ticket, clocks and history in the next."""
    store = SqlTickets(database)
    keeper = Timekeeper(usual, lambda name: ALWAYS)
    SqlRecords(database).write(records, 0, NOW)
    desk = Desk(store, lambda: RULES, keeper)
    desk.deal_with(desk.waiting(AT_ONCE), NOW)


def _by_a_loop(database: Database, records: Sequence[CallRecord]) -> None:
    with database.session() as session:
        for table in _TABLES:
            session.execute(text(f"CREATE TABLE IF NOT EXISTS {table}"))
        for record in records:
            said = {"call": record.call, "said": msgspec.json.encode(record).decode()}
            session.execute(_RECORD, said)
            session.execute(_TICKET, {"call": record.call})


def _record(n: int) -> CallRecord:
    return CallRecord(
        call=CallId(f"bench-{n}"),
        started_at=NOW + n,
        arrived=True,
        number=f"+86138{n:08}",
        dialled="4008001234",
        ended_at=NOW + n + 90,
        ended_by=Party.CALLER,
        outcome=Outcome.ANSWERED,
        queue=QueueId("sales"),
        queues=(QueueId("sales"),),
        talk_s=60.0,
    )


NOW = 1.7e9
_TABLES = (
    "bare_records (call TEXT PRIMARY KEY, said TEXT)",
    "bare_tickets (id INTEGER PRIMARY KEY, call TEXT)",
)
ALWAYS = round_the_clock("Asia/Shanghai")
_RECORD = text("INSERT INTO bare_records (call, said) VALUES (:call, :said)")
_TICKET = text("INSERT INTO bare_tickets (call) VALUES (:call)")
