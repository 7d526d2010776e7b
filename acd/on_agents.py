"""What people say about agents: log in and out, ready, not ready, wrap-up."""

from acd.agents import AgentEvent, refusal
from acd.live import Live
from acd.seat import Seat
from calls.ids import AgentId
from calls.inputs import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    WrapUpExtended,
    WrapUpFinished,
)

EXTENSION_MAX_S = 3_600.0
"""An hour at a time: more is not wrap-up, it is being not ready."""


def logged_in(live: Live, said: AgentLoggedIn) -> str | None:
    return _take(live, said.agent, AgentEvent.LOGGED_IN)


def logged_out(live: Live, said: AgentLoggedOut) -> str | None:
    return _take(live, said.agent, AgentEvent.LOGGED_OUT)


def ready(live: Live, said: AgentReady) -> str | None:
    return _take(live, said.agent, AgentEvent.WENT_READY)


def not_ready(live: Live, said: AgentNotReady) -> str | None:
    return _take(live, said.agent, AgentEvent.WENT_NOT_READY, said.reason)


def wrap_up_finished(live: Live, said: WrapUpFinished) -> str | None:
    return _take(live, said.agent, AgentEvent.WRAP_UP_OVER)


def wrap_up_extended(live: Live, said: WrapUpExtended) -> str | None:
    if not 0 < said.by_s <= EXTENSION_MAX_S:
        return f"wrap-up can be extended by up to {EXTENSION_MAX_S:.0f} s, not by {said.by_s}"
    refused = _take(live, said.agent, AgentEvent.WRAP_UP_EXTENDED)
    if refused is None:
        seat = live.seats[said.agent]
        live.set_until(seat, (seat.agent.until or live.state.now) + said.by_s)
    return refused


def _take(live: Live, agent: AgentId, event: AgentEvent, reason: str = "") -> str | None:
    seat: Seat | None = live.seats.get(agent)
    if seat is None or seat.gone:
        return f"unknown agent: {agent}"
    refused = refusal(seat.agent.state, event)
    if refused is not None:
        return f"agent {agent}: {refused}"
    live.change(seat, event, reason)
    return None
