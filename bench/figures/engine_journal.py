"""How many inputs a second become durable: the brain with its journal on disk, and in Redis."""

from collections.abc import Iterator, Sequence
from statistics import median

from bench import centre
from bench.centre import Telling
from bench.figure import Effort, Figure
from bench.journaled import House, folder, inputs_a_second, redis_journal, sqlite_journal

ON_DISK, REDIS_ALWAYS, REDIS_EVERYSEC = 5_000, 5_000, 10_000


def on_disk(effort: Effort) -> Iterator[Figure]:
    told, at_work = _told(effort)
    runs = [_on_disk(told, at_work) for _ in range(effort.runs)]
    yield _figure("SQLite journal, durable", runs, ON_DISK, len(told) - at_work)


def in_redis(effort: Effort) -> Iterator[Figure]:
    told, at_work = _told(effort)
    for fsync, least in (("always", REDIS_ALWAYS), ("everysec", REDIS_EVERYSEC)):
        runs = [_in_redis(told, at_work, fsync) for _ in range(effort.runs)]
        yield _figure(f"Redis journal, appendfsync={fsync}", runs, least, len(told) - at_work)


def _told(effort: Effort) -> tuple[list[Telling], int]:
    """A floor of 1,000 agents at its busiest."""
    floor = centre.plan(agents=1_000, queues=50, skills=20)
    told = centre.recorded(centre.day(floor, effort.scaled(20_000, 1_000), open_s=7_000.0))
    return told, 1 + 2 * len(floor.agents)


def _on_disk(told: Sequence[Telling], at_work: int) -> float:
    house = House(told[0][1])
    with folder() as place:
        return inputs_a_second(house, sqlite_journal(house, place), told, at_work)


def _in_redis(told: Sequence[Telling], at_work: int, fsync: str) -> float:
    house = House(told[0][1])
    with folder() as place, redis_journal(house, place, fsync) as journal:
        return inputs_a_second(house, journal, told, at_work)


def _figure(name: str, runs: Sequence[float], least: int, inputs: int) -> Figure:
    return Figure(
        name=f"inputs a second, {name}",
        unit="",
        ours=tuple(runs),
        target=f"at least {least:,}",
        met=median(runs) >= least,
        note=f"{inputs:,} inputs a run, 1,000 agents; watched, with what screens are told",
    )
