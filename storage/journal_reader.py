"""A journal somebody else writes, read from any process: never locked, never repaired, never waited
for."""

from collections.abc import Iterator
from pathlib import Path

from storage.errors import StorageError
from storage.journal_file import read_entries


class JournalReader:
    """calls.journal.Reader over the file. Raises StorageError when there is none."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise StorageError(f"there is no journal at {path}; has this hotline been open?")
        self._path = path

    def read(self, stream: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        return read_entries(self._path, stream, after)
