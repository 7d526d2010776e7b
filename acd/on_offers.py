"""What an edge says about an offer. The first word that ends or answers it wins; what comes after
finds no such offer, changes nothing, and costs nobody a strike."""

from acd.agents import AgentEvent
from acd.callbacks import dialled_in_vain
from acd.choose import Reason
from acd.live import FAULT_REST_S, Live
from acd.on_calls import abandoned
from acd.seat import Seat
from acd.state import Call, Offer
from calls.floor import NoAnswerRule
from calls.ids import EdgeId, OfferId
from calls.inputs import OfferAnswered, OfferFailed, OfferRang, TalkEnded
from calls.notices import Alarm
from calls.words import STRIKING, AgentState, NoAnswer


def rang(live: Live, said: OfferRang) -> str | None:
    offer = live.state.offers.get(said.offer)
    if offer is None:
        return _over(said.offer)
    if offer.rang_at is not None or offer.answered_at is not None:
        return f"offer {said.offer} rang before"
    offer.rang_at = live.state.now
    _heard_of(live, offer.edge)
    return None


def answered(live: Live, said: OfferAnswered) -> str | None:
    offer = live.state.offers.get(said.offer)
    if offer is None:
        return _over(said.offer)
    if offer.answered_at is not None:
        return f"offer {said.offer} is answered already"
    if offer.dials:
        return f"offer {said.offer} rings the caller, who comes back by CallQueued"
    live.answer(offer)
    _heard_of(live, offer.edge)
    return None


def failed(live: Live, said: OfferFailed) -> str | None:
    offer = live.state.offers.get(said.offer)
    if offer is None:
        return _over(said.offer)
    _heard_of(live, offer.edge)
    if offer.answered_at is not None:
        live.end_talk(offer)
        return None
    if offer.dials:
        dialled_in_vain(live, offer, said.why)
        return None
    call = live.state.calls[offer.call]
    if said.why is NoAnswer.CALLER_LEFT:
        live.forget(call)
        live.take_back_offers(call)
        abandoned(live, call)
    elif said.why in STRIKING:
        _missed(live, offer, call, said.why)
    else:
        call.at_head = True
        live.let_go(offer, rest_s=FAULT_REST_S)
        live.go_on(call)
    return None


def talk_ended(live: Live, said: TalkEnded) -> str | None:
    """Also for an offer whose answer was never reported: a talk that ended was answered."""
    offer = live.state.offers.get(said.offer)
    if offer is None:
        return _over(said.offer)
    if offer.dials:
        return f"offer {said.offer} rings the caller, who talks to nobody yet"
    _heard_of(live, offer.edge)
    if offer.answered_at is None:
        live.answer(offer)
    live.end_talk(offer)
    return None


def taken_back(live: Live, offer: Offer) -> None:
    """Free the agent without a strike and try the next."""
    live.withdraw(offer)
    if offer.dials:
        dialled_in_vain(live, offer, NoAnswer.FAILED)
        return
    call = live.state.calls[offer.call]
    call.at_head = True
    live.let_go(offer, rest_s=FAULT_REST_S)
    live.go_on(call)


def unreported(live: Live, offer: Offer) -> None:
    """No edge said how this offer ended, long after it must have."""
    taken_back(live, offer)
    if offer.dials:
        return
    if offer.edge not in live.state.silent:
        live.state.silent[offer.edge] = live.state.now
        text = f"no word of the end of offer {offer.id} for call {offer.call}; taken back"
        live.turn.alarms.append(
            Alarm(name=f"edge_silent:{offer.edge}", on=True, text=text, at=live.state.now)
        )


def _over(offer: OfferId) -> str:
    return f"no such offer, or it is over: {offer}"


def _heard_of(live: Live, edge: EdgeId) -> None:
    if live.state.silent and live.state.silent.pop(edge, None) is not None:
        live.turn.alarms.append(Alarm(name=f"edge_silent:{edge}", on=False, at=live.state.now))


def _missed(live: Live, offer: Offer, call: Call, kind: NoAnswer) -> None:
    """To the head with waited time kept, not to this agent again; and what it does to the agent."""
    seat = live.close_offer(offer)
    call.at_head = True
    call.missed += 1
    if kind is NoAnswer.NOT_REGISTERED and _has_another_device(live, seat, offer):
        live.change(seat, AgentEvent.RELEASED)
        live.turn.again = (call, seat, offer)
        live.go_on(call)
        return
    if offer.agent not in call.not_to:
        call.not_to = tuple(sorted((*call.not_to, offer.agent)))
    live.go_on(call)
    agent = seat.agent
    live.change(seat, AgentEvent.MISSED)
    agent.strikes[kind] = agent.strikes.get(kind, 0) + 1
    if not live.grant_wish(seat):
        rule = live.queues[offer.queue].rule_for(kind)
        if 0 < rule.strikes <= agent.strikes[kind]:
            _strike_out(live, seat, rule, kind)
        elif rule.rest_s > 0:
            live.rest(seat, rule.rest_s)
    agent.missed = kind


def _has_another_device(live: Live, seat: Seat, offer: Offer) -> bool:
    tried = (*offer.tried, offer.device)
    return (
        seat.agent.wish is None
        and seat.unfit is not Reason.DEVICE_BUSY
        and seat.device_after(tried, live.state.devices) is not None
    )


def _strike_out(live: Live, seat: Seat, rule: NoAnswerRule, kind: NoAnswer) -> None:
    """One miss too many: the agent is set aside as the queue's rule says."""
    if rule.then is AgentState.LOGGED_OUT:
        live.change(seat, AgentEvent.LOGGED_OUT, kind)
        return
    if rule.then is AgentState.NOT_READY:
        live.change(seat, AgentEvent.WENT_NOT_READY, kind)
    else:
        live.change(seat, AgentEvent.STRUCK_OUT, kind)
    if rule.returns_after_s is not None:
        live.set_until(seat, live.state.now + rule.returns_after_s)
