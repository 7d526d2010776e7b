"""What happens by itself: wrap-up ends, agents return, offers nobody reports on are taken back."""

from acd.agents import AgentEvent
from acd.callbacks import due, expired
from acd.deadlines import Due
from acd.live import OWED_S, Live
from acd.on_agents import pauses_ended
from acd.on_offers import unreported
from acd.state import Call
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
        elif kind is Due.AGENT_PAUSE:
            pauses_ended(live, AgentId(of))
        elif kind is Due.RING_MORE:
            live.state.calls[CallId(of)].more_at = None
            live.turn.more = True
        elif kind is Due.OFFER_BACKSTOP:
            unreported(live, live.state.offers[OfferId(of)])
        elif kind is Due.TELL_PLACE:
            _place_due(live, CallId(of))
        elif kind is Due.LOOK:
            live.turn.looks[CallId(of)] = live.state.calls[CallId(of)]
        elif kind is Due.PREFERENCE:
            _preference_over(live, live.state.calls[CallId(of)])
        elif kind is Due.CALLBACK_DUE:
            due(live, live.state.calls[CallId(of)])
        elif kind is Due.CALLBACK_EXPIRES:
            expired(live, live.state.calls[CallId(of)])
        else:
            del live.state.left[of]
    return None


def _preference_over(live: Live, call: Call) -> None:
    """She has waited long enough for one agent: whoever may take her is welcome now."""
    call.kept_until, call.given_by = None, ""
    live.move(call)


def _until(live: Live, agent: AgentId) -> None:
    seat = live.seats[agent]
    if live.owes_disposition(seat):
        live.set_until(seat, live.state.now + OWED_S)
    elif seat.agent.state is AgentState.WRAPPING_UP:
        live.end_wrap_up(seat)
    else:
        live.change(seat, AgentEvent.RETURN_DUE)


def _place_due(live: Live, id: CallId) -> None:
    """Next time one period from now: after a gap nobody hears what was missed."""
    call = live.state.calls[id]
    live.tell_place_later(call)
    live.turn.tells.append(call)
