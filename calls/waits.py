"""How long people waited, counted in buckets that may be added up: over queues, hours and months.

A service level asked for afterwards is exact where its limit is an edge (each second to a minute,
each five to five minutes, each thirty to an hour); a percentile is told to the width of its bucket,
never too short. Pure.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from math import ceil

EDGES: tuple[int, ...] = (
    *range(61),
    *range(65, 301, 5),
    *range(330, 3_601, 30),
    *range(3_900, 14_401, 300),
)
"""Seconds; a bucket holds waits above the edge before its own and up to its own."""
LONGEST = len(EDGES)
"""The bucket of all that is longer; told as the last edge."""

Waits = Mapping[int, int]
"""Bucket to how many waited so long."""


def bucket_of(seconds: float) -> int:
    return bisect_left(EDGES, seconds)


def within(waits: Waits, limit_s: float) -> int:
    """How many waited no longer; a limit between two edges is taken for the one below."""
    reached = bisect_right(EDGES, limit_s)
    return sum(count for bucket, count in waits.items() if bucket < reached)


def percentile(waits: Waits, share: float) -> float | None:
    """The wait that ``share`` of all (0 to 1) did not exceed; None when nobody waited."""
    everybody = sum(waits.values())
    if everybody <= 0:
        return None
    wanted = max(1, ceil(share * everybody))
    so_far = 0
    for bucket in sorted(waits):
        so_far += waits[bucket]
        if so_far >= wanted:
            return float(EDGES[min(bucket, LONGEST - 1)])
    raise AssertionError("more wanted than there are")


def width_at(seconds: float) -> float:
    """By how much a percentile of about ``seconds`` may be too long."""
    bucket = min(bucket_of(seconds), LONGEST - 1)
    return float(EDGES[bucket] - EDGES[bucket - 1]) if bucket else 0.0
