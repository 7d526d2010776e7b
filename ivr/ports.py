"""What the tree book needs of whoever keeps trees: drafts that change, versions that never do.

Synchronous: used off the event loop's thread. Implementations: ivr.memory, ivr.sql_store.
"""

import hashlib
from collections.abc import Sequence
from typing import Protocol

import msgspec

from calls.ids import TreeId


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
    """First published; publishing the same document again changes nothing here."""


class TreeSummary(msgspec.Struct, frozen=True, kw_only=True):
    tree: TreeId
    title: str
    current: str | None
    """Hash of the version callers hear; None: never published."""
    edited_by: str
    edited_at: float


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
        """Keep the version, unless it is kept already, and make it current, in one transaction.
        Makes the tree when it is new, with the version as its draft."""

    def version(self, hash: str) -> StoredVersion | None: ...

    def versions(self, tree: TreeId, limit: int = 50) -> Sequence[StoredVersion]:
        """The newest first."""

    def trees(self) -> Sequence[TreeSummary]:
        """In order of their ids."""
