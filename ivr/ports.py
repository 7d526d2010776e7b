"""What the tree book needs of whoever keeps trees: drafts that change, versions that never do.

Synchronous: used off the event loop's thread. Implementations: ivr.memory, ivr.sql_store.
"""

import hashlib
from collections.abc import Sequence
from typing import Protocol

import msgspec

from calls.ids import TreeId
from ivr.findings import Finding
from ivr.rollout.model import TreePlan, TreeTrial


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    tree: TreeId
    title: str
    document: str
    """As it was saved, faults and all."""
    by: str
    at: float


class StoredVersion(msgspec.Struct, frozen=True, kw_only=True):
    hash: str
    tree: TreeId
    document: str
    """Canonical."""
    by: str
    at: float
    """First kept: published, planned or tried; later nothing changes here."""


class TreeSummary(msgspec.Struct, frozen=True, kw_only=True):
    tree: TreeId
    title: str
    current: str | None
    """Hash of the version callers hear; None: never published."""
    edited_by: str
    edited_at: float
    trial: TreeTrial | None = None
    """The one that goes on."""
    plans: tuple[TreePlan, ...] = ()
    """The soonest first, those that failed among them."""


class DraftChanged(ValueError):
    """Somebody saved another draft in between; nothing was kept."""


def draft_hash(document: str) -> str:
    """Names a draft as it was saved, faults and all; '' for none yet."""
    return hashlib.sha256(document.encode()).hexdigest()[:12] if document else ""


class TreeStore(Protocol):
    def save_draft(self, draft: Draft, over: str | None = None) -> str:
        """Replace the tree's draft; makes the tree when it is new. The hash of what was there.

        ``over``: only when that is the hash of what is there now. Raises DraftChanged.
        """

    def draft(self, tree: TreeId) -> Draft | None: ...

    def publish(self, version: StoredVersion, by: str, at: float) -> None:
        """Keep the version, unless it is kept already, and make it current, in one transaction: a
        trial that goes on is over. Makes the tree when it is new, with the version as its draft."""

    def keep(self, version: StoredVersion) -> None:
        """Keep a version of a tree that is there, unless it is kept already; nobody hears it."""

    def version(self, hash: str) -> StoredVersion | None: ...

    def versions(self, tree: TreeId, limit: int = 50) -> Sequence[StoredVersion]:
        """The newest first."""

    def trees(self) -> Sequence[TreeSummary]:
        """In order of their ids."""

    def plans(self, tree: TreeId | None) -> Sequence[TreePlan]:
        """Of one tree, or of all; the soonest first."""

    def add_plan(self, plan: TreePlan) -> None: ...

    def drop_plan(self, id: str) -> bool:
        """Whether it was there."""

    def fail_plan(self, id: str, findings: Sequence[Finding], at: float) -> bool:
        """Whether it was waiting."""

    def carry_out(self, plan: TreePlan, version: StoredVersion, at: float) -> bool:
        """``publish`` and take the plan away, in one transaction. False, and nothing is done, when
        it waits no more: of several that carry it out, one does."""

    def trials(self, tree: TreeId) -> Sequence[TreeTrial]:
        """The newest first."""

    def begin_trial(self, trial: TreeTrial) -> bool:
        """False when one of this tree goes on. Its versions are kept."""

    def change_share(self, id: str, share: int) -> bool:
        """Whether it goes on."""

    def end_trial(self, id: str, kept: str, by: str, at: float) -> bool:
        """Whether it went on."""
