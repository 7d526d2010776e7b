"""The journal's tail: what it keeps, in which order, and what is found after a death."""

from pathlib import Path

import pytest

from storage.tail import Tail

pytestmark = pytest.mark.integration
MINE, ANOTHERS = 7, 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shared"
    made.mkdir()
    return made


def open_tail(folder: Path, half: int = 1_000) -> Tail:
    return Tail(folder.parent / "journal.db", half, folder)


def found(folder: Path, owner: int = MINE, after: int = 0, half: int = 1_000) -> list[int]:
    return [position for position, _, _ in open_tail(folder, half).left(owner, after)]


def filled(folder: Path, *positions: int) -> Tail:
    tail = open_tail(folder)
    assert tail.left(MINE, 0) == []
    for position in positions:
        assert tail.keep(position, "floor", b"entry %d" % position)
    return tail


def test_whoever_opens_it_after_a_death_finds_every_entry_with_its_stream(folder: Path) -> None:
    tail = filled(folder, 1, 2)
    tail.keep(3, "facts", "三响".encode() + b"\x00")
    found = open_tail(folder).left(MINE, 0)
    assert found == [
        (1, "floor", b"entry 1"),
        (2, "floor", b"entry 2"),
        (3, "facts", "三响".encode() + b"\x00"),
    ]


def test_what_the_file_has_is_not_found_again(folder: Path) -> None:
    filled(folder, 1, 2, 3)
    assert found(folder, after=2) == [3]


def test_of_another_file_nothing_is_taken(folder: Path) -> None:
    filled(folder, 1, 2)
    assert found(folder, ANOTHERS) == []


def test_an_entry_torn_by_the_death_ends_it(folder: Path) -> None:
    filled(folder, 1, 2, 3)
    [file] = folder.iterdir()
    data = bytearray(file.read_bytes())
    data[data.index(b"entry 2")] ^= 0xFF
    file.write_bytes(data)
    assert found(folder) == [1]


def test_one_half_is_used_again_only_when_the_file_has_taken_it(folder: Path) -> None:
    tail = filled(folder)
    kept = [n for n in range(1, 100) if tail.keep(n, "floor", b"." * 80)]
    assert kept == list(range(1, len(kept) + 1)), "nothing is kept behind what was not"
    assert 15 < len(kept) < 25
    tail.taken(len(kept))
    assert not tail.keep(100, "floor", b"still behind one that is in neither")
    tail.taken(100)
    assert tail.keep(101, "floor", b"again")
    assert found(folder, after=len(kept)) == [101]


def test_what_an_earlier_time_left_in_the_same_half_is_not_taken_for_new(folder: Path) -> None:
    tail = filled(folder)
    for n in range(1, 60):
        assert tail.keep(n, "floor", b"." * 80)
        tail.taken(n)
    assert found(folder, after=55) == [56, 57, 58, 59]
    assert found(folder, after=59) == []


def test_an_entry_larger_than_a_half_is_not_kept_nor_what_follows_it(folder: Path) -> None:
    tail = filled(folder, 1)
    assert not tail.keep(2, "floor", b"." * 2_000)
    assert not tail.keep(3, "floor", b"small")
    tail.taken(3)
    assert tail.keep(4, "floor", b"small")


def test_where_there_is_no_such_memory_nothing_is_kept_and_nothing_fails(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "journal.db", folder=tmp_path / "nowhere")
    assert tail.left(MINE, 0) == []
    assert not tail.keep(1, "floor", b"entry")
    tail.taken(1)
    tail.close(whole=True)


def test_closed_with_everything_in_the_file_it_leaves_nothing_behind(folder: Path) -> None:
    filled(folder, 1).close(whole=True)
    assert list(folder.iterdir()) == []
    filled(folder, 1).close(whole=False)
    assert found(folder) == [1]


def test_only_its_owner_may_read_it(folder: Path) -> None:
    filled(folder, 1)
    [file] = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
