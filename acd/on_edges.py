"""What an edge says about itself: a telephone changed, the truth was re-read, the link is lost."""

from acd.callbacks import AGAIN_SOON_S, dialled_in_vain
from acd.held import take_up
from acd.live import Live
from acd.on_calls import drop, queued
from acd.rings import BACKSTOP_SLACK_S
from acd.state import Device, Offer
from calls.ids import CallId, DeviceId, EdgeId, OfferId
from calls.inputs import DeviceChanged, EdgeLost, EdgeSynced
from calls.notices import Alarm
from calls.words import DeviceState, NoAnswer

ABSENT = frozenset({DeviceState.UNREGISTERED, DeviceState.UNKNOWN})


def device_changed(live: Live, said: DeviceChanged) -> str | None:
    seat = live.seat_of_device.get(said.device)
    if seat is None:
        return f"unknown device: {said.device}"
    former = live.state.devices.get(said.device)
    if said.state in ABSENT and former is not None and former.edge != said.edge:
        # Every Asterisk knows every telephone; only the one it is registered at can say it left.
        return None
    live.state.devices[said.device] = Device(edge=said.edge, state=said.state)
    seat.look_at_devices(live.state.devices)
    live.file(seat)
    return None


def lost(live: Live, said: EdgeLost) -> str | None:
    """Its callers are offered to nobody, and its telephones to no caller of another edge."""
    if live.in_step(said.edge):
        fall_out_of_step(live, said.edge)
    for id, device in live.state.devices.items():
        if device.edge == said.edge:
            device.state, device.lost = DeviceState.UNREGISTERED, True
            _look_again(live, id)
    return None


def fall_out_of_step(live: Live, edge: EdgeId) -> None:
    live.state.edges[edge] = False
    live.turn.alarms.append(Alarm(name=f"edge_lost:{edge}", on=True, at=live.state.now))


def synced(live: Live, said: EdgeSynced) -> str | None:
    """What is not listed is over: offers and talks release their agents, callers have left. Who
    waits and is not known begins to wait."""
    state, apart = live.state, not live.in_step(said.edge)
    if apart:
        live.turn.alarms.append(Alarm(name=f"edge_lost:{said.edge}", on=False, at=state.now))
    state.edges[said.edge] = True
    calls, offers = frozenset(said.calls), frozenset(said.offers)
    for offer in [offer for offer in state.offers.values() if offer.edge == said.edge]:
        _reconcile(live, offer, calls, offers)
    for call in [call for call in state.calls.values() if call.edge == said.edge]:
        if call.id not in calls and call.callback is None:
            drop(live, call)
    for id, device in state.devices.items():
        if device.lost and device.edge == said.edge:
            # It said nothing of this one: nothing is known, as before it was first heard of.
            device.state, device.lost = DeviceState.UNKNOWN, False
            _look_again(live, id)
    for held in said.held if apart else ():
        take_up(live, held, said.edge)
    for caller in said.waiting:
        if caller.call not in state.calls and caller.call not in live.talks:
            queued(live, caller)
    live.turn.sweep = True
    return None


def _look_again(live: Live, device: DeviceId) -> None:
    seat = live.seat_of_device.get(device)
    if seat is not None:
        seat.look_at_devices(live.state.devices)
        live.file(seat)


def _reconcile(
    live: Live, offer: Offer, calls: frozenset[CallId], offers: frozenset[OfferId]
) -> None:
    if offer.answered_at is not None:
        if offer.id not in offers:
            live.end_talk(offer)
        return
    if offer.dials:
        if offer.id not in offers:
            live.withdraw(offer)
            dialled_in_vain(live, offer, NoAnswer.FAILED, AGAIN_SOON_S)
        else:
            live.postpone_backstop(offer, BACKSTOP_SLACK_S)
        return
    call = live.state.calls[offer.call]
    if offer.call not in calls:
        drop(live, call)
    elif offer.id not in offers:
        # Perhaps still on its way to the edge: then it must not ring beside the next one.
        live.withdraw(offer)
        call.at_head = True
        live.let_go(offer)
        live.go_on(call)
    else:
        live.postpone_backstop(offer, BACKSTOP_SLACK_S)
