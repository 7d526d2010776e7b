"""Floors without wrap-up and callers by the clock: what the formulas and recursions speak of."""

from collections.abc import Iterator, Sequence
from heapq import heapify, heapreplace
from random import Random

from acd.engine import Engine
from acd.simulator.driver import Driver
from acd.simulator.figures import Tally
from acd.simulator.model import Caller, Load, Told
from calls.floor import FloorSpec, SkillNeed
from calls.ids import CallId, EdgeId, QueueId
from calls.inputs import AgentLoggedIn, AgentReady, CallQueued
from tests.acd.scene import agent, floor, queue

EDGE = EdgeId("east")


def plain_floor(agents: int, *names: str, **rules: object) -> FloorSpec:
    """``agents`` for all of the queues, which have no wrap-up and say nothing."""
    queues = tuple(queue(name, **rules) for name in names or ("sales",))
    people = (agent(f"a{n:03}", *(one.id for one in queues)) for n in range(agents))
    return floor(*people, queues=queues)


def everybody_ready(plan: FloorSpec, at: float = 0.0) -> Iterator[Told]:
    for one in plan.agents:
        yield Told(at, AgentLoggedIn(agent=one.id))
        yield Told(at, AgentReady(agent=one.id))


def arrivals(
    chance: Random,
    count: int,
    calls_a_s: float,
    talk_s: float,
    patience_s: float | None = None,
    name: str = "sales",
    needs: tuple[SkillNeed, ...] = (),
    grain: float = 0.0,
) -> Iterator[Caller]:
    """Poisson callers; ``grain``: times are whole multiples of it."""
    at = 0.0
    for number in range(count):
        at += rounded(chance.expovariate(calls_a_s), grain)
        said = CallQueued(
            call=CallId(f"{name}{number}"), edge=EDGE, queue=QueueId(name), needs=needs
        )
        talk = rounded(chance.expovariate(1 / talk_s), grain)
        if patience_s is None:
            yield Caller(at, said, talk)
        else:
            yield Caller(at, said, talk, rounded(chance.expovariate(1 / patience_s), grain))


def rounded(time: float, grain: float) -> float:
    return (int(time / grain) + 1) * grain if grain else time


class Notebook(Tally):
    """Also remembers who waited how long."""

    def __init__(self, plan: FloorSpec, ends_at: float = 1e12) -> None:
        super().__init__(plan, ends_at)
        self.wait_of: dict[str, float] = {}
        self.gave_up: set[str] = set()

    def answered(self, caller: Caller, now: float) -> None:
        super().answered(caller, now)
        self.wait_of[caller.said.call] = now - caller.at

    def abandoned(self, caller: Caller, now: float) -> None:
        super().abandoned(caller, now)
        self.gave_up.add(caller.said.call)
        self.wait_of[caller.said.call] = now - caller.at


def simulated(plan: FloorSpec, callers: Sequence[Caller]) -> Notebook:
    notes = Notebook(plan)
    Driver(Engine(), Load(plan, 0.0, callers, tuple(everybody_ready(plan))), notes).run()
    return notes


def kiefer_wolfowitz(callers: Sequence[Caller], servers: int) -> Iterator[float]:
    """Each caller's wait by the recursion of J. Kiefer and J. Wolfowitz (1955), with the workload
    kept as the moments at which servers come free: shares nothing with the engine."""
    free_at = [0.0] * servers
    heapify(free_at)
    for caller in callers:
        begins = max(caller.at, free_at[0])
        heapreplace(free_at, begins + caller.talk_s)
        yield begins - caller.at
