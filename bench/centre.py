"""A centre on paper: its floor plan, and the callers, agents and telephones of a busy day.

Played against the engine by acd.simulator; the same seed gives the same day.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from acd.engine import Engine
from acd.simulator.driver import Driver
from acd.simulator.model import Caller, Load, Reaction, Told
from acd.turn import Decision
from calls.commands import OfferCall
from calls.floor import (
    AgentSpec,
    DeviceSpec,
    FloorSpec,
    Membership,
    QueueSpec,
    SkillNeed,
)
from calls.ids import AgentId, CallId, DeviceId, EdgeId, QueueId
from calls.inputs import AgentLoggedIn, AgentReady, CallQueued, Input
from calls.words import NoAnswer

EDGE = EdgeId("main")
STARTS_AT = 1_800_000_000.0
AGENTS, QUEUES, SKILLS = 10_000, 500, 50
TALK_S, PATIENCE_S = 240.0, 180.0
MISSED = 0.04
"""One offer in 25 rings out."""
AWAY_S = 60.0
"""Who was set aside after two of them in a row comes back."""
OPEN_S = 12 * 3600.0
PROFILE = (3, 6, 9, 10, 8, 6, 7, 9, 9, 8, 6, 3)
"""Callers of each hour that it is open, in proportion."""


def plan(
    agents: int = AGENTS, queues: int = QUEUES, skills: int = SKILLS, **rules: Any
) -> FloorSpec:
    """Each agent serves four queues and has five skills or more; a queue needs none, one or two.
    ``rules``: of every queue, besides."""
    chance = Random(1)
    names = [f"skill{n}" for n in range(skills)]
    needs = [
        tuple(SkillNeed(skill=one, level=2) for one in sorted(chance.sample(names, n % 3)))
        for n in range(queues)
    ]
    return FloorSpec(
        version=1,
        queues=tuple(
            QueueSpec(
                id=QueueId(f"queue{n}"),
                names={"en": f"Queue {n}", "zh-CN": f"队列 {n}"},
                needs=needs[n],
                **rules,
            )
            for n in range(queues)
        ),
        agents=tuple(_agent(n, needs, names, chance) for n in range(agents)),
        ring_cycle_s=5.0,
        seed=1,
    )


def _agent(
    n: int, needs: list[tuple[SkillNeed, ...]], names: list[str], chance: Random
) -> AgentSpec:
    own = chance.sample(range(len(needs)), min(4, len(needs)))
    skills = {one: chance.randint(1, 3) for one in chance.sample(names, min(5, len(names)))}
    for queue in own[:3]:  # the fourth only if the skills happen to fit
        skills |= {need.skill: 3 for need in needs[queue]}
    return AgentSpec(
        id=AgentId(f"agent{n}"),
        name=f"Agent {n}",
        staff_number=f"{8000 + n}",
        queues=tuple(
            Membership(queue=QueueId(f"queue{queue}"), tier=1 + (place > 1))
            for place, queue in enumerate(own)
        ),
        skills=skills,
        devices=(DeviceSpec(id=DeviceId(f"agent{n}-desk")),),
    )


class Answering:
    """Two to nine seconds to the answer, now and then none."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)

    def react(self, offer: OfferCall, number: int) -> Reaction:
        if self._chance.random() < MISSED:
            return Reaction(0.1, offer.ring_limit_s, NoAnswer.RANG_OUT)
        return Reaction(0.1, self._chance.uniform(2.0, 9.0))

    def returns_after_s(self, number: int) -> float:
        return AWAY_S


def day(floor: FloorSpec, calls: int, seed: int = 1, open_s: float = OPEN_S) -> Load:
    """So many callers in so many seconds, every agent at work from the first to the last."""
    callers = _callers(floor, calls, seed, open_s)
    return Load(floor, STARTS_AT, callers, logins(floor), Answering(seed))


def logins(floor: FloorSpec) -> list[Told]:
    """Everybody comes to work at once."""
    return [
        Told(STARTS_AT, said)
        for agent in floor.agents
        for said in (AgentLoggedIn(agent=agent.id), AgentReady(agent=agent.id))
    ]


def _callers(floor: FloorSpec, calls: int, seed: int, open_s: float) -> Iterator[Caller]:
    chance, count, hour_s = Random(seed), 0, open_s / len(PROFILE)
    for hour, share in enumerate(PROFILE):
        begins = STARTS_AT + 1.0 + hour * hour_s
        coming = round(calls * share / sum(PROFILE))
        for at in sorted(begins + chance.random() * hour_s for _ in range(coming)):
            count += 1
            yield Caller(
                at=at,
                said=CallQueued(
                    call=CallId(f"{EDGE}-{at:.0f}.{count}"),
                    edge=EDGE,
                    queue=chance.choice(floor.queues).id,
                    priority=int(chance.random() < 0.1),
                ),
                talk_s=chance.expovariate(1 / TALK_S),
                patience_s=chance.expovariate(1 / PATIENCE_S),
            )


Telling = tuple[Input, float]
"""What the engine was told, and when."""


class Counting:
    """A witness (acd.simulator.driver) who only counts."""

    def __init__(self) -> None:
        self.answered_callers = self.gone = 0

    def answered(self, caller: Caller, now: float) -> None:
        self.answered_callers += 1

    def abandoned(self, caller: Caller, now: float) -> None:
        self.gone += 1

    def sent_on(self, caller: Caller, now: float) -> None:
        self.gone += 1

    def queued(self, caller: Caller) -> None: ...

    def talked(self, caller: Caller, now: float) -> None: ...

    def missed(self, caller: Caller, kind: NoAnswer) -> None: ...

    def looked(self, engine: Engine) -> None: ...


class Recording(Engine):
    """An engine that keeps what it was told, to be told to another at once."""

    def __init__(self, *state: Any) -> None:
        super().__init__(*state)
        self.told: list[Telling] = []

    def apply(self, said: Input, now: float) -> Decision:
        self.told.append((said, now))
        return super().apply(said, now)


def recorded(load: Load) -> list[Telling]:
    """Everything an engine under token 1 is told in the course of a load."""
    engine = Recording()
    engine.take_over(1, load.starts_at)
    Driver(engine, load, Counting()).run()
    return engine.told
