"""The journal on disk: a SQLite file of its own, one writer thread, many appends to a commit, and
before it a tail in memory that outlives the process (storage.tail).

The event loop never waits here. When the disk fills, a reserve is freed; when that is used up,
entries stay in memory and calls go on; ``health`` says so, and what waited is written when it can.
"""

import logging
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic

from calls.journal import FLOOR, WhenDurable
from storage.errors import Closed, StorageError
from storage.flusher import Flusher
from storage.journal_file import Opened, in_use, lock, open_sound, read_entries, unreadable
from storage.packing import pack, plain
from storage.tail import Tail

CallSoon = Callable[[Callable[[], None]], object]
BATCH = 2_000
"""Entries to a commit: about 10 ms of writing, so a full queue still reports often."""
PRUNE_BATCH = 2_000
STAYS = frozenset({FLOOR})
"""Facts leave the file when they have become records, and how far a log was read is one entry."""
LINGER_S = 0.050
"""What nobody waits for is left so long for others to share its commit: the tail has it already."""
SETTLED_S = 1.0
"""A reader waits no longer for what is still on its way into the file."""

log = logging.getLogger(__name__)


class Health(StrEnum):
    OK = "ok"
    RESERVE = "reserve"
    """Durable, but the reserve file is gone: the disk is nearly full."""
    MEMORY = "memory"
    """Nothing can be written; entries would not survive a crash of this process."""


OnHealth = Callable[[Health, str], None]


@dataclass(frozen=True, slots=True)
class JournalLimits:
    reserve_bytes: int = 32 << 20
    """About 2,000 calls' worth of facts and engine inputs."""
    memory_bytes: int = 256 << 20
    """Kept in memory when no disk takes them; above this the newest are lost, and counted."""
    retry_s: float = 1.0


@dataclass(slots=True)
class _Entry:
    position: int
    stream: str
    data: bytes
    when_durable: WhenDurable | None


@dataclass(frozen=True, slots=True)
class _Prune:
    stream: str
    before: int


