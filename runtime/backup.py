"""A site as one file, and a site from it: database, journal, configuration, audio, secrets.

Calls go on meanwhile. The database is copied before the journal, so that the journal holds every
fact the database's records were not made of yet; a fact taken away in between begins it anew.
"""

import hashlib
import io
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec
from sqlalchemy import URL, make_url

from calls.journal import FACTS

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE, POSTGRES, JOURNAL = "database.sqlite", "database.pgdump", "journal.sqlite"
MADE_AGAIN = frozenset(
    {
        "asterisk-root",
        "asterisk-root.lock",
        "log",
        "asterisk",
        "demo",
        "parent.pid",
        "release",
        "release.running",
    }
)
"""In the data folder: what the house makes anew by itself, and what only tells of the past."""
CEL = "asterisk/log/cel"
"""Asterisk's own log of calls, of which records are mended."""
AGAIN = 5
CHUNK = 1 << 20

Say = Callable[[str], None]


class BackupRefused(ValueError):
    """It cannot be done as it was asked for; the message says what to do."""


class Kept(msgspec.Struct, frozen=True):
    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    format: int
    made_at: float
    version: str
    facts_from: int | None
    """The journal's oldest fact."""
    kept: tuple[Kept, ...]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a site's things are."""

    config: Path
    data: Path
    journal: Path
    database_url: str


def back_up(place: Place, file: Path, now: float, version: str) -> Manifest:
    """Make ``file`` (readable by its owner alone); it is there when it is whole, or not at all.
    Raises BackupRefused, OSError."""
    if file.exists():
        raise BackupRefused(f"{file} is there already; choose another name")
    with tempfile.TemporaryDirectory(prefix="threering-backup-", dir=file.parent) as made:
        folder = Path(made)
        database, facts_from = _both(place, folder)
        part = folder / "archive"
        with _private(part) as out, tarfile.open(fileobj=out, mode="w:gz", compresslevel=3) as tar:
            kept = [_put(tar, folder / name, name) for name in (database, JOURNAL)]
            for path, name in _files(place):
                with suppress(FileNotFoundError):  # old audio goes while we look
                    kept.append(_put(tar, path, name))
            manifest = Manifest(
                format=FORMAT, made_at=now, version=version, facts_from=facts_from, kept=tuple(kept)
            )
            data = msgspec.json.format(msgspec.json.encode(manifest))
            told = tarfile.TarInfo(MANIFEST)
            told.size, told.mode = len(data), 0o600
            tar.addfile(told, io.BytesIO(data))
        os.replace(part, file)
    return manifest


def open_backup(file: Path, folder: Path) -> Manifest:
    """Unpack ``file`` into the empty ``folder``, each byte of it checked. Raises BackupRefused."""
    found: dict[str, Kept] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(file, mode="r:gz") as tar:
            for member in tar:
                path = _inside(folder, member)
                source = tar.extractfile(member)
                assert source is not None
                if member.name == MANIFEST:
                    manifest = msgspec.json.decode(source.read(), type=Manifest)
                    continue
                found[member.name] = _write(source, path, member.name)
    except (tarfile.TarError, EOFError, OSError, msgspec.MsgspecError) as error:
        raise BackupRefused(f"{file} is no whole backup: {error}") from error
    if manifest is None or manifest.format != FORMAT:
        raise BackupRefused(f"{file} has no manifest this version reads")
    expected = {one.name: one for one in manifest.kept}
    wrong = sorted(n for n in expected.keys() | found.keys() if expected.get(n) != found.get(n))
    if wrong:
        raise BackupRefused(f"{file} is damaged: {', '.join(wrong[:5])} is not what was put in")
    return manifest


def put_back_database(unpacked: Path, url: str, over: bool) -> None:
    """The database of an unpacked backup to where the site has it. Raises BackupRefused."""
    made = make_url(url)
    if made.drivername.startswith("sqlite"):
        _needs(unpacked / SQLITE, "SQLite")
        place = Path(str(made.database))
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.move(unpacked / SQLITE, place)
        return
    _needs(unpacked / POSTGRES, "PostgreSQL")
    clean = ["--clean", "--if-exists"] if over else []
    _postgres("pg_restore", made, "--no-owner", "--exit-on-error", "--single-transaction", *clean,
              f"--dbname={_plain(made)}", str(unpacked / POSTGRES))  # fmt: skip


