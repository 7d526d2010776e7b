"""A day that was lived: callers and agents by chance against the engine, with its journal."""

from random import Random

from acd.engine import Engine
from acd.entries import FLOOR_MARKS, Mark, Snapshot, Step, encode
from acd.simulator.driver import Driver
from acd.simulator.figures import Tally
from acd.simulator.model import Caller, Load, Reaction, Told
from acd.turn import Decision
from calls.floor import FloorSpec
from calls.inputs import AgentLoggedIn, AgentNotReady, AgentReady, Input
from calls.journal import FLOOR, MemoryJournal
from calls.words import NoAnswer
from tests.acd.scene import agent, floor, queue
from tests.acd.simulator.floors import arrivals

DAY_S = 8 * 3600.0
STARTS = 1_699_920_000.0
"""14 November 2023, eight in the morning in Shanghai."""


class Journaled(Engine):
    """Writes down what a brain would, in the same entries."""

    def __init__(self, journal: MemoryJournal, snapshot_every: int = 500) -> None:
        super().__init__()
        self.journal, self._every, self._steps = journal, snapshot_every, 0

    def apply(self, said: Input, now: float) -> Decision:
        decision = super().apply(said, now)
        step = Step(
            now=self.now,
            input=said,
            commands=decision.commands,
            why=decision.why,
            refused=decision.refused,
        )
        self.journal.append(FLOOR, encode(step))
        self._steps += 1
        if self._steps % self._every == 0:
            self.journal.append(FLOOR, encode(Snapshot(state=self.live.state)), self._mark)
        return decision

    def _mark(self, position: int) -> None:
        self.journal.append(FLOOR_MARKS, encode(Mark(snapshot_at=position)))


class SlowFingers:
    """Agents who pick up after some seconds, let it ring out now and then, reject now and then."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)

    def react(self, offer, number):
        luck = self.chance.random()
        if luck < 0.03:
            return Reaction(0.3, 2.0, NoAnswer.REJECTED)
        takes_s = self.chance.expovariate(1 / 5.0)
        limit_s = offer.ring_limit_s - 0.25
        if takes_s < limit_s:
            return Reaction(0.3, takes_s)
        return Reaction(0.3, limit_s, NoAnswer.RANG_OUT)

    def returns_after_s(self, number):
        return self.chance.uniform(20.0, 120.0)


def plan_of(agents: int, **rules: object) -> FloorSpec:
    people = [
        agent(f"a{n:02}", "sales", "service", **({"german": 5} if n < 3 else {}))
        for n in range(agents)
    ]
    return floor(*people, queues=(queue("sales", **rules), queue("service", **rules)))


def shifts(plan: FloorSpec) -> list[Told]:
    """Everybody begins within the first minutes; the last one has lunch."""
    told = []
    for n, one in enumerate(plan.agents):
        told += [
            Told(STARTS + 10.0 * n, AgentLoggedIn(agent=one.id)),
            Told(STARTS + 10.0 * n + 1, AgentReady(agent=one.id)),
        ]
    last = plan.agents[-1].id
    noon = STARTS + 4 * 3600.0
    told += [Told(noon, AgentNotReady(agent=last, reason="午饭"))]
    told += [Told(noon + 1800.0, AgentReady(agent=last))]
    return told


def callers_of(seed: int, an_hour: float, wrap_up_s: float | None = 10.0) -> list[Caller]:
    chance = Random(seed)
    found = []
    for name, share in (("sales", 0.7), ("service", 0.3)):
        rate = an_hour * share / 3600.0
        count = int(rate * DAY_S)
        for one in arrivals(chance, count, rate, 150.0, 90.0, name=name):
            wrap = None if wrap_up_s is None else chance.expovariate(1 / wrap_up_s)
            found.append(Caller(STARTS + one.at, one.said, one.talk_s, one.patience_s, wrap))
    return sorted(found, key=lambda one: one.at)


def live_through(
    plan: FloorSpec, callers: list[Caller], conduct: object = None
) -> tuple[MemoryJournal, Tally, Journaled]:
    journal = MemoryJournal()
    tally = Tally(plan, STARTS + DAY_S)
    engine = Journaled(journal)
    load = Load(plan, STARTS, callers, shifts(plan), conduct or SlowFingers(1))  # type: ignore[arg-type]
    Driver(engine, load, tally).run(until=STARTS + DAY_S)
    tally.times.end_run()
    return journal, tally, engine
