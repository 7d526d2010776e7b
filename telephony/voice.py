"""``CHANNEL(rtcp,all)`` of Asterisk 22 read: how good a leg's voice was. Pure.

Its words: rx is what came to Asterisk, lp how many of it were lost; tx what went, rlp how many of
that the other end missed; jitters and rtt in seconds, rtt 0 when nothing was timed; mes 0 to 100.
"""

import math

from calls.voice import Way

VOICE = "TR_VOICE"
"""The user event in Asterisk's log that bears it (dialplan context ``voice``)."""


def read_rtcp(text: str) -> tuple[Way, Way, float | None] | None:
    """What came, what went, and the round trip in ms; None for what is no such text, and for a leg
    that had no voice at all."""
    pairs = (pair.partition("=") for pair in text.split(";"))
    found = {name.strip(): _number(value) for name, _, value in pairs}
    came, went = found.get("rxcount"), found.get("txcount")
    if came is None or went is None or not (came or went):
        return None
    rtt = found.get("rtt") or 0.0
    reported = bool(rtt or found.get("txjitter") or found.get("rlp"))
    return (
        _way(came, found.get("lp"), found.get("rxjitter"), found.get("rxmes") if came else None),
        _way(
            went, found.get("rlp"), found.get("txjitter"), found.get("txmes") if reported else None
        ),
        round(rtt * 1000, 1) if rtt else None,
    )


def _way(count: float, lost: float | None, jitter_s: float | None, score: float | None) -> Way:
    whole = count + (lost or 0.0)
    return Way(
        packets=int(count),
        loss=round(min(100.0, 100.0 * (lost or 0.0) / whole), 2) if whole else 0.0,
        jitter_ms=round((jitter_s or 0.0) * 1000, 2),
        score=None if score is None else round(min(score, 100.0), 1),
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
