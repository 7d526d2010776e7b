"""The journal's file: opened by one process, checked, and set aside when it cannot be trusted.

A hotline that cannot start is worse than one that starts with a gap: what is still readable of a
damaged file is carried over, the file itself is kept for a person to look at.
"""

import fcntl
import logging
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.errors import StorageError
from storage.packing import unpack

CHECK_UP_TO_BYTES = 256 << 20
"""Larger files are opened unchecked: checking reads all of it, and callers wait meanwhile."""
CHUNK = 512
SKIPPED = 1_000_000
"""Positions left out when the file is opened. It goes on at the present microsecond, or so much
behind its last entry: whoever remembers a position of entries that a power cut took, or of a file
since lost or set aside, finds everything that follows to be later."""
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",  # storage.flusher does the rest, when nobody waits
    "PRAGMA busy_timeout=1000",
    "PRAGMA journal_size_limit=16777216",
)
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS entries (stream TEXT NOT NULL, position INTEGER NOT NULL,"
    " entry BLOB NOT NULL, PRIMARY KEY (stream, position)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS counter (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " last INTEGER NOT NULL)",
)
log = logging.getLogger(__name__)


def unreadable(error: sqlite3.Error) -> bool:
    """True when the file itself is broken, so that trying again cannot help."""
    return _code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def in_use(error: sqlite3.Error) -> bool:
    """True when somebody else's lock is in the way: freeing disk space would not help."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _code(error: sqlite3.Error) -> int:
    # The low byte is the primary code; the rest says more than we need.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def lock(path: Path) -> int:
    """Hold the journal for this process until it ends or closes the returned descriptor.

    Raises StorageError when another process holds it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(held)
        raise StorageError(f"journal {path}: another process is using it; stop that one") from error
    except OSError as error:
        raise StorageError(f"journal {path}: {error.strerror}") from error
    return held


@dataclass(slots=True)
class Opened:
    connection: sqlite3.Connection
    """For writing."""
    owner: int
    """A number of this file's own."""
    written: int
    """The last position in it."""
    last: int
    """Positions behind this one are free."""
    aside: Path | None = None
    """Where a damaged file was put."""


def open_sound(path: Path, now: Callable[[], float]) -> Opened:
    """The journal, whole; what could still be read of a damaged one is in it."""
    try:
        return _open(path, now)
    except sqlite3.Error as error:
        if not unreadable(error):
            raise StorageError(f"journal {path}: {error}") from error
    aside = _set_aside(path, int(now()))
    opened = _open(path, now)
    saved = 0
    for stream, position, entry in _still_readable(aside):
        saved += 1
        opened.last = max(opened.last, position)
        opened.connection.execute(
            "INSERT OR IGNORE INTO entries VALUES (?,?,?)", (stream, position, entry)
        )
    opened.connection.commit()
    opened.aside = aside
    log.error("journal was damaged", extra={"aside": str(aside), "carried_over": saved})
    return opened


def read_entries(path: Path, stream: str, after: int) -> Iterator[tuple[int, bytes]]:
    """Durable entries after a position, from any thread or process; reads in small transactions, so
    that the file never grows because somebody reads slowly."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        while True:
            rows = connection.execute(
                "SELECT position, entry FROM entries WHERE stream = ? AND position > ?"
                " ORDER BY position LIMIT ?",
                (stream, after, CHUNK),
            ).fetchall()
            yield from ((position, unpack(entry)) for position, entry in rows)
            if len(rows) < CHUNK:
                return
            after = rows[-1][0]
    finally:
        connection.close()


def _open(path: Path, now: Callable[[], float]) -> Opened:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        if path.stat().st_size <= CHECK_UP_TO_BYTES:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise _damaged(verdict)
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute("INSERT OR IGNORE INTO counter VALUES (1, 0)")
        connection.commit()
        (last,) = connection.execute("SELECT last FROM counter").fetchone()
        owner = _owner(connection)
    except BaseException:
        connection.close()
        raise
    return Opened(connection, owner, last, max(last + SKIPPED, int(now() * 1e6)))


def _owner(connection: sqlite3.Connection) -> int:
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    if not owner:
        owner = secrets.randbelow((1 << 31) - 1) + 1
        connection.execute(f"PRAGMA application_id = {owner}")
        connection.commit()
    return int(owner)


def _damaged(verdict: str) -> sqlite3.Error:
    error = sqlite3.DatabaseError(verdict)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _set_aside(path: Path, stamp: int) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    try:
        for suffix in ("", "-wal", "-shm"):
            part = Path(f"{path}{suffix}")
            if part.exists():
                part.rename(f"{aside}{suffix}")
    except OSError as error:
        raise StorageError(
            f"journal {path} is damaged and cannot be set aside: {error.strerror}"
        ) from error
    return aside


def _still_readable(path: Path) -> Iterator[tuple[str, int, bytes]]:
    """From both ends towards the damage."""
    connection = sqlite3.connect(path)
    try:
        for order in ("ASC", "DESC"):
            try:
                yield from connection.execute(
                    "SELECT stream, position, entry FROM entries"
                    f" ORDER BY stream {order}, position {order}"
                )
            except sqlite3.Error:
                continue
    finally:
        connection.close()
