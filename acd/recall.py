"""History overrules: on replay the commands an input gave are done again as they were given.

Code that chooses otherwise today must not move yesterday's callers; where today's table would not
allow what happened, the record is brought to where it did.
"""

from acd.live import Live
from acd.match import wait_all
from acd.seat import Seat
from acd.state import Call
from calls.commands import Command, OfferCall, ReleaseCaller, TellPlace
from calls.words import AgentState


def adopt(live: Live, commands: tuple[Command, ...]) -> None:
    for command in commands:
        call = live.state.calls.get(command.call)
        if call is None:
            continue
        if isinstance(command, OfferCall):
            _adopt_offer(live, call, command)
        elif isinstance(command, TellPlace):
            call.told = command.place
        elif isinstance(command, ReleaseCaller) and call.offer is None:
            live.forget(call)
    wait_all(live)


def _adopt_offer(live: Live, call: Call, command: OfferCall) -> None:
    seat = live.seats.get(command.agent)
    if seat is None:
        return
    former = None if call.offer is None else live.state.offers.get(call.offer)
    if former is not None:
        live.let_go(former)
    _make_ready(live, seat)
    call.attempt = command.attempt
    again = live.turn.again
    tried = (*again[2].tried, again[2].device) if again and again[:2] == (call, seat) else ()
    live.open_offer(command.offer, call, seat, command.device, tried)


def _make_ready(live: Live, seat: Seat) -> None:
    agent = seat.agent
    if agent.offer is not None:
        offer = live.state.offers[agent.offer]
        other = live.state.calls.get(offer.call)
        live.close_offer(offer)
        if other is not None:
            live.wait(other)
    agent.state = AgentState.READY
    live.file(seat)
