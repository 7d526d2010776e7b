"""What one input costs the engine: on a floor of 10,000 agents, and beside 100,000 who wait.

CPU time of this process, nothing else in it: whatever else the machine does counts little.
"""

import gc
import math
import time
from collections.abc import Iterator, Sequence
from random import Random
from statistics import median

from acd.engine import Engine
from acd.simulator.driver import Driver
from acd.simulator.model import Caller, Load
from acd.watch import Watch
from bench import centre
from bench.centre import Counting, Recording, Telling
from bench.figure import Effort, Figure
from calls.commands import OfferCall
from calls.ids import CallId
from calls.inputs import CallQueued

FASTEST = 50_000
MANY, FEW = 100_000, 100
TIMES = 2.0
SETTLED_S, MEASURED_S = 5.0, 600.0


def inputs_a_second(effort: Effort) -> Iterator[Figure]:
    """The busiest half hour of the day, told again without anybody between."""
    floor = centre.plan()
    told = centre.recorded(centre.day(floor, effort.scaled(40_000, 2_000), open_s=1_400.0))
    at_work = 1 + 2 * len(floor.agents)
    runs = [_told(told, at_work) for _ in range(effort.runs)]
    yield Figure(
        name="engine: inputs a second on one core, each offer explained",
        unit="",
        ours=tuple(runs),
        target=f"at least {FASTEST:,}",
        met=median(runs) >= FASTEST,
        note=f"{len(told) - at_work:,} inputs a run, {centre.AGENTS:,} agents, "
        f"{centre.QUEUES} queues, {centre.SKILLS} skills",
    )
    yield Figure(
        name="of it with what screens are told, and watched",
        unit="",
        ours=tuple(_told(told, at_work, Watch()) for _ in range(effort.runs)),
        target="",
        met=None,
        note="notices made and invariants looked at after each input, as in a running hotline",
    )


def _told(told: Sequence[Telling], at_work: int, watch: Watch | None = None) -> float:
    """Inputs in a second of CPU, once everybody is at work."""
    engine, offers, reasons = Engine(), 0, 0
    engine.take_over(1, told[0][1])
    for said, now in told[:at_work]:
        engine.apply(said, now)
    gc.collect()
    began = time.process_time()
    for said, now in told[at_work:]:
        decision = engine.apply(said, now)
        reasons += len(decision.why)
        offers += sum(isinstance(one, OfferCall) for one in decision.commands)
        if watch is not None:
            assert decision.notices is not None
            assert not watch.look(engine.live)
    spent = time.process_time() - began
    assert reasons == offers > 0
    return (len(told) - at_work) / spent


def cost_beside_many(effort: Effort) -> Iterator[Figure]:
    """The same arrivals, answers, ends and hang-ups beside many who wait and beside few."""
    many = effort.scaled(MANY, MANY // 20)
    loads = {waiting: _overload(waiting) for waiting in (FEW, many)}
    found: dict[int, list[float]] = {FEW: [], many: []}
    for run in range(effort.runs):
        for waiting in (FEW, many) if run % 2 == 0 else (many, FEW):
            found[waiting].append(_cost_us(*loads[waiting]))
    ratio = median(found[many]) / median(found[FEW])
    yield Figure(
        name=f"engine: cost of one input, {many:,} waiting against {FEW}",
        unit="times",
        ours=tuple(a / b for a, b in zip(found[many], found[FEW], strict=True)),
        target=f"at most {TIMES:g}",
        met=ratio <= TIMES,
        note=f"{median(found[many]):.1f} µs against {median(found[FEW]):.1f} µs",
    )


def _overload(waiting: int) -> tuple[list[Telling], int]:
    """What an engine is told by a floor with so many waiting all the time, and how much of it
    before they are there. Announcements are made by time, not by inputs: none here."""
    floor = centre.plan(agents=100, queues=10, skills=5, announce_every_s=0.0)
    engine, chance = Recording(), Random(1)
    engine.take_over(1, centre.STARTS_AT)

    def callers() -> Iterator[Caller]:
        rate = 3.3  # 100 agents serve 2.2 a second, every third caller gives up
        for n in range(waiting + 100 + round(rate * MEASURED_S)):
            late = max(0, n - waiting - 100) / rate
            yield Caller(
                at=centre.STARTS_AT + (1.0 if not late else SETTLED_S + late),
                said=CallQueued(
                    call=CallId(f"{centre.EDGE}-{n}"),
                    edge=centre.EDGE,
                    queue=floor.queues[n % 10].id,
                    priority=n % 7 % 3,
                ),
                talk_s=chance.expovariate(1 / 25.0),
                patience_s=20.0 if late and n % 3 == 0 else math.inf,
            )

    load = Load(floor, centre.STARTS_AT, callers(), centre.logins(floor), centre.Answering(1))
    driver = Driver(engine, load, Counting())
    driver.run(until=centre.STARTS_AT + SETTLED_S)
    before = len(engine.told)
    driver.run(until=centre.STARTS_AT + SETTLED_S + MEASURED_S)
    return engine.told, before


def _cost_us(told: Sequence[Telling], before: int) -> float:
    engine = Engine()
    engine.take_over(1, told[0][1])
    for said, now in told[:before]:
        engine.apply(said, now)
    gc.collect()
    began = time.process_time()
    for said, now in told[before:]:
        engine.apply(said, now)
    return (time.process_time() - began) / (len(told) - before) * 1e6
