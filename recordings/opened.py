"""Audio as it is heard, whatever shelf it lies on and whether it was sealed."""

import os
from dataclasses import dataclass
from pathlib import Path

from recordings.keys import KeyRing, open_keys
from recordings.sealed import Source, Unsealed, is_sealed
from recordings.shelves import FileShelf, NoAudio, Shelf
from recordings.whereabouts import Whereabouts


class FilePart:
    """A file of this machine as a source."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def read(self, begin: int, end: int) -> bytes:
        with self._path.open("rb") as file:
            return os.pread(file.fileno(), end - begin, begin)


class OnShelf:
    """One name on a shelf as a source. Raises NoAudio, ShelfAway."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        self._shelf = shelf
        self._name = name
        self.size = shelf.size(name)

    def read(self, begin: int, end: int) -> bytes:
        return self._shelf.read(self._name, begin, end)


def open_source(source: Source, ring: KeyRing | None) -> Source:
    """The audio in it. Raises SealBroken for one that is sealed and cannot be opened."""
    if not is_sealed(source):
        return source
    return Unsealed(source, ring or KeyRing({}))


@dataclass(frozen=True, slots=True)
class Shelves:
    here: Shelf
    away: Shelf | None = None

    def find(self, name: str) -> OnShelf:
        """Where it is: here first, which is nearer. Raises NoAudio, ShelfAway."""
        try:
            return OnShelf(self.here, name)
        except NoAudio:
            if self.away is None:
                raise
        return OnShelf(self.away, name)


def shelves_of(where: Whereabouts) -> Shelves:
    here = FileShelf(Path(where.folder))
    if where.bucket is None:
        return Shelves(here)
    # A library of its own, which most hotlines never need.
    from recordings.s3 import S3Shelf

    return Shelves(here, S3Shelf(where.bucket))


def ring_of(where: Whereabouts) -> KeyRing | None:
    """None where nothing is sealed. Raises ValueError for a torn file, OSError."""
    return open_keys(Path(where.keys)) if where.keys else None
