"""What people, and late knowledge, change about callers who wait: priority, whom they prefer, and
who takes them past everybody else."""

from acd.live import Live
from acd.on_agents import ready
from acd.recipes import change_caller, look_later, turned_away
from acd.seat import Seat
from acd.state import Call
from calls.commands import ChangeCaller
from calls.ids import AgentId, CallId
from calls.inputs import (
    AgentReady,
    CallAssigned,
    CallerKnown,
    CallMoved,
    CallPicked,
    CallPrioritised,
    CallWithdrawn,
)
from calls.words import AgentState, Released

PRIORITY_MAX = 1_000
"""Either way; more is a slip of the hand."""
WAYS_OUT = (Released.OVERFLOW, Released.VOICEMAIL)
"""Branches of the tree's queue node that a supervisor may choose; the others are the engine's."""
KEEP_MAX_S = 3_600.0
"""A caller kept for one agent longer than an hour has been forgotten."""


def known(live: Live, said: CallerKnown) -> str | None:
    call = live.state.calls.get(said.call)
    if call is None:
        return f"call {said.call} is not waiting"
    call.level = said.level
    if said.prefer and not call.prefer and call.callback is None:
        live.prefer(call, said.prefer)
    live.weigh(call)
    live.move(call)
    return None


def prioritised(live: Live, said: CallPrioritised) -> str | None:
    """Her session is told, so that she keeps it when she is queued again."""
    call = live.state.calls.get(said.call)
    if call is None:
        return f"call {said.call} is not waiting"
    if abs(said.priority) > PRIORITY_MAX:
        return f"a priority is from -{PRIORITY_MAX} to {PRIORITY_MAX}, not {said.priority}"
    call.priority = said.priority - call.bonus
    if call.callback is None:
        command = ChangeCaller(
            edge=call.edge,
            call=call.id,
            token=live.state.token,
            step="",
            priority=call.priority,
        )
        live.turn.commands.append(command)
    live.move(call)
    return None


def picked(live: Live, said: CallPicked) -> str | None:
    call, seat = live.state.calls.get(said.call), _seat(live, said.agent)
    if isinstance(seat, str):
        return seat
    refused = _not_to_be_given(live, call, said.call)
    if refused is not None or call is None:
        return refused
    if call.queue not in [queue.spec.id for queue, _ in seat.queues]:
        return f"agent {said.agent} does not serve queue {call.queue}"
    if seat.agent.offer is not None:
        return f"agent {said.agent} has a call already"
    if seat.unfit is not None:
        return f"agent {said.agent} cannot be rung: {seat.unfit}"
    if seat.agent.state is not AgentState.READY:
        refused = ready(live, AgentReady(agent=said.agent))
        if refused is not None:
            return refused
    _give(live, call, seat, said.by)
    return None


def assigned(live: Live, said: CallAssigned) -> str | None:
    call, seat = live.state.calls.get(said.call), _seat(live, said.agent)
    if isinstance(seat, str):
        return seat
    if not 0 < said.keep_s <= KEEP_MAX_S:
        return f"a caller is kept for up to {KEEP_MAX_S:.0f} s, not {said.keep_s}"
    refused = _not_to_be_given(live, call, said.call)
    if refused is not None or call is None:
        return refused
    if seat.agent.state is AgentState.READY and seat.unfit is None:
        _give(live, call, seat, said.by)
        return None
    queue = live.queues[call.queue]
    if said.agent not in queue.staff.staying:
        where = seat.unfit or seat.agent.state
        return f"agent {said.agent} is {where} and takes no call of queue {call.queue} after it"
    call.prefer, call.given_by, call.at_head = (said.agent,), said.by, True
    live.keep(call, live.state.now + said.keep_s)
    live.move(call)
    return None


def moved(live: Live, said: CallMoved) -> str | None:
    call = live.state.calls.get(said.call)
    refused = _not_to_be_sent(live, call, said.call)
    if refused is not None or call is None:
        return refused
    there = live.queues.get(said.queue)
    if there is None or there.gone:
        return f"unknown queue: {said.queue}"
    if said.queue == call.queue:
        return f"call {said.call} waits in queue {said.queue} already"
    full = turned_away(live, there)
    if full is not None:
        return f"queue {said.queue} takes nobody now: {full}"
    change = ChangeCaller(
        edge=call.edge, call=call.id, token=live.state.token, step="", queue=said.queue
    )
    live.turn.commands.append(change)
    change_caller(live, call, change)
    look_later(live, call)
    return None


def withdrawn(live: Live, said: CallWithdrawn) -> str | None:
    call = live.state.calls.get(said.call)
    refused = _not_to_be_sent(live, call, said.call)
    if refused is not None or call is None:
        return refused
    if said.to not in WAYS_OUT:
        return f"a caller is withdrawn to {' or '.join(WAYS_OUT)}, not {said.to}"
    live.release(call, said.to)
    return None


def _seat(live: Live, agent: AgentId) -> Seat | str:
    seat = live.seats.get(agent)
    return f"unknown agent: {agent}" if seat is None or seat.gone else seat


def _not_to_be_sent(live: Live, call: Call | None, id: CallId) -> str | None:
    if call is None:
        return f"call {id} is not waiting"
    if call.callback is not None:
        return f"call {id} will be called back"
    if call.offer is not None:
        return f"call {id} is being offered"
    if not live.in_step(call.edge):
        return f"edge {call.edge} of call {id} cannot be reached"
    return None


def _not_to_be_given(live: Live, call: Call | None, id: CallId) -> str | None:
    refused = _not_to_be_sent(live, call, id)
    if refused is not None or call is None:
        return refused
    if live.queues[call.queue].at_cap():
        return f"queue {call.queue} has as many talks as it may have at once"
    return None


def _give(live: Live, call: Call, seat: Seat, by: str) -> None:
    """To an agent who is ready: at once, also in the moment of rest after a miss."""
    seat.agent.rest_until = None
    live.turn.agents[seat.agent.id] = seat
    live.turn.by_hand = (call, seat, by)
