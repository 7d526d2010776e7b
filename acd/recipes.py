"""Rules for callers who wait: recipes of the queue, requirements of one caller that relax, the
queue's closing, the queue nobody is left in.

A caller is looked at when a step's wait is over, when an offer for her was in vain, when the queue
closes or loses its last agent, and again every few seconds while a step waits for more than time.
Nobody else is: the cost of an input does not grow with the number waiting.
"""

from functools import lru_cache

from acd.deadlines import Due
from acd.live import Live
from acd.live_queue import LiveQueue
from acd.state import Call
from calls.commands import Announce, ChangeCaller, OfferCallback
from calls.floor import Condition, RecipeStep, Relaxation, SkillNeed
from calls.words import Closing, Released

LOOK_AGAIN_S = 5.0
"""Places, counts and expected waits are looked at this often once a step's wait is over."""
CLOSING = "closing"
"""The step of a queue that closes and offers to call back."""
OWN = "*"
"""Begins the name of a step that is a caller's own, where others have the id of their queue."""
OWN_KEPT = 1_000
"""Trees name far fewer ways to relax."""
CLOSING_ANSWER_S = 90.0
"""Time to confirm a number; who has not wanted it by then leaves."""


def look(live: Live) -> None:
    """Look at everybody who is due, before anybody is offered to anybody."""
    for call in tuple(live.turn.looks.values()):
        if may_look(live, call):
            _look_at(live, call)


def may_look(live: Live, call: Call) -> bool:
    """She is still there, and nobody is being rung for her. Of who will be called back only what
    she needs is looked at: she hears nothing, and leaves no queue."""
    known = live.state.calls.get(call.id) is call
    return known and call.offer is None and (call.callback is None or bool(call.relax))


def look_later(live: Live, call: Call) -> None:
    """When she is to be looked at next; what may be done at once is due at once."""
    queue = live.queues[call.queue]
    at = _next_look(live, queue, call) if queue.watches(call) else None
    call.look_at = at
    if at is not None:
        live.deadlines.add(at, Due.LOOK, call.id)


def look_at_all(live: Live, queue: LiveQueue) -> None:
    """Something changed for everybody in this queue; they are looked at a few at a time."""
    now = live.state.now
    for id in queue.waiting.everybody():
        call = live.state.calls[id]
        if call.callback is None:
            call.look_at = now
            live.deadlines.add(now, Due.LOOK, id)


def look_at_emptied(live: Live) -> None:
    """Agents of these queues came or went: the last one may be among them."""
    for queue in live.turn.thinned.values():
        before, queue.empty = queue.empty, queue.staff.all_in(queue.spec.leave_empty)
        if queue.empty and not before:
            look_at_all(live, queue)


def adopt(live: Live, call: Call, command: ChangeCaller | Announce | OfferCallback) -> None:
    """Replay: this is what the step did."""
    if isinstance(command, ChangeCaller):
        change_caller(live, call, command)
    call.done[command.step] = live.state.now


def steps_for(queue: LiveQueue, call: Call) -> tuple[tuple[str, RecipeStep], ...]:
    """The steps of her queue's recipe, while she is on the line, then her own, each with its
    name."""
    of_queue = queue.recipe if call.callback is None else ()
    return (*of_queue, *_own_steps(call.relax)) if call.relax else of_queue


@lru_cache(maxsize=OWN_KEPT)
def _own_steps(relax: tuple[Relaxation, ...]) -> tuple[tuple[str, RecipeStep], ...]:
    return tuple(
        (own_step(one), RecipeStep(when=Condition(waited_s=one.after_s), needs=one.needs))
        for one in relax
    )


def own_step(relaxation: Relaxation) -> str:
    """Names a step of a caller's own: ``*:20:english=1``."""
    levels = ",".join(f"{need.skill}={need.level}" for need in relaxation.needs)
    return f"{OWN}:{relaxation.after_s:g}:{levels}"


def turned_away(live: Live, queue: LiveQueue) -> Released | None:
    """Why nobody new may wait there now."""
    if queue.gone:
        return Released.FAILED
    if not queue.open:
        return Released.CLOSED
    if queue.full():
        return Released.FULL
    empty = queue.spec.join_empty
    return Released.NOBODY if empty and queue.staff.all_in(empty) else None


# --- one caller ---------------------------------------------------------------------------


def _look_at(live: Live, call: Call) -> None:
    queue = live.queues[call.queue]
    reason = _must_leave(live, queue, call)
    if reason is not None:
        live.release(call, reason)
        return
    for key, step in steps_for(queue, call):
        if live.state.now >= _earliest(call, key, step) and holds(live, queue, call, step.when):
            _do(live, call, key, step)
            if live.state.calls.get(call.id) is not call or call.queue != queue.spec.id:
                break
    if live.state.calls.get(call.id) is call:
        look_later(live, call)


def _must_leave(live: Live, queue: LiveQueue, call: Call) -> Released | None:
    if call.callback is not None:
        return None
    if queue.empty:
        return Released.NOBODY
    closing = queue.spec.closing
    if queue.open or closing is Closing.SERVE:
        return None
    if closing is not Closing.CALLBACK:
        return Released.VOICEMAIL if closing is Closing.VOICEMAIL else Released.CLOSED
    asked_at = call.done.get(CLOSING)
    if asked_at is None:
        call.done[CLOSING] = live.state.now
        _offer_callback(live, call, CLOSING)
        return None
    return Released.CLOSED if live.state.now >= asked_at + CLOSING_ANSWER_S else None


