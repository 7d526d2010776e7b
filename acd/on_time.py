"""What happens by itself: wrap-up ends, agents return, offers nobody reports on are taken back."""

from acd.agents import AgentEvent
from acd.deadlines import Due
from acd.live import Live
from acd.on_offers import unreported
from calls.ids import AgentId, CallId, OfferId
from calls.inputs import TimePassed
from calls.words import AgentState

AT_ONCE = 256
"""Deadlines handled by one input: a thousand callers told their place together must not hold up the
next answer. The rest stay due, and the next deadline is now."""


def passed(live: Live, said: TimePassed) -> str | None:
    for kind, of in live.deadlines.due(live.state.now, AT_ONCE):
        if kind is Due.AGENT_UNTIL:
            _until(live, AgentId(of))
        elif kind is Due.AGENT_REST:
            seat = live.seats[AgentId(of)]
            seat.agent.rest_until = None
            live.turn.agents[seat.agent.id] = seat
        elif kind is Due.OFFER_BACKSTOP:
            unreported(live, live.state.offers[OfferId(of)])
        else:
            _place_due(live, CallId(of))
    return None


def _until(live: Live, agent: AgentId) -> None:
    seat = live.seats[agent]
    if seat.agent.state is AgentState.WRAPPING_UP:
        live.change(seat, AgentEvent.WRAP_UP_OVER)
    else:
        live.change(seat, AgentEvent.RETURN_DUE)


def _place_due(live: Live, id: CallId) -> None:
    """Next time one period from now: after a gap nobody hears what was missed."""
    call = live.state.calls[id]
    every_s = live.queues[call.queue].spec.announce_every_s
    call.tell_at = live.state.now + every_s if every_s > 0 else None
    live.deadline_of_place(call)
    live.turn.tells.append(call)
