"""History overrules: on replay the commands an input gave are done again as they were given.

Code that chooses otherwise today must not move yesterday's callers; where today's table would not
allow what happened, the record is brought to where it did.
"""

from acd import recipes
from acd.callbacks import open_dial
from acd.live import Live
from acd.match import tell, wait_all
from acd.seat import Seat
from acd.state import Call
from calls.commands import (
    Announce,
    ChangeCaller,
    Command,
    DialCallback,
    EndCallback,
    OfferCall,
    OfferCallback,
    ReleaseCaller,
    TellPlace,
)
from calls.words import AgentState


def adopt(live: Live, commands: tuple[Command, ...]) -> None:
    looked = [call for call in live.turn.looks.values() if recipes.may_look(live, call)]
    for command in commands:
        call = live.state.calls.get(command.call)
        if call is None:
            continue
        if isinstance(command, OfferCall | DialCallback):
            _adopt_offer(live, call, command)
        elif isinstance(command, TellPlace):
            tell(call, command, live.state.now)
        elif isinstance(command, ReleaseCaller) and call.offer is None and call.callback is None:
            live.forget(call)
        elif isinstance(command, ChangeCaller | Announce | OfferCallback) and command.step:
            recipes.adopt(live, call, command)
        elif isinstance(command, EndCallback) and call.callback is not None:
            live.forget(call)
    wait_all(live)
    for call in looked:
        if live.state.calls.get(call.id) is call:
            recipes.look_later(live, call)


def _adopt_offer(live: Live, call: Call, command: OfferCall | DialCallback) -> None:
    seat = live.seats.get(command.agent)
    if seat is None:
        return
    former = None if call.offer is None else live.state.offers.get(call.offer)
    together = command.together if isinstance(command, OfferCall) else 0
    if former is not None and not together:
        live.let_go(former)
        live.file(live.seats[former.agent])
    _make_ready(live, seat)
    call.attempt = command.attempt
    again = live.turn.again
    tried = (*again[2].tried, again[2].device) if again and again[:2] == (call, seat) else ()
    if isinstance(command, DialCallback):
        open_dial(live, command.offer, call, seat)
    else:
        live.open_offer(command.offer, call, seat, command.device, tried, together)


def _make_ready(live: Live, seat: Seat) -> None:
    agent = seat.agent
    if agent.offer is not None:
        offer = live.state.offers[agent.offer]
        other = live.state.calls.get(offer.call)
        live.close_offer(offer)
        if other is not None:
            live.go_on(other)
    if agent.state is AgentState.LOGGED_OUT:
        live.shift.change(agent, begins=True)
    agent.state = AgentState.READY
    live.file(seat)
