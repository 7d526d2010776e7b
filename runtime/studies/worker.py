"""The process that answers one question about a day: an order in, shares done and an answer out."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from acd.explain import NoSuchCall, explain_call
from acd.replay_day import replay_day
from acd.simulator.change import Change, changed_floor, changed_told, check
from acd.simulator.day import Day, NoSuchDay, read_day
from acd.simulator.model import Load, Told
from acd.simulator.poisson import callers
from acd.simulator.study import AS_IT_WAS, RUNS_MOST, VARIANTS_MOST, Comparison, compare, study
from acd.staffing import QueueNeeds, staffing
from calls.inputs import AgentLoggedIn, AgentReady
from calls.journal import Reader
from runtime.studies.orders import (
    DAYS_MOST,
    ExplainCall,
    Invent,
    ReplayDay,
    Result,
    Staffing,
    Task,
    WhatIf,
    limits_of,
)
from storage.errors import StorageError
from storage.journal_reader import JournalReader
from storage.redis_journal import RedisJournal

NICENESS = 19
"""Calls go first, and so does everything else."""
READING = 0.3
"""Share of a what-if that is spent on reading the day; the rest is simulating."""
CALLS_MOST = 2_000_000
"""Of a day that is made up."""

OnShare = Callable[[float], None]


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the worker's output."""

    share: float | None = None
    refused: str = ""
    """The order's own fault, or a day that is not there."""
    result: msgspec.Raw = msgspec.Raw(b"")


def answer(task: Task, done: OnShare) -> Result:
    """Raises ValueError, NoSuchDay, NoSuchCall and StorageError with words for people."""
    order, zone = task.order, ZoneInfo(task.zone)
    if isinstance(order, Invent):
        return _invent(order, task, done)
    journal = _journal(task)
    if isinstance(order, ExplainCall):
        return explain_call(journal, order.call)
    start, end = limits_of(order.day, zone)
    end = min(end, time.time())
    if isinstance(order, ReplayDay):
        return replay_day(journal, start, end, lambda at: done((at - start) / (end - start)))
    if isinstance(order, WhatIf):
        _check_runs(order)
        day = read_day(journal, start, end, lambda at: done(READING * (at - start) / (end - start)))
        return study(
            day, order.variants, order.runs, order.seed, lambda s: done(READING + s * (1 - READING))
        )
    return _staffing(order, journal, zone, done)


def _journal(task: Task) -> Reader:
    if task.redis_url:
        return RedisJournal(task.redis_url, task.deployment, lambda fn: fn())
    return JournalReader(Path(task.journal))


def _check_runs(order: WhatIf | Invent) -> None:
    if not 1 <= order.runs <= RUNS_MOST:
        raise ValueError(f"runs: {order.runs} does not fit; 1 to {RUNS_MOST}")
    if len(order.variants) > VARIANTS_MOST:
        raise ValueError(f"variants: {len(order.variants)} are too many; at most {VARIANTS_MOST}")


def _staffing(
    order: Staffing, journal: Reader, zone: ZoneInfo, done: OnShare
) -> tuple[QueueNeeds, ...]:
    last = order.until or order.day
    count = (last - order.day).days + 1
    if not 1 <= count <= DAYS_MOST:
        raise ValueError(
            f"until: {last} does not fit; from {order.day} on, at most {DAYS_MOST} days"
        )
    if not 0.0 < order.target < 1.0:
        raise ValueError(f"target: {order.target:g} does not fit; a share such as 0.8")
    days = list(_days(order, count, journal, zone, done))
    if not days:
        raise NoSuchDay("the journal holds nothing of that time")
    return staffing(days, order.target)


def _days(
    order: Staffing, count: int, journal: Reader, zone: ZoneInfo, done: OnShare
) -> Iterator[Day]:
    """Those of the days that the journal knows."""
    for n in range(count):
        start, end = limits_of(order.day + timedelta(days=n), zone)
        done(n / count)
        try:
            yield read_day(journal, start, min(end, time.time()))
        except NoSuchDay:
            continue


def _invent(order: Invent, task: Task, done: OnShare) -> Comparison:
    _check_runs(order)
    ends_at = order.hours * 3600.0
    known = {queue.id for queue in task.floor.queues}
    for n, stream in enumerate(order.load, start=1):
        if stream.queue not in known:
            right = f"queues: {', '.join(sorted(known))}"
            raise ValueError(f"load[{n}].queue: there is no queue {stream.queue!r}; {right}")
        if not stream.calls_an_hour > 0.0 or not stream.talk_s > 0.0:
            raise ValueError(f"load[{n}]: calls_an_hour and talk_s must be above 0")
    if sum(stream.calls_an_hour for stream in order.load) * order.hours > CALLS_MOST:
        raise ValueError(f"load: more than {CALLS_MOST} calls")
    workers = tuple(sorted(agent.id for agent in task.floor.agents))
    for n, change in enumerate(order.variants, start=1):
        check(change, task.floor, workers, f"variants[{n}]")
    told = [
        Told(0.0, said)
        for id in workers
        for said in (AgentLoggedIn(agent=id), AgentReady(agent=id))
    ]

    def load(change: Change, seed: int) -> Load:
        grown = 1.0 + change.calls_percent / 100.0
        streams = [
            msgspec.structs.replace(one, calls_an_hour=one.calls_an_hour * grown)
            for one in order.load
        ]
        everybody = [
            caller
            for n, stream in enumerate(streams)
            for caller in callers(stream, 0.0, ends_at, seed * 1000 + n)
        ]
        return Load(
            floor=changed_floor(change, task.floor, workers),
            starts_at=0.0,
            callers=sorted(everybody, key=lambda caller: caller.at),
            told=changed_told(change, told, workers),
        )

    changes = (Change(name=AS_IT_WAS), *order.variants)
    return compare(changes, load, 0.0, ends_at, order.runs, order.seed, done)


def work(data: bytes, write: Callable[[bytes], None]) -> None:
    """The process's whole life."""
    said = -1.0

    def say(line: Line) -> None:
        write(msgspec.json.encode(line) + b"\n")

    def done(share: float) -> None:
        nonlocal said
        if share >= said + 0.01:
            said = share
            say(Line(share=min(1.0, share)))

    try:
        result = answer(msgspec.json.decode(data, type=Task), done)
        say(Line(result=msgspec.Raw(msgspec.json.encode(result))))
    except NoSuchCall as error:
        say(Line(refused=f"the journal has never heard of a waiting call {error}"))
    except (ValueError, NoSuchDay, StorageError) as error:
        say(Line(refused=str(error)))


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    os.nice(NICENESS)
    work(sys.stdin.buffer.readline(), _write)
