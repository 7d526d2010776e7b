"""Who is editing which tree: the second is told and may take over.

A courtesy, not a guard: that no change is lost is seen to by the hash of the draft, whoever holds
the tree and in whatever process.
"""

from threading import Lock

import msgspec

from calls.ids import TreeId

LAPSES_S = 45.0
"""A page that is open says so every 15 s; one that has crashed lets go after three of them."""


class Editor(msgspec.Struct, frozen=True, kw_only=True):
    person: str
    name: str
    page: str
    """One open page of this person's; two pages are two editors."""
    since: float


class EditLocks:
    def __init__(self) -> None:
        self._held: dict[TreeId, tuple[Editor, float]] = {}
        self._lock = Lock()

    def hold(self, tree: TreeId, who: Editor, take_over: bool = False) -> tuple[Editor, bool]:
        """``who`` wants to edit, or goes on editing: who does edit now, and whether the tree has
        changed hands by being taken over. ``who.since`` is now."""
        with self._lock:
            held = self._now(tree, who.since)
            if held is not None and _same(held, who):
                self._held[tree] = held, who.since
                return held, False
            if held is not None and not take_over:
                return held, False
            self._held[tree] = who, who.since
            return who, held is not None

    def release(self, tree: TreeId, person: str, page: str) -> None:
        """The page was closed; nothing when another has the tree."""
        with self._lock:
            held = self._held.get(tree)
            if held is not None and (held[0].person, held[0].page) == (person, page):
                del self._held[tree]

    def _now(self, tree: TreeId, now: float) -> Editor | None:
        held = self._held.get(tree)
        return held[0] if held is not None and now - held[1] < LAPSES_S else None


def _same(one: Editor, other: Editor) -> bool:
    return (one.person, one.page) == (other.person, other.page)
