"""What the engine does about something that must never be: the records are brought to where they
agree, every index is made of them anew, and all callers are held against all agents.

Only what is safe is done. Who was rung or talks in truth is known to the edge, whose next word on
an offer that is gone changes nothing; her telephone, being in use, keeps the agent from a second.
"""

from acd.agents import AgentEvent
from acd.live import Live
from acd.seat import Seat
from acd.state import Offer
from calls.inputs import FloorRechecked
from calls.words import AgentState


def rechecked(live: Live, said: FloorRechecked) -> str | None:
    for offer in list(live.state.offers.values()):
        if not _is_agreed_upon(live, offer):
            live.withdraw(offer)
            del live.state.offers[offer.id]
    for call in live.state.calls.values():
        if call.offer is not None and call.offer not in live.state.offers:
            call.offer, call.at_head = None, True
    for seat in list(live.seats.values()):
        _come_free(live, seat)
    live.build()
    for call in list(live.state.calls.values()):
        if call.offer is None and live.queues[call.queue].gone:
            live.release(call, "queue removed")
    live.turn.agents.update(live.seats)
    live.turn.queues.update(live.queues)
    live.turn.sweep = True
    return None


def _is_agreed_upon(live: Live, offer: Offer) -> bool:
    """Agent and caller know of it, and of no other."""
    agent = live.state.agents.get(offer.agent)
    if agent is None or agent.offer != offer.id:
        return False
    call = live.state.calls.get(offer.call)
    if offer.answered_at is not None:
        return call is None and agent.state is AgentState.TALKING
    return call is not None and call.offer == offer.id and agent.state is AgentState.OFFERED


def _come_free(live: Live, seat: Seat) -> None:
    """An agent in a state that nothing would ever end."""
    agent = seat.agent
    if agent.offer is not None and agent.offer not in live.state.offers:
        agent.offer = None
    if agent.offer is None and agent.state is AgentState.OFFERED:
        live.change(seat, AgentEvent.RELEASED)
        live.grant_wish(seat)
    elif agent.offer is None and agent.state is AgentState.TALKING:
        live.change(seat, AgentEvent.TALK_ENDED)
    if agent.state is AgentState.WRAPPING_UP and agent.until is None:
        live.change(seat, AgentEvent.WRAP_UP_OVER)
        live.grant_wish(seat)
