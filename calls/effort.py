"""Customer effort (客户费力度): what a contact cost the one who called, step by step. Pure.

One step is the least: she calls, is answered and is helped. Each burden adds its own; whole
numbers, so that sums agree in whatever order calls are told.
"""

from enum import StrEnum

import msgspec

from calls.record import CallRecord
from calls.words import Outcome

LEAST = 1
WAITED_S = 60.0
WAITED_LONG_S = 180.0
"""From here on a wait costs a second step."""
NODES = 6
"""Nodes of the tree she may pass before it is a way of its own to get through."""


class Burden(StrEnum):
    WAITED = "waited"
    WAITED_LONG = "waited_long"
    MENUS = "menus"
    """A long way through the tree."""
    MOVED = "moved"
    """Another queue."""
    PASSED_ON = "passed_on"
    """Another agent, to whom she told it again."""
    UNSERVED = "unserved"
    """She hung up or was let go without what she wanted."""
    CALLED_AGAIN = "called_again"
    """She had to call about the same thing again."""


POINTS: dict[Burden, int] = {
    Burden.WAITED: 1,
    Burden.WAITED_LONG: 1,
    Burden.MENUS: 1,
    Burden.MOVED: 1,
    Burden.PASSED_ON: 1,
    Burden.UNSERVED: 2,
    Burden.CALLED_AGAIN: 2,
}
_UNSERVED = frozenset(
    {
        Outcome.ABANDONED_IN_MENU,
        Outcome.ABANDONED_IN_QUEUE,
        Outcome.ABANDONED_RINGING,
        Outcome.CALLBACK_FAILED,
        Outcome.REFUSED,
        Outcome.RESCUED,
    }
)


class Cost(msgspec.Struct, frozen=True):
    burden: Burden
    times: int
    steps: int
    """What all of them together cost."""


def costs(record: CallRecord) -> tuple[Cost, ...]:
    """What this call cost her; whether she had to call again is another call's to tell."""
    talked_to = {leg.agent for leg in record.legs if leg.talked and leg.agent is not None}
    times = {
        Burden.WAITED: int(record.waited_s > WAITED_S),
        Burden.WAITED_LONG: int(record.waited_s > WAITED_LONG_S),
        Burden.MENUS: int(len(record.nodes) > NODES),
        Burden.MOVED: max(0, len(record.queues) - 1),
        Burden.PASSED_ON: max(0, len(talked_to) - 1),
        Burden.UNSERVED: int(record.outcome in _UNSERVED),
    }
    return tuple(Cost(one, n, n * POINTS[one]) for one, n in times.items() if n)


def effort_of(record: CallRecord) -> int:
    return LEAST + sum(cost.steps for cost in costs(record))


def called_again() -> Cost:
    return Cost(Burden.CALLED_AGAIN, 1, POINTS[Burden.CALLED_AGAIN])
