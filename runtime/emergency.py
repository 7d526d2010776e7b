"""The emergency switch (紧急开关): one position for the whole hotline, kept across restarts.

A file of its own, so that it can be thrown while the database is away.
"""

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

ALARM = "emergency"


class EmergencySwitch:
    def __init__(self, file: Path, first: bool, tell: Callable[[bool], None]) -> None:
        """``first``: the position when nobody has thrown it yet. ``tell(on)`` hears of every
        change, on the thread that made it."""
        self._file = file
        self._tell = tell
        self._lock = Lock()
        self.on = first
        with contextlib.suppress(OSError, ValueError):
            self.on = json.loads(file.read_text()) is True

    def throw(self, on: bool) -> None:
        """Takes effect with the next step of every call. Raises OSError when the position cannot be
        kept; it is in force all the same."""
        with self._lock:
            self.on = on
            self._tell(on)
            self._keep()

    def follow(self, on: bool) -> None:
        """It was thrown in another process."""
        with self._lock:
            if on is not self.on:
                self.on = on
                with contextlib.suppress(OSError):
                    self._keep()

    def _keep(self) -> None:
        made = self._file.with_suffix(f".{os.getpid()}")
        made.write_text(json.dumps(self.on))
        os.replace(made, self._file)
