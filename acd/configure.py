"""A new floor plan, taken whole: nobody loses state, place or a call in progress by it.

A plan with a mistake is refused whole and the running one stays.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from acd.agents import AgentEvent
from acd.live import Live
from acd.recipes import look_later
from acd.state import Agent
from calls.floor import FloorSpec, QueueSpec
from calls.ids import QueueId
from calls.inputs import FloorConfigured
from calls.words import AgentState, Released

SET_ASIDE = (AgentState.NOT_RESPONDING, AgentState.NOT_READY, AgentState.LOGGED_OUT)


def configured(live: Live, said: FloorConfigured) -> str | None:
    fault = floor_fault(said.floor)
    if fault is not None:
        return fault
    state, floor = live.state, said.floor
    _close_queues(live, floor)
    state.floor = floor
    plan = {spec.id for spec in floor.agents}
    leaving = [id for id in state.agents if id not in plan]
    for spec in floor.agents:
        if spec.id not in state.agents:
            state.agents[spec.id] = Agent(id=spec.id, since=state.now, idle_since=state.now)
    for id in leaving:
        _leave(live, state.agents[id])
    devices = {device.id for spec in floor.agents for device in spec.devices}
    for device in [id for id in state.devices if id not in devices]:
        del state.devices[device]
    _release_from_closed(live)
    live.build()
    for call in state.calls.values():
        if call.offer is None:
            look_later(live, call)
    live.turn.agents.update(live.seats)
    live.turn.queues.update(live.queues)
    live.turn.sweep = True
    return None


def floor_fault(floor: FloorSpec) -> str | None:
    """What in this plan the engine could not work with; config/ says more, and says it earlier."""
    queues = [queue.id for queue in floor.queues]
    for name, ids in (
        ("queue", queues),
        ("agent", [agent.id for agent in floor.agents]),
        ("device", [device.id for agent in floor.agents for device in agent.devices]),
    ):
        twice = _twice(ids)
        if twice is not None:
            return f"{name} {twice} is named twice"
    if not floor.ring_cycle_s > 0:
        return f"ring_cycle_s must be above 0, not {floor.ring_cycle_s}"
    for agent in floor.agents:
        own = [member.queue for member in agent.queues]
        unknown = [queue for queue in own if queue not in queues]
        if unknown:
            return f"agent {agent.id} is in an unknown queue: {unknown[0]}"
        if _twice(own) is not None:
            return f"agent {agent.id} is in queue {_twice(own)} twice"
    faults = (_queue_fault(queue, queues) for queue in floor.queues)
    return next((fault for fault in faults if fault), None)


def _queue_fault(queue: QueueSpec, queues: Collection[QueueId]) -> str | None:
    for kind, rule in queue.no_answer.items():
        if rule.then not in SET_ASIDE:
            return f"queue {queue.id}: after {kind} an agent cannot become {rule.then}"
    for n, step in enumerate(queue.recipe, 1):
        if step.queue is not None and step.queue not in queues:
            return f"queue {queue.id}, step {n} of the recipe: unknown queue {step.queue}"
        if step.again_every_s > 0 and (step.queue or step.leave):
            return f"queue {queue.id}, step {n} of the recipe: nobody moves or leaves twice"
    return None


def _twice(ids: Iterable[str]) -> str | None:
    return next((id for id, count in Counter(ids).items() if count > 1), None)


def _close_queues(live: Live, floor: FloorSpec) -> None:
    """A queue that is gone goes on for as long as an offer or a talk of it does."""
    state = live.state
    staying = {spec.id for spec in floor.queues}
    busy = {offer.queue for offer in state.offers.values()}
    state.closing = {
        id: queue.spec for id, queue in live.queues.items() if id not in staying and id in busy
    }
    for id in [id for id in state.paces if id not in staying]:
        del state.paces[id]
    for id in [id for id in state.turns if id not in staying]:
        del state.turns[id]


def _leave(live: Live, agent: Agent) -> None:
    """An agent taken off the plan is logged out, after the call if there is one."""
    if agent.offer is None and agent.state is AgentState.LOGGED_OUT:
        del live.state.agents[agent.id]
    else:
        live.change(live.seats[agent.id], AgentEvent.LOGGED_OUT)


def _release_from_closed(live: Live) -> None:
    """Waiting callers of a queue that is gone go back to their tree; the others' announcements
    follow the new plan."""
    state = live.state
    assert state.floor is not None
    every = {spec.id: spec.announce_every_s for spec in state.floor.queues}
    by_hours = {q.id for q in state.floor.queues if q.calendar or (q.callback or q).calendar}
    for gone in [id for id in state.hours if id not in by_hours]:
        del state.hours[gone]
    for call in list(state.calls.values()):
        if call.queue not in every:
            if call.offer is None:
                live.release(call, Released.FAILED)
        elif call.callback is not None:
            continue
        elif every[call.queue] <= 0:
            call.tell_at = None
        elif call.tell_at is None:
            call.tell_at = state.now + every[call.queue]
