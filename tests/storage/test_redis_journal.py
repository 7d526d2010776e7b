"""The journal in Redis: only the newest token writes, and what Redis loses or delays is said."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty

import pytest
from redis import Redis

from calls.journal import FLOOR
from storage.errors import StorageError
from storage.journal import Health
from storage.redis_journal import RedisJournal
from tests.storage.redis_server import RedisServer
from tests.storage.test_journal_contract import Loop, entries

pytestmark = pytest.mark.integration

ON_DISK = ("--appendonly", "yes", "--appendfsync", "always")


class Brain:
    """One process's end: a journal, and what it was told."""

    def __init__(self, redis: RedisServer, token: int) -> None:
        self.loop = Loop()
        self.health: list[Health] = []
        self.durable: list[bytes] = []
        self.fenced = self.gaps = 0
        self.journal = RedisJournal(
            redis.url, "test", self.loop.call_soon, lambda health, why: self.health.append(health)
        )
        self.journal.on_fenced = self._fenced
        self.journal.on_gap = self._gap
        self.journal.begin(token)

    def says(self, *said: bytes) -> None:
        for entry in said:
            self.journal.append(FLOOR, entry, lambda _, entry=entry: self.durable.append(entry))  # type: ignore[misc]

    def until(self, done: Callable[[], bool]) -> None:
        self.loop.run_until(done)

    def nothing_comes(self, for_s: float = 0.3) -> None:
        end = time.monotonic() + for_s
        while time.monotonic() < end:
            try:
                self.loop.inbox.get(timeout=0.05)()
            except Empty:
                continue

    def _fenced(self) -> None:
        self.fenced += 1

    def _gap(self) -> None:
        self.gaps += 1


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path / "redis")
    server.start()
    yield server
    server.kill()


def test_has_2_who_has_an_older_token_appends_nothing_any_more(redis: RedisServer) -> None:
    old = Brain(redis, token=3)
    old.says(b"before")
    old.until(lambda: old.durable == [b"before"])
    new = Brain(redis, token=4)
    new.says(b"new")
    new.until(lambda: new.durable == [b"new"])
    old.says(b"late", b"later still")
    old.until(lambda: old.fenced == 1)
    old.says(b"and again")
    old.nothing_comes()
    assert old.durable == [b"before"]
    assert old.journal.refused == 3
    assert entries(new.journal, FLOOR) == [b"before", b"new"]
    old.journal.close()
    new.journal.close()


def test_a_token_given_to_another_fences_before_that_one_has_said_anything(
    redis: RedisServer,
) -> None:
    old = Brain(redis, token=3)
    old.says(b"before")
    old.until(lambda: bool(old.durable))
    with Redis(port=redis.port) as client:
        client.set("tr:test:token", 4)
    old.says(b"late")
    old.until(lambda: old.fenced == 1)
    assert entries(old.journal, FLOOR) == [b"before"]
    old.journal.close()


def test_while_redis_is_away_nobody_is_told_of_durability_and_nothing_is_lost_or_doubled(
    redis: RedisServer,
) -> None:
    brain = Brain(redis, token=1)
    brain.says(b"1")
    brain.until(lambda: brain.durable == [b"1"])
    assert redis._process is not None
    os.kill(redis._process.pid, signal.SIGSTOP)
    try:
        brain.says(b"2", b"3")
        brain.until(lambda: Health.MEMORY in brain.health)
        assert brain.durable == [b"1"]
    finally:
        os.kill(redis._process.pid, signal.SIGCONT)
    brain.says(b"4")
    brain.until(lambda: len(brain.durable) == 4)
    brain.until(lambda: brain.health[-1] is Health.OK)
    # The second and third had arrived although nobody answered: they were not written again.
    assert entries(brain.journal, FLOOR) == [b"1", b"2", b"3", b"4"]
    brain.journal.close()


def test_a_redis_that_lost_all_is_said_and_positions_go_on(redis: RedisServer) -> None:
    brain = Brain(redis, token=7)
    brain.says(b"1")
    brain.until(lambda: bool(brain.durable))
    brain.until(lambda: brain.gaps == 1)  # a new journal: it begins with a snapshot as well
    [(before, _)] = brain.journal.read(FLOOR)
    redis.kill()
    redis.start()
    brain.says(b"2")
    brain.until(lambda: brain.durable == [b"1", b"2"] and brain.gaps == 2)
    [(later, entry)] = brain.journal.read(FLOOR)
    assert (entry, later > before) == (b"2", True)
    with Redis(port=redis.port) as client:
        assert client.get("tr:test:token") == b"7"
    brain.journal.close()