def _earliest(call: Call, key: str, step: RecipeStep) -> float:
    """When the step may act, its other conditions aside; never, once it has and is for once."""
    at = call.began + step.when.waited_s
    last = call.done.get(key)
    if last is None:
        return at
    return max(at, last + step.again_every_s) if step.again_every_s > 0 else float("inf")


def _next_look(live: Live, queue: LiveQueue, call: Call) -> float | None:
    now, here = live.state.now, call.callback is None
    if here and queue.empty:
        return now
    looks = [_earliest(call, key, step) for key, step in steps_for(queue, call)]
    if here and not queue.open and queue.spec.closing is not Closing.SERVE:
        asked_at = call.done.get(CLOSING)
        looks.append(now if asked_at is None else asked_at + CLOSING_ANSWER_S)
    at = min(looks, default=float("inf"))
    if at == float("inf"):
        return None
    looked = call.look_at is not None and call.look_at <= now
    return max(at, now + LOOK_AGAIN_S) if at <= now and looked else max(at, now)


# --- conditions ---------------------------------------------------------------------------


def holds(live: Live, queue: LiveQueue, call: Call, when: Condition) -> bool:
    """Whether all that is named is so; the wait is looked at by whoever asks."""
    if when.closed is not None and when.closed is queue.open:
        return False
    if when.missed_over is not None and not call.missed > when.missed_over:
        return False
    queued = queue.queued_with(call.id)
    return (
        _between(queued, when.queued_over, when.queued_under)
        and _crowded(queue, queued, when)
        and _placed(live, queue, call, when)
        and _staffed(live, queue, call, when)
    )


def _between(value: float, over: float | None, under: float | None) -> bool:
    return (over is None or value > over) and (under is None or value < under)


def _crowded(queue: LiveQueue, queued: int, when: Condition) -> bool:
    if when.ratio_over is None:
        return True
    return queued > when.ratio_over * len(queue.staff.staying)


def _placed(live: Live, queue: LiveQueue, call: Call, when: Condition) -> bool:
    if when.place_over is None and when.place_under is None and when.expected_over_s is None:
        return True
    place = queue.waiting.place_of(call.order)
    if not _between(place, when.place_over, when.place_under):
        return False
    if when.expected_over_s is None:
        return True
    expected = queue.pace.expect(place, live.state.now)
    return expected is not None and expected[1] > when.expected_over_s


def _staffed(live: Live, queue: LiveQueue, call: Call, when: Condition) -> bool:
    ask = live.ask_of(call)
    bench = queue.staff.bench(ask.needs, ask.reach)
    return _between(len(bench.staying), when.eligible_over, when.eligible_under) and _between(
        len(bench.free), when.available_over, when.available_under
    )


# --- what a step does ---------------------------------------------------------------------


def _do(live: Live, call: Call, key: str, step: RecipeStep) -> None:
    goes_to = step.queue
    if goes_to is not None:
        there = live.queues.get(goes_to)
        if goes_to == call.queue or there is None or turned_away(live, there) is not None:
            return  # she stays, and is looked at again: there may be room later
    call.done[key] = live.state.now
    if step.announce:
        command = Announce(
            edge=call.edge,
            call=call.id,
            token=live.state.token,
            step=key,
            prompt=step.announce,
        )
        live.turn.commands.append(command)
    if step.offer_callback:
        _offer_callback(live, call, key)
    if step.leave is not None:
        live.release(call, step.leave, key)
        return
    if step.priority or step.needs or goes_to is not None:
        change = ChangeCaller(
            edge=call.edge,
            call=call.id,
            token=live.state.token,
            step=key,
            queue=goes_to,
            priority=call.priority + step.priority if step.priority else None,
            needs=_with(call, step) if step.needs else None,
        )
        live.turn.commands.append(change)
        change_caller(live, call, change)


def _offer_callback(live: Live, call: Call, key: str) -> None:
    live.turn.commands.append(
        OfferCallback(edge=call.edge, call=call.id, token=live.state.token, step=key)
    )


def _with(call: Call, step: RecipeStep) -> tuple[SkillNeed, ...]:
    """Her replaced levels, those of the step in place of earlier ones."""
    levels = {need.skill: need.level for need in (*call.instead, *step.needs)}
    return tuple(SkillNeed(skill=skill, level=level) for skill, level in sorted(levels.items()))


def change_caller(live: Live, call: Call, change: ChangeCaller) -> None:
    """Out of her line and into another, her waited time with her."""
    if call.callback is not None:
        call.instead = change.needs or call.instead
        live.move(call)
        return
    live.forget(call)
    if change.priority is not None:
        call.priority = change.priority
    if change.needs is not None:
        call.instead = change.needs
    if change.queue is not None and change.queue in live.queues:
        call.came_to, call.queue = call.came_to or call.queue, change.queue
        call.moved, call.look_at = call.told is not None, None
        live.tell_place_later(call)
    live.wait(call, looked=True)
