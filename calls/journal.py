"""The port of the journal: an append-only log of streams, durable before anything depends on it.

Streams: ``floor`` (engine inputs and the commands they gave), ``facts`` (facts of calls), ``cel``
(how far Asterisk's own log is dealt with). Implementations: MemoryJournal here; storage.journal.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Protocol

FLOOR = "floor"
FACTS = "facts"
CEL = "cel"

WhenDurable = Callable[[int], None]
"""Called once with the entry's position, when it would survive the end of this process, however it
ends. A power cut, which ends every call as well, may take what is younger than a moment: how much
is the journal's own business (storage.flusher; Redis as it was set up)."""


class Reader(Protocol):
    """The half of a journal that looks back: what a process that writes none of it needs."""

    def read(self, stream: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """As Journal.read."""


class Journal(Protocol):
    def append(self, stream: str, entry: bytes, when_durable: WhenDurable | None = None) -> None:
        """Add an entry; returns at once, never waits on a disk. Entries become durable in the order
        of the calls, whatever their streams. ``when_durable`` runs on the thread that owns the
        process's event loop."""

    def read(self, stream: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Durable entries with a position greater than ``after``, in order. Positions increase
        within a stream and are never reused; they need not be dense."""

    def prune(self, stream: str, before: int) -> None:
        """Forget entries with a position below ``before``, some time."""

    def close(self) -> None:
        """Everything appended is durable when this returns."""


class MemoryJournal:
    """A journal for tests and for a hotline that may forget: durable as long as the process."""

    def __init__(self) -> None:
        self._streams: dict[str, list[tuple[int, bytes]]] = {}
        self._last = 0

    def append(self, stream: str, entry: bytes, when_durable: WhenDurable | None = None) -> None:
        self._last += 1
        self._streams.setdefault(stream, []).append((self._last, entry))
        if when_durable is not None:
            when_durable(self._last)

    def read(self, stream: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        entries = self._streams.get(stream, [])
        yield from entries[bisect_right(entries, after, key=itemgetter(0)) :]

    def prune(self, stream: str, before: int) -> None:
        entries = self._streams.get(stream, [])
        del entries[: bisect_left(entries, before, key=itemgetter(0))]

    def close(self) -> None:
        pass
