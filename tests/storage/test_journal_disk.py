"""What the journal on disk promises beyond the contract: crashes, damage, a full disk."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pytest

from calls.journal import FACTS, FLOOR
from storage.errors import Closed, StorageError
from storage.journal import Health, JournalLimits, SqliteJournal
from tests.storage.test_journal_contract import Loop, entries

pytestmark = pytest.mark.integration
QUICK = JournalLimits(reserve_bytes=1 << 20, retry_s=0.05)


class Disk:
    def __init__(self, path: Path) -> None:
        self.path, self.loop, self.clock = path, Loop(), 1_700_000_000.0
        self.healths: list[Health] = []
        self.journal = self.open()

    def open(self, limits: JournalLimits = QUICK) -> SqliteJournal:
        self.journal = SqliteJournal(
            self.path,
            self.loop.call_soon,
            now=lambda: self.clock,
            on_health=lambda health, _: self.healths.append(health),
            limits=limits,
        )
        return self.journal

    def append(self, *said: bytes, stream: str = FACTS) -> list[int]:
        told: list[int] = []
        for entry in said:
            self.journal.append(stream, entry, told.append)
        self.loop.run_until(lambda: len(told) == len(said))
        return told


def until(true: Callable[[], bool], tries: int = 200) -> None:
    """Look again and again, 10 seconds at most."""
    for _ in range(tries):
        if true():
            return
        sleep(0.05)
    assert true()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "var" / "journal.db")
    yield made
    made.journal.close()


def test_what_was_appended_is_there_after_closing_and_opening(disk: Disk) -> None:
    for n in range(5_000):
        disk.journal.append(FACTS, b"%d" % n)
    disk.journal.close()
    assert entries(disk.open(), FACTS) == [b"%d" % n for n in range(5_000)]


def test_positions_go_on_after_a_restart_even_when_all_was_pruned(disk: Disk) -> None:
    (first,) = disk.append(b"a")
    disk.journal.prune(FACTS, first + 1)
    until(lambda: entries(disk.journal, FACTS) == [])
    disk.journal.close()
    disk.open()
    assert entries(disk.journal, FACTS) == []
    assert disk.append(b"b")[0] > first


def test_positions_go_on_when_the_file_has_been_lost(disk: Disk) -> None:
    (before,) = disk.append(b"a")
    disk.journal.close()
    for part in disk.path.parent.glob("journal.db*"):
        part.unlink()
    disk.clock += 60.0
    disk.open()
    assert disk.append(b"b")[0] > before


def test_pruning_forgets_only_older_entries_of_that_stream(disk: Disk) -> None:
    positions = disk.append(*(b"%d" % n for n in range(4_500)))
    disk.append(b"input", stream=FLOOR)
    disk.journal.prune(FACTS, positions[4_400])
    left = [b"%d" % n for n in range(4_400, 4_500)]
    until(lambda: entries(disk.journal, FACTS) == left)
    assert entries(disk.journal, FLOOR) == [b"input"]


def test_appends_from_several_threads_all_arrive_each_in_its_own_order(disk: Disk) -> None:
    told: list[int] = []

    def talk(name: int) -> None:
        for n in range(200):
            disk.journal.append(FACTS, b"%d:%d" % (name, n), told.append)

    threads = [Thread(target=talk, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    disk.loop.run_until(lambda: len(told) == 800)
    assert told == sorted(told)
    read = [tuple(map(int, entry.split(b":"))) for entry in entries(disk.journal, FACTS)]
    for name in range(4):
        assert [n for who, n in read if who == name] == list(range(200))


def test_a_second_controller_on_the_same_journal_is_refused_in_one_sentence(disk: Disk) -> None:
    with pytest.raises(StorageError, match="another process is using it"):
        SqliteJournal(disk.path, disk.loop.call_soon, now=lambda: 0.0)


def test_nothing_is_accepted_after_closing(disk: Disk) -> None:
    disk.journal.close()
    with pytest.raises(Closed):
        disk.journal.append(FACTS, b"late")


def test_only_the_owner_may_read_the_file(disk: Disk) -> None:
    assert disk.path.stat().st_mode & 0o077 == 0


def test_a_failing_listener_does_not_stop_the_next(disk: Disk) -> None:
    told: list[int] = []

    def fail(_: int) -> None:
        raise RuntimeError("listener")

    disk.journal.append(FACTS, b"a", fail)
    disk.journal.append(FACTS, b"b", told.append)
    disk.loop.run_until(lambda: len(told) == 1)


def test_a_file_that_is_no_database_is_set_aside_and_the_journal_begins_anew(disk: Disk) -> None:
    disk.journal.close()
    disk.path.write_bytes(b"not a database, " * 1_000)
    disk.open()
    assert disk.journal.set_aside is not None
    assert disk.journal.set_aside.read_bytes().startswith(b"not a database")
    disk.append(b"a")
    assert entries(disk.journal, FACTS) == [b"a"]


def test_of_a_damaged_file_what_can_still_be_read_is_carried_over(disk: Disk) -> None:
    said = [b"%06d" % n + b"." * 200 for n in range(3_000)]
    positions = disk.append(*said)
    disk.journal.close()
    pages = disk.path.stat().st_size // 4096
    with disk.path.open("r+b") as file:
        file.seek(pages // 2 * 4096)
        file.write(b"\xff" * 4096)
    disk.open()
    assert disk.journal.set_aside is not None
    kept = list(disk.journal.read(FACTS))
    assert len(kept) > 2_000
    assert set(kept) <= set(zip(positions, said, strict=True))
    assert kept[0] == (positions[0], said[0])
    assert kept[-1] == (positions[-1], said[-1])
    assert disk.append(b"next")[0] > positions[-1]


def test_while_the_file_is_locked_calls_go_on_from_memory_and_all_is_written_later(
    disk: Disk,
) -> None:
    other = sqlite3.connect(disk.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said = [b"%d" % n for n in range(50)]
    disk.append(*said)  # returns: every listener was told
    disk.loop.run_until(lambda: disk.healths == [Health.MEMORY])
    assert entries(disk.journal, FACTS) == []
    other.execute("ROLLBACK")
    other.close()
    disk.loop.run_until(lambda: disk.healths[-1:] == [Health.OK])
    assert disk.healths == [Health.MEMORY, Health.RESERVE, Health.OK]
    assert entries(disk.journal, FACTS) == said


def test_when_memory_is_full_too_the_newest_are_lost_and_counted(disk: Disk) -> None:
    disk.journal.close()
    disk.open(JournalLimits(reserve_bytes=1 << 20, memory_bytes=1_000, retry_s=0.05))
    other = sqlite3.connect(disk.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for n in range(20):
        disk.append(b"%03d" % n + b"." * 97)
    until(lambda: disk.journal.lost == 9)
    disk.loop.run_until(lambda: disk.healths == [Health.MEMORY])
    other.execute("ROLLBACK")
    other.close()
    disk.loop.run_until(lambda: disk.healths[-1:] == [Health.OK])
    assert [entry[:3] for entry in entries(disk.journal, FACTS)] == [b"%03d" % n for n in range(11)]


def test_a_journal_closed_while_nothing_can_be_written_says_so_and_goes_on_from_its_tail(
    disk: Disk,
) -> None:
    other = sqlite3.connect(disk.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    disk.journal.append(FACTS, b"a")
    with pytest.raises(StorageError, match="1 entries not written"):
        disk.journal.close()
    other.close()
    assert entries(disk.open(), FACTS) == [b"a"]


FULL_DISK = """
import sys, queue
from pathlib import Path
from storage.journal import Health, JournalLimits, SqliteJournal

