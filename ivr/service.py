"""The tree book: drafts people edit, versions callers hear, and the way from one to the other.

Reading for calls is from memory and waits for nothing; everything that writes uses the store and
must run off the event loop's thread. A call in progress finishes on the version it began on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from calls.ids import CallId, TreeId
from ivr.document import MAX_BYTES, dump_tree, hash_of, load_tree, title_of
from ivr.findings import Finding, Severity, TreeRefused
from ivr.model import Tree
from ivr.ports import Draft, StoredVersion, TreeStore, TreeSummary, draft_hash
from ivr.rollout.model import TreeTrial, hears_b
from ivr.validator import Known, check, may_be_published

KEPT_IN_MEMORY = 200
"""Versions ready for calls. Those that are current stay; of others the oldest go."""
LOADED_PER_TREE = 20
"""Read at the start: callers who survived a restart are on one of the newest."""


class NothingPublished(LookupError):
    """No caller can be served by this tree: it has never been published."""


class NoSuchTree(LookupError):
    """There is no draft, or no version, of this name."""


@dataclass(frozen=True, slots=True)
class TreeVersion:
    hash: str
    tree: Tree
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft, kept. Hashes are ``draft_hash``'s."""

    before: str
    now: str
    findings: list[Finding]


MakeReady = Callable[[Tree], Iterable[Finding]]


def _nothing_to_make(tree: Tree) -> Iterable[Finding]:
    return ()


