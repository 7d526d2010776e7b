"""What to try on a day: other rings, more agents, another strategy. Checked against the day's own
floor, and refused whole with the path to each mistake."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from acd.simulator.model import Told
from calls.floor import AgentSpec, DeviceSpec, FloorSpec, QueueSpec, Value
from calls.ids import AgentId, DeviceId, QueueId
from calls.inputs import AgentLoggedIn, FloorConfigured
from calls.words import Strategy

AGENTS_MOST = 10_000
EXTRA = "extra-"


class QueueChange(Value, frozen=True):
    """None: as it was."""

    rings: int | None = None
    wrap_up_s: float | None = None
    strategy: Strategy | None = None
    weight: int | None = None
    max_waiting: int | None = None


class Change(Value, frozen=True):
    """One variant of a day. What stands under ``queues`` goes before what is for all of them."""

    name: str
    rings: int | None = None
    wrap_up_s: float | None = None
    strategy: Strategy | None = None
    agents: int = 0
    """So many more, like those who worked that day in turn; below 0: so many fewer, from the end
    of the list."""
    skills: dict[str, int] = msgspec.field(default_factory=dict)
    """So many more agents have this skill, of those who worked and lack it, at the best level
    anybody has; below 0: so many fewer."""
    calls_percent: float = 0.0
    """More callers, or fewer, by this."""
    queues: dict[QueueId, QueueChange] = msgspec.field(default_factory=dict)


class Fault(NamedTuple):
    path: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"{self.path}: {self.wrong}; {self.right}"


class ChangeRefused(ValueError):
    """Nothing was tried; ``faults`` says why, all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def at_work(told: Iterable[Told]) -> tuple[AgentId, ...]:
    """Who worked that day, by id."""
    found = {one.said.agent for one in told if isinstance(one.said, AgentLoggedIn)}
    return tuple(sorted(found))


def check(change: Change, floor: FloorSpec, workers: Sequence[AgentId], path: str = "") -> None:
    """Raises ChangeRefused with every mistake; ``path`` leads to the change."""
    faults = list(_faults(change, floor, workers))
    if faults:
        at = f"{path}." if path else ""
        raise ChangeRefused([fault._replace(path=f"{at}{fault.path}") for fault in faults])


def _faults(change: Change, floor: FloorSpec, workers: Sequence[AgentId]) -> Iterator[Fault]:
    known = {queue.id for queue in floor.queues}
    for id in change.queues:
        if id not in known:
            right = f"queues of that day: {', '.join(sorted(known))}"
            yield Fault(f"queues.{id}", "there is no such queue", right)
    every: list[tuple[str, Change | QueueChange]] = [("", change)]
    every += [(f"queues.{id}.", of) for id, of in change.queues.items()]
    for path, of in every:
        if of.rings is not None and not 1 <= of.rings <= 20:
            yield Fault(f"{path}rings", f"{of.rings} does not fit", "1 to 20 rings")
        if of.wrap_up_s is not None and not 0.0 <= of.wrap_up_s <= 3600.0:
            yield Fault(f"{path}wrap_up_s", f"{of.wrap_up_s:g} does not fit", "0 to 3600 seconds")
    if not -len(workers) < change.agents <= AGENTS_MOST or (change.agents and not workers):
        wrong = f"{change.agents:+d} does not fit"
        right = f"{len(workers)} worked that day; at least one must be left, {AGENTS_MOST} may come"
        yield Fault("agents", wrong, right)
    if not -100.0 < change.calls_percent <= 1000.0:
        yield Fault("calls", f"{change.calls_percent:+g} % does not fit", "-99 to +1000 percent")
    yield from _skill_faults(change, floor, workers)


def _skill_faults(change: Change, floor: FloorSpec, workers: Sequence[AgentId]) -> Iterator[Fault]:
    people = [agent for agent in floor.agents if agent.id in set(workers)]
    known = sorted({skill for agent in floor.agents for skill in agent.skills})
    for skill, by in change.skills.items():
        have = sum(skill in agent.skills for agent in people)
        if skill not in known:
            right = f"skills of that day: {', '.join(known) or 'none'}"
            yield Fault(f"skills.{skill}", "nobody has such a skill", right)
        elif not -have <= by <= len(people) - have:
            wrong = f"{by:+d} does not fit"
            right = f"{have} of {len(people)} who worked that day have it"
            yield Fault(f"skills.{skill}", wrong, right)


