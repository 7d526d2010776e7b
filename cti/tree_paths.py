"""What callers did in a tree, read from their records: each node and each step between two, where
they hung up, and what came of them by version.

Synchronous, in a worker process: it reads records themselves, the newest first, and stops at MOST.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec
from sqlalchemy import select

from calls.ids import TreeId
from calls.words import Outcome
from cti.record_rows import RecordRow
from storage.database import Database

MOST = 50_000
"""Records read for one picture: some two seconds, and more change no share by a hundredth."""


class PathOrder(msgspec.Struct, frozen=True, kw_only=True):
    tree: TreeId
    since: float
    until: float
    """Calls begun before it."""
    version: str = ""
    """'' for whatever version they heard."""


class Walked(msgspec.Struct, frozen=True, kw_only=True):
    """As much of a record as its way through the tree."""

    tree_version: str = ""
    nodes: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    outcome: Outcome | None = None
    first_queued_at: float | None = None


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """Of one node. A caller who came twice is counted once."""

    calls: int
    left: int = 0
    """Hung up here, before anything else came of the call."""
    served: int = 0
    """Got here what they wanted to know."""


class Stride(msgspec.Struct, frozen=True, kw_only=True):
    """Callers who went from one node to the next."""

    node: str
    to: str
    calls: int


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the callers of one version."""

    calls: int = 0
    queued: int = 0
    """Came to a queue."""
    served: int = 0
    """Solved by the tree alone."""
    left: int = 0
    """Hung up in the menu."""
    other: int = 0
    """Left a message, were transferred, turned away and the like, without a queue."""


class TreePaths(msgspec.Struct, frozen=True, kw_only=True):
    since: float
    until: float
    calls: int
    complete: bool
    """False: there were more calls than are counted; these are the newest."""
    nodes: dict[str, Passed]
    strides: tuple[Stride, ...]
    """The busiest first."""
    versions: dict[str, Came]


def tree_paths(database: Database, order: PathOrder) -> TreePaths:
    query = (
        select(RecordRow.detail)
        .where(
            RecordRow.tree == order.tree,
            RecordRow.started_at >= order.since,
            RecordRow.started_at < order.until,
        )
        .order_by(RecordRow.started_at.desc())
        .limit(MOST + 1)
    )
    if order.version:
        query = query.where(RecordRow.tree_version == order.version)
    with database.reading() as session:
        texts = session.scalars(query.execution_options(yield_per=2_000))
        walks = [_decoder.decode(text) for text in texts]
    return counted(walks[:MOST], order, complete=len(walks) <= MOST)


def counted(walks: Iterable[Walked], order: PathOrder, complete: bool = True) -> TreePaths:
    """Pure."""
    nodes: Counter[str] = Counter()
    left: Counter[str] = Counter()
    served: Counter[str] = Counter()
    strides: Counter[tuple[str, str]] = Counter()
    came: dict[str, Counter[str]] = {}
    calls = 0
    for walk in walks:
        calls += 1
        nodes.update(set(walk.nodes))
        served.update(set(walk.served))
        strides.update(set(zip(walk.nodes, walk.nodes[1:], strict=False)))
        if walk.nodes and walk.outcome is Outcome.ABANDONED_IN_MENU:
            left[walk.nodes[-1]] += 1
        came.setdefault(walk.tree_version, Counter()).update(("calls", _what_came(walk)))
    return TreePaths(
        since=order.since,
        until=order.until,
        calls=calls,
        complete=complete,
        nodes={
            node: Passed(calls=count, left=left[node], served=served[node])
            for node, count in sorted(nodes.items())
        },
        strides=tuple(
            Stride(node=node, to=to, calls=count)
            for (node, to), count in sorted(strides.items(), key=lambda one: (-one[1], one[0]))
        ),
        versions={version: Came(**counts) for version, counts in sorted(came.items())},
    )


def _what_came(walk: Walked) -> str:
    if walk.first_queued_at is not None:
        return "queued"
    if walk.outcome is Outcome.SELF_SERVICE:
        return "served"
    return "left" if walk.outcome is Outcome.ABANDONED_IN_MENU else "other"


_decoder = msgspec.json.Decoder(Walked)
