"""The three-ring rule (三声内接听): how long a phone may ring, and on which ring it was answered.

Change this file to change the rule. A ring is one cycle of the country's ringback cadence; the
clock that counts it runs at the edge, from the phone's own 180. Pure arithmetic.
"""

from math import ceil

from calls.floor import RingRule


def ring_limit_s(rule: RingRule, cycle_s: float) -> float:
    """Seconds from the first 180 until the next ring after the last allowed one would start.

    Three rings are 15 s in China (cycle 5 s), 18 s in the US (6 s), 9 s in the UK (3 s). A queue
    that names seconds gets those seconds.
    """
    if rule.limit_s is not None:
        return rule.limit_s
    return rule.rings * cycle_s


def ring_of(rang_at: float | None, answered_at: float, cycle_s: float) -> int | None:
    """The ring an answer fell on: 1 for the first. None when nobody saw the phone begin to ring
    (the controller was down): unknown is never guessed."""
    if rang_at is None or answered_at < rang_at or cycle_s <= 0:
        return None
    return int((answered_at - rang_at) // cycle_s) + 1


def rings_allowed(limit_s: float, cycle_s: float) -> int:
    """How many rings fit into a limit, one begun counting whole: an answer on the last of them is
    within the queue's rule."""
    return max(1, ceil(limit_s / cycle_s - 1e-6))


def unreported_after_s(rule: RingRule, cycle_s: float) -> float:
    """Seconds after which an offer no edge has said the end of is taken back.

    Generous, so that it can never be what ends a ring: the edge's clock, then Dial's own limit,
    both stand before it.
    """
    return ring_limit_s(rule, cycle_s) + rule.never_rang_s + BACKSTOP_SLACK_S


BACKSTOP_SLACK_S = 10.0
"""Longer than any edge needs to report, short enough that an agent is not lost for a coffee."""
