"""What callers did in a tree, counted from their records."""

import pytest

from calls.ids import CallId, TreeId
from calls.record import CallRecord
from calls.words import Outcome, Party
from cti.records_sql import SqlRecords
from cti.tree_paths import Came, Passed, PathOrder, Stride, Walked, counted, tree_paths
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract

MAIN = TreeId("main")
ORDER = PathOrder(tree=MAIN, since=0.0, until=1000.0)
LEFT = Outcome.ABANDONED_IN_MENU


def call(n: int, outcome: Outcome, *nodes: str, tree: str = "main", version: str = "v1",
         queued: bool = False) -> CallRecord:  # fmt: skip
    at = 10.0 * n
    return CallRecord(
        call=CallId(f"c{n}"), started_at=at, arrived=True, ended_at=at + 5, ended_by=Party.CALLER,
        outcome=outcome, tree=TreeId(tree), tree_version=version, nodes=nodes,
        first_queued_at=at + 1 if queued else None,
    )  # fmt: skip


CALLS = (
    call(1, LEFT, "hello", "menu"),
    call(2, LEFT, "hello"),
    call(3, Outcome.ANSWERED, "hello", "menu", "sales", queued=True),
    call(4, Outcome.ABANDONED_IN_QUEUE, "hello", "menu", "sales", version="v2", queued=True),
    call(5, Outcome.SELF_SERVICE, "hello", "menu", "balance", version="v2"),
    call(6, Outcome.VOICEMAIL, "hello", "box", version="v2"),
    call(7, LEFT, "hello", tree="other"),
    call(200, LEFT, "hello"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_ways_are_counted_of_one_tree_and_one_time(kind: str, new_database: NewDatabase) -> None:
    database = new_database(kind)
    SqlRecords(database).write(CALLS, mark=0, at=1.0)
    found = tree_paths(database, ORDER)
    assert (found.calls, found.complete) == (6, True)
    assert found.nodes["hello"] == Passed(calls=6, left=1)
    assert found.nodes["menu"] == Passed(calls=4, left=1)
    assert found.nodes["sales"] == Passed(calls=2)
    assert found.strides[:2] == (
        Stride(node="hello", to="menu", calls=4),
        Stride(node="menu", to="sales", calls=2),
    )
    assert found.versions == {
        "v1": Came(calls=3, queued=1, left=2),
        "v2": Came(calls=3, queued=1, served=1, other=1),
    }
    one = tree_paths(database, PathOrder(tree=MAIN, since=0.0, until=1000.0, version="v2"))
    assert (one.calls, one.nodes["hello"].calls) == (3, 3)
    late = tree_paths(database, PathOrder(tree=MAIN, since=3000.0, until=4000.0))
    assert late.nodes == {}


def test_whoever_goes_round_is_counted_once_at_each_node_and_step() -> None:
    round = Walked(
        nodes=("menu", "say", "menu", "say", "menu"), outcome=LEFT, served=("say", "say")
    )
    found = counted([round], ORDER)
    assert found.nodes == {"menu": Passed(calls=1, left=1), "say": Passed(calls=1, served=1)}
    assert found.strides == (
        Stride(node="menu", to="say", calls=1),
        Stride(node="say", to="menu", calls=1),
    )


def test_nothing_walked_is_nothing_counted() -> None:
    found = counted([Walked(outcome=LEFT)], ORDER)
    assert (found.calls, found.nodes, found.strides) == (1, {}, ())
