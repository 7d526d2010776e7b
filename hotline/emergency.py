"""The emergency switch (应急预案): one move puts a prepared announcement and route in force.

The next caller hears it; the tree's ``emergency`` node says what. Kept in a small file of its own,
so that it survives restarts and needs no database in an emergency.
"""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from calls.notices import Alarm

NAME = "emergency"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    on: bool
    by: str
    at: float
    """Seconds since the epoch."""
    reason: str = ""


class EmergencySwitch:
    """Not thread-safe: switched on the event loop."""

    def __init__(self, file: Path, initial: bool, tell: Callable[[Alarm], None]) -> None:
        """``initial``: the position where nobody has ever switched. ``tell`` hears an alarm that
        lasts as long as the switch is on."""
        self._file = file
        self._tell = tell
        self.position = self._read() or Position(initial, "configuration", 0.0)

    @property
    def on(self) -> bool:
        return self.position.on

    def switch(self, *, on: bool, by: str, at: float, reason: str = "") -> Position:
        """Take effect now; the next caller notices. Raises OSError when it could not be kept, and
        is in force all the same."""
        self.position = Position(on, by, at, reason)
        log.warning("emergency switch", extra={"on": on, "by": by, "reason": reason})
        self.announce()
        self._write()
        return self.position

    def announce(self) -> None:
        """Show the position on every board."""
        text = f"{self.position.by}: {self.position.reason}" if self.on else ""
        self._tell(Alarm(name=NAME, on=self.on, text=text, at=self.position.at))

    def _read(self) -> Position | None:
        try:
            return Position(**json.loads(self._file.read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            log.error("the emergency switch's file cannot be read", extra={"why": str(error)})
            return None

    def _write(self) -> None:
        fresh = self._file.with_suffix(".new")
        with open(fresh, "w", encoding="utf-8") as file:
            json.dump(asdict(self.position), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)
