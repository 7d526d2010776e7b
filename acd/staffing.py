"""How many agents each quarter of an hour needs, from the centre's own days: Erlang C, and Erlang A
with the patience its callers have shown."""

from collections.abc import Iterable, Sequence
from math import inf

from acd.erlang import agents_needed, outlook_a, outlook_c
from acd.simulator.day import Day, Lived
from acd.simulator.figures import QUARTER_S
from acd.simulator.rehearsal import ENOUGH, patience
from calls.floor import Value
from calls.ids import QueueId


class NeedAt(Value, frozen=True):
    """One quarter of an hour of a day like those looked at."""

    minute: int
    """Since the day began."""
    calls: float
    """Mean of the days."""
    handle_s: float
    """Talk and wrap-up of one call."""
    agents_c: int
    """Fewest for the service level if nobody gave up."""
    agents_a: int
    """Fewest with callers as patient as they are."""


class QueueNeeds(Value, frozen=True):
    queue: QueueId
    service_level_s: float
    target: float
    days: int
    patience_s: float | None
    """Mean; None: nobody ever gave up."""
    quarters: tuple[NeedAt, ...]
    """Those in which anybody called."""


def staffing(days: Sequence[Day], target: float) -> tuple[QueueNeeds, ...]:
    """``target``: share of callers answered within the queue's limit, between 0 and 1. Raises
    ValueError. Each queue counts as if its agents served no other."""
    limits = {queue.id: queue.service_level_s for day in days for queue in day.floor.queues}
    found: dict[QueueId, list[tuple[int, Lived]]] = {}
    for day in days:
        for one in day.callers:
            quarter = int((one.at - day.starts_at) // QUARTER_S)
            found.setdefault(one.said.queue, []).append((quarter, one))
    return tuple(
        _needs(queue, limits.get(queue, 20.0), target, len(days), callers)
        for queue, callers in sorted(found.items())
    )


def _needs(
    queue: QueueId, limit_s: float, target: float, days: int, callers: list[tuple[int, Lived]]
) -> QueueNeeds:
    everybody = [one for _, one in callers]
    usual_s = _handle_s(everybody) or 0.0
    patience_s = patience(everybody).mean_s
    quarters = []
    for quarter in sorted({quarter for quarter, _ in callers}):
        here = [one for at, one in callers if at == quarter]
        known = sum(one.talk_s is not None for one in here) >= ENOUGH
        handle_s = (_handle_s(here) if known else None) or usual_s
        rate = len(here) / days / QUARTER_S
        quarters.append(
            NeedAt(
                minute=quarter * int(QUARTER_S // 60),
                calls=len(here) / days,
                handle_s=handle_s,
                agents_c=_fewest(rate, handle_s, inf, limit_s, target),
                agents_a=_fewest(rate, handle_s, patience_s, limit_s, target),
            )
        )
    return QueueNeeds(
        queue=queue,
        service_level_s=limit_s,
        target=target,
        days=days,
        patience_s=None if patience_s == inf else patience_s,
        quarters=tuple(quarters),
    )


def _fewest(rate: float, handle_s: float, patience_s: float, limit_s: float, target: float) -> int:
    if handle_s <= 0.0:
        return 0
    if patience_s == inf:
        return agents_needed(lambda n: outlook_c(n, rate, handle_s, limit_s), target)
    return agents_needed(lambda n: outlook_a(n, rate, handle_s, patience_s, limit_s), target)


def _handle_s(callers: Iterable[Lived]) -> float | None:
    """Mean talk and wrap-up; None when nobody talked."""
    times = [one.talk_s + (one.wrap_up_s or 0.0) for one in callers if one.talk_s is not None]
    return sum(times) / len(times) if times else None
