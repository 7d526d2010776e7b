"""What must be true of the engine after every input, checked the slow way: looking at everything.

For tests, stories and simulations; acd.watch does the same for a running hotline. Shares no index
with the engine: eligibility is worked out again from the floor plan.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from acd.choose import RANKS, Reason, Spot
from acd.engine import Engine
from acd.live import Live
from acd.recipes import own_step
from acd.seat import STAYING, Seat
from acd.staff import FREE
from acd.state import Agent, Call
from calls.floor import Membership
from calls.ids import QueueId
from calls.words import AgentState, DeviceState, Strategy

WITH_OFFER = (AgentState.OFFERED, AgentState.TALKING)
SILENT = (DeviceState.UNREGISTERED, DeviceState.DO_NOT_DISTURB)


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
    if _parked(call) or not live.in_step(call.edge) or not _can_be_offered(live, agent):
        return False
    if not _serves(live, agent, call) or (call.offer is None and _is_at_cap(live, call.queue)):
        return False
    if call.kept_until is not None:
        return agent.id in call.prefer and bool(call.given_by or agent.id not in call.not_to)
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
    own = {one.queue: one for one in spec.queues if one.queue not in agent.away}
    if call.queue not in own:
        return False
    if call.given_by and agent.id in call.prefer:
        return True
    kept_from = own[call.queue].reserved_from
    if kept_from is not None and call.priority + queue.priority_of.get(call.level, 0) < kept_from:
        return False
    instead = {need.skill: need.level for need in call.instead}
    skills = spec.skills if agent.skills is None else agent.skills
    return all(
        skills.get(need.skill, 0) >= instead.get(need.skill, need.level)
        for need in (*queue.needs, *call.needs, *call.instead)
    )


def _is_at_cap(live: Live, id: QueueId) -> bool:
    floor = live.state.floor
    queue = next((one for one in floor.queues if one.id == id), None) if floor else None
    with_agent = {offer.call for offer in live.state.offers.values() if offer.queue == id}
    return queue is not None and 0 < queue.max_talks <= len(with_agent)


def _device_states(live: Live, agent: Agent) -> list[DeviceState]:
    devices = live.state.devices
    return [
        devices[spec.id].state if spec.id in devices else DeviceState.UNKNOWN
        for spec in live.seats[agent.id].spec.devices
    ]


def _can_be_offered(live: Live, agent: Agent) -> bool:
    states = _device_states(live, agent)
    busy = any(state in (DeviceState.IN_USE, DeviceState.RINGING) for state in states)
    usable = any(state not in SILENT for state in states)
    return agent.state is AgentState.READY and agent.rest_until is None and usable and not busy


def _is_left(live: Live, agent: Agent) -> bool:
    states = _device_states(live, agent)
    usable = any(state not in SILENT for state in states)
    return agent.state in STAYING and agent.wish is None and not agent.pauses and usable


def _idle_beside_waiting(live: Live) -> Iterator[str]:
    free = [agent for agent in live.state.agents.values() if _can_be_offered(live, agent)]
    for call in live.state.calls.values():
        if call.offer is None and not _parked(call):
            for agent in free:
                if may_take(live, agent, call):
                    yield f"agent {agent.id} is free beside waiting call {call.id}"
        elif len(call.offers) < call.room and call.more_at is None:
            for agent in free:
                if agent.id not in call.not_to and may_take(live, agent, call):
                    yield f"agent {agent.id} is free beside {call.id}, who may have another phone"


def _agents_and_offers(live: Live) -> Iterator[str]:
    offers = live.state.offers
    for agent in live.state.agents.values():
        if (agent.offer is not None) != (agent.state in WITH_OFFER):
            yield f"agent {agent.id} is {agent.state} with offer {agent.offer}"
        if agent.offer is not None and offers[agent.offer].agent != agent.id:
            yield f"offer {agent.offer} is not of agent {agent.id}"
        # In a wrap-up it waits for the disposition that is missing.
        if agent.wish is not None and agent.state not in (*WITH_OFFER, AgentState.WRAPPING_UP):
            yield f"agent {agent.id} is {agent.state} and still has a wish"
        if agent.pauses and agent.state in (AgentState.READY, AgentState.LOGGED_OUT):
            yield f"agent {agent.id} is {agent.state} in spite of {list(agent.pauses)}"
        if agent.paused and (agent.state is not AgentState.NOT_READY or not agent.pauses):
            yield f"agent {agent.id} is {agent.state}, paused for no cause"
    for offer in offers.values():
        agent = live.state.agents[offer.agent]
        if agent.offer != offer.id:
            yield f"offer {offer.id} is of agent {agent.id}, who has {agent.offer}"
        if agent.state is not offer.gives:
            yield f"agent {agent.id} is {agent.state} in offer {offer.id}"


def _calls_and_offers(live: Live) -> Iterator[str]:
    offers = live.state.offers
    talking = [offer.call for offer in offers.values() if offer.answered_at is not None]
    if len(set(talking)) != len(talking):
        yield "a call is in two talks"
    for call in live.state.calls.values():
        if call.id in talking:
            yield f"call {call.id} is talking and waiting"
        for nth, id in enumerate(call.offers):
            if offers[id].call != call.id or offers[id].beside != (nth > 0):
                yield f"offer {id} is not the {nth}. for call {call.id}"
        if len(call.offers) > max(1, call.room):
            yield f"call {call.id} has {len(call.offers)} offers and room for {call.room}"
        if (call.id in live.together) != (call.room > 0) or (call.room and call.offer is None):
            yield f"call {call.id} has room for {call.room} and offer {call.offer}"
        waiting = call.id in live.queues[call.queue].waiting
        if waiting != (call.offer is None and not _parked(call)):
            yield f"call {call.id} has offer {call.offer}; in line: {waiting}"
    for offer in offers.values():
        if offer.answered_at is None and offer.id not in live.state.calls[offer.call].offers:
            yield f"offer {offer.id} rings for a call that does not know"
        if offer.dials and live.state.calls[offer.call].callback is None:
            yield f"offer {offer.id} dials somebody who is not to be called back"


def _parked(call: Call) -> bool:
    """Will be called back, and may not be called now."""
    return call.callback is not None and call.callback.parked


def _calling_back(live: Live) -> Iterator[str]:
    """Every promise is counted, found by number, and ends; none is dialled without an agent."""
    state = live.state
    virtual = [call for call in state.calls.values() if call.callback is not None]
    for id, queue in live.queues.items():
        if queue.callbacks != sum(call.queue == id for call in virtual):
            yield f"queue {id} counts {queue.callbacks} to be called back"
    if not set(live.promises.values()) <= {call.id for call in virtual}:
        yield f"promised without a caller: {live.promises}"
    dials = [offer for offer in state.offers.values() if offer.dials]
    if len({offer.agent for offer in dials}) != len(dials):
        yield "more people are being called back than agents are kept for them"
    pending = {(kind.name, of, at) for at, kind, of in live.deadlines.pending()}
    for call in virtual:
        assert call.callback is not None
        due = ("CALLBACK_EXPIRES", call.id, call.callback.expires_at)
        if call.offer is None and due not in pending:
            yield f"call {call.id} is promised a call for ever"
        if call.offer is not None and not state.offers[call.offer].dials:
            yield f"call {call.id} is on no line, and a telephone rings for it"
    for call in state.calls.values():
        look = ("LOOK", call.id, call.look_at)
        if call.look_at is not None and call.offer is None and look not in pending:
            yield f"call {call.id}: its recipe is never looked at"


def _overtaken(live: Live) -> Iterator[str]:
    """Among those who wait in the queue and ask for the same, nobody goes before who was offered.

    An agent's next telephone is no new choice.
    """
    for why in live.turn.why:
        offered = live.state.calls.get(why.call)
        if why.again or why.kept or why.by_hand or offered is None or offered.given_by:
            continue
        agent = live.state.agents[why.agent]
        for call in live.state.calls.values():
            same = (call.edge, call.queue, call.needs) == (
                offered.edge,
                offered.queue,
                offered.needs,
            )
            if same and call.offer is None and not _parked(call) and call.order < offered.order:
                waits_for = call.kept_until is None or why.agent in call.prefer
                if why.agent not in call.not_to and waits_for and _serves(live, agent, call):
                    yield f"call {call.id} was overtaken by {offered.id}"


def _nobody_stuck(live: Live) -> Iterator[str]:
    """Whoever is in a state that ends by itself has a deadline that will end it."""
    pending = {(kind.name, of, at) for at, kind, of in live.deadlines.pending()}
    for agent in live.state.agents.values():
        if agent.state is AgentState.WRAPPING_UP and agent.until is None:
            yield f"agent {agent.id} wraps up for ever"
        for name, at in (
            ("AGENT_UNTIL", agent.until),
            ("AGENT_REST", agent.rest_until),
            ("AGENT_PAUSE", agent.next_pause_end),
        ):
            if at is not None and (name, agent.id, at) not in pending:
                yield f"agent {agent.id}: nothing will end {agent.state} at {at}"
    for offer in live.state.offers.values():
        due = ("OFFER_BACKSTOP", offer.id, offer.backstop_at)
        if offer.answered_at is None and due not in pending:
            yield f"offer {offer.id} can ring for ever"
    for call in live.state.calls.values():
        if call.kept_until is not None and ("PREFERENCE", call.id, call.kept_until) not in pending:
            yield f"call {call.id} is kept for {call.prefer} for ever"
        if call.more_at is not None and ("RING_MORE", call.id, call.more_at) not in pending:
            yield f"call {call.id}: the next phone never rings"
        if call.offer is None and call.look_at is None and _still_relaxes(call):
            yield f"call {call.id}: what she needs is never lowered"


def _still_relaxes(call: Call) -> bool:
    return any(own_step(step) not in call.done for step in call.relax)


def _adds_up(live: Live) -> Iterator[str]:
    on_line = {*live.state.calls, *(offer.call for offer in live.state.offers.values())}
    counted = sum(
        len(queue.waiting) + queue.offered + queue.talking + queue.aside
        for queue in live.queues.values()
    )
    if counted != len(on_line):
        yield f"waiting, offered and talking are {counted}, callers on line {len(on_line)}"


def _counts(live: Live) -> Iterator[str]:
    for id, queue in live.queues.items():
        calls = [call for call in live.state.calls.values() if call.queue == id]
        offers = [offer for offer in live.state.offers.values() if offer.queue == id]
        ringing = [offer for offer in offers if offer.answered_at is None]
        waiting = [call for call in calls if call.offer is None and not _parked(call)]
        rung = {offer.call for offer in ringing}
        counted = (len(queue.waiting), queue.offered, queue.talking)
        if counted != (len(waiting), len(rung), len(offers) - len(ringing)):
            yield f"queue {id} counts {counted}"
        if sum(line.alive for line in queue.waiting.all_lines()) != len(waiting):
            yield f"queue {id}: its lines do not add up"
        on_the_line = [call for call in waiting if call.callback is None]
        if queue.waiting.on_the_line != len(on_the_line):
            yield f"queue {id}: {queue.waiting.on_the_line} on the line, not {len(on_the_line)}"
        began = min((call.began for call in on_the_line), default=None)
        if queue.waiting.longest_since() != began:
            yield f"queue {id}: longest wait is wrong"
        in_order = [call.id for call in sorted(waiting, key=lambda call: call.order)]
        if list(queue.waiting.in_order()) != in_order:
            yield f"queue {id}: order is wrong"
        places = [queue.waiting.place(call) for call in in_order if call in queue.waiting]
        if places != list(range(1, len(in_order) + 1)):
            yield f"queue {id}: places are {places}"
        yield from _staff(live, id)


def _staff(live: Live, id: str) -> Iterator[str]:
    queue = next(queue for queue in live.queues.values() if queue.spec.id == id)
    members: list[tuple[Membership, Seat]] = [
        (next(member for member in seat.spec.queues if member.queue == id), seat)
        for seat in live.seats.values()
        for one, _ in seat.queues
        if one is queue
    ]
    free = sorted(
        _spot(queue.spec.strategy, member, seat.agent)
        for member, seat in members
        if _can_be_offered(live, seat.agent)
    )
    if queue.staff.free != free:
        yield f"queue {id}: free agents are {queue.staff.free}, not {free}"
    stay = {seat.agent.id for _, seat in members if _is_left(live, seat.agent)}
    if set(queue.staff.staying) != stay:
        yield f"queue {id}: staying are {set(queue.staff.staying)}, not {stay}"
    held = [agent for agents in queue.staff.held.values() for agent in agents]
    filed = len(free) + len(held) + sum(queue.staff.counts.values())
    if filed != len(members):
        yield f"queue {id}: {filed} agents on file of {len(members)}"
    if any(seat.filed.standing == FREE and seat.unfit is not None for _, seat in members):
        yield f"queue {id}: an agent without a usable telephone counts as free"
    if not all(reason in set(Reason) for reason in queue.staff.held):
        yield f"queue {id}: agents are held for no reason: {queue.staff.held}"
    for call in live.state.calls.values():
        if call.queue == id and call.kept_until is None:
            serving = {seat.agent.id for _, seat in members if _serves(live, seat.agent, call)}
            ask = live.ask_of(call)
            bench = queue.staff.bench(ask.needs, ask.reach)
            on_it = [spot for spot in free if spot[3] in serving]
            if (bench.able, bench.free, bench.staying) != (serving, on_it, stay & serving):
                yield f"queue {id}: the bench for call {call.id} is {bench.free}, not {on_it}"


def _spot(strategy: Strategy, member: Membership, agent: Agent) -> Spot:
    level = member.tier * RANKS + member.rank
    match strategy:
        case Strategy.ROUND_ROBIN | Strategy.RANDOM | Strategy.WEIGHTED_RANDOM:
            return (level, 0.0, 0.0, agent.id)
        case Strategy.FEWEST_CALLS:
            return (level, float(agent.calls), agent.idle_since, agent.id)
        case Strategy.LEAST_TALK:
            return (level, agent.talk_ms / 1000.0, agent.idle_since, agent.id)
    return (level, 0.0, agent.idle_since, agent.id)


CHECKS: dict[Callable[[Live], Iterator[str]], Invariant] = {
    _idle_beside_waiting: Invariant.IDLE_BESIDE_WAITING,
    _agents_and_offers: Invariant.AGENT_IN_TWO,
    _calls_and_offers: Invariant.CALL_WITH_TWO,
    _calling_back: Invariant.STUCK,
    _overtaken: Invariant.OVERTAKEN,
    _nobody_stuck: Invariant.STUCK,
    _adds_up: Invariant.MISCOUNTED,
    _counts: Invariant.MISCOUNTED,
}
