"""The emergency switch (紧急开关): one position for the whole hotline, kept across restarts.

A file of its own, so that it can be thrown while the database is away.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import msgspec

ALARM = "emergency"


class Position(msgspec.Struct, frozen=True, kw_only=True):
    on: bool
    reason: str = ""
    by: str = ""
    """Who threw it; '' for what the configuration says, and in a process that only heard of it."""
    at: float | None = None
    """Seconds since the epoch; None: nobody has thrown it."""


class EmergencySwitch:
    def __init__(self, file: Path, first: bool, tell: Callable[[Position], None]) -> None:
        """``first``: the position when nobody has thrown it yet. ``tell(position)`` hears of every
        change, on the thread that made it."""
        self._file = file
        self._tell = tell
        self._lock = Lock()
        self.position = Position(on=first)
        with contextlib.suppress(OSError, msgspec.DecodeError):
            # Before reasons were kept the file said only true or false.
            kept = msgspec.json.decode(file.read_bytes(), type=Position | bool)
            self.position = Position(on=kept) if isinstance(kept, bool) else kept

    @property
    def on(self) -> bool:
        return self.position.on

    def throw(self, position: Position) -> None:
        """Takes effect with the next step of every call. Raises OSError when the position cannot be
        kept; it is in force all the same."""
        with self._lock:
            self.position = position
            self._tell(position)
            self._keep()

    def follow(self, on: bool, reason: str, at: float) -> None:
        """It was thrown in another process."""
        with self._lock:
            if on is not self.on:
                self.position = Position(on=on, reason=reason, at=at)
                with contextlib.suppress(OSError):
                    self._keep()

    def _keep(self) -> None:
        made = self._file.with_suffix(f".{os.getpid()}")
        made.write_bytes(msgspec.json.encode(self.position))
        os.replace(made, self._file)
