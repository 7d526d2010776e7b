"""Where whole audio files lie: on a disk, or in memory. In a store: recordings/s3.py."""

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from storage.errors import StorageError

_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,120}/){0,8}[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class NoAudio(LookupError):
    """There is no such file on the shelf."""


class ShelfAway(StorageError):
    """The shelf cannot be reached just now; trying again may help."""

    retryable = True


class Shelf(Protocol):
    """Blocks: called on threads and in workers. Names are as ``is_name`` says; any other raises
    NoAudio. Every call may raise ShelfAway."""

    def put(self, name: str, file: Path) -> None:
        """A copy of ``file``; there whole or not at all. The same name again replaces it."""

    def size(self, name: str) -> int:
        """In bytes. Raises NoAudio."""

    def read(self, name: str, begin: int, end: int) -> bytes:
        """From ``begin`` up to but not with ``end``. Raises NoAudio."""

    def delete(self, name: str) -> None:
        """What is not there is no mistake."""


def is_name(name: str) -> bool:
    """Parts of letters, digits, dot, dash and underscore, none of which begins with a dot."""
    return _NAME.fullmatch(name) is not None


def named(name: str) -> str:
    """Raises NoAudio for what can be no name."""
    if not is_name(name):
        raise NoAudio(name)
    return name


class FileShelf:
    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def path(self, name: str) -> Path:
        """Where it lies, or would. Raises NoAudio for what leads out of the folder."""
        file = (self.folder / named(name)).resolve()
        if not file.is_relative_to(self.folder.resolve()):
            raise NoAudio(name)
        return file

    def put(self, name: str, file: Path) -> None:
        target = self.path(name)
        made = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with file.open("rb") as source, made.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
            os.replace(made, target)
        except OSError as error:
            with suppress(OSError):
                made.unlink(missing_ok=True)
            raise ShelfAway(f"{target.parent}: {error.strerror}") from error

    def size(self, name: str) -> int:
        path = self.path(name)
        if not path.is_file():
            raise NoAudio(name)
        return path.stat().st_size

    def read(self, name: str, begin: int, end: int) -> bytes:
        try:
            with self.path(name).open("rb") as file:
                file.seek(begin)
                return file.read(end - begin)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NoAudio(name) from None
        except OSError as error:
            raise ShelfAway(f"{name}: {error.strerror}") from error

    def delete(self, name: str) -> None:
        try:
            self.path(name).unlink(missing_ok=True)
        except OSError as error:
            raise ShelfAway(f"{name}: {error.strerror}") from error


class MemoryShelf:
    """For tests, and for a store that can be switched off."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.away = False

    def put(self, name: str, file: Path) -> None:
        self._reached()
        self.held[named(name)] = file.read_bytes()

    def size(self, name: str) -> int:
        self._reached()
        return len(self._of(name))

    def read(self, name: str, begin: int, end: int) -> bytes:
        self._reached()
        return self._of(name)[begin:end]

    def delete(self, name: str) -> None:
        self._reached()
        self.held.pop(named(name), None)

    def _of(self, name: str) -> bytes:
        if name not in self.held:
            raise NoAudio(name)
        return self.held[name]

    def _reached(self) -> None:
        if self.away:
            raise ShelfAway("the store cannot be reached")
