"""What an edge says about callers: one begins to wait, comes back, or leaves."""

from msgspec.structs import replace

from acd.callbacks import call_back_abandoned, returned
from acd.live import PREFERRED_MAX, Live
from acd.places import leave, take_back
from acd.recipes import look_later, turned_away
from acd.state import Call
from calls.commands import ReleaseCaller
from calls.ids import CallId
from calls.inputs import CallerLeft, CallQueued
from calls.words import LeaveReason, Released

GAVE_UP = (LeaveReason.HUNG_UP, LeaveReason.LOST)
WAITED_MAX_S = 86_400.0
"""A day: more waited time than this is a mistake, and would never be overtaken."""


def queued(live: Live, said: CallQueued) -> str | None:
    """A caller begins to wait. One already known is a re-attachment: what the engine held about
    her is over, her place and waited time are hers."""
    former = _reattached(live, said)
    if former is not None and said.queue == former.came_to and not live.queues[former.queue].gone:
        # Her session knows the queue of its tree, and not that a recipe has moved her since.
        said = replace(said, queue=former.queue)
    moved = former is None or former.queue != said.queue
    if moved:
        reason = _turned_away(live, said)
        if reason is not None:
            live.turn.commands.append(
                ReleaseCaller(edge=said.edge, call=said.call, token=live.state.token, reason=reason)
            )
            return None
    _begin(live, said, former)
    return None


def left(live: Live, said: CallerLeft) -> str | None:
    call = live.state.calls.get(said.call)
    if call is None:
        if said.call in live.talks:
            return f"call {said.call} is talking: the end of the talk ends it"
        return f"unknown call: {said.call}"
    if call.callback is not None:
        return f"call {said.call} will be called back"
    drop(live, call, gave_up=said.reason in GAVE_UP)
    return None


def drop(live: Live, call: Call, *, gave_up: bool = True) -> None:
    """The caller is gone; whoever was being rung for her is free at once, without a strike."""
    live.forget(call)
    live.take_back_offers(call)
    if gave_up:
        abandoned(live, call)


def abandoned(live: Live, call: Call) -> None:
    """She hung up while waiting: her queue may keep her place, or call her back."""
    leave(live, call)
    call_back_abandoned(live, call)


def _reattached(live: Live, said: CallQueued) -> Call | None:
    """End what was going on with this call; its former record, if it was waiting or offered."""
    talk = live.talks.get(said.call)
    if talk is not None:
        live.end_talk(live.state.offers[talk])
    call = live.state.calls.get(said.call)
    if call is not None:
        live.forget(call)
        if call.offer is not None:
            # Perhaps still on its way to the edge: then it must not ring beside the next one.
            live.take_back_offers(call)
            call.at_head = True
    return call


def _turned_away(live: Live, said: CallQueued) -> str | None:
    """Why she may not wait there; a replay takes what happened."""
    recalled = live.turn.recalled
    queue = live.queues.get(said.queue)
    if queue is None or queue.gone:
        return Released.FAILED
    if recalled is not None:
        return _released_in(recalled, said.call)
    return None if said.returns in live.state.calls else turned_away(live, queue)


def _released_in(commands: tuple[object, ...], call: CallId) -> str | None:
    for command in commands:
        if isinstance(command, ReleaseCaller) and command.call == call:
            return command.reason
    return None


def _begin(live: Live, said: CallQueued, former: Call | None) -> None:
    state = live.state
    state.calls_seen += 1
    call = Call(
        id=said.call,
        edge=said.edge,
        queue=said.queue,
        number=state.calls_seen,
        began=state.now - min(max(0.0, said.waited_s), WAITED_MAX_S),
        priority=said.priority,
        at_head=said.at_head,
        needs=said.needs,
        relax=said.relax,
        not_to=tuple(sorted(set(said.not_to))),
        told=said.told,
        moved=said.told is not None,
        telephone=said.number,
        language=said.language,
        context=said.context,
        attempt=said.attempts,
        stay=said.stay,
        level=said.level,
    )
    if former is not None:
        call.began = min(call.began, former.began)
        call.not_to = tuple(sorted({*call.not_to, *former.not_to}))
        call.attempt = max(call.attempt, former.attempt)
        if former.queue == call.queue:
            call.number, call.told, call.moved = former.number, former.told, former.moved
            call.priority, call.came_to = former.priority, former.came_to
            call.at_head = call.at_head or former.at_head
            call.priority = former.priority
        call.instead, call.done, call.missed = former.instead, former.done, former.missed
        _still_prefers(call, said, former)
    elif said.returns is not None:
        returned(live, said, call)
    else:
        take_back(live, call)
        live.prefer(call, said.prefer)
    live.tell_place_later(call)
    live.wait(call, looked=True)
    look_later(live, call)


def _still_prefers(call: Call, said: CallQueued, former: Call) -> None:
    """Whom she prefers, and how long she waits for them, began when she did."""
    call.prefer = former.prefer or said.prefer[:PREFERRED_MAX]
    if former.queue == call.queue:
        call.kept_until, call.given_by = former.kept_until, former.given_by
