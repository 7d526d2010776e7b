"""A version to be published at a time, and two versions heard side by side. Pure.

Both name versions that are kept already: what is heard is what was checked, whatever becomes of the
draft meanwhile.
"""

import hashlib
from typing import Annotated

import msgspec

from calls.ids import CallId, TreeId
from ivr.findings import Finding

Share = Annotated[int, msgspec.Meta(ge=1, le=99)]
"""Of a hundred callers."""


class TreePlan(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    tree: TreeId
    version: str
    at: float
    """When new callers are to hear it."""
    by: str
    made_at: float
    failed_at: float | None = None
    """When it could not be published; the version before it stayed."""
    findings: tuple[Finding, ...] = ()
    """What stood against it then."""


class TreeTrial(msgspec.Struct, frozen=True, kw_only=True):
    """Version ``b`` for a share of new callers, ``a`` for all others."""

    id: str
    tree: TreeId
    a: str
    b: str
    share: Share
    by: str
    began_at: float
    ended_at: float | None = None
    """None while it goes on."""
    ended_by: str = ""
    kept: str = ""
    """The version all callers heard afterwards; a third one when another was published."""


class RolloutRefused(ValueError):
    """The asker's fault. ``code`` names a sentence (runtime.web.sentences), ``field`` what to
    change."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


def hears_b(trial: TreeTrial, call: CallId) -> bool:
    """The same for one call whoever asks; whoever heard B at a smaller share hears it at a larger
    one. Two trials divide callers differently."""
    drawn = hashlib.sha256(f"{trial.id} {call}".encode()).digest()
    return int.from_bytes(drawn[:4]) % 100 < trial.share


def made_id(version: str, now: float) -> str:
    """Of a plan or trial made now."""
    return f"{version}-{round(now * 1000):x}"
