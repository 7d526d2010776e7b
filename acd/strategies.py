"""How a queue chooses among free agents: in an order, by turns, or by chance.

Each takes the free agents sorted by spot (acd.choose) and looks at the first level that has anybody
who may be asked. Pure: whose turn it was and what chance says are handed in.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain

from acd.choose import Spot
from calls.ids import AgentId
from calls.words import Strategy

BY_CHANCE = frozenset({Strategy.RANDOM, Strategy.WEIGHTED_RANDOM})
TRIES = 64
"""Of drawing by weight; with weights from 1 to 100 nearly all draws end long before."""

Below = Callable[[int], int]
"""Gives a whole number from 0 up to, not including, this one; each as likely as the others."""


def first_of(free: Sequence[Spot], not_to: Collection[AgentId]) -> Spot | None:
    """The first in order."""
    for spot in free:
        if spot[3] not in not_to:
            return spot
    return None


def next_in_turn(
    free: Sequence[Spot], not_to: Collection[AgentId], last: AgentId | None
) -> Spot | None:
    """The next by id behind ``last``, whom this queue rang last; behind the end it begins anew."""
    for lo, hi in _levels(free):
        at = lo if last is None else bisect_right(free, (free[lo][0], 0.0, 0.0, last), lo, hi)
        for place in chain(range(at, hi), range(lo, at)):
            if free[place][3] not in not_to:
                return free[place]
    return None


def drawn(
    free: Sequence[Spot],
    not_to: Collection[AgentId],
    below: Below,
    weights: Mapping[AgentId, int] | None = None,
) -> Spot | None:
    """One by chance, each as likely as its weight says; all alike without weights."""
    for lo, hi in _levels(free):
        out = sorted(_places_of(free, lo, hi, not_to))
        if hi - lo > len(out):
            if weights is None:
                return free[_nth(lo, below(hi - lo - len(out)), out)]
            return _by_weight(free, lo, hi, out, below, weights)
    return None


def chance(seed: int, about: str) -> Below:
    """The same draws for the same seed and the same matter, in any process."""
    key, drawn = str(seed).encode()[:64], 0

    def below(limit: int) -> int:
        nonlocal drawn
        drawn += 1
        text = f"draw:{about}:{drawn}".encode()
        return int.from_bytes(blake2b(text, key=key, digest_size=8).digest()) % limit

    return below


def _levels(free: Sequence[Spot]) -> Iterator[tuple[int, int]]:
    lo = 0
    while lo < len(free):
        hi = bisect_left(free, (free[lo][0] + 1,), lo)
        yield lo, hi
        lo = hi


def _places_of(
    free: Sequence[Spot], lo: int, hi: int, agents: Collection[AgentId]
) -> Iterator[int]:
    for agent in agents:
        at = bisect_left(free, (free[lo][0], 0.0, 0.0, agent), lo, hi)
        if at < hi and free[at][3] == agent:
            yield at


def _nth(lo: int, n: int, out: Sequence[int]) -> int:
    """The place of the n-th from ``lo`` on, those at ``out`` not counted."""
    place = lo + n
    for at in out:
        place += at <= place
    return place


def _by_weight(
    free: Sequence[Spot],
    lo: int,
    hi: int,
    out: Sequence[int],
    below: Below,
    weights: Mapping[AgentId, int],
) -> Spot:
    """Anybody is drawn and taken as often as the weight allows, else somebody is drawn again: so
    that the many need not be added up. Who is unlucky with all tries is drawn by adding up."""
    heaviest = max(weights.values())
    for _ in range(TRIES):
        spot = free[_nth(lo, below(hi - lo - len(out)), out)]
        if below(heaviest) < weights[spot[3]]:
            return spot
    others = [free[place] for place in range(lo, hi) if place not in out]
    rest = below(sum(weights[spot[3]] for spot in others))
    for spot in others:
        rest -= weights[spot[3]]
        if rest < 0:
            break
    return spot
