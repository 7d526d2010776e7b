"""A whole busy day on a floor of 10,000 agents: how long it takes, and what its journal weighs."""

import time
from collections.abc import Iterator
from typing import Any

from acd.brain import SNAPSHOT_EVERY
from acd.engine import Engine
from acd.entries import Snapshot, Step, encode
from acd.simulator.driver import Driver
from acd.turn import Decision
from bench import centre
from bench.figure import Effort, Figure
from calls.inputs import Input
from storage.packing import pack

CALLS = 1_000_000
MINUTES, GIGABYTES = 10.0, 1.0
SAMPLED = 20
"""One step in so many is weighed."""
ROW = 22
"""Bytes SQLite adds to each: stream, position, lengths, its share of the pages."""


class Weighing(Engine):
    """An engine that weighs what its brain would journal."""

    def __init__(self, *state: Any) -> None:
        super().__init__(*state)
        self.inputs = 0
        self.steps_weigh = self.snapshots_weigh = self.weighing_s = 0.0

    def apply(self, said: Input, now: float) -> Decision:
        decision = super().apply(said, now)
        self.inputs += 1
        # The first twenty thousand and odd are logins, in no proportion to what follows.
        if self.inputs % SAMPLED == 0 or self.inputs == 1:
            began = time.process_time()
            self._weigh(said, decision)
            self.weighing_s += time.process_time() - began
        return decision

    def _weigh(self, said: Input, decision: Decision) -> None:
        step = Step(now=self.now, input=said, commands=decision.commands, why=decision.why)
        self.steps_weigh += (len(pack(encode(step))) + ROW) * (1 if self.inputs == 1 else SAMPLED)
        if self.inputs % SNAPSHOT_EVERY == 0:
            self.snapshots_weigh += len(pack(encode(Snapshot(state=self.live.state))))


def measure(effort: Effort) -> Iterator[Figure]:
    calls = effort.scaled(CALLS, 20_000)
    engine, seen = Weighing(), centre.Counting()
    open_s = centre.OPEN_S * calls / CALLS
    driver = Driver(engine, centre.day(centre.plan(), calls, open_s=open_s), seen)
    began = time.process_time()
    driver.run()
    minutes = (time.process_time() - began - engine.weighing_s) / 60
    yield Figure(
        name=f"a day of {calls:,} calls, {centre.AGENTS:,} agents, {centre.QUEUES} queues",
        unit="min",
        ours=(minutes,),
        target=f"under {MINUTES:g} min of CPU",
        met=minutes < MINUTES,
        note=f"{driver.inputs:,} inputs; {seen.answered_callers:,} answered, {seen.gone:,} gave up",
    )
    weight = (engine.steps_weigh + engine.snapshots_weigh) / 1e9
    yield Figure(
        name="the journal of that day",
        unit="GB",
        ours=(weight,),
        target=f"under {GIGABYTES:g} GB",
        met=weight < GIGABYTES,
        note=f"{engine.steps_weigh / engine.inputs:.0f} bytes an input, "
        f"of all {engine.snapshots_weigh / 1e9:.2f} GB snapshots",
    )
