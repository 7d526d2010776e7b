"""Erlang B, C and A: what a floor of so many agents gives in the long run, and how many it takes.

Load ``a`` in erlangs is calls a second times seconds a call. Poisson calls, exponential times,
first come first served, every agent able to take every call. Pure arithmetic.
"""

from collections.abc import Callable
from math import exp, inf, log

import msgspec

AGENTS_MAX = 20_000
"""More than any floor: a search that goes on beyond it was asked something impossible."""
_STEPS = 400
"""Of Simpson's rule: six digits of a service level."""


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """A floor in its steady state. Times in seconds, shares from 0 to 1."""

    waits: float
    """Share of callers who wait at all."""
    service_level: float
    """Share of callers answered within the limit."""
    wait_s: float
    """Mean wait of all callers, those who give up included."""
    abandons: float
    occupancy: float


def erlang_b(agents: int, a: float) -> float:
    """Share of calls blocked where nobody waits. A. K. Erlang 1917; by the recursion
    B(n) = a B(n-1) / (n + a B(n-1)), which neither overflows nor loses digits."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = a * blocked / (n + a * blocked)
    return blocked


def erlang_c(agents: int, a: float) -> float:
    """Share of callers who wait, where nobody gives up (A. K. Erlang 1917); 1 when the load is more
    than the agents can carry. C = B / (1 - a/n (1 - B)), Cooper, Introduction to Queueing Theory,
    1981, section 3.4."""
    if a >= agents:
        return 1.0
    blocked = erlang_b(agents, a)
    return blocked / (1.0 - a / agents * (1.0 - blocked))


def outlook_c(agents: int, calls_a_s: float, handle_s: float, limit_s: float) -> Outlook:
    """M/M/n. P(W > t) = C exp(-(n - a) t / handle), E W = C handle / (n - a): Gans, Koole,
    Mandelbaum, Telephone Call Centers, M&SOM 5 (2003), section 4.1. An overloaded floor serves
    nobody in time."""
    a = calls_a_s * handle_s
    waits = erlang_c(agents, a)
    if a >= agents:
        return Outlook(waits=1.0, service_level=0.0, wait_s=inf, abandons=0.0, occupancy=1.0)
    spare = agents - a
    late = waits * exp(-spare * limit_s / handle_s)
    return Outlook(
        waits=waits,
        service_level=1.0 - late,
        wait_s=waits * handle_s / spare,
        abandons=0.0,
        occupancy=a / agents if agents else 0.0,
    )


def outlook_a(
    agents: int, calls_a_s: float, handle_s: float, patience_s: float, limit_s: float
) -> Outlook:
    """M/M/n+M: callers give up after an exponential patience with this mean (C. Palm 1943).

    Mandelbaum, Zeltyn, The Palm/Erlang-A queue, 2005, sections 4.4 to 4.6: with x = n mu/theta,
    y = lambda/theta and A = 1 + sum_j y^j / prod_{k<=j} (x + k),
    P(W > 0) = A B / (1 + (A - 1) B), P(Ab | W > 0) = 1/(rho A) + 1 - 1/rho, E W = P(Ab) / theta.
    The wait a patient caller would have has the density
    f(t) ~ exp(y (1 - exp(-theta t)) - n mu t); who is answered by t is patient for so long.
    """
    if patience_s == inf:
        return outlook_c(agents, calls_a_s, handle_s, limit_s)
    a = calls_a_s * handle_s
    if a == 0.0:
        return Outlook(waits=0.0, service_level=1.0, wait_s=0.0, abandons=0.0, occupancy=0.0)
    if agents == 0:
        return Outlook(waits=1.0, service_level=0.0, wait_s=patience_s, abandons=1.0, occupancy=0.0)
    x, y = agents * patience_s / handle_s, calls_a_s * patience_s
    block, blocked, rho = _building_block(x, y), erlang_b(agents, a), a / agents
    waits = 1.0 if block == inf else block * blocked / (1.0 + (block - 1.0) * blocked)
    abandons = min(1.0, max(0.0, waits * (1.0 / (rho * block) + 1.0 - 1.0 / rho)))
    return Outlook(
        waits=waits,
        service_level=min(1.0, 1.0 - waits + waits * _answered_by(x, y, limit_s / patience_s)),
        wait_s=abandons * patience_s,
        abandons=abandons,
        occupancy=min(1.0, rho * (1.0 - abandons)),
    )


def agents_needed(gives: Callable[[int], Outlook], target: float) -> int:
    """The fewest agents with whom ``target`` (0 to 1) of the callers are answered in time: the
    service level grows with each agent. Raises ValueError for a target nobody can reach."""
    if not 0.0 < target < 1.0:
        raise ValueError(f"a service level is between 0 and 1, not {target:g}")
    most = 1
    while gives(most).service_level < target:
        most *= 2
        if most > AGENTS_MAX:
            raise ValueError(f"more than {AGENTS_MAX} agents would be needed")
    least = most // 2
    while least < most:
        middle = (least + most) // 2
        if gives(middle).service_level < target:
            least = middle + 1
        else:
            most = middle
    return least


def _building_block(x: float, y: float) -> float:
    """A of Mandelbaum and Zeltyn; inf when it is beyond what a float holds, which means that
    practically everybody waits."""
    total = term = 1.0
    j = 0
    while term > total * 1e-16:
        j += 1
        term *= y / (x + j)
        total += term
        if total > 1e300:
            return inf
    return total


def _answered_by(x: float, y: float, t: float) -> float:
    """Of those who wait, the share answered by ``t``; x, y as above, time in mean patiences."""

    def height(u: float) -> float:
        return y * (1.0 - exp(-u)) - x * u

    top = max(0.0, log(y / x)) if y > x else 0.0
    peak = height(top)
    begin, end = _support(lambda u: height(u) - peak, top, 1.0 / (x + y))
    everybody = _integral(lambda u: exp(height(u) - peak), begin, end)
    in_time = _integral(lambda u: exp(height(u) - peak - u), begin, max(begin, min(t, end)))
    return in_time / everybody


def _support(below_peak: Callable[[float], float], top: float, step: float) -> tuple[float, float]:
    """Between where it counts at all (e to the minus 40), on both sides of the peak."""
    end = step
    while below_peak(top + end) > -40.0:
        end *= 2.0
    low, high = 0.0, top
    for _ in range(60 if below_peak(0.0) < -40.0 else 0):
        middle = (low + high) / 2.0
        low, high = (middle, high) if below_peak(middle) < -40.0 else (low, middle)
    return low, top + end


def _integral(f: Callable[[float], float], start: float, end: float) -> float:
    """Simpson's rule."""
    step = (end - start) / _STEPS
    inner = sum((4.0 if n % 2 else 2.0) * f(start + n * step) for n in range(1, _STEPS))
    return step / 3.0 * (f(start) + inner + f(end))
