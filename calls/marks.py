"""Where in the audio of a talk something happened. Pure.

Audio runs only while caller and agent are bridged: a hold of five minutes is one instant of it. A
paused recording runs on, in silence.
"""

from collections.abc import Sequence

from calls.floor import Value
from calls.ids import OfferId
from calls.record import Mark

_JOINED = frozenset({"began", "resumed", "returned", "conference"})
_PARTED = frozenset({"held", "lost"})
_ENDS = {"held": ("resumed", "began", "conference", "over"), "paused": ("unpaused",),
         "lost": ("returned", "began", "over")}  # fmt: skip
SHOWN = frozenset({"held", "lost", "consult", "conference", "transferred", "paused"})


class Placed(Value, frozen=True):
    what: str
    """'held', 'lost', 'consult', 'conference', 'transferred', 'paused'."""
    at_s: float
    """Seconds of audio from its beginning."""
    until_s: float
    """The same for something that did not last, or during which no audio ran."""
    lasted_s: float = 0.0
    """By the clock."""
    to: str = ""


def placed(
    marks: Sequence[Mark], offer: OfferId | None, made_at: float, seconds: float
) -> tuple[Placed, ...]:
    """``offer``: the one the recording is named after; ``made_at``: when it ended. In order."""
    begins = [mark.at for mark in marks if mark.what == "began" and mark.offer == offer]
    if not begins:
        return ()
    within = [mark for mark in marks if begins[0] <= mark.at <= made_at]
    spans = _bridged(within, made_at)
    found = []
    for n, mark in enumerate(within):
        if mark.what in SHOWN:
            end = _end(within[n + 1 :], mark, made_at)
            at_s, until_s = _audio_s(spans, mark.at), _audio_s(spans, end)
            found.append(
                Placed(
                    what=mark.what,
                    at_s=min(at_s, seconds),
                    until_s=min(until_s, seconds),
                    lasted_s=round(end - mark.at, 3),
                    to=mark.to,
                )
            )
    return tuple(found)


def _bridged(within: Sequence[Mark], made_at: float) -> list[tuple[float, float]]:
    """When audio ran."""
    spans: list[tuple[float, float]] = []
    since: float | None = None
    for mark in within:
        if mark.what in _JOINED and since is None:
            since = mark.at
        elif mark.what in _PARTED and since is not None:
            spans.append((since, mark.at))
            since = None
    if since is not None:
        spans.append((since, made_at))
    return spans


def _audio_s(spans: Sequence[tuple[float, float]], at: float) -> float:
    return round(sum(max(0.0, min(until, at) - since) for since, until in spans), 3)


def _end(later: Sequence[Mark], mark: Mark, made_at: float) -> float:
    if mark.what not in _ENDS:
        return mark.at
    ends = (one.at for one in later if one.what in _ENDS[mark.what])
    return next(ends, made_at)
