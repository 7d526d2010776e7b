"""A site as one file and back: whole, while calls go on; damage refused, nothing overwritten."""

import io
import json
import os
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text

from calls.journal import FACTS
from runtime.backup import MANIFEST, BackupRefused, back_up, open_backup
from runtime.restoring import place_of, restore
from runtime.site import Site, open_site
from storage import outbox
from storage.database import Database
from storage.journal import SqliteJournal
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.integration
NOW = 1_775_016_000.0


@pytest.fixture(params=KINDS)
def site(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    new_database: NewDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    """With a row in its database, two entries in its journal, and audio."""
    if request.param == "postgresql":
        url = new_database("postgresql").url.set(drivername="postgresql")
        monkeypatch.setenv("THREERING_DATABASE_URL", url.render_as_string(hide_password=False))
    made = open_site(tmp_path / "site" / "config")
    database = Database(made.configuration.settings.database_url)
    database.migrate()
    with database.session() as session:
        outbox.put(session, "a", [("1", "王芳")], at=NOW)
    database.dispose()
    journal = SqliteJournal(made.journal, lambda fn: fn(), lambda: NOW)
    journal.append(FACTS, b"one")
    journal.append("floor", b"two")
    journal.close()
    (made.recordings / "talk").mkdir()
    (made.recordings / "talk" / "录音.wav").write_bytes(os.urandom(100_000))
    (made.data / "emergency.json").write_text("{}")
    return made


def messages(url: str) -> list[str]:
    database = Database(url)
    try:
        with database.reading() as session:
            return [one.payload for one in outbox.pending(session, "a", 1_000)]
    finally:
        database.dispose()


def entries(journal: Path) -> list[tuple[str, bytes]]:
    with closing(sqlite3.connect(journal)) as reading:
        return [(stream, bytes(entry)) for stream, entry in reading.execute(
            "SELECT stream, entry FROM entries ORDER BY position")]  # fmt: skip


def test_what_was_backed_up_is_there_again_elsewhere(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "site.tar.gz"
    manifest = back_up(place_of(site), file, NOW, "1")
    assert file.stat().st_mode & 0o077 == 0
    assert {"config/threering.yaml", "data/secrets", "data/emergency.json"} <= {
        one.name for one in manifest.kept
    }
    kept_entries = entries(site.journal)
    _wipe(site)
    config = tmp_path / "other" / "config"
    restore(file, config, over=False, now=NOW)
    again = open_site(config)
    assert messages(again.configuration.settings.database_url) == ["王芳"]
    assert entries(again.journal) == kept_entries
    audio = "talk/录音.wav"
    assert (again.recordings / audio).read_bytes() == (site.recordings / audio).read_bytes()
    assert (again.data / "secrets").read_text() == (site.data / "secrets").read_text()


def _wipe(site: Site) -> None:
    """The database of a machine that burnt down is empty."""
    url = site.configuration.settings.database_url
    if url.startswith("postgresql"):
        database = Database(url)
        with database.session() as session:
            session.execute(text("DROP SCHEMA public CASCADE"))
            session.execute(text("CREATE SCHEMA public"))
        database.dispose()


def test_a_backup_taken_while_it_is_written_is_one_moment_of_it(site: Site, tmp_path: Path) -> None:
    stop, database = Event(), Database(site.configuration.settings.database_url)

    def write() -> None:
        n = 2
        while not stop.is_set():
            with database.session() as session:
                outbox.put(session, "a", [(str(n), f"{n}a"), (f"{n}+", f"{n}b")], at=NOW)
            n += 1

    writer = Thread(target=write)
    writer.start()
    back_up(place_of(site), tmp_path / "one.tar.gz", NOW, "1")
    stop.set()
    writer.join()
    database.dispose()
    _wipe(site)
    config = tmp_path / "other" / "config"
    restore(tmp_path / "one.tar.gz", config, over=False, now=NOW)
    found = messages(open_site(config).configuration.settings.database_url)[1:]
    assert len(found) % 2 == 0
    assert found == sorted(found, key=lambda one: (int(one[:-1]), one[-1]))


def test_a_site_that_is_open_or_there_is_not_written_over(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "site.tar.gz"
    back_up(place_of(site), file, NOW, "1")
    config = site.configuration.folder
    with pytest.raises(BackupRefused, match="--over"):
        restore(file, config, over=False, now=NOW)
    held = SqliteJournal(site.journal, lambda fn: fn(), lambda: NOW)
    with pytest.raises(BackupRefused, match="stop it first"):
        restore(file, config, over=True, now=NOW)
    held.close()
    _, aside = restore(file, config, over=True, now=NOW)
    assert all(place.exists() for place in aside)
    assert messages(open_site(config).configuration.settings.database_url) == ["王芳"]
    with pytest.raises(BackupRefused, match="there already"):
        back_up(place_of(site), file, NOW, "1")


def test_a_damaged_backup_is_refused_and_leaves_the_site_as_it_was(
    site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "site.tar.gz"
    back_up(place_of(site), file, NOW, "1")
    before = messages(site.configuration.settings.database_url)
    whole = file.read_bytes()
    for damaged in (b"", b"nonsense", whole[: len(whole) // 2], _changed(file), _escaping()):
        file.write_bytes(damaged)
        with pytest.raises(BackupRefused):
            restore(file, site.configuration.folder, over=True, now=NOW)
        assert not (tmp_path / "escaped").exists()
    assert messages(site.configuration.settings.database_url) == before


def _changed(file: Path) -> bytes:
    """One byte of the audio is another, the archive itself sound."""
    out = io.BytesIO()
    with tarfile.open(file) as old, tarfile.open(fileobj=out, mode="w:gz") as new:
        for member in old:
            source = old.extractfile(member)
            assert source is not None
            data = source.read()
            if member.name.endswith(".wav"):
                data = bytes([data[0] ^ 1]) + data[1:]
            new.addfile(member, io.BytesIO(data))
    return out.getvalue()


def _escaping() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in (("../escaped", b"x"), (MANIFEST, json.dumps({}).encode())):
            told = tarfile.TarInfo(name)
            told.size = len(data)
            tar.addfile(told, io.BytesIO(data))
    return out.getvalue()


def test_what_opens_a_backup_reads_every_byte_of_it(site: Site, tmp_path: Path) -> None:
    back_up(place_of(site), tmp_path / "site.tar.gz", NOW, "1")
    (tmp_path / "unpacked").mkdir()
    manifest = open_backup(tmp_path / "site.tar.gz", tmp_path / "unpacked")
    for one in manifest.kept:
        assert (tmp_path / "unpacked" / one.name).stat().st_size == one.bytes
