"""The port of the journal: an append-only log of streams, durable before anything depends on it.

Streams in use: ``floor`` (engine inputs with the commands they gave) and ``facts`` (facts of
calls). Implementations: MemoryJournal here; storage.journal (SQLite file of its own).
"""

from collections.abc import Callable, Iterator
from typing import Protocol

FLOOR = "floor"
FACTS = "facts"

WhenDurable = Callable[[int], None]
"""Called once with the entry's position, when it would survive a power cut."""


class Journal(Protocol):
    def append(self, stream: str, entry: bytes, when_durable: WhenDurable | None = None) -> None:
        """Add an entry; returns at once, never waits on a disk. Order within a stream is the order
        of the calls. ``when_durable`` runs on the thread that owns the process's event loop."""

    def read(self, stream: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Durable entries with a position greater than ``after``, in order. Positions increase
        within a stream and are never reused; they need not be dense."""

    def close(self) -> None:
        """Everything appended is durable when this returns."""


class MemoryJournal:
    """A journal for tests and for a hotline that may forget: durable as long as the process."""

    def __init__(self) -> None:
        self._streams: dict[str, list[bytes]] = {}

    def append(self, stream: str, entry: bytes, when_durable: WhenDurable | None = None) -> None:
        entries = self._streams.setdefault(stream, [])
        entries.append(entry)
        if when_durable is not None:
            when_durable(len(entries))

    def read(self, stream: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        entries = self._streams.get(stream, [])
        yield from enumerate(entries[after:], start=after + 1)

    def close(self) -> None:
        pass
