"""`threering recordings`, as an admin types it."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from calls.ids import CallId, RecordingId
from recordings.keys import open_keys
from recordings.model import Recording
from recordings.sealed import seal
from recordings.sql_store import SqlRecordings
from runtime.__main__ import threering
from storage.database import Database

pytestmark = pytest.mark.integration


def says(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(threering, ["recordings", *words, "--config", str(folder)])


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Three recordings, sealed, as a hotline leaves them."""
    assert says(tmp_path / "config", "verify").exit_code == 0
    database = Database(f"sqlite:///{tmp_path}/threering.db")
    store, ring = SqlRecordings(database), open_keys(tmp_path / "recording-keys")
    for n in range(3):
        (tmp_path / "plain").write_bytes(b"sound %d" % n)
        name = f"talk/2026/11/22/r{n}.wav.sealed"
        seal(tmp_path / "plain", tmp_path / "recordings" / name, ring)

        sha = hashlib.sha256(b"sound %d" % n).hexdigest()
        store.add(Recording(id=RecordingId(f"r{n}"), call=CallId("main-1"), path=name,
                            place="here", bytes=7, sha256=sha, made_at=float(n)))  # fmt: skip
    database.dispose()
    return tmp_path


def test_rec_13_what_nobody_touched_holds_audio_included(site: Path) -> None:
    said = says(site / "config", "verify", "--audio")
    assert (said.exit_code, "3 links hold, audio included" in said.output) == (0, True), said.output


def test_a_changed_row_is_named(site: Path) -> None:
    database = Database(f"sqlite:///{site}/threering.db")
    with database.session() as session:
        session.execute(text("UPDATE recordings SET sha256 = 'f' WHERE id = 'r1'"))
    database.dispose()
    said = says(site / "config", "verify")
    assert said.exit_code == 1
    assert "Broken at 2, recording r1" in said.output


def test_a_file_that_was_replaced_is_named_when_audio_is_read(site: Path) -> None:
    folder = site / "recordings" / "talk" / "2026" / "11" / "22"
    (folder / "r2.wav.sealed").write_bytes((folder / "r0.wav.sealed").read_bytes())
    assert says(site / "config", "verify").exit_code == 0
    said = says(site / "config", "verify", "--audio")
    assert said.exit_code == 1
    assert "Broken at 3, recording r2" in said.output


def test_a_new_key_leaves_old_audio_readable(site: Path) -> None:
    before = open_keys(site / "recording-keys").newest
    assert says(site / "config", "new-key").exit_code == 0
    assert open_keys(site / "recording-keys").newest != before
    assert says(site / "config", "verify", "--audio").exit_code == 0
