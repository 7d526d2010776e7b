"""Places left behind: who hangs up while waiting and calls again soon goes on from where she was.

Kept by queue and number for as long as the queue says; also the place of somebody who was to be
called back is hers again when she calls first.
"""

from acd.deadlines import Due
from acd.live import Live
from acd.state import Call, LeftPlace, place_key
from calls.ids import CallId


def leave(live: Live, call: Call) -> None:
    """She has hung up while waiting."""
    keep_s = live.queues[call.queue].spec.keep_place_s
    if keep_s <= 0 or not call.telephone:
        return
    key, until = place_key(call.queue, call.telephone), live.state.now + keep_s
    live.state.left[key] = LeftPlace(
        until=until,
        began=call.began,
        number=call.number,
        priority=call.priority,
        at_head=call.at_head,
        told=call.told,
    )
    live.deadlines.add(until, Due.PLACE_KEPT, key)


def take_back(live: Live, call: Call) -> None:
    """A caller who begins to wait gets the place she left, if one is kept for her number."""
    if not call.telephone:
        return
    left = live.state.left.pop(place_key(call.queue, call.telephone), None)
    if left is not None and left.until > live.state.now:
        call.began, call.number = min(call.began, left.began), left.number
        call.priority = max(call.priority, left.priority)
        call.at_head, call.told = call.at_head or left.at_head, left.told
    promised = live.promises.get(place_key(call.queue, call.telephone))
    if promised is not None:
        _instead_of_calling_back(live, call, promised)


def _instead_of_calling_back(live: Live, call: Call, first: CallId) -> None:
    virtual = live.state.calls[first]
    call.began, call.number = min(call.began, virtual.began), virtual.number
    call.priority, call.told = max(call.priority, virtual.priority), virtual.told
    call.at_head = call.at_head or virtual.at_head
    live.take_back_promise(virtual)
