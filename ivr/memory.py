"""Trees kept as long as the process lives: for tests and for a hotline without a database."""

from collections.abc import Sequence
from threading import Lock

from calls.ids import TreeId
from ivr.document import title_of
from ivr.ports import Draft, DraftChanged, StoredVersion, TreeSummary, draft_hash


class MemoryTrees:
    """A TreeStore."""

    def __init__(self) -> None:
        self._drafts: dict[TreeId, Draft] = {}
        self._versions: dict[str, StoredVersion] = {}
        self._current: dict[TreeId, str] = {}
        self._lock = Lock()

    def save_draft(self, draft: Draft, over: str | None = None) -> str:
        with self._lock:
            held = self._drafts.get(draft.tree)
            before = draft_hash(held.document if held else "")
            if over is not None and over != before:
                raise DraftChanged(draft.tree)
            self._drafts[draft.tree] = draft
            return before

    def draft(self, tree: TreeId) -> Draft | None:
        return self._drafts.get(tree)

    def publish(self, version: StoredVersion, by: str, at: float) -> None:
        with self._lock:
            tree = version.tree
            self._versions.setdefault(version.hash, version)
            self._current[tree] = version.hash
            if tree not in self._drafts:
                title = title_of(version.document)
                self._drafts[tree] = Draft(
                    tree=tree, title=title, document=version.document, by=by, at=at
                )

    def version(self, hash: str) -> StoredVersion | None:
        return self._versions.get(hash)

    def versions(self, tree: TreeId, limit: int = 50) -> Sequence[StoredVersion]:
        with self._lock:
            own = [one for one in self._versions.values() if one.tree == tree]
        return sorted(own, key=lambda one: (-one.at, one.hash))[:limit]

    def trees(self) -> Sequence[TreeSummary]:
        with self._lock:
            return [
                TreeSummary(
                    tree=tree,
                    title=draft.title,
                    current=self._current.get(tree),
                    edited_by=draft.by,
                    edited_at=draft.at,
                )
                for tree, draft in sorted(self._drafts.items())
            ]
