"""Which release of the hotline the controller is started from: another one takes over while calls
go on, and the old one again when the new one does not open.

``threering upgrade`` names the release in a file beside the data and tells the parent; the parent
and Asterisk stay.
"""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path


class UpgradeRefused(ValueError):
    """It cannot be done; the message says why."""


def python_of(release: Path) -> Path:
    """The Python of a release: a checkout, or an environment, with the hotline in it. Raises
    UpgradeRefused."""
    for place in (".venv/bin/python", "bin/python"):
        if os.access(release / place, os.X_OK):
            return (release / place).absolute()
    raise UpgradeRefused(f"{release} has no .venv/bin/python: run make setup there first")


class Releases:
    def __init__(self, data: Path) -> None:
        self._chosen = data / "release"
        self._parent = data / "parent.pid"
        self._running = data / "release.running"

    def chosen(self) -> str:
        """The Python the next controller is started with."""
        with suppress(OSError):
            named = self._chosen.read_text(encoding="utf-8").strip()
            if os.access(named, os.X_OK):
                return named
        return sys.executable

    def choose(self, python: str) -> None:
        new = self._chosen.with_name(".release.new")
        new.write_text(python + "\n", encoding="utf-8")
        new.replace(self._chosen)

    def runs(self, python: str) -> None:
        """The parent's word: this one serves the calls."""
        self._running.write_text(python + "\n", encoding="utf-8")

    def running(self) -> str:
        with suppress(OSError):
            return self._running.read_text(encoding="utf-8").strip()
        return ""

    def i_am_the_parent(self) -> None:
        self._parent.write_text(f"{os.getpid()}\n", encoding="utf-8")

    def tell_parent(self) -> None:
        """Raises UpgradeRefused when there is none."""
        try:
            os.kill(int(self._parent.read_text(encoding="utf-8")), signal.SIGHUP)
        except (OSError, ValueError) as error:
            raise UpgradeRefused("this hotline is not open: just start the new release") from error

    def parent_is_gone(self) -> None:
        self._parent.unlink(missing_ok=True)
