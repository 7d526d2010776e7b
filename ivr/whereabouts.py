"""Which callers are inside which node now: heard from facts, for whoever is about to publish.

Written on the event loop's thread, read on any. Callers who came in before this process began are
counted from the next node they enter.
"""

from collections import Counter
from collections.abc import Mapping
from threading import Lock

from calls.bus import Bus
from calls.events import CallArrived, CallEnded, NodeEntered
from calls.ids import CallId, TreeId


class Whereabouts:
    def __init__(self) -> None:
        self._lock = Lock()
        self._trees: dict[CallId, TreeId | None] = {}
        self._nodes: dict[CallId, str] = {}

    def listen(self, bus: Bus) -> None:
        bus.subscribe(CallArrived, self._arrived)
        bus.subscribe(NodeEntered, self._entered)
        bus.subscribe(CallEnded, self._ended)

    def inside(self, tree: TreeId) -> Mapping[str, int]:
        """Node to callers in it."""
        with self._lock:
            return Counter(
                node for call, node in self._nodes.items() if self._trees.get(call) == tree
            )

    def _arrived(self, fact: CallArrived) -> None:
        with self._lock:
            self._trees[fact.call] = fact.tree

    def _entered(self, fact: NodeEntered) -> None:
        with self._lock:
            if fact.call in self._trees:
                self._nodes[fact.call] = fact.node

    def _ended(self, fact: CallEnded) -> None:
        with self._lock:
            self._trees.pop(fact.call, None)
            self._nodes.pop(fact.call, None)
