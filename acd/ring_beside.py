"""Rings several phones for one caller: all who may take her, or one more each so many seconds.

The first phone is found as for everybody (acd.match), after those who have none; what is left of
the free agents is rung beside it. The first to answer has her, the others are let go (acd.live).
"""

from acd.live import Live
from acd.match import offer
from acd.pick import pick
from acd.state import Call


def ring_beside(live: Live) -> None:
    """Leaves no free agent beside a ringing caller for whom another phone may ring now."""
    calls = live.together.values()
    for call in sorted(calls, key=lambda call: (-live.queues[call.queue].spec.weight, call.order)):
        queue = live.queues[call.queue]
        while queue.staff.free and may_have_more(live, call):
            # Who missed her is rung once more only when everybody has: those who ring are left.
            ask = live.ask_of(call)
            picked = pick(live, queue, ask, call.prefer)
            if picked is None:
                break
            offer(live, queue, call, ask, picked)


def may_have_more(live: Live, call: Call) -> bool:
    """Another phone may ring for her at this moment."""
    return call.more_at is None and len(call.offers) < call.room and live.in_step(call.edge)
