"""What must be true of the engine after every input, checked the slow way: looking at everything.

For tests, stories and simulations; acd.watch does the same for a running hotline. Shares no index
with the engine: eligibility is worked out again from the floor plan.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from acd.choose import Reason
from acd.engine import Engine
from acd.live import Live
from acd.seat import STAYING, Seat
from acd.staff import FREE
from acd.state import Agent, Call
from calls.words import AgentState, DeviceState

WITH_OFFER = (AgentState.OFFERED, AgentState.TALKING)


class Invariant(StrEnum):
    """What must never be, by the name it has in alarms and on /metrics."""

    IDLE_BESIDE_WAITING = "idle_beside_waiting"
    """A free agent beside a waiting caller whom that agent may take."""
    AGENT_IN_TWO = "agent_in_two"
    """An agent in two conversations, or in one that is not theirs."""
    CALL_WITH_TWO = "call_with_two"
    """A caller with two agents, or with one who has another caller."""
    OVERTAKEN = "overtaken"
    """A caller offered before one who came first within their priority."""
    STUCK = "stuck"
    """A state that should end by itself and never will."""
    MISCOUNTED = "miscounted"
    """Waiting, offered and talking do not add up to the callers on line."""


class Violation(NamedTuple):
    invariant: Invariant
    text: str
    """Who, and what is wrong with them."""


def violations(engine: Engine) -> list[Violation]:
    """Everything that is wrong; empty when all is well."""
    return [
        Violation(invariant, text)
        for check, invariant in CHECKS.items()
        for text in check(engine.live)
    ]


def may_take(live: Live, agent: Agent, call: Call) -> bool:
    """Whether this agent may be offered this call now, from the floor plan and the records."""
    if not live.in_step(call.edge) or not _can_be_offered(live, agent):
        return False
    if not _serves(live, agent, call):
        return False
    if agent.id not in call.not_to:
        return True
    return not any(
        _is_left(live, other) and _serves(live, other, call)
        for other in live.state.agents.values()
        if other.id not in call.not_to
    )


def _serves(live: Live, agent: Agent, call: Call) -> bool:
    floor = live.state.floor
    spec = next((one for one in floor.agents if one.id == agent.id), None) if floor else None
    queue = next((one for one in floor.queues if one.id == call.queue), None) if floor else None
    if spec is None or queue is None:
        return False
    if call.queue not in [member.queue for member in spec.queues]:
        return False
    return all(spec.skills.get(need.skill, 0) >= need.level for need in (*queue.needs, *call.needs))


def _device_states(live: Live, agent: Agent) -> list[DeviceState]:
    devices = live.state.devices
    return [
        devices[spec.id].state if spec.id in devices else DeviceState.UNKNOWN
        for spec in live.seats[agent.id].spec.devices
    ]


def _can_be_offered(live: Live, agent: Agent) -> bool:
    states = _device_states(live, agent)
    busy = any(state in (DeviceState.IN_USE, DeviceState.RINGING) for state in states)
    usable = any(state is not DeviceState.UNREGISTERED for state in states)
    return agent.state is AgentState.READY and agent.rest_until is None and usable and not busy


def _is_left(live: Live, agent: Agent) -> bool:
    states = _device_states(live, agent)
    registered = any(state is not DeviceState.UNREGISTERED for state in states)
    return agent.state in STAYING and agent.wish is None and registered


def _idle_beside_waiting(live: Live) -> Iterator[str]:
    free = [agent for agent in live.state.agents.values() if _can_be_offered(live, agent)]
    for call in live.state.calls.values():
        if call.offer is None:
            for agent in free:
                if may_take(live, agent, call):
                    yield f"agent {agent.id} is free beside waiting call {call.id}"


def _agents_and_offers(live: Live) -> Iterator[str]:
    offers = live.state.offers
    for agent in live.state.agents.values():
        if (agent.offer is not None) != (agent.state in WITH_OFFER):
            yield f"agent {agent.id} is {agent.state} with offer {agent.offer}"
        if agent.offer is not None and offers[agent.offer].agent != agent.id:
            yield f"offer {agent.offer} is not of agent {agent.id}"
        if agent.wish is not None and agent.state not in WITH_OFFER:
            yield f"agent {agent.id} is {agent.state} and still has a wish"
    for offer in offers.values():
        agent = live.state.agents[offer.agent]
        if agent.offer != offer.id:
            yield f"offer {offer.id} is of agent {agent.id}, who has {agent.offer}"
        expected = AgentState.OFFERED if offer.answered_at is None else AgentState.TALKING
        if agent.state is not expected:
            yield f"agent {agent.id} is {agent.state} in offer {offer.id}"


def _calls_and_offers(live: Live) -> Iterator[str]:
    offers = live.state.offers
    talking = [offer.call for offer in offers.values() if offer.answered_at is not None]
    if len({offer.call for offer in offers.values()}) != len(offers):
        yield "a call has two offers"
    for call in live.state.calls.values():
        if call.id in talking:
            yield f"call {call.id} is talking and waiting"
        if call.offer is not None and offers[call.offer].call != call.id:
            yield f"offer {call.offer} is not for call {call.id}"
        waiting = call.id in live.queues[call.queue].waiting
        if waiting != (call.offer is None):
            yield f"call {call.id} has offer {call.offer}; in line: {waiting}"
    for offer in offers.values():
        if offer.answered_at is None and live.state.calls[offer.call].offer != offer.id:
            yield f"offer {offer.id} rings for a call that does not know"


def _overtaken(live: Live) -> Iterator[str]:
    """Among those who wait in the queue and ask for the same, nobody goes before who was offered.

    An agent's next telephone is no new choice.
    """
    for why in live.turn.why:
        offered = live.state.calls.get(why.call)
        if why.again or offered is None:
            continue
        for call in live.state.calls.values():
            same = (call.edge, call.queue, call.needs) == (
                offered.edge,
                offered.queue,
                offered.needs,
            )
            if same and call.offer is None and call.order < offered.order:
                if why.agent not in call.not_to:
                    yield f"call {call.id} was overtaken by {offered.id}"


def _nobody_stuck(live: Live) -> Iterator[str]:
    """Whoever is in a state that ends by itself has a deadline that will end it."""
    pending = {(kind.name, of, at) for at, kind, of in live.deadlines.pending()}
    for agent in live.state.agents.values():
        if agent.state is AgentState.WRAPPING_UP and agent.until is None:
            yield f"agent {agent.id} wraps up for ever"
        for name, at in (("AGENT_UNTIL", agent.until), ("AGENT_REST", agent.rest_until)):
            if at is not None and (name, agent.id, at) not in pending:
                yield f"agent {agent.id}: nothing will end {agent.state} at {at}"
    for offer in live.state.offers.values():
        due = ("OFFER_BACKSTOP", offer.id, offer.backstop_at)
        if offer.answered_at is None and due not in pending:
            yield f"offer {offer.id} can ring for ever"


def _adds_up(live: Live) -> Iterator[str]:
    on_line = {*live.state.calls, *(offer.call for offer in live.state.offers.values())}
    counted = sum(
        len(queue.waiting) + queue.offered + queue.talking for queue in live.queues.values()
    )
    if counted != len(on_line):
        yield f"waiting, offered and talking are {counted}, callers on line {len(on_line)}"


def _counts(live: Live) -> Iterator[str]:
    for id, queue in live.queues.items():
        calls = [call for call in live.state.calls.values() if call.queue == id]
        offers = [offer for offer in live.state.offers.values() if offer.queue == id]
        ringing = [offer for offer in offers if offer.answered_at is None]
        waiting = [call for call in calls if call.offer is None]
        counted = (len(queue.waiting), queue.offered, queue.talking)
        if counted != (len(waiting), len(ringing), len(offers) - len(ringing)):
            yield f"queue {id} counts {counted}"
        if sum(line.alive for line in queue.waiting.lines.values()) != len(waiting):
            yield f"queue {id}: its lines do not add up"
        if queue.waiting.longest_since() != min((call.began for call in waiting), default=None):
            yield f"queue {id}: longest wait is wrong"
        in_order = [call.id for call in sorted(waiting, key=lambda call: call.order)]
        if list(queue.waiting.in_order()) != in_order:
            yield f"queue {id}: order is wrong"
        places = [queue.waiting.place(call) for call in in_order]
        if places != list(range(1, len(in_order) + 1)):
            yield f"queue {id}: places are {places}"
        yield from _staff(live, id)


def _staff(live: Live, id: str) -> Iterator[str]:
    queue = next(queue for queue in live.queues.values() if queue.spec.id == id)
    members: list[tuple[int, Seat]] = [
        (tier, seat) for seat in live.seats.values() for one, tier in seat.queues if one is queue
    ]
    free = sorted(
        (tier, seat.agent.idle_since, seat.agent.id)
        for tier, seat in members
        if _can_be_offered(live, seat.agent)
    )
    if queue.staff.free != free:
        yield f"queue {id}: free agents are {queue.staff.free}, not {free}"
    stay = {seat.agent.id for _, seat in members if _is_left(live, seat.agent)}
    if set(queue.staff.staying) != stay:
        yield f"queue {id}: staying are {set(queue.staff.staying)}, not {stay}"
    filed = len(free) + len(queue.staff.held) + sum(queue.staff.counts.values())
    if filed != len(members):
        yield f"queue {id}: {filed} agents on file of {len(members)}"
    if any(seat.filed.standing == FREE and seat.unfit is not None for _, seat in members):
        yield f"queue {id}: an agent without a usable telephone counts as free"
    if not all(reason in set(Reason) for reason in queue.staff.held.values()):
        yield f"queue {id}: agents are held for no reason: {queue.staff.held}"


CHECKS: dict[Callable[[Live], Iterator[str]], Invariant] = {
    _idle_beside_waiting: Invariant.IDLE_BESIDE_WAITING,
    _agents_and_offers: Invariant.AGENT_IN_TWO,
    _calls_and_offers: Invariant.CALL_WITH_TWO,
    _overtaken: Invariant.OVERTAKEN,
    _nobody_stuck: Invariant.STUCK,
    _adds_up: Invariant.MISCOUNTED,
    _counts: Invariant.MISCOUNTED,
}
