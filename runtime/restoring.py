"""A backup becomes a site again. What was there is moved aside, never deleted."""

import os
import shutil
import tempfile
from pathlib import Path

from config.folder import open_folder
from runtime.backup import (
    JOURNAL,
    BackupRefused,
    Manifest,
    Place,
    open_backup,
    put_back_database,
)
from runtime.site import Site
from storage.database import Database
from storage.errors import StorageError
from storage.journal_file import lock


def place_of(site: Site) -> Place:
    return Place(
        config=site.configuration.folder,
        data=site.data,
        journal=site.journal,
        database_url=site.configuration.settings.database_url,
    )


def restore(file: Path, config: Path, over: bool, now: float) -> tuple[Manifest, tuple[Path, ...]]:
    """Put the site into ``config`` and wherever its own settings say. ``over``: although there is
    one, which is moved aside; where to is returned. When it cannot be done, all stands as it did.
    Raises BackupRefused, ConfigRefused."""
    config = config.resolve()
    config.parent.mkdir(parents=True, exist_ok=True)
    if config.exists() and any(config.iterdir()):
        _nobody_there(open_folder(config, os.environ).settings.journal)
    with tempfile.TemporaryDirectory(prefix="threering-restore-", dir=config.parent) as made:
        unpacked = Path(made)
        manifest = open_backup(file, unpacked)
        aside: dict[Path, Path] = {}
        try:
            _put_back(unpacked, config, over, now, aside)
        except BaseException:
            for place, kept in aside.items():
                shutil.rmtree(place, ignore_errors=True)
                place.unlink(missing_ok=True)
                kept.rename(place)
            raise
    return manifest, tuple(aside.values())


def _put_back(
    unpacked: Path, config: Path, over: bool, now: float, aside: dict[Path, Path]
) -> None:
    _make_room(config, over, now, aside)
    shutil.move(unpacked / "config", config)
    settings = open_folder(config, os.environ).settings
    _nobody_there(settings.journal)
    for place in _places(settings.data, settings.journal, settings.database_url):
        _make_room(place, over, now, aside)
    if not settings.database_url.startswith("sqlite"):
        _must_be_empty(settings.database_url, over)
    _move_below(unpacked / "data", settings.data)
    settings.journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.move(unpacked / JOURNAL, settings.journal)
    put_back_database(unpacked, settings.database_url, over)


def _nobody_there(journal: Path) -> None:
    try:
        os.close(lock(journal))
    except StorageError as error:
        raise BackupRefused("this hotline is open; stop it first") from error


def _places(data: Path, journal: Path, url: str) -> list[Path]:
    """What of a former site would be mixed with the new one."""
    files = [journal] + ([Path(url.removeprefix("sqlite:///"))] if url.startswith("sqlite") else [])
    beside = [Path(f"{file}{end}") for file in files for end in ("", "-wal", "-shm")]
    return [*beside, data / "recordings", data / "asterisk" / "log" / "cel"]


def _make_room(place: Path, over: bool, now: float, aside: dict[Path, Path]) -> None:
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        if place.is_dir():
            place.rmdir()
        return
    if not over:
        raise BackupRefused(
            f"{place} is there already; --over puts the backup in its place and moves it aside"
        )
    new = place.with_name(f"{place.name}.before-restore-{int(now)}")
    place.rename(new)
    aside[place] = new


def _must_be_empty(url: str, over: bool) -> None:
    from sqlalchemy import inspect

    database = Database(url)
    try:
        if inspect(database.engine).get_table_names() and not over:
            raise BackupRefused(
                f"{database.where} is not empty; --over puts the backup in its place for good"
            )
    finally:
        database.dispose()


def _move_below(source: Path, target: Path) -> None:
    for file in sorted(source.rglob("*")) if source.exists() else ():
        if file.is_file():
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(file, place)
