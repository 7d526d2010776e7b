"""What was committed is put onto the disk in the background, and again when the disk refuses."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from storage.flusher import Flusher

pytestmark = pytest.mark.integration


class Disk:
    """Stands in for fdatasync: tells which files were flushed; refuses as often as asked."""

    def __init__(self) -> None:
        self.flushed: list[str] = []
        self.refuses = 0
        self.stirred = Event()

    def fdatasync(self, file: int) -> None:
        if self.refuses:
            self.refuses -= 1
            raise OSError(errno.EIO, "Input/output error")
        self.flushed.append(os.readlink(f"/proc/self/fd/{file}"))
        self.stirred.set()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr("storage.flusher.os.fdatasync", made.fdatasync)
    return made


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "journal.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE entries (entry)")
    connection.commit()
    yield path
    connection.close()


@pytest.fixture
def flusher(database: Path) -> Iterator[Callable[[], Flusher]]:
    made: list[Flusher] = []

    def make() -> Flusher:
        made.append(Flusher(database, "flush-test"))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_the_log_written_ahead_is_flushed_soon_after_a_commit(
    disk: Disk, database: Path, flusher: Callable[[], Flusher]
) -> None:
    flusher().flush_soon()
    assert disk.stirred.wait(10.0)
    assert disk.flushed[0] == f"{database}-wal"


def test_many_commits_share_a_flush(disk: Disk, flusher: Callable[[], Flusher]) -> None:
    made = flusher()
    for _ in range(1_000):
        made.flush_soon()
    made.close()
    assert 1 <= len(disk.flushed) < 100


def test_what_the_disk_refused_is_flushed_again(
    disk: Disk, flusher: Callable[[], Flusher], caplog: pytest.LogCaptureFixture
) -> None:
    disk.refuses = 2
    made = flusher()
    made.flush_soon()
    assert disk.stirred.wait(10.0)
    assert made.failed == 2
    assert "the disk does not take the journal" in caplog.text


def test_closing_flushes_what_is_left_and_a_database_without_a_log_is_no_mistake(
    disk: Disk, database: Path, tmp_path: Path
) -> None:
    one = Flusher(database, "flush-test")
    one.flush_soon()
    one.close()
    assert disk.flushed
    nothing = Flusher(tmp_path / "nowhere.db", "flush-test")
    nothing.flush_soon()
    nothing.close()
    assert nothing.failed == 0
