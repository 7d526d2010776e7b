"""Calling back (排队回拨): she hangs up, a virtual caller keeps her place, and when it is her turn
and an agent is free for her, that agent is kept while the edge dials her.

A dial is an offer whose telephone is the caller's: so there are never more of them than agents
free for them, and whatever takes an offer back takes a dial back.
"""

from acd.agents import AgentEvent
from acd.deadlines import Due
from acd.live import Live
from acd.recipes import look_at_all, look_later
from acd.rings import BACKSTOP_SLACK_S
from acd.seat import Seat
from acd.state import Call, Callback, Hours, Offer, place_key
from calls.floor import CallbackRule
from calls.ids import DeviceId, OfferId
from calls.inputs import CallbackCancelled, CallbackWanted, CallQueued, QueueHours
from calls.words import CallbackEnd, Closing, Language, NoAnswer, Released

CONFIRM_S = 20.0
"""From her answer to the key she confirms by."""
AGAIN_SOON_S = 5.0
"""After a try that ended with its controller: it was no fault of hers and counts for none."""
NO_TRIES = frozenset({NoAnswer.FAILED, NoAnswer.WITHDRAWN})
"""Endings of a dial that are not hers: no way out, a fault, taken back."""


def wanted(live: Live, said: CallbackWanted) -> str | None:
    call = live.state.calls.get(said.call)
    if call is None:
        return f"call {said.call} is not waiting"
    if call.callback is not None:
        return f"call {said.call} will be called back already"
    if call.offer is not None:
        return f"call {said.call} is being offered"
    rule = live.queues[call.queue].spec.callback
    if rule is None:
        return f"queue {call.queue} calls nobody back"
    if not said.number:
        return f"call {said.call} named no number"
    live.release(call, Released.CALLBACK)
    promise(live, call, rule, said.number, said.language, said.context)
    return None


def promise(
    live: Live, call: Call, rule: CallbackRule, number: str, language: Language, context: str
) -> None:
    """She is on no line any more; her place is kept by a virtual caller under the same id."""
    now = live.state.now
    call.callback = Callback(
        number=number,
        asked_at=now,
        expires_at=now + rule.expires_s,
        language=language,
        context=context,
    )
    call.offer, call.attempt, call.missed = None, 0, 0
    call.tell_at = call.look_at = call.promised = None
    live.keep_promise(call)
    _line_up(live, call)


def call_back_abandoned(live: Live, call: Call) -> None:
    """She gave up waiting: where the queue says so she is called back without having asked."""
    rule = live.queues[call.queue].spec.callback
    if rule is None or rule.abandoned_after_s is None or not call.telephone:
        return
    waited_s = live.state.now - call.began
    if waited_s < rule.abandoned_after_s or place_key(call.queue, call.telephone) in live.promises:
        return
    promise(live, call, rule, call.telephone, call.language, call.context)


def open_dial(live: Live, id: OfferId, call: Call, seat: Seat) -> None:
    """She is dialled from now on, and this agent kept for her."""
    rule = live.queues[call.queue].spec.callback or CallbackRule()
    offer = live.open_offer(id, call, seat, DeviceId(""), ())
    offer.dials = True
    live.postpone_backstop(offer, rule.ring_s + CONFIRM_S + BACKSTOP_SLACK_S)


def dialled_in_vain(live: Live, offer: Offer, why: NoAnswer, again_s: float | None = None) -> None:
    """This try is over. ``again_s``: the next one so soon; None: as the queue's rule says."""
    call = live.state.calls[offer.call]
    live.let_go(offer)
    rule = live.queues[call.queue].spec.callback
    if why in NO_TRIES:
        call.attempt -= 1
    if rule is None or call.callback is None or call.attempt >= rule.tries:
        live.break_promise(call, CallbackEnd.FAILED)
    elif live.state.now >= call.callback.expires_at:
        live.break_promise(call, CallbackEnd.EXPIRED)
    else:
        call.callback.due_at = live.state.now + (rule.retry_s if again_s is None else again_s)
        _line_up(live, call)


def returned(live: Live, said: CallQueued, call: Call) -> None:
    """She was called, has confirmed and waits on the line: the place is hers again, and the agent
    kept for her is offered her before anybody else is."""
    virtual = live.state.calls.get(said.returns) if said.returns is not None else None
    if virtual is None or virtual.callback is None:
        return
    offer = None if virtual.offer is None else live.state.offers.get(virtual.offer)
    call.queue, call.began, call.number = virtual.queue, virtual.began, virtual.number
    call.priority, call.needs, call.instead = virtual.priority, virtual.needs, virtual.instead
    call.relax = virtual.relax
    call.told, call.not_to, call.at_head = virtual.told, virtual.not_to, True
    live.forget(virtual)
    if offer is not None:
        seat = live.close_offer(offer)
        live.change(seat, AgentEvent.RELEASED)
        if not live.grant_wish(seat):
            live.turn.kept = (call, seat)


def cancelled(live: Live, said: CallbackCancelled) -> str | None:
    call = live.state.calls.get(said.call)
    if call is None or call.callback is None:
        return f"nobody is to be called back for call {said.call}"
    live.take_back_promise(call)
    return None


def due(live: Live, call: Call) -> None:
    """The time between two tries is over."""
    if call.callback is not None:
        call.callback.due_at = None
        _line_up(live, call)


def expired(live: Live, call: Call) -> None:
    live.break_promise(call, CallbackEnd.EXPIRED)


def hours(live: Live, said: QueueHours) -> str | None:
    """Closed: nobody new; those waiting as the queue says. Out of the hours of calling back the
    virtual callers stand aside, their places kept."""
    queue = live.queues.get(said.queue)
    if queue is None or queue.gone:
        return f"unknown queue: {said.queue}"
    before = live.state.hours.get(said.queue, Hours())
    live.state.hours[said.queue] = Hours(open=said.open, callbacks=said.callbacks)
    queue.open = said.open
    live.turn.queues[said.queue] = queue
    if before.open and not said.open and queue.spec.closing is not Closing.SERVE:
        look_at_all(live, queue)
    if before.callbacks != said.callbacks:
        for call in list(live.state.calls.values()):
            if call.queue == said.queue and call.callback is not None and call.offer is None:
                _line_up(live, call)
    return None


def _line_up(live: Live, call: Call) -> None:
    """Into the line if she may be called now, else aside until she may."""
    state, callback = live.state, call.callback
    assert callback is not None
    may_now = state.hours.get(call.queue, Hours()).callbacks and callback.due_at is None
    live.forget_place(call)
    state.calls[call.id] = call
    live.deadlines.add(callback.expires_at, Due.CALLBACK_EXPIRES, call.id)
    if callback.due_at is not None:
        live.deadlines.add(callback.due_at, Due.CALLBACK_DUE, call.id)
    live.queues[call.queue].aside += (not may_now) - callback.parked
    callback.parked = not may_now
    if may_now:
        live.wait(call, looked=True)
    look_later(live, call)
