"""Asterisk's log is set aside in time and deleted only when nothing in it is needed any more."""

import os
from pathlib import Path

import pytest

from telephony.cel import CelEvent
from telephony.cel_file import CHUNK, CelFollower, files_of
from telephony.cel_rotation import Keeping, discard, rotate
from tests.hotline.cel_rows import rows

pytestmark = pytest.mark.integration

DAY_S = 86_400.0
BEGAN = 1_700_000_000.0
KEEPING = Keeping(max_bytes=1_000_000, max_age_s=DAY_S, keep_s=7 * DAY_S)


def written(path: Path, at: float = BEGAN, channel: str = "1.1") -> Path:
    with path.open("ab") as file:
        file.write(rows("0 CHAN_START caller number=138 context=inbound", channel, zero=at))
    return path


def names(path: Path) -> list[str]:
    return [file.name for _, file in files_of(path)]


def test_a_file_is_set_aside_a_day_after_its_first_event(tmp_path: Path) -> None:
    path = written(tmp_path / "events.csv")
    assert not rotate(path, BEGAN + DAY_S - 1, KEEPING)
    assert rotate(path, BEGAN + DAY_S, KEEPING)
    assert names(path) == ["events.csv.20231115T221320"]


def test_a_large_file_is_set_aside_at_once_and_an_empty_one_never(tmp_path: Path) -> None:
    path = written(tmp_path / "events.csv")
    assert rotate(path, BEGAN, Keeping(max_bytes=10))
    path.touch()
    assert not rotate(path, BEGAN + 10 * DAY_S, KEEPING)
    assert not rotate(tmp_path / "nothing.csv", BEGAN, KEEPING)


def test_two_rotations_in_one_second_overwrite_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "events.csv", channel="1.1")
    assert rotate(path, BEGAN, Keeping(max_bytes=10))
    written(path, channel="1.2")
    assert not rotate(path, BEGAN, Keeping(max_bytes=10))
    assert [event.uniqueid for event in read_all(CelFollower(path))] == ["1.1", "1.2"]


def read_all(follower: CelFollower) -> list[CelEvent]:
    found: list[CelEvent] = []
    while events := follower.read():
        found += events
    return found


def test_only_files_dealt_with_and_old_enough_are_deleted(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    follower = CelFollower(path)
    for day in range(3):
        at = BEGAN + day * DAY_S
        written(path, at, channel=f"1.{day}")
        rotate(path, at + DAY_S, KEEPING)
        os.utime(path.with_name(names(path)[-1]), (at, at))
    written(path, BEGAN + 3 * DAY_S)
    assert len(follower.read()) == len(follower.read()) == 1
    second_day = follower.place
    late = BEGAN + 7.5 * DAY_S
    assert discard(path, None, late, KEEPING) == 0
    assert discard(path, second_day, BEGAN + 6 * DAY_S, KEEPING) == 0
    assert discard(path, second_day, late, KEEPING) == 1
    assert len(names(path)) == 3
    read_all(follower)
    assert discard(path, follower.place, BEGAN + 30 * DAY_S, KEEPING) == 2
    assert names(path) == ["events.csv"]


def test_a_stretch_without_rows_is_skipped_and_counted(tmp_path: Path) -> None:
    """A machine that lost its power leaves zeros, or half of what was being written."""
    path = tmp_path / "events.csv"
    path.write_bytes(b"\0" * (2 * CHUNK) + b"\n")
    written(path)
    follower = CelFollower(path)
    assert len(read_all(follower)) == 1
    assert follower.flawed > 0
    assert follower.place is not None
    assert follower.place.offset == path.stat().st_size
