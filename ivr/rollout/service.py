"""Versions planned for a time and versions heard side by side: made, changed and ended by people,
carried out by a chore.

Every process with the tree book may carry out a plan; the store sees to it that one does, once. All
of it is synchronous and off the event loop's thread.
"""

import logging
from collections.abc import Iterator, Sequence

import msgspec

from calls.ids import TreeId
from calls.notices import Alarm
from calls.words import Language
from ivr.findings import Finding, Severity, TreeRefused
from ivr.phrases import in_words
from ivr.ports import TreeStore
from ivr.rollout.model import RolloutRefused, TreePlan, TreeTrial, made_id
from ivr.service import NoSuchTree, NothingPublished, TreeBook
from ivr.speech.voices import VoiceMissing

log = logging.getLogger(__name__)

MOST_PLANS = 20
"""Of one tree: holidays of a year and back again."""
LATEST_S = 2 * 366 * 86_400.0
ALARM = "tree_plan"


class CarriedOut(msgspec.Struct, frozen=True, kw_only=True):
    plan: TreePlan
    before: str
    """The version callers heard until now; '' when there was none."""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    carried_out: tuple[CarriedOut, ...]
    alarms: tuple[Alarm, ...]
    """Those that begin, and those that are over."""


class Rollouts:
    def __init__(self, book: TreeBook, store: TreeStore) -> None:
        self._book = book
        self._store = store
        self._alarmed: set[str] = set()

    # --- at a time ---------------------------------------------------------------------------

    def plans(self, tree: TreeId) -> Sequence[TreePlan]:
        """The soonest first, those that failed among them. Raises NoSuchTree."""
        self._book.draft(tree)
        return self._store.plans(tree)

    def plan(self, tree: TreeId, version: str, at: float, by: str, now: float) -> TreePlan:
        """Publish ``version`` ('' for the draft as it is now) at ``at``. Raises NoSuchTree,
        TreeRefused when it could not be published now, RolloutRefused."""
        if at <= now:
            raise RolloutRefused("plan_in_the_past", "$.at")
        if at > now + LATEST_S:
            raise RolloutRefused("plan_too_far", "$.at")
        stored = self._book.fit(tree, version, by, now)
        before = self._store.plans(tree)
        if len(before) >= MOST_PLANS:
            raise RolloutRefused("too_many_plans")
        if any(one.at == at and one.failed_at is None for one in before):
            raise RolloutRefused("planned_already", "$.at")
        plan = TreePlan(
            id=made_id(stored.hash, now), tree=tree, version=stored.hash, at=at, by=by, made_at=now
        )
        self._store.keep(stored)
        self._store.add_plan(plan)
        return plan

    def drop_plan(self, tree: TreeId, id: str) -> TreePlan:
        """It is not carried out, or its failure has been seen. Raises RolloutRefused when there is
        none of this id: it may have been carried out meanwhile."""
        dropped = next((one for one in self._store.plans(tree) if one.id == id), None)
        if dropped is None or not self._store.drop_plan(id):
            raise RolloutRefused("no_such_plan")
        return dropped

    def look(self, now: float) -> Looked:
        """Carry out what is due, in the order it was due. One that cannot be published stays,
        marked as failed, and callers go on hearing what they heard."""
        due = [one for one in self._store.plans(None) if one.failed_at is None and one.at <= now]
        done = [one for one in (self._carry_out(plan, now) for plan in due) if one is not None]
        return Looked(carried_out=tuple(done), alarms=tuple(self._alarms(now)))

    def _carry_out(self, plan: TreePlan, now: float) -> CarriedOut | None:
        try:
            stored = self._book.fit(plan.tree, plan.version, plan.by, now)
        except (TreeRefused, VoiceMissing, NoSuchTree) as error:
            if self._store.fail_plan(plan.id, _what_stands_against(error), now):
                log.error("a planned tree was not published: %s", error, extra={"tree": plan.tree})
            return None
        self._book.refresh()
        before = self._book.heard(plan.tree)
        if not self._store.carry_out(plan, stored, now):
            return None  # Dropped meanwhile, or another process did it.
        self._book.load()
        log.info("a planned tree is published", extra={"tree": plan.tree, "version": stored.hash})
        return CarriedOut(plan=plan, before=before)

    def _alarms(self, now: float) -> Iterator[Alarm]:
        failed = {
            f"{ALARM}:{one.tree}": one
            for one in self._store.plans(None)
            if one.failed_at is not None
        }
        for name in sorted(self._alarmed - failed.keys()):
            yield Alarm(name=name, on=False, at=now)
        for name in sorted(failed.keys() - self._alarmed):
            words = {str(one): _said(failed[name].findings, one) for one in Language}
            yield Alarm(name=name, on=True, text=words[Language.EN], values=words, at=now)
        self._alarmed = set(failed)

    # --- for a share of callers --------------------------------------------------------------

    def trials(self, tree: TreeId) -> Sequence[TreeTrial]:
        """The newest first. Raises NoSuchTree."""
        self._book.draft(tree)
        return self._store.trials(tree)

    def begin_trial(self, tree: TreeId, version: str, share: int, by: str, now: float) -> TreeTrial:
        """Let ``share`` of a hundred new callers hear ``version`` ('' for the draft as it is now).
        Raises NoSuchTree, TreeRefused, RolloutRefused."""
        stored = self._book.fit(tree, version, by, now)
        self._book.refresh()
        try:
            a = self._book.current(tree).hash
        except NothingPublished as error:
            raise RolloutRefused("nothing_to_compare") from error
        if stored.hash == a:
            raise RolloutRefused("trial_of_the_same", "$.version")
        trial = TreeTrial(
            id=made_id(stored.hash, now),
            tree=tree, a=a, b=stored.hash, share=share, by=by, began_at=now,
        )  # fmt: skip
        self._store.keep(stored)
        if not self._store.begin_trial(trial):
            raise RolloutRefused("trial_goes_on")
        self._book.load()
        return trial

    def change_share(self, tree: TreeId, share: int) -> tuple[TreeTrial, TreeTrial]:
        """Before and after. Raises RolloutRefused when none goes on."""
        before = self._running(tree)
        if not self._store.change_share(before.id, share):
            raise RolloutRefused("no_trial")
        self._book.load()
        return before, self._running(tree)

    def end_trial(self, tree: TreeId, keep_b: bool, by: str, now: float) -> TreeTrial:
        """B for all, or A for all. Raises RolloutRefused when none goes on, TreeRefused when B
        may not be published any more; the trial goes on then."""
        trial = self._running(tree)
        if keep_b:
            self._book.rollback(tree, trial.b, by, now)
        elif not self._store.end_trial(trial.id, trial.a, by, now):
            raise RolloutRefused("no_trial")
        self._book.load()
        return next(one for one in self._store.trials(tree) if one.id == trial.id)

    def _running(self, tree: TreeId) -> TreeTrial:
        found = next((one for one in self._store.trials(tree) if one.ended_at is None), None)
        if found is None:
            raise RolloutRefused("no_trial")
        return found


def _what_stands_against(error: Exception) -> tuple[Finding, ...]:
    if isinstance(error, TreeRefused):
        return tuple(one for one in error.findings if one.severity is Severity.ERROR)
    rule = "no_voice" if isinstance(error, VoiceMissing) else "gone"
    return (Finding(severity=Severity.ERROR, rule=rule, problem=str(error), advice=""),)


def _said(findings: Sequence[Finding], language: Language) -> str:
    worded = in_words(findings, language)
    return "; ".join(f"{one.where}: {one.problem}" for one in worded[:3])