class SqliteJournal:
    """See calls.journal.Journal for the contract. Raises StorageError when it cannot be opened."""

    def __init__(
        self,
        path: Path,
        call_soon: CallSoon,
        now: Callable[[], float],
        on_health: OnHealth = lambda health, why: None,
        limits: JournalLimits | None = None,
    ) -> None:
        """To be made on the loop's thread. ``call_soon``: its ``call_soon_threadsafe``; callbacks
        that must wait and ``on_health(health, why)`` run through it. A damaged file is set aside
        and named in ``set_aside``."""
        self.path = path
        self.health = Health.OK
        self.lost = 0
        """Entries dropped because memory was full as well."""
        self._call_soon, self._now, self._on_health = call_soon, now, on_health
        self._limits = limits or JournalLimits()
        self._held = lock(path)
        self._tail = Tail(path)
        opened = open_sound(path, now)
        self._database, self._last, self.set_aside = opened.connection, opened.last, opened.aside
        self._take_what_is_left(opened)
        self._loop_thread = threading.get_ident()
        self._order = Lock()
        self._hurry = Event()
        self._inbox: SimpleQueue[_Entry | _Prune | Event | None] = SimpleQueue()
        self._readers: list[Event] = []
        self._unwritten: deque[_Entry] = deque()
        self._unwritten_bytes = 0
        self._prunes: deque[_Prune] = deque()
        self._next_try = 0.0
        self._closed = False
        if not self._make_reserve():
            self._become(Health.RESERVE, "no room for the reserve file")
        self._flusher = Flusher(path, "journal-flush")
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def append(self, stream: str, entry: bytes, when_durable: WhenDurable | None = None) -> None:
        """As in the contract; what the tail keeps is durable at once. While ``health`` is MEMORY,
        ``when_durable`` is called although the entry may be in this process's memory only: calls go
        on, and who must know looks at ``health``."""
        with self._order:
            if self._closed:
                raise Closed("the journal is closed")
            position = self._last = self._last + 1
            kept = self._tail.keep(position, stream, entry)
            self._inbox.put(_Entry(position, stream, entry, None if kept else when_durable))
        if when_durable is None:
            return
        if not kept:
            self._hurry.set()
        elif threading.get_ident() == self._loop_thread:
            call_all([(when_durable, position)])
        else:
            self._soon(lambda: call_all([(when_durable, position)]))

    def read(self, stream: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        self._settle()
        yield from read_entries(self.path, stream, after)

    def prune(self, stream: str, before: int) -> None:
        """Forget entries with a position below ``before``, in the background, a few at a time."""
        self._inbox.put(_Prune(stream, before))

    @property
    def waiting(self) -> int:
        """Entries not yet on disk."""
        return self._inbox.qsize() + len(self._unwritten)

    def close(self) -> None:
        """As in the contract; raises StorageError naming how many entries found no disk."""
        with self._order:
            if self._closed:
                return
            self._closed = True
            self._inbox.put(None)
        self._hurry.set()
        self._thread.join()
        self._flusher.close()
        self._database.close()
        self._tail.close(whole=not self._unwritten)
        os.close(self._held)
        if self._unwritten:
            raise StorageError(f"journal {self.path}: {len(self._unwritten)} entries not written")

    def _take_what_is_left(self, opened: Opened) -> None:
        """Write into the file what a former process had only kept."""
        left = self._tail.left(opened.owner, opened.written)
        if not left:
            return
        log.warning("the journal goes on from its tail", extra={"entries": len(left)})
        with self._database:
            self._insert([_Entry(*entry, None) for entry in left])

    def _settle(self) -> None:
        """Return when the file has what was appended so far, unless it takes nothing now."""
        if self._closed or self.health is Health.MEMORY:
            return
        there = Event()
        self._inbox.put(there)
        self._hurry.set()
        there.wait(SETTLED_S)

    def _run(self) -> None:
        going = True
        while going:
            going = self._collect()
            try:
                self._turn(going)
            except Exception as error:
                # A bug must not end the thread: what waits is kept, and tried again.
                log.exception("the journal's writer failed")
                self._to_memory(str(error))
            for reader in self._readers:
                reader.set()
            self._readers.clear()

    def _turn(self, going: bool) -> None:
        if not going or self.health is not Health.MEMORY or monotonic() >= self._next_try:
            self._write()
        else:
            self._answer_from_memory()
        if self.health is Health.RESERVE and monotonic() >= self._next_try:
            self._restore_reserve()
        if self.health is not Health.MEMORY:
            self._prune_some()

    def _collect(self) -> bool:
        """Take what has been appended, at most BATCH; False when the journal closes."""
        wait = self.health is Health.MEMORY or not self._prunes
        for _ in range(BATCH):
            try:
                word = self._inbox.get(wait, self._patience())
            except Empty:
                break
            if word is None:
                return False
            if wait and isinstance(word, _Entry):
                self._hurry.wait(LINGER_S)
                self._hurry.clear()  # whoever hurried stands in the inbox already
            wait = False
            if isinstance(word, _Prune):
                self._prunes.append(word)
            elif isinstance(word, Event):
                self._readers.append(word)
            elif self._unwritten_bytes > self._limits.memory_bytes:
                self.lost += 1
                self._tell([word])
            else:
                self._unwritten.append(word)
                self._unwritten_bytes += len(word.data)
        return True

    def _patience(self) -> float | None:
        return None if self.health is Health.OK else self._limits.retry_s

    def _write(self) -> None:
        while self._unwritten:
            batch = [self._unwritten[i] for i in range(min(BATCH, len(self._unwritten)))]
            try:
                self._commit(batch)
            except sqlite3.Error as error:
                if not self._make_way(error):
                    return
                continue
            for entry in batch:
                self._unwritten.popleft()
                self._unwritten_bytes -= len(entry.data)
            self._tell(batch)
        if self.health is Health.MEMORY:
            self._become(Health.RESERVE, "writing again")
            self._next_try = 0.0

    def _commit(self, batch: list[_Entry]) -> None:
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._insert(batch)
        self._tail.taken(batch[-1].position)
        self._flusher.flush_soon()

    def _insert(self, batch: list[_Entry]) -> None:
        self._database.executemany(
            "INSERT OR IGNORE INTO entries VALUES (?,?,?)",
            (
                (
                    one.stream,
                    one.position,
                    pack(one.data) if one.stream in STAYS else plain(one.data),
                )
                for one in batch
            ),
        )
        self._database.execute("UPDATE counter SET last = ?", (batch[-1].position,))

    def _make_way(self, error: sqlite3.Error) -> bool:
        """After a failed write: True when it is worth trying again at once."""
        log.error("journal write failed", extra={"error": str(error), "waiting": self.waiting})
        try:
            if unreadable(error):
                self._database.close()
                opened = open_sound(self.path, self._now)
                self._database, self.set_aside = opened.connection, opened.aside
                self._tail.belongs_to(opened.owner)
                return True
            if self.health is Health.OK and not in_use(error):
                self._reserve_path.unlink(missing_ok=True)
                self._become(Health.RESERVE, str(error))
                return True
        except (OSError, StorageError) as second:
            error = sqlite3.OperationalError(str(second))
        self._to_memory(str(error))
        return False

    def _to_memory(self, why: str) -> None:
        self._become(Health.MEMORY, why)
        self._next_try = monotonic() + self._limits.retry_s
        self._answer_from_memory()

    def _answer_from_memory(self) -> None:
        unanswered = [entry for entry in self._unwritten if entry.when_durable is not None]
        self._tell(unanswered)

    def _prune_some(self) -> None:
        if not self._prunes:
            return
        prune = self._prunes[0]
        try:
            with self._database:
                done = self._database.execute(
                    "DELETE FROM entries WHERE stream = ? AND position IN (SELECT position FROM"
                    " entries WHERE stream = ? AND position < ? LIMIT ?)",
                    (prune.stream, prune.stream, prune.before, PRUNE_BATCH),
                ).rowcount
        except sqlite3.Error as error:
            log.error("journal prune failed", extra={"error": str(error)})
            done = 0
        if done < PRUNE_BATCH:
            self._prunes.popleft()

    @property
    def _reserve_path(self) -> Path:
        return Path(f"{self.path}.reserve")

    def _make_reserve(self) -> bool:
        size = self._limits.reserve_bytes
        try:
            with suppress(FileNotFoundError):
                if self._reserve_path.stat().st_size == size:
                    return True
            with self._reserve_path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, size) if size else None
        except OSError:
            with suppress(OSError):
                self._reserve_path.unlink(missing_ok=True)
            return False
        return True

    def _restore_reserve(self) -> None:
        self._next_try = monotonic() + self._limits.retry_s
        disk = os.statvfs(self.path.parent)
        # Twice its size must be free, or making the reserve would itself fill the disk again.
        roomy = disk.f_bavail * disk.f_frsize >= 2 * self._limits.reserve_bytes
        if roomy and self._make_reserve():
            self._become(Health.OK, "")

    def _become(self, health: Health, why: str) -> None:
        if health is self.health:
            return
        self.health = health
        self._soon(lambda: self._on_health(health, why))

    def _tell(self, entries: list[_Entry]) -> None:
        """Call what was asked to be called, once each, in order, on the loop's thread."""
        due = [(entry.when_durable, entry.position) for entry in entries if entry.when_durable]
        for entry in entries:
            entry.when_durable = None
        if due:
            self._soon(lambda: call_all(due))

    def _soon(self, fn: Callable[[], None]) -> None:
        try:
            self._call_soon(fn)
        except RuntimeError:
            # The loop has been closed: nobody is left to tell.
            log.debug("nobody to tell: the loop is closed")


def call_all(due: list[tuple[WhenDurable, int]]) -> None:
    """Tell each its position; one that fails keeps none from being told."""
    for when_durable, position in due:
        try:
            when_durable(position)
        except Exception:
            log.exception("a listener to the journal failed")
