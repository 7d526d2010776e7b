"""From draft to what callers hear, and back; nobody in the middle of a call notices."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from calls.ids import CallId, TreeId
from ivr import steps
from ivr.findings import Finding, Severity, TreeRefused
from ivr.interpreter import CallFacts, begin, step
from ivr.memory import MemoryTrees
from ivr.model import Tree
from ivr.ports import Draft
from ivr.service import (
    KEPT_IN_MEMORY,
    NoSuchTree,
    NothingPublished,
    TreeBook,
    TreesByNumber,
)
from ivr.validator import Known
from tests.ivr.trees import document

pytestmark = pytest.mark.unit

T = TreeId("t")


def written(reason: str, tree: str = "t", **node: Any) -> bytes:
    hello = {"kind": "say", "says": ["hello"], "next": "bye"}
    nodes = {"hello": hello, "bye": {"kind": "hangup", "reason": reason, **node}}
    return json.dumps(document(nodes, id=tree, title=f"says {reason}")).encode()


QUEUE = {"kind": "queue", "queue": "sales", "next": "bye", "otherwise": "bye"}
TO_SALES = json.dumps(
    document({"q": QUEUE, "bye": {"kind": "hangup"}}, id="t", title="to sales")
).encode()


@pytest.fixture
def book() -> TreeBook:
    return TreeBook(MemoryTrees())


def publish(book: TreeBook, data: bytes, at: float, tree: TreeId = T) -> str:
    saved = book.save_draft(tree, data, "li", at)
    assert [f for f in saved.findings if f.severity == "error"] == []
    return book.publish(tree, "li", at).hash


def test_a_draft_is_heard_by_nobody_until_it_is_published(book: TreeBook) -> None:
    first = publish(book, written("one"), 1.0)
    book.save_draft(T, written("two"), "wang", 2.0)
    assert book.current(T).hash == first
    second = book.publish(T, "wang", 3.0)
    assert book.current(T) == second
    assert (second.by, second.at) == ("wang", 3.0)
    assert [one.hash for one in book.versions(T)] == [second.hash, first]


def test_a_caller_finishes_on_the_version_she_began_on(book: TreeBook) -> None:
    began_on = publish(book, written("one"), 1.0)
    facts = CallFacts(now=0.0)
    tree = book.current(T).tree
    cursor, _, _ = step(tree, begin(tree), steps.Began(), facts)
    publish(book, written("two"), 2.0)
    _, _, effect = step(book.version(began_on).tree, cursor, steps.Done(), facts)
    assert effect == steps.HangUp(reason="one")


def test_the_same_document_is_the_same_version(book: TreeBook) -> None:
    first = publish(book, written("one"), 1.0)
    assert publish(book, written("one"), 2.0) == first
    assert len(book.versions(T)) == 1


def test_a_draft_with_faults_is_kept_with_what_is_wrong_and_cannot_be_published(
    book: TreeBook,
) -> None:
    good = publish(book, written("one"), 1.0)
    faulty = written("two").replace(b'"next": "bye"', b'"next": "by"')
    assert book.save_draft(T, faulty, "li", 2.0).findings[0].rule == "dangling"
    assert book.draft(T).document == faulty.decode()
    with pytest.raises(TreeRefused, match="did you mean 'bye'"):
        book.publish(T, "li", 3.0)
    assert book.current(T).hash == good
    assert book.check_draft(T)[0].rule == "dangling"


def test_half_a_document_is_kept_too(book: TreeBook) -> None:
    findings = book.save_draft(T, b'{"title": "half', "li", 1.0).findings
    assert [one.rule for one in findings] == ["syntax"]
    assert book.draft(T) == Draft(tree=T, title="t", document='{"title": "half', by="li", at=1.0)


@pytest.mark.parametrize("data", [b" " * 1_000_001, b"\xff\xfe"])
def test_what_cannot_be_kept_is_refused(book: TreeBook, data: bytes) -> None:
    with pytest.raises(TreeRefused):
        book.save_draft(T, data, "li", 1.0)
    with pytest.raises(NoSuchTree):
        book.draft(T)


def test_a_document_of_another_tree_is_refused(book: TreeBook) -> None:
    findings = book.save_draft(T, written("one", tree="other"), "li", 1.0).findings
    assert findings[0].advice == 'write "id": "t"'
    with pytest.raises(TreeRefused, match="this is tree 'other'"):
        book.publish(T, "li", 1.0)


def test_what_the_house_has_is_asked_when_it_is_published_and_again_at_a_rollback() -> None:
    queues = {"sales"}
    book = TreeBook(MemoryTrees(), known=lambda: Known(queues=queues))
    first = publish(book, TO_SALES, 1.0)
    second = publish(book, written("two"), 2.0)
    queues.clear()
    with pytest.raises(TreeRefused, match="queue 'sales' is not known"):
        book.rollback(T, first, "li", 3.0)
    assert book.current(T).hash == second


def test_a_rollback_makes_an_old_version_current_and_leaves_the_draft(book: TreeBook) -> None:
    first = publish(book, written("one"), 1.0)
    publish(book, written("two"), 2.0)
    assert book.rollback(T, first, "li", 3.0).hash == first
    assert book.current(T).hash == first
    assert book.draft(T).title == "says two"
    assert [(one.tree, one.current) for one in book.trees()] == [(T, first)]


def test_only_a_version_of_the_tree_itself_can_be_rolled_back_to(book: TreeBook) -> None:
    other = publish(book, written("one", tree="other"), 1.0, TreeId("other"))
    publish(book, written("one"), 1.0)
    for hash in (other, "nonsense"):
        with pytest.raises(NoSuchTree):
            book.rollback(T, hash, "li", 2.0)


def test_nothing_goes_live_before_its_prompts_are_ready() -> None:
    asked: list[str] = []
    lacks: list[Finding] = []

    def make_ready(tree: Tree) -> Iterable[Finding]:
        asked.append(tree.title)
        return lacks

    book = TreeBook(MemoryTrees(), make_ready=make_ready)
    first = publish(book, written("one"), 1.0)
    lacks.append(Finding(severity=Severity.ERROR, rule="voice", problem="no voice", advice="add"))
    with pytest.raises(TreeRefused, match="no voice"):
        publish(book, written("two"), 2.0)
    assert book.current(T).hash == first
    assert asked == ["says one", "says two"]


def test_what_does_not_exist_is_said(book: TreeBook) -> None:
    with pytest.raises(NothingPublished):
        book.current(T)
    with pytest.raises(NoSuchTree):
        book.publish(T, "li", 1.0)
    with pytest.raises(NoSuchTree):
        book.version("nonsense")


# --- another process, another day -----------------------------------------------------------


def test_after_a_restart_callers_find_their_versions_again() -> None:
    store = MemoryTrees()
    before = TreeBook(store)
    hashes = [publish(before, written(str(number)), float(number)) for number in range(30)]
    before.rollback(T, hashes[0], "li", 99.0)
    before.save_draft(TreeId("draft-only"), written("x", tree="draft-only"), "li", 99.0)
    after = TreeBook(store)
    after.load()
    assert after.current(T).hash == hashes[0]
    assert (
        after.version(hashes[29]).tree.nodes["bye"] == before.version(hashes[29]).tree.nodes["bye"]
    )
    with pytest.raises(NoSuchTree):
        after.version(hashes[5])


def test_what_another_process_published_is_taken_in() -> None:
    store = MemoryTrees()
    here, there = TreeBook(store), TreeBook(store)
    first = publish(here, written("one"), 1.0)
    there.load()
    second = publish(there, written("two"), 2.0)
    assert here.current(T).hash == first
    here.load()
    assert here.current(T).hash == second
    assert here.version(first).hash == first


def test_an_old_version_that_nobody_can_read_any_more_is_left_out() -> None:
    store = MemoryTrees()
    book = TreeBook(store)
    publish(book, written("one"), 1.0)
    good = store.versions(T)[0]
    torn = type(good)(hash="torn", tree=T, document="{", by="li", at=0.5)
    store.publish(torn, "li", 1.0)
    store.publish(good, "li", 2.0)
    again = TreeBook(store)
    again.load()
    assert again.current(T).hash == good.hash
    store.publish(torn, "li", 3.0)
    with pytest.raises(TreeRefused, match="version torn"):
        TreeBook(store).load()


def test_memory_keeps_the_newest_and_what_is_current(book: TreeBook) -> None:
    quiet = publish(book, written("x", tree="quiet"), 0.0, TreeId("quiet"))
    hashes = [publish(book, written(str(n)), float(n)) for n in range(KEPT_IN_MEMORY + 5)]
    assert book.version(quiet).hash == quiet
    assert book.version(hashes[-1]).hash == hashes[-1]
    with pytest.raises(NoSuchTree):
        book.version(hashes[0])


def test_a_tree_we_ship_is_published_once_and_never_over_somebodys_own(book: TreeBook) -> None:
    made = book.install(written("shipped"), "setup", 1.0)
    assert made is not None
    assert book.current(T).hash == made.hash
    own = publish(book, written("own"), 2.0)
    assert book.install(written("shipped, newer"), "setup", 3.0) is None
    assert book.current(T).hash == own


# --- by called number -----------------------------------------------------------------------


def test_the_called_number_picks_the_tree_and_an_unknown_one_the_default(book: TreeBook) -> None:
    default = publish(book, written("one"), 1.0)
    other = publish(book, written("two", tree="other"), 1.0, TreeId("other"))
    numbers = {"400": TreeId("other"), "800": TreeId("never-published")}
    doors = TreesByNumber(book, lambda dialled: numbers.get(dialled, T), T)
    assert doors.for_number("400", CallId("c")).hash == other
    assert doors.for_number("800", CallId("c")).hash == default
    assert doors.for_number("999", CallId("c")).hash == default
    assert doors.version(other).hash == other
    assert doors.version("nonsense").hash == default
