"""A brain on a real journal and on story time, with nothing else: no loop, no edge, no screen."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from redis import Redis
from redis.exceptions import RedisError

from acd.brain import Brain
from acd.engine import Engine
from bench.centre import Telling
from bench.floor import VAR, wait_for
from calls.clock import ManualClock, Timer
from calls.commands import Command
from storage.journal import SqliteJournal
from storage.redis_journal import RedisJournal
from telephony.asterisk.ports import free_ports

AHEAD = 2_000
"""Entries that may wait for the disk before nothing more is told."""
AnyJournal = SqliteJournal | RedisJournal


class StoryClock(ManualClock):
    """Says what time it is in the story. What falls due by itself is told by the story, too."""

    def __init__(self, at: float) -> None:
        super().__init__(at)
        self.at = at

    def now(self) -> float:
        return self.at

    def call_later(self, delay_s: float, fn: Callable[[], None]) -> Timer:
        return super().call_later(0.0, lambda: None)


class House:
    """One brain. What the journal's thread calls is done when the house takes a turn."""

    def __init__(self, at: float) -> None:
        self.clock = StoryClock(at)
        self.commands: list[Command] = []
        self._soon: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def call_soon(self, fn: Callable[[], None]) -> None:
        self._soon.put(fn)

    def brain(self, journal: AnyJournal) -> Brain:
        """Begun under the next token; commands wait for the disk, however long it takes."""
        brain = Brain(
            Engine(),
            journal,
            self.clock,
            self.commands.append,
            lambda notice: None,
            lambda alarm: None,
            patience_s=float("inf"),
        )
        brain.start()
        return brain

    def turn(self) -> None:
        while True:
            try:
                self._soon.get_nowait()()
            except Empty:
                return


def inputs_a_second(
    house: House, journal: AnyJournal, told: Sequence[Telling], at_work: int
) -> float:
    """Wall-clock speed, from the first input behind ``at_work`` until the last is durable. Closes
    the journal."""
    brain, began = house.brain(journal), 0.0
    for n, (said, now) in enumerate(told):
        if n == at_work:
            began = time.monotonic()
        house.clock.at = now
        brain.tell(said)
        if n % 64 == 0:
            house.turn()
            while journal.waiting > AHEAD:
                time.sleep(0.0005)
    journal.close()
    return (len(told) - at_work) / (time.monotonic() - began)


@contextmanager
def folder() -> Iterator[Path]:
    """On the disk of the hotline's own journal, and gone at the end."""
    VAR.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench", dir=VAR) as name:
        yield Path(name)


def sqlite_journal(house: House, place: Path) -> SqliteJournal:
    return SqliteJournal(place / "journal.db", house.call_soon, lambda: house.clock.at)


@contextmanager
def redis_journal(house: House, place: Path, fsync: str) -> Iterator[RedisJournal]:
    """On a Redis of its own. ``fsync``: Redis's appendfsync."""
    port = free_ports(1)[0]
    settings = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(place)]
    settings += ["--appendonly", "yes", "--appendfsync", fsync, "--loglevel", "warning"]
    with subprocess.Popen(["redis-server", *settings], stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(partial(_answers, port), 10, "redis-server does not answer")
            journal = RedisJournal(f"redis://127.0.0.1:{port}/0", "bench", house.call_soon)
            journal.begin(1)
            yield journal
        finally:
            process.kill()


def _answers(port: int) -> bool:
    with Redis(port=port) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False