folder = Path(sys.argv[1])
inbox = queue.SimpleQueue()
healths = []
journal = SqliteJournal(
    folder / "journal.db", inbox.put, now=lambda: 1.0,
    on_health=lambda health, why: healths.append(health),
    limits=JournalLimits(reserve_bytes=1 << 20, retry_s=0.05),
)
said = []

def append_until(health, most):
    while healths[-1:] != [health]:
        assert len(said) < most, (health, healths, len(said))
        told = []
        said.append(b"%08d" % len(said) + b"." * 4000)
        journal.append("facts", said[-1], told.append)
        assert told, "kept at once, whatever the disk takes"
        list(journal.read("facts", 1 << 60))  # the writer has had its turn
        while not inbox.empty():
            inbox.get()()

filler = folder / "filler"
with filler.open("wb") as file:
    try:
        while True:
            file.write(b"." * 65536)
            file.flush()
    except OSError:
        pass
append_until(Health.RESERVE, 1000)
at_reserve = len(said)
append_until(Health.MEMORY, 2000)
# The freed reserve has carried a good part of its size before memory had to serve.
assert len(said) - at_reserve > 20, len(said) - at_reserve
filler.unlink()
while healths[-1] is not Health.OK:
    inbox.get(timeout=10)()
assert [entry for _, entry in journal.read("facts")] == said
journal.close()
print(" ".join(healths))
"""


def test_a_disk_that_fills_frees_the_reserve_then_serves_from_memory_then_recovers(
    tmp_path: Path,
) -> None:
    (tmp_path / "full_disk.py").write_text(FULL_DISK)
    mount = tmp_path / "disk"
    mount.mkdir()
    # A mount of its own, that vanishes with the process.
    own = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-r", "--mount"]
    script = 'mount -t tmpfs -o size=6m tmpfs "$1" && exec "$2" "$3" "$1"'
    done = subprocess.run(
        [*own, "sh", "-c", script, "sh", mount, sys.executable, tmp_path / "full_disk.py"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["reserve", "memory", "reserve", "ok"]


def test_a_killed_process_loses_nothing_it_was_told_is_durable(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom storage.journal import SqliteJournal\n"
        "journal = SqliteJournal(Path(sys.argv[1]), lambda fn: fn(), now=lambda: 1.0)\n"
        "for n in range(100_000):\n"
        "    journal.append('facts', b'%d' % n, lambda p, n=n: print(n, flush=True))\n"
        "    if n % 50 == 0:\n"
        "        import time; time.sleep(0.001)\n"
    )
    path = tmp_path / "journal.db"
    child = subprocess.Popen(
        [sys.executable, "-c", script, path],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    told = [int(child.stdout.readline()) for _ in range(500)]
    child.kill()
    told += [int(line) for line in child.stdout.read().split()]
    child.wait(timeout=10)
    child.stdout.close()
    loop = Loop()
    journal = SqliteJournal(path, loop.call_soon, now=lambda: 1.0)
    kept = [int(entry) for entry in entries(journal, FACTS)]
    journal.close()
    assert kept[: len(told)] == told


def test_a_file_that_breaks_while_in_use_is_set_aside_and_nothing_new_is_lost(disk: Disk) -> None:
    (before,) = disk.append(b"before")
    commit = disk.journal._commit

    def break_once(batch: Any) -> None:
        disk.journal._commit = commit  # type: ignore[method-assign]
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        for part in ("", "-wal"):  # the log alone would heal the file
            Path(f"{disk.path}{part}").write_bytes(b"\xff" * 8192)
        raise error

    disk.journal._commit = break_once  # type: ignore[method-assign]
    (after,) = disk.append(b"after")
    assert after > before
    until(lambda: disk.journal.set_aside is not None)
    assert disk.journal.health is Health.OK
    assert disk.append(b"later")[0] > after
    assert entries(disk.journal, FACTS)[-2:] == [b"after", b"later"]


def test_a_bug_in_the_writer_does_not_end_it(disk: Disk) -> None:
    commit = disk.journal._commit

    def fail_once(batch: Any) -> None:
        disk.journal._commit = commit  # type: ignore[method-assign]
        raise TypeError("a bug")

    disk.journal._commit = fail_once  # type: ignore[method-assign]
    disk.append(b"a")
    disk.loop.run_until(lambda: disk.healths[-1:] == [Health.OK])
    assert entries(disk.journal, FACTS) == [b"a"]


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from storage.journal import SqliteJournal

journal = SqliteJournal(Path(sys.argv[1]), lambda fn: fn(), now=lambda: 1.0)
journal.append("facts", b"in the file")
list(journal.read("facts"))
sqlite3.connect(sys.argv[1], isolation_level=None).execute("BEGIN IMMEDIATE")
told = []
for n in range(200):
    journal.append("floor" if n % 2 else "facts", b"%d" % n, told.append)
assert len(told) == 200
os.kill(os.getpid(), signal.SIGKILL)
"""


