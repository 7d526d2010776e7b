"""Why, for people: each offer of a call with everybody's reason, recomputed from the journal by the
code that chose, and said in Chinese and English."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from acd import match
from acd.choose import Ask, Needs, Why
from acd.engine import Engine
from acd.entries import Epoch, Snapshot, Step, decode
from acd.live import Live
from acd.live_queue import LiveQueue
from acd.pick import Picked
from acd.recipes import OWN
from acd.replay_day import answer_of, decide
from acd.simulator.day import engine_before
from acd.standing import reasons
from acd.state import Call
from calls.commands import ChangeCaller
from calls.floor import FloorSpec
from calls.ids import AgentId, CallId, OfferId, QueueId
from calls.inputs import CallQueued
from calls.journal import FLOOR, Reader


class NoSuchCall(Exception):
    """The journal has never heard of it."""


class Explained(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One offer: as it was explained then, and everybody's reason found again now."""

    position: int
    at: float
    why: Why
    agents: dict[AgentId, str] = {}
    """Each agent of the queue; empty where nothing was chosen (the next telephone, by hand)."""
    same: bool = True
    """This code decides the same input as it was decided then."""


class Relaxed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What she needs was lowered while she waited."""

    at: float
    waited_s: float
    needs: Needs
    """Levels in force from then on, where they are not the first ones; 0: needed no more."""
    own: bool = False
    """By a step of her own, not of her queue's recipe."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    call: CallId
    queued_at: float
    queue: QueueId
    offers: tuple[Explained, ...]
    relaxed: tuple[Relaxed, ...] = ()
    queues: dict[QueueId, dict[str, str]]
    """Names per language."""
    names: dict[AgentId, str]


def explain_call(journal: Reader, call: CallId) -> Explanation:
    """Reads the journal, all of it: for a worker process. Raises NoSuchCall."""
    found, queued, changes = _find(journal, call)
    if queued is None:
        raise NoSuchCall(call)
    engine, position = engine_before(journal, queued.now)
    offers: list[Explained] = []
    for at, data in journal.read(FLOOR, position) if found else ():
        entry = decode(data)
        if isinstance(entry, Snapshot):
            if at < found[0] and not engine.floor:
                engine = Engine(entry.state)
        elif isinstance(entry, Epoch):
            engine.take_over(entry.token, entry.now)
        elif at in found:
            offers += _explained(Engine(_copy(engine)), at, entry, call)
        if isinstance(entry, Step) and entry.refused is None:
            engine.recall(entry.input, entry.now, entry.commands)
        if at >= found[-1]:
            break
    said = queued.input
    assert isinstance(said, CallQueued)
    return Explanation(
        call=call,
        queued_at=queued.now,
        queue=said.queue,
        offers=tuple(offers),
        relaxed=tuple(_relaxed(changes, queued.now - said.waited_s)),
        **_names(engine.floor),
    )


def _copy(engine: Engine) -> Any:
    return msgspec.json.decode(engine.snapshot(), type=type(engine.live.state))


Change = tuple[float, ChangeCaller]
"""When, and what."""


def _find(journal: Reader, call: CallId) -> tuple[list[int], Step | None, list[Change]]:
    """Where the offers of this call stand, how she came to wait first, and what was changed about
    her wait."""
    needle, found, queued = msgspec.json.encode(call), [], None
    changes: list[Change] = []
    for position, data in journal.read(FLOOR):
        if needle not in data:
            continue
        entry = decode(data)
        if not isinstance(entry, Step):
            continue
        if queued is None and isinstance(entry.input, CallQueued) and entry.input.call == call:
            queued = entry
        if any(why.call == call for why in entry.why):
            found.append(position)
        changes += [
            (entry.now, command)
            for command in entry.commands
            if isinstance(command, ChangeCaller) and command.call == call
        ]
    return found, queued, changes


def _relaxed(changes: Iterable[Change], began: float) -> Iterator[Relaxed]:
    for at, change in changes:
        if change.needs is not None:
            own = change.step.startswith(f"{OWN}:")
            yield Relaxed(at=at, waited_s=at - began, needs=change.needs, own=own)


def _explained(engine: Engine, position: int, step: Step, call: CallId) -> Iterator[Explained]:
    with watched() as seen:
        again = decide(engine, step)
    same = answer_of(again) == answer_of(step)
    for why in step.why:
        if why.call == call:
            yield Explained(
                position=position,
                at=step.now,
                why=why,
                agents=seen.get(why.offer, {}) if same else {},
                same=same,
            )


@contextmanager
def watched() -> Iterator[dict[OfferId, dict[AgentId, str]]]:
    """Whatever an engine of this process chooses inside: everybody's reason, by offer. Nothing else
    may run in the process meanwhile."""
    seen: dict[OfferId, dict[AgentId, str]] = {}
    real = match.offer

    def offer(live: Live, queue: LiveQueue, call: Call, ask: Ask, picked: Picked) -> None:
        found = dict(reasons(live, queue, ask, picked))
        real(live, queue, call, ask, picked)
        if live.turn.why and live.turn.why[-1].call == call.id:
            seen[live.turn.why[-1].offer] = found

    match.offer = offer
    try:
        yield seen
    finally:
        match.offer = real


def _names(floor: FloorSpec | None) -> dict[str, Any]:
    return {
        "queues": {queue.id: queue.names for queue in floor.queues} if floor else {},
        "names": {agent.id: agent.name for agent in floor.agents} if floor else {},
    }


def agrees(why: Why, agents: Mapping[AgentId, str]) -> bool:
    """Whether everybody's reason adds up to what the journal says: the same names, the same
    numbers."""
    counted: dict[str, int] = {}
    for agent, reason in agents.items():
        if agent != why.agent:
            counted[reason] = counted.get(reason, 0) + 1
    stored: dict[str, int] = {
        reason: len(some) + why.more.get(reason, 0) for reason, some in why.passed.items()
    }
    named = all(agents.get(a) == reason for reason, some in why.passed.items() for a in some)
    return named and counted == {**stored, **why.rest}
