"""What the tree book needs of whoever keeps trees: drafts that change, versions that never do.

Synchronous: used off the event loop's thread. Implementations: ivr.memory, ivr.sql_store.
"""

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


class TreeStore(Protocol):
    def save_draft(self, draft: Draft) -> None:
        """Replace the tree's draft; makes the tree when it is new."""

    def draft(self, tree: TreeId) -> Draft | None: ...

    def publish(self, version: StoredVersion, by: str, at: float) -> None:
        """Keep the version, unless it is kept already, and make it current, in one transaction.
        Makes the tree when it is new, with the version as its draft."""

    def version(self, hash: str) -> StoredVersion | None: ...

    def versions(self, tree: TreeId, limit: int = 50) -> Sequence[StoredVersion]:
        """The newest first."""

    def trees(self) -> Sequence[TreeSummary]:
        """In order of their ids."""
