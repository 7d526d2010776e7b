"""A brain begins again beside 10,000 who wait: how long until somebody is offered?

From opening the journal to the command at the edge: replay, the edge's truth, the first agent free.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from acd.brain import SNAPSHOT_EVERY
from acd.engine import Engine
from acd.state import Offer
from bench import centre
from bench.figure import Effort, Figure
from bench.floor import wait_for
from bench.journaled import House, folder, sqlite_journal
from calls.commands import OfferCall
from calls.ids import CallId, QueueId
from calls.inputs import (
    CallerLeft,
    CallQueued,
    EdgeSynced,
    FloorConfigured,
    OfferAnswered,
    TalkEnded,
)
from calls.words import LeaveReason, Party

WAITING, AGENTS = 10_000, 1_000
WITHIN_S = 2.0


def measure(effort: Effort) -> Iterator[Figure]:
    waiting = effort.scaled(WAITING, WAITING // 20)
    with folder() as place:
        truth = _fill(place, waiting)
        runs = [_begin_again(place, truth) for _ in range(effort.runs)]
    yield Figure(
        name=f"restart with {waiting:,} waiting: journal opened to next offer",
        unit="s",
        ours=tuple(runs),
        target=f"under {WITHIN_S:g} s",
        met=max(runs) < WITHIN_S,
        note=f"{AGENTS:,} agents; as much to replay behind the last snapshot as there can be",
    )


def _fill(place: Path, waiting: int) -> EdgeSynced:
    """A journal with nearly as many entries behind its snapshot as there may be; what the edge will
    say is true."""
    floor = centre.plan(agents=AGENTS, queues=50, skills=20, wrap_up_s=0.0)
    house = House(centre.STARTS_AT)
    journal = sqlite_journal(house, place)
    brain = house.brain(journal)
    engine = brain.engine
    brain.tell(FloorConfigured(floor=floor))
    for told in centre.logins(floor):
        brain.tell(told.said)
    for n in range(waiting + 4 * AGENTS):
        brain.tell(_queued(n, floor.queues[n % len(floor.queues)].id))
        for offer in [one.id for one in _ringing(engine)]:
            brain.tell(OfferAnswered(offer=offer))
    for call in list(engine.live.state.calls)[waiting:]:
        brain.tell(CallerLeft(call=call, reason=LeaveReason.HUNG_UP))
    brain.take_snapshot()
    for n in range((SNAPSHOT_EVERY - 1) // 2):
        call = CallId(f"{centre.EDGE}-late{n}")
        brain.tell(CallQueued(call=call, edge=centre.EDGE, queue=floor.queues[n % 50].id))
        brain.tell(CallerLeft(call=call, reason=LeaveReason.HUNG_UP))
        house.turn()
    wait_for(lambda: not journal.waiting, 60, "the journal is not written")
    time.sleep(0.1)
    house.turn()
    journal.close()
    state = engine.live.state
    assert len(state.calls) == waiting
    return EdgeSynced(edge=centre.EDGE, calls=tuple(state.calls), offers=tuple(state.offers))


def _ringing(engine: Engine) -> Iterator[Offer]:
    return (offer for offer in engine.live.state.offers.values() if offer.answered_at is None)


def _queued(n: int, queue: QueueId) -> CallQueued:
    return CallQueued(call=CallId(f"{centre.EDGE}-{n}"), edge=centre.EDGE, queue=queue)


def _begin_again(place: Path, truth: EdgeSynced) -> float:
    house = House(centre.STARTS_AT + 60.0)
    began = time.monotonic()
    journal = sqlite_journal(house, place)
    brain = house.brain(journal)
    brain.tell(truth)
    talk = next(iter(truth.offers))
    brain.tell(TalkEnded(offer=talk, by=Party.CALLER))
    while not any(isinstance(one, OfferCall) for one in house.commands):
        house.turn()
        time.sleep(0.0005)
    spent = time.monotonic() - began
    journal.close()
    return spent
