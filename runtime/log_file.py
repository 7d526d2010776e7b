"""A log file written by a thread of its own: whoever logs never waits for a disk.

Lines come out a moment later, many to a write; a line of a warning or worse takes the others with
it at once. Full files are numbered, as logging's own rotating handler does.
"""

import contextlib
import logging
import os
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread

LINGER_S = 0.2
"""How long a line may wait for others to share a write."""


class LogFile(logging.Handler):
    """Appends; readable by its owner alone. Raises OSError when the file cannot be opened."""

    def __init__(self, path: Path, most_bytes: int, kept: int) -> None:
        """A file of ``most_bytes`` becomes ``path.1``; ``kept`` such files stay."""
        super().__init__()
        self._path, self._most_bytes, self._kept = path, most_bytes, kept
        self._waiting: SimpleQueue[logging.LogRecord | None] = SimpleQueue()
        self._urgent = Event()
        self._file = _open(path)
        self._thread = Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Returns at once; the line is made and written by the thread."""
        self._waiting.put(record)
        if record.levelno >= logging.WARNING:
            self._urgent.set()

    def close(self) -> None:
        """Everything logged so far is in the file when this returns."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._urgent.set()
            self._thread.join()
        super().close()

    def _run(self) -> None:
        going = True
        while going:
            records, going = self._take()
            self._write(records)
        os.close(self._file)

    def _take(self) -> tuple[list[logging.LogRecord], bool]:
        """What is to be written together, and whether more can come."""
        record = self._waiting.get()
        self._urgent.wait(LINGER_S)
        self._urgent.clear()
        records: list[logging.LogRecord] = []
        while record is not None:
            records.append(record)
            try:
                record = self._waiting.get_nowait()
            except Empty:
                return records, True
        return records, False

    def _write(self, records: list[logging.LogRecord]) -> None:
        lines: list[str] = []
        for record in records:
            try:
                lines.append(self.format(record) + "\n")
            except Exception:
                self.handleError(record)
        try:
            os.write(self._file, "".join(lines).encode(errors="backslashreplace"))
            if os.fstat(self._file).st_size >= self._most_bytes:
                self._turn_over()
        except OSError:
            # A full disk costs lines of the log, never a call.
            return

    def _turn_over(self) -> None:
        os.close(self._file)
        for number in range(self._kept - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                _numbered(self._path, number).replace(_numbered(self._path, number + 1))
        with contextlib.suppress(FileNotFoundError):
            self._path.replace(_numbered(self._path, 1))
        self._file = _open(self._path)


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