def changed_floor(change: Change, floor: FloorSpec, workers: Sequence[AgentId]) -> FloorSpec:
    """The floor of the variant. Nobody is told a place: words change no figure."""
    people = {agent.id: agent for agent in floor.agents}
    working = [id for id in workers if id in people]
    for skill, by in change.skills.items():
        _teach(people, working, skill, by)
    for number, id in enumerate(_templates(working, change.agents)):
        people |= {extra.id: extra for extra in [_extra(people[id], number)]}
    for id in working[len(working) + min(0, change.agents) :]:
        del people[id]
    queues = tuple(_changed_queue(queue, change) for queue in floor.queues)
    return msgspec.structs.replace(floor, queues=queues, agents=tuple(people.values()))


def changed_told(change: Change, told: Sequence[Told], workers: Sequence[AgentId]) -> list[Told]:
    """What people do in the variant: extra agents come and go as those they are like."""
    extras: dict[AgentId, list[AgentId]] = {}
    for number, id in enumerate(_templates(workers, change.agents)):
        extras.setdefault(id, []).append(_extra_id(number))
    gone = set(workers[len(workers) + min(0, change.agents) :])
    done: list[Told] = []
    for one in told:
        said = one.said
        if isinstance(said, FloorConfigured):
            floor = changed_floor(change, said.floor, workers)
            done.append(Told(one.at, FloorConfigured(floor=floor)))
            continue
        agent: AgentId = getattr(said, "agent", AgentId(""))
        if agent in gone:
            continue
        done.append(one)
        done += [
            Told(one.at, msgspec.structs.replace(said, agent=extra))
            for extra in extras.get(agent, ())
        ]
    return done


def _templates(working: Sequence[AgentId], more: int) -> Iterator[AgentId]:
    for number in range(max(0, more) if working else 0):
        yield working[number % len(working)]


def _extra_id(number: int) -> AgentId:
    return AgentId(f"{EXTRA}{number + 1}")


def _extra(like: AgentSpec, number: int) -> AgentSpec:
    id = _extra_id(number)
    return msgspec.structs.replace(
        like, id=id, name=id, staff_number="", devices=(DeviceSpec(id=DeviceId(id)),)
    )


def _teach(
    people: dict[AgentId, AgentSpec], working: Sequence[AgentId], skill: str, by: int
) -> None:
    best = max((agent.skills.get(skill, 0) for agent in people.values()), default=0)
    have = [id for id in working if skill in people[id].skills]
    lack = [id for id in working if skill not in people[id].skills]
    for id in lack[: max(0, by)]:
        agent = people[id]
        people[id] = msgspec.structs.replace(agent, skills={**agent.skills, skill: best})
    for id in have[len(have) + min(0, by) :]:
        agent = people[id]
        skills = {name: level for name, level in agent.skills.items() if name != skill}
        people[id] = msgspec.structs.replace(agent, skills=skills)


def _changed_queue(queue: QueueSpec, change: Change) -> QueueSpec:
    own = change.queues.get(queue.id, QueueChange())
    rings = own.rings if own.rings is not None else change.rings
    wrap_up_s = own.wrap_up_s if own.wrap_up_s is not None else change.wrap_up_s
    return msgspec.structs.replace(
        queue,
        ring=queue.ring
        if rings is None
        else msgspec.structs.replace(queue.ring, rings=rings, limit_s=None),
        wrap_up_s=queue.wrap_up_s if wrap_up_s is None else wrap_up_s,
        strategy=own.strategy or change.strategy or queue.strategy,
        weight=queue.weight if own.weight is None else own.weight,
        max_waiting=queue.max_waiting if own.max_waiting is None else own.max_waiting,
        announce_every_s=0.0,
    )
