"""Every journal keeps the same promises: in memory, on disk, in Redis."""

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from calls.journal import FACTS, FLOOR, Journal, MemoryJournal
from storage.journal import SqliteJournal
from storage.redis_journal import RedisJournal
from tests.storage.redis_server import RedisServer

pytestmark = pytest.mark.contract


class Loop:
    """A thread's worth of event loop: what is handed in runs when the test says so."""

    def __init__(self) -> None:
        self.inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def call_soon(self, fn: Callable[[], None]) -> None:
        self.inbox.put(fn)

    def run_until(self, done: Callable[[], bool]) -> None:
        while not done():
            self.inbox.get(timeout=10.0)()


class House:
    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.path, self.loop = kind, folder / "journal.db", Loop()
        self.redis = RedisServer(folder / "redis")
        if kind == "redis":
            self.redis.start()
        self.journal: Journal = self.open()

    def open(self) -> Journal:
        if self.kind == "memory":
            return MemoryJournal()
        if self.kind == "redis":
            journal = RedisJournal(self.redis.url, "test", self.loop.call_soon)
            journal.begin(token=1)
            return journal
        return SqliteJournal(self.path, self.loop.call_soon, now=lambda: 1_700_000_000.0)

    def append_all(self, stream: str, *entries: bytes) -> list[int]:
        """Append and wait until each is durable; their positions."""
        positions: list[int] = []
        for entry in entries:
            self.journal.append(stream, entry, positions.append)
        self.loop.run_until(lambda: len(positions) == len(entries))
        return positions


@pytest.fixture(params=["memory", "sqlite", "redis"])
def house(request: Any, tmp_path: Path) -> Iterator[House]:
    made = House(request.param, tmp_path)
    yield made
    made.journal.close()
    made.redis.kill()


def entries(journal: Journal, stream: str, after: int = 0) -> list[bytes]:
    return [entry for _, entry in journal.read(stream, after)]


def test_an_empty_stream_reads_as_nothing(house: House) -> None:
    assert entries(house.journal, FACTS) == []


def test_entries_come_back_in_the_order_they_were_appended(house: House) -> None:
    said = [b"%d" % n for n in range(1_500)]
    house.append_all(FACTS, *said)
    assert entries(house.journal, FACTS) == said


def test_streams_do_not_see_each_other(house: House) -> None:
    house.append_all(FACTS, b"fact")
    house.append_all(FLOOR, b"input")
    assert entries(house.journal, FACTS) == [b"fact"]
    assert entries(house.journal, FLOOR) == [b"input"]


def test_a_listener_is_told_the_position_under_which_the_entry_is_read(house: House) -> None:
    positions = house.append_all(FACTS, b"a", b"b", b"c")
    assert positions == sorted(set(positions))
    assert list(house.journal.read(FACTS)) == list(zip(positions, [b"a", b"b", b"c"], strict=True))


def test_reading_after_a_position_gives_only_what_is_later(house: House) -> None:
    positions = house.append_all(FACTS, b"a", b"b", b"c")
    assert entries(house.journal, FACTS, after=positions[0]) == [b"b", b"c"]
    assert entries(house.journal, FACTS, after=positions[2]) == []


def test_an_entry_is_readable_when_its_listener_is_told(house: House) -> None:
    seen: list[list[bytes]] = []
    house.journal.append(FACTS, b"a", lambda _: seen.append(entries(house.journal, FACTS)))
    house.loop.run_until(lambda: bool(seen))
    assert seen == [[b"a"]]


def test_empty_and_binary_entries_survive(house: House) -> None:
    house.append_all(FACTS, b"", b"\x00\xff\n", "三响".encode())
    assert entries(house.journal, FACTS) == [b"", b"\x00\xff\n", "三响".encode()]


def test_what_is_pruned_is_gone_and_the_rest_keeps_its_positions(house: House) -> None:
    positions = house.append_all(FACTS, b"a", b"b", b"c")
    house.journal.prune(FACTS, positions[2])
    [last] = house.append_all(FACTS, b"d")
    house.append_all(FLOOR, b"another turn of the writer")
    assert list(house.journal.read(FACTS)) == [(positions[2], b"c"), (last, b"d")]


def test_entries_of_several_streams_become_durable_in_the_order_of_the_calls(house: House) -> None:
    told: list[int] = []
    for n in range(300):
        stream = FACTS if n % 3 else FLOOR
        house.journal.append(stream, b"%d" % n, lambda _, n=n: told.append(n))  # type: ignore[misc]
    house.loop.run_until(lambda: len(told) == 300)
    assert told == list(range(300))


def test_an_entry_of_a_megabyte_survives_among_small_ones(house: House) -> None:
    house.append_all(FLOOR, b"small", b"x" * (1 << 20), b"small again")
    assert [len(entry) for entry in entries(house.journal, FLOOR)] == [5, 1 << 20, 11]


def test_pruning_behind_the_end_leaves_nothing_and_what_comes_later_is_kept(house: House) -> None:
    positions = house.append_all(FACTS, b"a", b"b")
    house.journal.prune(FACTS, positions[-1] + 1_000_000)
    [later] = house.append_all(FLOOR, b"another turn of the writer")
    house.append_all(FLOOR, b"and another")
    assert entries(house.journal, FACTS) == []
    assert later > positions[-1]
