"""Which parts of a recording somebody has heard, and links that let one be fetched. Pure.

A link names recording, person and end, and is signed: nobody else can make one, and nothing of it
can be changed.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

import msgspec

from calls.ids import RecordingId

How = Literal["played", "downloaded", "exported"]
TOGETHER_S = 0.5
"""Parts closer than this are one."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One playing, download or export: a line of who-listened."""

    recording: RecordingId
    who: str
    how: How
    at: float
    until: float
    """When the last byte of it was sent."""
    address: str = ""
    play: str = ""
    """The player's own name for this playing; what it fetches is one line."""
    parts: tuple[tuple[float, float], ...] = ()
    """Seconds of audio that were sent, in order."""


def joined(parts: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """In order, without overlaps."""
    out: list[tuple[float, float]] = []
    for begin, end in sorted(parts):
        if out and begin <= out[-1][1] + TOGETHER_S:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return tuple((round(begin, 1), round(end, 1)) for begin, end in out)


def sign_link(secret: bytes, recording: RecordingId, who: str, until: float) -> str:
    """What stands behind ``?link=``."""
    body = f"{int(until)}.{who}"
    return (
        f"{urlsafe_b64encode(body.encode()).decode().rstrip('=')}.{_mark(secret, recording, body)}"
    )


def read_link(secret: bytes, recording: RecordingId, link: str, now: float) -> str | None:
    """Whose link it is; None for one that is forged, of another recording, or over."""
    packed, _, mark = link.partition(".")
    body = _unpacked(packed)
    if not hmac.compare_digest(mark.encode(), _mark(secret, recording, body).encode()):
        return None
    until, _, who = body.partition(".")
    return who if until.isdecimal() and now < int(until) else None


def _unpacked(packed: str) -> str:
    try:
        return urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except ValueError:
        return ""


def _mark(secret: bytes, recording: RecordingId, body: str) -> str:
    return hmac.new(secret, f"link\n{recording}\n{body}".encode(), sha256).hexdigest()