class TreeBook:
    def __init__(
        self,
        store: TreeStore,
        known: Callable[[], Known] = Known,
        make_ready: MakeReady = _nothing_to_make,
    ) -> None:
        """``known``: what the house has now. ``make_ready``: called before a tree goes live, e.g.
        to have its prompts spoken; an error among what it finds stops the publishing."""
        self._store = store
        self._known = known
        self._make_ready = make_ready
        self._versions: dict[str, TreeVersion] = {}
        self._current: dict[TreeId, str] = {}
        self._trials: dict[TreeId, TreeTrial] = {}

    # --- for calls: from memory --------------------------------------------------------------

    def for_call(self, tree: TreeId, call: CallId) -> TreeVersion:
        """What this new caller hears: the current version, or the one that is tried. Raises
        NothingPublished."""
        trial = self._trials.get(tree)
        tried = self._versions.get(trial.b) if trial and hears_b(trial, call) else None
        return tried or self.current(tree)

    def heard(self, tree: TreeId) -> str:
        """The current version's hash; '' when nothing was published."""
        return self._current.get(tree, "")

    def current(self, tree: TreeId) -> TreeVersion:
        """What new callers hear, those of a trial apart. Raises NothingPublished."""
        hash = self._current.get(tree)
        if hash is None:
            raise NothingPublished(f"tree {tree!r} has never been published")
        return self._versions[hash]

    def in_force(self) -> tuple[Tree, ...]:
        """What new callers hear, of every tree that was published."""
        return tuple(self._versions[hash].tree for hash in tuple(self._current.values()))

    def version(self, hash: str) -> TreeVersion:
        """What a caller hears who began on it. Raises NoSuchTree when it is not in memory."""
        version = self._versions.get(hash)
        if version is None:
            raise NoSuchTree(f"no version {hash!r} at hand")
        return version

    # --- for people: with the store ----------------------------------------------------------

    def load(self) -> None:
        """Take what is published into memory; again whenever another process may have published.

        Raises TreeRefused when a current version cannot be read any more."""
        for summary in self._store.trees():
            if summary.current is None:
                continue
            for stored in self._loadable(summary):
                try:
                    self._remember(stored)
                except TreeRefused:
                    # An old version that this program no longer reads: nobody new begins on it.
                    if stored.hash == summary.current:
                        raise
            self._current[summary.tree] = summary.current
            self._take_trial(summary)
        self._forget_old()

    def refresh(self) -> None:
        """Take what another process has published or tries since; cheap when nothing changed."""
        if any(
            one.current != self._current.get(one.tree) or one.trial != self._trials.get(one.tree)
            for one in self._store.trees()
        ):
            self.load()

    def install(self, document: bytes, by: str, at: float) -> TreeVersion | None:
        """Publish a tree we ship, unless there is one of its id; None when there was. Raises
        TreeRefused."""
        tree = load_tree(document, "shipped tree").id
        if self._store.draft(tree) is not None:
            return None
        return self._go_live(tree, document.decode("utf-8-sig"), by, at)

    def trees(self) -> Sequence[TreeSummary]:
        return self._store.trees()

    def draft(self, tree: TreeId) -> Draft:
        """Raises NoSuchTree."""
        draft = self._store.draft(tree)
        if draft is None:
            raise NoSuchTree(f"there is no tree {tree!r}")
        return draft

    def versions(self, tree: TreeId, limit: int = 50) -> Sequence[StoredVersion]:
        """Published ones, the newest first; their documents are canonical."""
        return self._store.versions(tree, limit)

    def save_draft(
        self, tree: TreeId, document: bytes, by: str, at: float, over: str | None = None
    ) -> Saved:
        """Keep the document, whatever is wrong with it, and say what is. Raises TreeRefused only
        for what cannot be kept: too long, or not UTF-8. ``over``: the hash of the draft it was made
        of; raises DraftChanged when another has been saved since."""
        if len(document) > MAX_BYTES or not _is_utf8(document):
            load_tree(document, tree)
        text = document.decode("utf-8-sig")
        draft = Draft(tree=tree, title=title_of(text) or tree, document=text, by=by, at=at)
        before = self._store.save_draft(draft, over)
        return Saved(before, draft_hash(text), self._findings(tree, document))

    def known(self) -> Known:
        """What the house has now that a tree may name."""
        return self._known()

    def check_draft(self, tree: TreeId) -> list[Finding]:
        """What stands against publishing it, and what might be better. Raises NoSuchTree."""
        return self._findings(tree, self.draft(tree).document.encode())

    def publish(self, tree: TreeId, by: str, at: float) -> TreeVersion:
        """Make the draft what new callers hear. Raises TreeRefused with every finding, NoSuchTree;
        nothing has changed then."""
        return self._go_live(tree, self.draft(tree).document, by, at)

    def rollback(self, tree: TreeId, hash: str, by: str, at: float) -> TreeVersion:
        """Make an earlier version current again; the draft stays. Raises NoSuchTree, and
        TreeRefused when the house no longer has what that version needs."""
        return self._go_live(tree, self._kept(tree, hash).document, by, at)

    def fit(self, tree: TreeId, version: str, by: str, at: float) -> StoredVersion:
        """A kept version ('' for the draft as it is now), ready for callers: checked against what
        the house has now, its prompts spoken. Raises NoSuchTree, TreeRefused."""
        if not version:
            return self._made_fit(tree, self.draft(tree).document, by, at)
        return self._made_fit(tree, self._kept(tree, version).document, by, at)

    def _kept(self, tree: TreeId, hash: str) -> StoredVersion:
        stored = self._store.version(hash)
        if stored is None or stored.tree != tree:
            raise NoSuchTree(f"tree {tree!r} has no version {hash!r}")
        return stored

    def _made_fit(self, tree_id: TreeId, document: str, by: str, at: float) -> StoredVersion:
        tree = load_tree(document.encode(), tree_id)
        findings = _own_id(tree, tree_id) + check(tree, self._known())
        if may_be_published(findings):
            findings += self._make_ready(tree)
        if not may_be_published(findings):
            raise TreeRefused(tree_id, findings)
        return StoredVersion(
            hash=hash_of(tree), tree=tree_id, document=dump_tree(tree).decode(), by=by, at=at
        )

    def _go_live(self, tree_id: TreeId, document: str, by: str, at: float) -> TreeVersion:
        stored = self._made_fit(tree_id, document, by, at)
        self._store.publish(stored, by, at)
        version = self._remember(stored)
        self._current[tree_id] = stored.hash
        self._trials.pop(tree_id, None)
        self._forget_old()
        return version

    def _take_trial(self, summary: TreeSummary) -> None:
        if summary.trial is None:
            self._trials.pop(summary.tree, None)
        else:
            self._trials[summary.tree] = summary.trial

    def _loadable(self, summary: TreeSummary) -> list[StoredVersion]:
        """The newest versions, and those that new callers hear; oldest first."""
        newest = list(self._store.versions(summary.tree, LOADED_PER_TREE))
        heard = [summary.current, summary.trial.b if summary.trial else None]
        for hash in heard:
            if hash is not None and all(one.hash != hash for one in newest):
                stored = self._store.version(hash)
                newest += [stored] if stored else []
        return newest[::-1]

    def _findings(self, tree_id: TreeId, document: bytes) -> list[Finding]:
        try:
            tree = load_tree(document, tree_id)
        except TreeRefused as refused:
            return list(refused.findings)
        return _own_id(tree, tree_id) + check(tree, self._known())

    def _remember(self, stored: StoredVersion) -> TreeVersion:
        known = self._versions.get(stored.hash)
        if known is None:
            tree = load_tree(stored.document.encode(), f"version {stored.hash}")
            known = TreeVersion(stored.hash, tree, stored.by, stored.at)
            self._versions[stored.hash] = known
        return known

    def _forget_old(self) -> None:
        heard = {*self._current.values(), *(trial.b for trial in self._trials.values())}
        others = [hash for hash in tuple(self._versions) if hash not in heard]
        for hash in others[: max(0, len(self._versions) - KEPT_IN_MEMORY)]:
            self._versions.pop(hash, None)


class TreesByNumber:
    """What a session asks: the tree of a called number, the version a caller began on."""

    def __init__(self, book: TreeBook, tree_for: Callable[[str], TreeId], default: TreeId) -> None:
        """``tree_for``: the tree of a called number, the default's for an unknown one."""
        self._book = book
        self._tree_for = tree_for
        self._default = default

    def for_number(self, dialled: str, call: CallId) -> TreeVersion:
        """The default tree when the number's own was never published. Raises NothingPublished."""
        try:
            return self._book.for_call(self._tree_for(dialled), call)
        except NothingPublished:
            return self._book.for_call(self._default, call)

    def version(self, hash: str) -> TreeVersion:
        """The default tree's current version when this one is not at hand; a cursor may not fit
        it, and then the caller begins anew."""
        try:
            return self._book.version(hash)
        except NoSuchTree:
            return self._book.current(self._default)


def _own_id(tree: Tree, tree_id: TreeId) -> list[Finding]:
    if tree.id == tree_id:
        return []
    return [
        Finding(
            severity=Severity.ERROR,
            rule="other_tree",
            problem=f"this is tree {tree.id!r}, not {tree_id!r}",
            advice=f'write "id": "{tree_id}"',
            where="$.id",
        )
    ]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True
