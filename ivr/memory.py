"""Trees kept as long as the process lives: for tests and for a hotline without a database."""

from collections.abc import Iterator, Sequence
from threading import Lock

from msgspec.structs import replace

from calls.ids import TreeId
from ivr.document import title_of
from ivr.findings import Finding
from ivr.ports import Draft, DraftChanged, StoredVersion, TreeSummary, draft_hash
from ivr.rollout.model import TreePlan, TreeTrial


class MemoryTrees:
    """A TreeStore."""

    def __init__(self) -> None:
        self._drafts: dict[TreeId, Draft] = {}
        self._versions: dict[str, StoredVersion] = {}
        self._current: dict[TreeId, str] = {}
        self._plans: dict[str, TreePlan] = {}
        self._trials: dict[str, TreeTrial] = {}
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
            self._publish(version, by, at)

    def _publish(self, version: StoredVersion, by: str, at: float) -> None:
        tree = version.tree
        self._versions.setdefault(version.hash, version)
        self._current[tree] = version.hash
        for trial in self._going_on(tree):
            self._trials[trial.id] = replace(trial, ended_at=at, ended_by=by, kept=version.hash)
        if tree not in self._drafts:
            title = title_of(version.document)
            self._drafts[tree] = Draft(
                tree=tree, title=title, document=version.document, by=by, at=at
            )

    def keep(self, version: StoredVersion) -> None:
        with self._lock:
            self._versions.setdefault(version.hash, version)

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
                    trial=next(self._going_on(tree), None),
                    plans=tuple(self.plans(tree)),
                )
                for tree, draft in sorted(self._drafts.items())
            ]

    def plans(self, tree: TreeId | None) -> Sequence[TreePlan]:
        found = [one for one in list(self._plans.values()) if tree in (None, one.tree)]
        return sorted(found, key=lambda one: (one.at, one.id))

    def add_plan(self, plan: TreePlan) -> None:
        self._plans[plan.id] = plan

    def drop_plan(self, id: str) -> bool:
        return self._plans.pop(id, None) is not None

    def fail_plan(self, id: str, findings: Sequence[Finding], at: float) -> bool:
        with self._lock:
            plan = self._waiting(id)
            if plan is not None:
                self._plans[id] = replace(plan, failed_at=at, findings=tuple(findings))
            return plan is not None

    def carry_out(self, plan: TreePlan, version: StoredVersion, at: float) -> bool:
        with self._lock:
            if self._waiting(plan.id) is None:
                return False
            del self._plans[plan.id]
            self._publish(version, plan.by, at)
            return True

    def trials(self, tree: TreeId) -> Sequence[TreeTrial]:
        found = [one for one in list(self._trials.values()) if one.tree == tree]
        return sorted(found, key=lambda one: (-one.began_at, one.id))

    def begin_trial(self, trial: TreeTrial) -> bool:
        with self._lock:
            if any(self._going_on(trial.tree)):
                return False
            self._trials[trial.id] = trial
            return True

    def change_share(self, id: str, share: int) -> bool:
        return self._change(id, share=share)

    def end_trial(self, id: str, kept: str, by: str, at: float) -> bool:
        return self._change(id, kept=kept, ended_by=by, ended_at=at)

    def _change(self, id: str, **fields: object) -> bool:
        with self._lock:
            trial = self._trials.get(id)
            if trial is None or trial.ended_at is not None:
                return False
            self._trials[id] = replace(trial, **fields)
            return True

    def _waiting(self, id: str) -> TreePlan | None:
        plan = self._plans.get(id)
        return plan if plan is not None and plan.failed_at is None else None

    def _going_on(self, tree: TreeId) -> Iterator[TreeTrial]:
        return (
            one for one in list(self._trials.values()) if one.tree == tree and one.ended_at is None
        )
