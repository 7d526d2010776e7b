"""Every place that keeps trees keeps them alike."""

import pytest

from calls.ids import TreeId
from ivr.findings import Finding, Severity
from ivr.memory import MemoryTrees
from ivr.ports import Draft, StoredVersion, TreeStore
from ivr.rollout.model import TreePlan, TreeTrial
from ivr.sql_store import SqlTrees
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract

MAIN, OTHER = TreeId("main"), TreeId("other")


@pytest.fixture(params=["memory", *KINDS])
def store(request: pytest.FixtureRequest, new_database: NewDatabase) -> TreeStore:
    if request.param == "memory":
        return MemoryTrees()
    return SqlTrees(new_database(request.param))


def draft(document: str, at: float, tree: TreeId = MAIN) -> Draft:
    return Draft(tree=tree, title=f"title {at}", document=document, by="li", at=at)


def version(hash: str, at: float, tree: TreeId = MAIN) -> StoredVersion:
    document = f'{{"title": "{hash}"}}'
    return StoredVersion(hash=hash, tree=tree, document=document, by="li", at=at)


def test_a_draft_comes_back_as_it_was_saved_and_the_last_one_counts(store: TreeStore) -> None:
    assert store.draft(MAIN) is None
    store.save_draft(draft("你好", 1.5))
    assert store.draft(MAIN) == draft("你好", 1.5)
    store.save_draft(draft("broken {", 2.5))
    assert store.draft(MAIN) == draft("broken {", 2.5)


def test_a_version_is_kept_and_current_from_then_on(store: TreeStore) -> None:
    store.save_draft(draft("d", 1.0))
    store.publish(version("aaa", 2.0), "li", 2.0)
    store.publish(version("bbb", 3.0), "li", 3.0)
    assert store.version("aaa") == version("aaa", 2.0)
    assert store.version("zzz") is None
    assert [one.current for one in store.trees()] == ["bbb"]
    assert store.draft(MAIN) == draft("d", 1.0)


def test_publishing_the_same_again_keeps_who_was_first_and_makes_it_current(
    store: TreeStore,
) -> None:
    store.publish(version("aaa", 2.0), "li", 2.0)
    store.publish(version("bbb", 3.0), "li", 3.0)
    store.publish(version("aaa", 9.0), "wang", 9.0)
    assert store.version("aaa") == version("aaa", 2.0)
    assert [one.current for one in store.trees()] == ["aaa"]
    assert [one.hash for one in store.versions(MAIN)] == ["bbb", "aaa"]


def test_versions_come_newest_first_and_of_one_tree_alone(store: TreeStore) -> None:
    for number in range(5):
        store.publish(version(f"v{number}", float(number)), "li", float(number))
    store.publish(version("w", 9.0, OTHER), "li", 9.0)
    assert [one.hash for one in store.versions(MAIN, limit=3)] == ["v4", "v3", "v2"]
    assert [one.hash for one in store.versions(OTHER)] == ["w"]
    assert store.versions(TreeId("nobody")) == []


def test_a_tree_published_without_a_draft_gets_one(store: TreeStore) -> None:
    store.publish(version("aaa", 2.0), "setup", 2.5)
    assert store.draft(MAIN) == Draft(
        tree=MAIN, title="aaa", document='{"title": "aaa"}', by="setup", at=2.5
    )


def test_trees_are_listed_by_id_with_who_touched_them_last(store: TreeStore) -> None:
    store.save_draft(draft("d", 1.0, OTHER))
    store.publish(version("aaa", 2.0), "setup", 2.5)
    store.save_draft(draft("e", 4.0, OTHER))
    listed = [(t.tree, t.title, t.current, t.edited_by, t.edited_at) for t in store.trees()]
    assert listed == [
        (MAIN, "aaa", "aaa", "setup", 2.5),
        (OTHER, "title 4.0", None, "li", 4.0),
    ]


def plan(id: str, at: float, tree: TreeId = MAIN) -> TreePlan:
    return TreePlan(id=id, tree=tree, version="aaa", at=at, by="li", made_at=1.0)


def trial(id: str, at: float) -> TreeTrial:
    return TreeTrial(id=id, tree=MAIN, a="aaa", b="bbb", share=20, by="li", began_at=at)


MISTAKE = Finding(severity=Severity.ERROR, rule="r", problem="没有队列", advice="add it")


def test_plans_come_soonest_first_with_what_stood_against_them(store: TreeStore) -> None:
    store.publish(version("aaa", 2.0), "li", 2.0)
    store.publish(version("aaa2", 2.0, OTHER), "li", 2.0)
    for id, at in (("late", 9.0), ("soon", 5.0)):
        store.add_plan(plan(id, at))
    store.add_plan(plan("other", 7.0, OTHER))
    assert [one.id for one in store.plans(None)] == ["soon", "other", "late"]
    assert store.plans(MAIN) == [plan("soon", 5.0), plan("late", 9.0)]
    assert store.fail_plan("soon", [MISTAKE], 5.5)
    assert not store.fail_plan("soon", [], 6.0), "it has failed"
    [failed, _] = store.plans(MAIN)
    assert (failed.failed_at, failed.findings) == (5.5, (MISTAKE,))
    assert not store.carry_out(failed, version("aaa", 2.0), 6.0), "it waits no more"
    assert [len(one.plans) for one in store.trees()] == [2, 1]
    assert store.drop_plan("soon")
    assert not store.drop_plan("soon")


def test_a_plan_is_carried_out_once_with_all_that_publishing_does(store: TreeStore) -> None:
    store.publish(version("aaa", 2.0), "li", 2.0)
    store.keep(version("bbb", 3.0))
    assert [one.current for one in store.trees()] == ["aaa"]
    assert store.begin_trial(trial("t", 4.0))
    store.add_plan(plan("p", 5.0))
    assert store.carry_out(plan("p", 5.0), version("ccc", 6.0), 6.0)
    assert not store.carry_out(plan("p", 5.0), version("aaa", 2.0), 7.0)
    [summary] = store.trees()
    assert (summary.current, summary.trial, summary.plans) == ("ccc", None, ())
    [ended] = store.trials(MAIN)
    assert (ended.kept, ended.ended_by, ended.ended_at) == ("ccc", "li", 6.0)


def test_one_trial_of_a_tree_goes_on_at_a_time(store: TreeStore) -> None:
    store.publish(version("aaa", 2.0), "li", 2.0)
    store.keep(version("bbb", 3.0))
    assert store.begin_trial(trial("t1", 4.0))
    assert not store.begin_trial(trial("t2", 5.0))
    assert store.change_share("t1", 70)
    assert [one.trial and one.trial.share for one in store.trees()] == [70]
    assert store.end_trial("t1", "aaa", "wang", 6.0)
    assert not store.end_trial("t1", "bbb", "wang", 7.0)
    assert not store.change_share("t1", 5)
    assert store.begin_trial(trial("t2", 8.0))
    assert [one.id for one in store.trials(MAIN)] == ["t2", "t1"]
    assert store.trials(OTHER) == []
