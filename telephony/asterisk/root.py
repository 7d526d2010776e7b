"""Where an Asterisk's files are: the machine's own, or the tree provisioned for us.

A tree is never entered as it lies there: process.py shows it to Asterisk inside an enclosure.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = (22, 7)
"""Hashed event filters, Dial's fractional and never-rang limits, MixMonitor's D."""
ENV = "THREERING_ASTERISK_ROOT"


class NoAsterisk(Exception):
    """There is no Asterisk to run; the text says what to do."""


@dataclass(frozen=True, slots=True)
class AsteriskRoot:
    """``path`` is ``/`` for the machine's own. The other paths are as Asterisk itself sees them."""

    path: Path
    modules: Path
    data: Path
    music: Path
    binary: Path = Path("/usr/sbin/asterisk")

    @property
    def enclosed(self) -> bool:
        return self.path != Path("/")

    def carries(self, module: str) -> bool:
        """Is there a module of this file name?"""
        return (self.path / self.modules.relative_to("/") / module).is_file()

    def indications(self) -> str:
        """The text of the indications.conf this Asterisk came with."""
        for name in (
            "usr/share/asterisk/conf/samples/indications.conf.sample",
            "etc/asterisk/indications.conf",
        ):
            if (self.path / name).is_file():
                return (self.path / name).read_text(encoding="utf-8")
        raise NoAsterisk(f"{self.path} has no indications.conf: tone zones are unknown")


def find_root(var: Path) -> AsteriskRoot:
    """THREERING_ASTERISK_ROOT, else the machine's own from 22.7 on, else ``var/asterisk-root``.

    Raises NoAsterisk, saying what to run.
    """
    if given := os.environ.get(ENV):
        return look_at(Path(given).resolve())
    version = installed_version()
    if version >= OLDEST:
        return look_at(Path("/"))
    try:
        return look_at((var / "asterisk-root").resolve())
    except NoAsterisk as none:
        if version == (0, 0):
            raise
        raise NoAsterisk(f"the installed Asterisk is {_dotted(version)}, too old; {none}") from none


def check_version(said: str) -> None:
    """``said`` by an Asterisk that runs, "22.10.1~dfsg". Raises NoAsterisk when it is too old."""
    found = re.match(r"(?:certified[/-])?(\d+)\.(\d+)", said)
    version = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    if found and version < OLDEST:
        raise NoAsterisk(f"Asterisk {_dotted(version)} is too old; run: make setup")


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]} ({OLDEST[0]}.{OLDEST[1]} or newer is needed)"


def look_at(path: Path) -> AsteriskRoot:
    """The Asterisk under ``path``. Raises NoAsterisk when there is none, or half of one."""
    binary = Path(shutil.which("asterisk") or "/usr/sbin/asterisk")
    if path != Path("/"):
        binary = Path("/usr/sbin/asterisk")
    modules = sorted(path.glob("usr/lib*/asterisk/modules")) + sorted(
        path.glob("usr/lib/*/asterisk/modules")
    )
    data = [p for p in (path / "usr/share/asterisk", path / "var/lib/asterisk") if p.is_dir()]
    if not modules or not data or not (path / binary.relative_to("/")).is_file():
        raise NoAsterisk(f"no Asterisk in {path}; run: make setup")

    def seen(inside: Path) -> Path:
        return Path("/") / inside.relative_to(path)

    return AsteriskRoot(path, seen(modules[0]), seen(data[0]), seen(data[0] / "moh"), binary)


def installed_version() -> tuple[int, int]:
    """Of the machine's own Asterisk; (0, 0) when there is none."""
    binary = shutil.which("asterisk")
    if binary is None:
        return (0, 0)
    answer = subprocess.run([binary, "-V"], capture_output=True, text=True, timeout=10, check=False)
    found = re.search(r"Asterisk (?:certified[/-])?(\d+)\.(\d+)", answer.stdout)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)
