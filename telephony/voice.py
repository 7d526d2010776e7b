"""``CHANNEL(rtcp,all)`` of Asterisk 22 read: how good a leg's voice was. Pure.

Its words: rx is what came to Asterisk, lp how many of it were lost; tx what went, rlp how many of
that the other end missed; jitters and rtt in seconds, rtt 0 when nothing was timed; mes 0 to 100.
"""

import math

from calls.voice import ONE_WAY, Way

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
    rtt_ms = (found.get("rtt") or 0.0) * 1000
    reported = bool(rtt_ms or found.get("txjitter") or found.get("rlp"))
    return (
        _way(came, found.get("lp"), found.get("rxjitter"), found.get("rxmes"), rtt_ms, True),
        _way(went, found.get("rlp"), found.get("txjitter"), found.get("txmes"), rtt_ms, reported),
        round(rtt_ms, 1) if rtt_ms else None,
    )


def score_of(loss: float, jitter_ms: float, rtt_ms: float) -> float:
    """As Asterisk reckons its media experience score: the E-model's MOS (G.107), twenty times."""
    delay_ms = rtt_ms + 2 * jitter_ms + 10
    r = 93.2 - (delay_ms / 40 if delay_ms < 160 else (delay_ms - 120) / 10) - 2.5 * loss
    r = max(0.0, min(r, 100.0))
    return 20 * (1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def _way(
    count: float,
    lost: float | None,
    jitter_s: float | None,
    mes: float | None,
    rtt_ms: float,
    known: bool,
) -> Way:
    whole = count + (lost or 0.0)
    loss = min(100.0, 100.0 * (lost or 0.0) / whole) if whole else 0.0
    jitter_ms = (jitter_s or 0.0) * 1000
    score = None
    if known and count >= ONE_WAY:
        # A leg that ends before its first report has been sent has 0: reckoned here then.
        score = round(min(mes or score_of(loss, jitter_ms, rtt_ms), 100.0), 1)
    return Way(packets=int(count), loss=round(loss, 2), jitter_ms=round(jitter_ms, 2), score=score)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
