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
    by it again. A caller talks with one agent, and is dialled if she is to be called back alone."""
    state = live.state
    talking: set[CallId] = set()
    for offer in list(state.offers.values()):
        agent = state.agents.get(offer.agent)
        if agent is not None and agent.state is offer.gives:
            held = None if agent.offer is None else state.offers.get(agent.offer)
            if held is None or held.agent != agent.id:
                agent.offer = offer.id
        fits = agent is not None and agent.offer == offer.id and agent.state is offer.gives
        if offer.answered_at is None:
            call = state.calls.get(offer.call)
            wanted = call is not None and offer.dials is (call.callback is not None)
        else:
            wanted = offer.call not in talking
        if fits and wanted and offer.answered_at is not None:
            talking.add(offer.call)
            state.calls.pop(offer.call, None)
        if not (fits and wanted):
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
            call.room = 0
        if not call.room:
            call.more_at = None


def _come_free(live: Live, seat: Seat) -> None:
    """An agent in a state that nothing would ever end."""
    agent = seat.agent
    offer = None if agent.offer is None else live.state.offers.get(agent.offer)
    if offer is None or offer.agent != agent.id:
        agent.offer = None
    if agent.offer is None and agent.state is AgentState.OFFERED:
        live.change(seat, AgentEvent.RELEASED)
    elif agent.offer is None and agent.state is AgentState.TALKING:
        live.change(seat, AgentEvent.TALK_ENDED)
    if agent.state is AgentState.WRAPPING_UP and agent.until is None:
        live.change(seat, AgentEvent.WRAP_UP_OVER)
    if agent.offer is None:
        live.grant_wish(seat)
