"""The CEL file kept small: renamed when it is large or a day old, deleted when long dealt with.

Asterisk opens the file anew for each event, so a rename loses nothing. Blocks on the disk.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telephony.cel_file import Place, files_of

_FIRST_ROW_BYTES = 80
"""Kind and time stand at the beginning of a row."""


@dataclass(frozen=True, slots=True)
class Keeping:
    max_bytes: int = 64 << 20
    """About 30,000 calls."""
    max_age_s: float = 86_400.0
    """From its first event."""
    keep_s: float = 7 * 86_400.0
    """A rotated file dealt with is kept so long after its last event, for people to look at."""


def rotate(path: Path, now: float, keeping: Keeping) -> bool:
    """Set the file aside when it is due, as ``<name>.<UTC time>``; whether it was."""
    try:
        size = path.stat().st_size
        began_at = _first_event_at(path)
    except FileNotFoundError:
        return False
    old = began_at is not None and now - began_at >= keeping.max_age_s
    if size < keeping.max_bytes and not (old and size):
        return False
    aside = path.with_name(f"{path.name}.{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%S}")
    if aside.exists():
        return False  # twice in one second: the next look will do
    path.rename(aside)
    return True


def discard(path: Path, dealt_with: Place | None, now: float, keeping: Keeping) -> int:
    """Delete rotated files wholly before ``dealt_with`` and older than ``keep_s``; how many."""
    files = files_of(path)
    inodes = [inode for inode, _ in files]
    if dealt_with is None or dealt_with.inode not in inodes:
        return 0
    gone = 0
    for _, file in files[: inodes.index(dealt_with.inode)]:
        if file != path and now - file.stat().st_mtime > keeping.keep_s:
            file.unlink()
            gone += 1
    return gone


def _first_event_at(path: Path) -> float | None:
    with path.open("rb") as stream:
        cells = stream.read(_FIRST_ROW_BYTES).split(b'"')
    try:
        return float(cells[3])
    except (IndexError, ValueError):
        return None
