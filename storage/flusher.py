"""Puts what SQLite has written ahead onto the disk itself, on a thread of its own.

A commit hands its entries to the operating system, where they survive the death of this process. A
disk takes milliseconds more for what a power cut shall not take either, and a caller's next agent
need not wait for those: with the power the calls themselves are gone.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

EVERY_S = 0.05
"""A power cut takes at most this much, and what the disk is just writing."""

log = logging.getLogger(__name__)


class Flusher:
    def __init__(self, database: Path, name: str) -> None:
        """``database``: in WAL mode with synchronous=NORMAL, so that a checkpoint is flushed by
        SQLite and the log before it by nobody but us."""
        self.failed = 0
        """Times the disk refused; tried again each time."""
        self._log = Path(f"{database}-wal")
        self._due = Event()
        self._over = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def flush_soon(self) -> None:
        """Something was committed."""
        self._due.set()

    def close(self) -> None:
        """What was committed is on the disk when this returns, if the disk takes it."""
        self._over.set()
        self._due.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            self._due.wait()
            self._over.wait(EVERY_S)
            self._due.clear()
            self._flush()
        self._flush()

    def _flush(self) -> None:
        try:
            with suppress(FileNotFoundError):  # no log: all of it stands in the database
                file = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    os.fdatasync(file)
                finally:
                    os.close(file)
        except OSError as error:
            self.failed += 1
            self._due.set()  # and again in a moment
            log.error("the disk does not take the journal", extra={"error": str(error)})
