"""What a waiting caller weighs in the engine, told to it as an edge does."""

import gc
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import msgspec

from acd.engine import Engine
from bench import centre, processes
from bench.figure import Effort, Figure
from calls.ids import CallId
from calls.inputs import CallQueued, FloorConfigured, Input

MOST_BYTES = 2_000
FEW, MANY = 10_000, 110_000


def measure(effort: Effort) -> Iterator[Figure]:
    # A process of its own each time: what another figure left free would be used again.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as fresh:
        found = [fresh.submit(_weigh).result() for _ in range(effort.runs)]
    yield Figure(
        name="engine: memory a waiting caller",
        unit="bytes",
        ours=tuple(found),
        target=f"under {MOST_BYTES:,} bytes",
        met=max(found) < MOST_BYTES,
        note=f"resident, from {FEW:,} to {MANY:,} callers",
    )


def _weigh() -> float:
    floor = centre.plan(agents=10, queues=centre.QUEUES, skills=centre.SKILLS)
    engine = Engine()
    engine.apply(FloorConfigured(floor=floor), centre.STARTS_AT)
    sizes = []
    for first, last in ((0, FEW), (FEW, MANY)):
        for n in range(first, last):
            queue = floor.queues[n % len(floor.queues)].id
            call = CallId(f"{centre.EDGE}-{centre.STARTS_AT:.0f}.{n}")
            said = CallQueued(call=call, edge=centre.EDGE, queue=queue, number=f"138{n:08d}")
            # As it comes from an edge: no string of it is anybody else's.
            heard = msgspec.json.decode(msgspec.json.encode(said), type=Input)
            engine.apply(heard, centre.STARTS_AT + n / 100)
        gc.collect()
        sizes.append(processes.resident(os.getpid()))
    return (sizes[1] - sizes[0]) / (MANY - FEW)