def _killed(path: Path) -> None:
    """A process that is told of 200 entries while the file takes none, and killed at once."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, path], cwd=Path(__file__).parents[2], check=False
    )
    assert done.returncode == -9


def test_what_the_file_had_not_taken_when_the_process_was_killed_is_found_in_the_tail(
    tmp_path: Path,
) -> None:
    _killed(tmp_path / "journal.db")
    disk = Disk(tmp_path / "journal.db")
    facts = [b"in the file", *(b"%d" % n for n in range(0, 200, 2))]
    floor = [b"%d" % n for n in range(1, 200, 2)]
    assert entries(disk.journal, FACTS) == facts
    assert entries(disk.journal, FLOOR) == floor
    last = max(position for position, _ in disk.journal.read(FLOOR))
    assert disk.append(b"later")[0] > last
    disk.journal.close()
    disk.open()  # and no more is found a second time
    assert entries(disk.journal, FACTS) == [*facts, b"later"]
    assert entries(disk.journal, FLOOR) == floor
    disk.journal.close()


def test_the_tail_of_another_journal_at_the_same_place_is_not_taken(tmp_path: Path) -> None:
    _killed(tmp_path / "journal.db")
    for part in tmp_path.glob("journal.db*"):
        part.unlink()
    disk = Disk(tmp_path / "journal.db")
    assert entries(disk.journal, FACTS) == []
    disk.journal.close()
