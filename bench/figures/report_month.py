"""The report of a month of 3,000,000 calls, on SQLite and PostgreSQL, and what writers feel."""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from bench.figure import Effort, Figure, percentile
from calls.ids import AgentId, CallId, OfferId, QueueId, TreeId
from calls.periods import Period
from calls.record import CallRecord, Leg
from calls.tally import Subject, Tallies, count, tallies
from calls.words import Outcome, Party
from cti.records_sql import SqlRecords
from cti.report_worker import report_json
from cti.reports import ReportOrder
from cti.tallies_sql import add
from storage.database import Database
from tests.storage.postgres_server import PostgresServer

CALLS = 3_000_000
DAYS, AGENTS, QUEUES = 31, 1_000, 50
MIDNIGHT = 1_772_294_400.0
"""2026-03-01 in Shanghai, whose March has 31 days."""
ZONE = "Asia/Shanghai"
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
ASKED = {
    "queues by day": ReportOrder(first=FIRST, last=LAST, by=Period.DAY),
    "queues by the hour, one": ReportOrder(first=FIRST, last=LAST, by=Period.HOUR, ids=("q7",)),
    "agents": ReportOrder(first=FIRST, last=LAST, by=Period.WHOLE, of=Subject.AGENT),
    "menu nodes by day": ReportOrder(first=FIRST, last=LAST, of=Subject.NODE),
}
LIMITS_S = {"SQLite": 3.0, "PostgreSQL": 2.0}
WRITES = 200


def measure(effort: Effort) -> Iterator[Figure]:
    calls = effort.scaled(CALLS, 30_000)
    server = PostgresServer()
    try:
        server.start(shared_buffers="512MB")
        server.create("month")
        with tempfile.TemporaryDirectory(prefix="threering-bench-") as folder:
            databases = {
                "SQLite": Database(f"sqlite:///{Path(folder) / 'month.db'}"),
                "PostgreSQL": Database(server.url("month")),
            }
            _fill(list(databases.values()), calls)
            for name, database in databases.items():
                yield from _reports(name, database, effort)
                yield from _writers(name, database)
                database.dispose()
    finally:
        server.close()


def _reports(name: str, database: Database, effort: Effort) -> Iterator[Figure]:
    url = database.url.render_as_string(hide_password=False)
    limit = LIMITS_S[name]
    for what, order in ASKED.items():
        took = []
        for _ in range(effort.runs):
            began = time.perf_counter()
            made = report_json(url, order, ZONE)
            took.append(time.perf_counter() - began)
            assert made.body, made.why
        yield Figure(
            name=f"report of a month, {what}, {name}",
            unit="s",
            ours=tuple(took),
            target=f"{limit:g} s",
            met=max(took) <= limit,
            note=f"{len(made.body) / 1e6:.1f} MB of answer",
        )


def _writers(name: str, database: Database) -> Iterator[Figure]:
    """What a record waits for the database, without and with reports beside it, all the time."""
    alone = _written(database, 0)
    url = database.url.render_as_string(hide_password=False)
    order = msgspec.json.encode(ASKED["queues by day"]).decode()
    program = (
        "import msgspec, sys; from cti.report_worker import report_json;"
        "from cti.reports import ReportOrder;"
        "order = msgspec.json.decode(sys.argv[2], type=ReportOrder)\n"
        f"while True: report_json(sys.argv[1], order, {ZONE!r})"
    )
    with subprocess.Popen(["nice", sys.executable, "-c", program, url, order]) as reporting:
        time.sleep(2.0)
        beside = _written(database, WRITES)
        reporting.kill()
    for what, took in (("alone", alone), ("while reports are made", beside)):
        yield Figure(
            name=f"a record written, p99, {what}, {name}",
            unit="ms",
            ours=(percentile(took, 99) * 1000,),
            target="",
            met=None,
            note=f"median {percentile(took, 50) * 1000:.1f} ms of {len(took)}",
        )


def _written(database: Database, first: int) -> list[float]:
    chance, took = random.Random(1), []
    for n in range(first, first + WRITES):
        record = _call(chance, f"w-{n}", DAYS)
        began = time.perf_counter()
        SqlRecords(database).write([record], mark=0, at=MIDNIGHT)
        took.append(time.perf_counter() - began)
        time.sleep(0.02)
    return took


def _fill(databases: list[Database], calls: int) -> None:
    """The figures alone: a report reads no record."""
    for database in databases:
        database.migrate()
    chance = random.Random(0)
    for day in range(DAYS):
        told = tallies()
        for n in range(calls // DAYS):
            count(told, _call(chance, f"{day}-{n}", day))
        for database in databases:
            _keep(database, told)


def _keep(database: Database, told: Tallies) -> None:
    with database.session() as session:
        add(session, told)


def _call(chance: random.Random, name: str, day: int) -> CallRecord:
    at = MIDNIGHT + day * 86_400 + chance.uniform(8, 22) * 3_600
    wait = chance.expovariate(1 / 15)
    queue = QueueId(f"q{chance.randrange(QUEUES)}")
    if chance.random() < 0.05:
        return CallRecord(
            call=CallId(name), started_at=at, arrived=True, queue=queue, first_queued_at=at,
            waited_s=wait, outcome=Outcome.ABANDONED_IN_QUEUE, tree=TreeId("hotline"),
            nodes=("welcome", "menu", "queue"), ended_at=at + wait, ended_by=Party.CALLER,
        )  # fmt: skip
    agent, talk = AgentId(f"a{chance.randrange(AGENTS)}"), chance.expovariate(1 / 180)
    leg = Leg(
        offer=OfferId("o"), made_at=at, agent=agent, rang_at=at, answered_at=at + 5,
        talk_at=at + 6, ended_at=at + 6 + talk, talked=True,
    )  # fmt: skip
    return CallRecord(
        call=CallId(name), started_at=at, arrived=True, queue=queue, first_queued_at=at,
        waited_s=wait, outcome=Outcome.ANSWERED, answered_at=at + wait, answer_s=wait, agent=agent,
        ring=1 + chance.randrange(3), within_rule=True, talk_s=talk, legs=(leg,),
        tree=TreeId("hotline"), nodes=("welcome", "menu", "queue"), ended_by=Party.CALLER,
        ended_at=at + wait + talk, scores={"satisfaction": 5} if chance.random() < 0.4 else {},
    )  # fmt: skip
