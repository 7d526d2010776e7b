"""What the engine does about something that must never be: the records are brought to where they
agree, every index is made of them anew, and all callers are held against all agents.

Only what is safe is done. Who was rung or talks in truth is known to the edge, whose next word on
an offer that is gone changes nothing; her telephone, being in use, keeps the agent from a second.
"""

from acd.agents import AgentEvent
from acd.live import Live
from acd.seat import Seat
from acd.state import Offer
from calls.ids import CallId
from calls.inputs import FloorRechecked
from calls.words import AgentState, Released


def rechecked(live: Live, said: FloorRechecked) -> str | None:
    _settle_offers(live)
    _settle_callers(live)
    for seat in list(live.seats.values()):
        _come_free(live, seat)
    live.build()
    for call in list(live.state.calls.values()):
        if call.offer is None and live.queues[call.queue].gone:
            live.release(call, Released.FAILED)
    live.turn.agents.update(live.seats)
    live.turn.queues.update(live.queues)
    live.turn.sweep = True
    return None


def _settle_offers(live: Live) -> None:
    """An offer stays if its agent is in the state it gives and holds no other; that agent is known
    by it again."""
    state = live.state
    for offer in list(state.offers.values()):
        agent = state.agents.get(offer.agent)
        if agent is not None and agent.state is offer.gives:
            held = None if agent.offer is None else state.offers.get(agent.offer)
            if held is None or held.agent != agent.id:
                agent.offer = offer.id
        if offer.answered_at is not None:
            state.calls.pop(offer.call, None)
            wanted = True
        else:
            wanted = offer.call in state.calls
        if agent is None or agent.offer != offer.id or not wanted:
            if offer.answered_at is None:
                live.withdraw(offer)
            del state.offers[offer.id]


def _settle_callers(live: Live) -> None:
    """A caller is rung for by the offers that name her."""
    offers_of: dict[CallId, list[Offer]] = {}
    for offer in live.state.offers.values():
        if offer.answered_at is None:
            offers_of.setdefault(offer.call, []).append(offer)
    for call in live.state.calls.values():
        offers = offers_of.get(call.id, [])
        true = tuple(offer.id for offer in offers)
        if set(true) != set(call.offers):
            call.offer, call.beside = (true[0], true[1:]) if true else (None, ())
            call.at_head = True
        for offer in offers:
            offer.beside = offer.id != call.offer
        if not true:
            call.room, call.more_at = 0, None


def _come_free(live: Live, seat: Seat) -> None:
    """An agent in a state that nothing would ever end."""
    agent = seat.agent
    offer = None if agent.offer is None else live.state.offers.get(agent.offer)
    if offer is None or offer.agent != agent.id:
        agent.offer = None
    if agent.offer is None and agent.state is AgentState.OFFERED:
        live.change(seat, AgentEvent.RELEASED)
        live.grant_wish(seat)
    elif agent.offer is None and agent.state is AgentState.TALKING:
        live.change(seat, AgentEvent.TALK_ENDED)
    if agent.state is AgentState.WRAPPING_UP and agent.until is None:
        live.change(seat, AgentEvent.WRAP_UP_OVER)
        live.grant_wish(seat)
