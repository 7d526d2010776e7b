"""What an edge says about callers: one begins to wait, comes back, or leaves."""

from acd.live import Live
from acd.state import Call
from calls.commands import ReleaseCaller
from calls.ids import CallId
from calls.inputs import CallerLeft, CallQueued

WAITED_MAX_S = 86_400.0
"""A day: more waited time than this is a mistake, and would never be overtaken."""


def queued(live: Live, said: CallQueued) -> str | None:
    """A caller begins to wait. One already known is a re-attachment: what the engine held about
    her is over, her place and waited time are hers."""
    former = _reattached(live, said)
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
    drop(live, call)
    return None


def drop(live: Live, call: Call) -> None:
    """The caller is gone; whoever was being rung for her is free at once, without a strike."""
    offer = live.state.offers.get(call.offer) if call.offer is not None else None
    live.forget(call)
    if offer is not None:
        live.withdraw(offer)
        live.let_go(offer)


def _reattached(live: Live, said: CallQueued) -> Call | None:
    """End what was going on with this call; its former record, if it was waiting or offered."""
    talk = live.talks.get(said.call)
    if talk is not None:
        live.end_talk(live.state.offers[talk])
    call = live.state.calls.get(said.call)
    if call is not None:
        offer = live.state.offers.get(call.offer) if call.offer is not None else None
        live.forget(call)
        if offer is not None:
            # Perhaps still on its way to the edge: then it must not ring beside the next one.
            live.withdraw(offer)
            live.let_go(offer)
            call.at_head = True
    return call


def _turned_away(live: Live, said: CallQueued) -> str | None:
    """Why she may not wait there; a replay takes what happened."""
    recalled = live.turn.recalled
    queue = live.queues.get(said.queue)
    if queue is None or queue.gone:
        return "unknown queue"
    if recalled is not None:
        return _released_in(recalled, said.call)
    return "queue full" if queue.full() else None


def _released_in(commands: tuple[object, ...], call: CallId) -> str | None:
    for command in commands:
        if isinstance(command, ReleaseCaller) and command.call == call:
            return command.reason
    return None


def _begin(live: Live, said: CallQueued, former: Call | None) -> None:
    state = live.state
    state.calls_seen += 1
    every_s = live.queues[said.queue].spec.announce_every_s
    call = Call(
        id=said.call,
        edge=said.edge,
        queue=said.queue,
        number=state.calls_seen,
        began=state.now - min(max(0.0, said.waited_s), WAITED_MAX_S),
        priority=said.priority,
        at_head=said.at_head,
        needs=said.needs,
        not_to=tuple(sorted(set(said.not_to))),
        tell_at=state.now + every_s if every_s > 0 else None,
    )
    if former is not None:
        call.began = min(call.began, former.began)
        call.not_to = tuple(sorted({*call.not_to, *former.not_to}))
        call.attempt = former.attempt
        if former.queue == call.queue:
            call.number, call.told = former.number, former.told
            call.at_head = call.at_head or former.at_head
    live.wait(call)
    if call.tell_at is not None:
        live.deadline_of_place(call)
