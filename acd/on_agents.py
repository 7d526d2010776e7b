"""What people say about agents: log in and out, ready, not ready and why, wrap-up, their queues."""

from collections.abc import Collection

from acd.agents import AgentEvent, refusal
from acd.live import Live
from acd.on_offers import taken_back
from acd.seat import Seat
from acd.state import Pause
from calls.commands import NoteDisposition
from calls.ids import AgentId
from calls.inputs import (
    AgentFreed,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentPaused,
    AgentReady,
    AgentServes,
    AgentSkilled,
    AgentUnpaused,
    CallDisposed,
    WrapUpExtended,
    WrapUpFinished,
)
from calls.words import AgentState

OWED = "what came of the call has not been said"
CAUSE_MAX = 80
CAUSES_MAX = 20
"""More at a time is somebody's loop."""
EXTENSION_MAX_S = 3_600.0
"""An hour at a time: more is not wrap-up, it is being not ready."""


def logged_in(live: Live, said: AgentLoggedIn) -> str | None:
    return _take(live, said.agent, AgentEvent.LOGGED_IN)


def logged_out(live: Live, said: AgentLoggedOut) -> str | None:
    return _take(live, said.agent, AgentEvent.LOGGED_OUT)


def ready(live: Live, said: AgentReady) -> str | None:
    """A person's own word ends every cause, too: whoever set one may set it again."""
    refused = _take(live, said.agent, AgentEvent.WENT_READY)
    if refused is None:
        live.seats[said.agent].agent.pauses = {}
    return refused


def not_ready(live: Live, said: AgentNotReady) -> str | None:
    return _take(live, said.agent, AgentEvent.WENT_NOT_READY, said.reason)


def paused(live: Live, said: AgentPaused) -> str | None:
    seat = _seat(live, said.agent)
    if seat is None:
        return f"unknown agent: {said.agent}"
    agent = seat.agent
    if agent.state is AgentState.LOGGED_OUT:
        return f"agent {said.agent}: not possible while {agent.state}: paused"
    if not said.cause or len(said.cause) > CAUSE_MAX:
        return f"a cause is 1 to {CAUSE_MAX} characters, not {len(said.cause)}"
    if said.until is not None and not said.until > live.state.now:
        return f"cause {said.cause} would have ended already"
    if said.cause not in agent.pauses and len(agent.pauses) >= CAUSES_MAX:
        return f"agent {said.agent} has {CAUSES_MAX} causes already"
    agent.pauses = {**agent.pauses, said.cause: Pause(reason=said.reason, until=said.until)}
    live.deadline_of_pause(agent)
    live.turn.agents[agent.id] = seat
    return None


def unpaused(live: Live, said: AgentUnpaused) -> str | None:
    seat = _seat(live, said.agent)
    if seat is None:
        return f"unknown agent: {said.agent}"
    if said.cause not in seat.agent.pauses:
        return f"agent {said.agent} has no such cause: {said.cause}"
    _end_pauses(live, seat, (said.cause,))
    return None


def pauses_ended(live: Live, id: AgentId) -> None:
    """The time of one cause or more has come."""
    seat = live.seats[id]
    over = [
        cause
        for cause, pause in seat.agent.pauses.items()
        if pause.until is not None and pause.until <= live.state.now
    ]
    _end_pauses(live, seat, over)


def _end_pauses(live: Live, seat: Seat, over: Collection[str]) -> None:
    """The engine sees to what the agent is after it (acd.live.heed_pauses)."""
    agent = seat.agent
    agent.pauses = {cause: pause for cause, pause in agent.pauses.items() if cause not in over}
    live.deadline_of_pause(agent)
    live.turn.agents[agent.id] = seat


def serves(live: Live, said: AgentServes) -> str | None:
    seat = _seat(live, said.agent)
    if seat is None:
        return f"unknown agent: {said.agent}"
    own = [member.queue for member in seat.spec.queues]
    strange = next((queue for queue in said.queues if queue not in own), None)
    if strange is not None:
        return f"agent {said.agent} is not in queue {strange} on the plan"
    live.serve(seat, tuple(queue for queue in own if queue not in said.queues))
    return None


def skilled(live: Live, said: AgentSkilled) -> str | None:
    seat = _seat(live, said.agent)
    if seat is None:
        return f"unknown agent: {said.agent}"
    wrong = next((one for one in (said.skills or {}).items() if not 1 <= one[1] <= 10), None)
    if wrong is not None:
        return f"skill {wrong[0]} has level {wrong[1]}; a level is 1 to 10"
    live.skill(seat, said.skills)
    return None


def freed(live: Live, said: AgentFreed) -> str | None:
    seat = _seat(live, said.agent)
    if seat is None:
        return f"unknown agent: {said.agent}"
    offer = None if seat.agent.offer is None else live.state.offers[seat.agent.offer]
    if offer is None:
        return f"agent {said.agent} has neither an offer nor a talk"
    if offer.answered_at is not None:
        live.end_talk(offer)
    else:
        taken_back(live, offer)
    return None


def wrap_up_finished(live: Live, said: WrapUpFinished) -> str | None:
    refused = _take(live, said.agent, AgentEvent.WRAP_UP_OVER)
    if refused is None:
        live.grant_wish(live.seats[said.agent])
    return refused


def disposed(live: Live, said: CallDisposed) -> str | None:
    seat = _seat(live, said.agent)
    if seat is None:
        return f"unknown agent: {said.agent}"
    last = seat.agent.last
    if last is None:
        return f"agent {said.agent} has had no talk"
    queue = live.queues.get(last.queue)
    if queue is None or not queue.spec.may_end_as(said.code):
        return f"queue {last.queue} has no disposition {said.code}"
    last.disposition = said.code
    live.turn.agents[said.agent] = seat
    live.turn.commands.append(
        NoteDisposition(
            edge=last.edge,
            call=last.call,
            token=live.state.token,
            offer=last.offer,
            agent=said.agent,
            code=said.code,
        )
    )
    return None


def wrap_up_extended(live: Live, said: WrapUpExtended) -> str | None:
    if not 0 < said.by_s <= EXTENSION_MAX_S:
        return f"wrap-up can be extended by up to {EXTENSION_MAX_S:.0f} s, not by {said.by_s}"
    refused = _take(live, said.agent, AgentEvent.WRAP_UP_EXTENDED)
    if refused is None:
        seat = live.seats[said.agent]
        live.set_until(seat, (seat.agent.until or live.state.now) + said.by_s)
    return refused


def _seat(live: Live, agent: AgentId) -> Seat | None:
    """None for who is not on the plan."""
    seat = live.seats.get(agent)
    return None if seat is None or seat.gone else seat


def _take(live: Live, agent: AgentId, event: AgentEvent, reason: str = "") -> str | None:
    seat = _seat(live, agent)
    if seat is None:
        return f"unknown agent: {agent}"
    refused = refusal(seat.agent.state, event)
    if refused is not None:
        return f"agent {agent}: {refused}"
    ends = seat.agent.state is AgentState.WRAPPING_UP and event is not AgentEvent.WRAP_UP_EXTENDED
    if ends and live.owes_disposition(seat):
        return f"agent {agent}: {OWED}"
    live.change(seat, event, reason)
    if ends and event is not AgentEvent.WRAP_UP_OVER:
        # Her last word counts, whatever she wished for during the talk.
        seat.agent.wish, seat.agent.wish_reason = None, ""
    return None