def test_a_redis_that_lost_the_end_of_what_it_had_is_said(redis: RedisServer) -> None:
    brain = Brain(redis, token=1)
    brain.says(b"1", b"2")
    brain.until(lambda: len(brain.durable) == 2 and brain.gaps == 1)
    (first, _), (second, _) = brain.journal.read(FLOOR)
    with Redis(port=redis.port) as client:
        client.xdel("tr:test:journal:floor", f"0-{second}")
        client.set("tr:test:journal-position", first)
    brain.says(b"3")
    brain.until(lambda: len(brain.durable) == 3 and brain.gaps == 2)
    assert entries(brain.journal, FLOOR) == [b"1", b"3"]
    assert [position for position, _ in brain.journal.read(FLOOR)][-1] > second
    brain.journal.close()


def test_a_restart_goes_on_behind_what_is_there(redis: RedisServer) -> None:
    first = Brain(redis, token=1)
    first.says(b"1")
    first.journal.close()
    second = Brain(redis, token=2)
    second.says(b"2")
    second.until(lambda: second.durable == [b"2"])
    assert second.gaps == 0
    positions = [position for position, _ in second.journal.read(FLOOR)]
    assert positions == sorted(set(positions))
    second.journal.close()


@pytest.mark.parametrize(
    ("set_up", "said"),
    [
        ({}, "off"),
        ({"appendonly": "yes", "appendfsync": "everysec"}, "everysec"),
        ({"appendonly": "yes", "appendfsync": "always"}, "always"),
    ],
)
def test_how_durable_an_entry_is_when_it_is_called_so(
    redis: RedisServer, set_up: dict[str, str], said: str
) -> None:
    with Redis(port=redis.port) as client:
        for name, value in set_up.items():
            client.config_set(name, value)
    brain = Brain(redis, token=1)
    brain.says(b"1")
    brain.until(lambda: bool(brain.durable))
    assert brain.journal.durability == said
    brain.journal.close()


def test_a_redis_killed_with_fsync_always_has_all_it_answered_for(redis: RedisServer) -> None:
    redis.kill()
    redis.start(*ON_DISK)
    brain = Brain(redis, token=1)
    brain.says(*(b"%d" % n for n in range(200)))
    brain.until(lambda: len(brain.durable) == 200)
    redis.kill()
    redis.start(*ON_DISK)
    assert entries(brain.journal, FLOOR) == [b"%d" % n for n in range(200)]
    brain.journal.close()


def test_a_torn_end_of_redis_own_file_costs_the_last_entries_and_none_by_half(
    redis: RedisServer,
) -> None:
    redis.kill()
    redis.start(*ON_DISK)
    brain = Brain(redis, token=1)
    for n in range(20):
        brain.says(b"%d" % n)
        brain.until(lambda n=n: len(brain.durable) == n + 1)  # type: ignore[misc]
    redis.kill()
    [file] = redis.folder.rglob("*.incr.aof")
    file.write_bytes(file.read_bytes()[:-40])
    redis.start(*ON_DISK)
    kept = entries(brain.journal, FLOOR)
    assert kept == [b"%d" % n for n in range(len(kept))]
    assert 0 < len(kept) < 20
    before = brain.gaps
    brain.says(b"next")
    brain.until(lambda: len(brain.durable) == 21 and brain.gaps == before + 1)
    assert entries(brain.journal, FLOOR) == [*kept, b"next"]
    brain.journal.close()


def test_a_journal_nobody_began_cannot_be_appended_to(redis: RedisServer) -> None:
    journal = RedisJournal(redis.url, "test", Loop().call_soon)
    with pytest.raises(StorageError, match="begin first"):
        journal.append(FLOOR, b"1")
    assert list(journal.read(FLOOR)) == []
    redis.kill()
    with pytest.raises(StorageError, match="cannot be read"):
        list(journal.read(FLOOR))
    journal.close()


def test_a_journal_closed_while_redis_is_away_says_how_much_was_lost(redis: RedisServer) -> None:
    brain = Brain(redis, token=1)
    brain.says(b"1")
    brain.until(lambda: bool(brain.durable))
    redis.kill()
    brain.says(b"2", b"3")
    with pytest.raises(StorageError, match="2 entries not written"):
        brain.journal.close()