def _needs(file: Path, kind: str) -> None:
    if not file.exists():
        raise BackupRefused(f"this backup is of another kind of database than {kind}")


def _both(place: Place, folder: Path) -> tuple[str, int | None]:
    for _ in range(AGAIN):
        before = _first_fact(place.journal)
        name = _database(place.database_url, folder)
        _copy_sqlite(place.journal, folder / JOURNAL)
        after = _first_fact(folder / JOURNAL)
        if before is None or before == after:
            return name, after
    raise BackupRefused("the journal forgets faster than it can be copied; try again")


def _first_fact(journal: Path) -> int | None:
    if not journal.exists():
        raise BackupRefused(f"{journal} is not there: has this hotline ever been opened?")
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as reading:
        asked = "SELECT min(position) FROM entries WHERE stream = ?"
        found: int | None = reading.execute(asked, (FACTS,)).fetchone()[0]
    return found


def _database(url: str, folder: Path) -> str:
    made = make_url(url)
    if made.drivername.startswith("sqlite"):
        _copy_sqlite(Path(str(made.database)), folder / SQLITE)
        return SQLITE
    _postgres("pg_dump", made, "--format=custom", f"--file={folder / POSTGRES}",
              f"--dbname={_plain(made)}")  # fmt: skip
    return POSTGRES


def _copy_sqlite(source: Path, target: Path) -> None:
    """One moment of it; who writes goes on."""
    target.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
    target.chmod(0o600)


def _postgres(program: str, url: URL, *arguments: str) -> None:
    environment = dict(os.environ)
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    found = shutil.which(program)
    if found is None:
        raise BackupRefused(f"{program} is missing: apt-get install postgresql-client")
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise BackupRefused(f"{program}: {done.stderr.strip()[-500:]}")


def _plain(url: URL) -> str:
    """For libpq; its password travels apart."""
    shown = url.set(drivername="postgresql", password=None)
    return shown.render_as_string(hide_password=False)


def _files(place: Place) -> Iterator[tuple[Path, str]]:
    """Whatever a room has put into the data folder goes along, known here or not."""
    yield from _below(place.config, place.config, "config")
    database = make_url(place.database_url)
    apart = [place.journal]
    if database.drivername.startswith("sqlite"):
        apart.append(Path(str(database.database)))
    for path in sorted(place.data.iterdir()):
        if path == place.config or path.name in MADE_AGAIN or path.name.startswith("threering-"):
            continue
        if not any(path.name.startswith(one.name) for one in apart if one.parent == path.parent):
            yield from _below(path, place.data, "data")
    yield from _below(place.data / CEL, place.data, "data")


def _below(path: Path, top: Path, name: str) -> Iterator[tuple[Path, str]]:
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield file, f"{name}/{file.relative_to(top).as_posix()}"


def _put(tar: tarfile.TarFile, path: Path, name: str) -> Kept:
    """As long as it was when it was opened: a file that grows is cut there."""
    with path.open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        told = tarfile.TarInfo(name)
        told.size, told.mode, told.mtime = size, 0o600, int(os.fstat(source.fileno()).st_mtime)
        hashing = _Hashing(source)
        tar.addfile(told, hashing)
    return Kept(name, size, hashing.sha256.hexdigest())


class _Hashing:
    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.sha256.update(data)
        return data


def _private(path: Path) -> io.FileIO:
    return io.FileIO(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w")


def _inside(folder: Path, member: tarfile.TarInfo) -> Path:
    """Raises TarError for what would land elsewhere, and for all but plain files."""
    name = PurePosixPath(member.name)
    if not member.isfile() or name.is_absolute() or ".." in name.parts:
        raise tarfile.TarError(f"{member.name} does not belong into a backup")
    return folder / name


def _write(source: IO[bytes], path: Path, name: str) -> Kept:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sha256, size = hashlib.sha256(), 0
    with _private(path) as out:
        while chunk := source.read(CHUNK):
            sha256.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return Kept(name, size, sha256.hexdigest())
