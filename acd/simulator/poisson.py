"""A day nobody lived through: callers at random, talk, wrap-up and patience around a mean.

For a centre without a history, and for holding the engine against the formulas (acd.erlang).
"""

from collections.abc import Iterator
from math import inf

import msgspec

from acd.simulator.chance import chance, exponential
from acd.simulator.model import Caller
from calls.floor import SkillNeed, Value
from calls.ids import CallId, EdgeId, QueueId
from calls.inputs import CallQueued

EDGE = EdgeId("simulated")


class Stream(Value, frozen=True):
    """Callers of one queue: Poisson arrivals, exponential times."""

    queue: QueueId
    calls_an_hour: float
    talk_s: float
    patience_s: float | None = None
    """Mean; None: nobody gives up."""
    wrap_up_s: float | None = None
    """Mean; None: the queue's limit."""
    needs: tuple[SkillNeed, ...] = ()


def callers(stream: Stream, starts_at: float, ends_at: float, seed: int) -> Iterator[Caller]:
    """In order of time; the same seed gives the same callers."""
    at, number = starts_at, 0
    gap_s, patience_s, wrap_up_s = (
        3600.0 / stream.calls_an_hour,
        stream.patience_s,
        stream.wrap_up_s,
    )
    said = CallQueued(call=CallId(""), edge=EDGE, queue=stream.queue, needs=stream.needs)
    while True:
        at += exponential(gap_s, chance(seed, number, 1))
        if at >= ends_at:
            return
        yield Caller(
            at,
            msgspec.structs.replace(said, call=CallId(f"{stream.queue}-{number}")),
            exponential(stream.talk_s, chance(seed, number, 2)),
            inf if patience_s is None else exponential(patience_s, chance(seed, number, 3)),
            None if wrap_up_s is None else exponential(wrap_up_s, chance(seed, number, 4)),
        )
        number += 1
