"""Every place that keeps trees keeps them alike."""

import pytest

from calls.ids import TreeId
from ivr.memory import MemoryTrees
from ivr.ports import Draft, StoredVersion, TreeStore
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
