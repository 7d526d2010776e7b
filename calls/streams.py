"""The ports of what processes share: streams of entries, and leases that say who is alive.

One implementation: storage.redis_streams and storage.redis_leases. A hotline of one process has
neither. Whoever uses them knows no Redis.
"""

from collections.abc import Callable
from typing import Protocol

START = "0-0"
"""Before the first entry of any stream."""

Hear = Callable[[str, bytes], None]
"""Told each entry: its position, its bytes."""


class Streams(Protocol):
    def append(self, stream: str, entry: bytes) -> None:
        """Add an entry at the end; returns at once. Entries of one process arrive in the order of
        the calls and once each, however often the store was out of reach meanwhile."""

    async def last(self, stream: str) -> str:
        """Position of the newest entry, START when there is none. Waits until the store can be
        reached."""

    async def follow(self, stream: str, after: str, hear: Hear) -> None:
        """``hear`` every entry after that position, in order and once each, for ever (cancel it).
        A store that was out of reach may have lost some. What ``hear`` raises is logged."""


class Leases(Protocol):
    async def hold(self, name: str, for_s: float) -> bool:
        """Be alive under this name for so long from now. False when this was not without a gap:
        the lease had ended, is new, or the store was out of reach since. Raises Taken,
        Unreachable."""

    async def let_go(self, name: str) -> None:
        """Not alive any more, from now on. Raises Unreachable."""

    async def held(self) -> frozenset[str]:
        """Names that are alive. Raises Unreachable."""

    async def next_token(self, at_least: int) -> int:
        """A fencing token no brain of this deployment has had. Raises Unreachable."""


class Unreachable(Exception):
    """The store does not answer; whatever was asked of it may or may not have happened."""


class Taken(Exception):
    """Somebody else is alive under this name."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(f"{name!r} is held by {holder}")
        self.name = name
        self.holder = holder


def journal_stream(stream: str) -> str:
    """Under which name a stream of the shared journal (calls.journal) is followed."""
    return f"journal:{stream}"


def at_entry(position: int) -> str:
    """A position of the shared journal, as ``follow`` takes it; 0 is before the first."""
    return f"0-{position}"


def entry_at(position: str) -> int:
    """A position of the shared journal, from what ``follow`` says."""
    return int(position.partition("-")[2])


def is_later(position: str, than: str) -> bool:
    return _parts(position) > _parts(than)


def _parts(position: str) -> tuple[int, int]:
    at, _, number = position.partition("-")
    return int(at), int(number or 0)
