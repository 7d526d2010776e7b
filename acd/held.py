"""Offers an edge made by itself while it was cut off, taken up by the brain it comes back to.

Without this a caller who talks would be offered again, and an agent who is rung be rung twice.
"""

from acd.live import Live
from acd.state import Call
from calls.ids import EdgeId
from calls.inputs import Held
from calls.words import AgentState


def take_up(live: Live, held: Held, edge: EdgeId) -> None:
    """Agent and caller belong to this offer, as they do at the edge. One that this floor cannot
    hold is left alone: its end will be refused, and nobody waits for it."""
    state = live.state
    seat, queue = live.seats.get(held.agent), live.queues.get(held.queue)
    call = state.calls.get(held.call)
    if held.offer in state.offers or (call is not None and call.offer is not None):
        return
    if seat is None or seat.gone or queue is None or queue.gone or seat.agent.offer is not None:
        if call is not None and held.answered:
            live.forget(call)
        return
    if call is None:
        state.calls_seen += 1
        call = Call(
            id=held.call,
            edge=edge,
            queue=held.queue,
            number=state.calls_seen,
            began=state.now,
            at_head=True,
        )
        live.wait(call)
    seat.agent.state = AgentState.READY
    live.file(seat)
    offer = live.open_offer(held.offer, call, seat, held.device, ())
    if held.answered:
        live.answer(offer)
