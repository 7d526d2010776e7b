"""The CEL file on disk, followed across rotation and our own restarts.

Renaming the file rotates it safely: Asterisk opens it anew for the next event. A place names the
file by inode, so that a reader that comes back later finds the rest of a rotated one.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from telephony.cel import CelEvent, CelReader

CHUNK = 192 << 10
"""About 1,000 events, 20 ms of work on a thread; must exceed telephony.cel.MAX_ROW."""


@dataclass(frozen=True, slots=True)
class Place:
    """Everything before ``offset`` of this file has been handed out."""

    inode: int
    offset: int


class CelFollower:
    def __init__(self, path: Path, place: Place | None = None) -> None:
        """Begins at ``place``, or with the oldest file that is still there: ``path`` itself and
        those renamed to ``<its name>.<anything>`` beside it."""
        self.place = place
        """To be kept by whoever has dealt with everything read so far."""
        self.flawed = 0
        """Rows skipped because they were no events."""
        self._path = path

    def read(self) -> list[CelEvent]:
        """What was written since the last call, at most CHUNK bytes of it; [] when nothing was.
        Blocks on the disk."""
        files = files_of(self._path)
        if not files:
            return []
        at = [n for n, (inode, _) in enumerate(files) if self.place and inode == self.place.inode]
        for inode, path in files[at[0] :] if at else files:
            if self.place is None or inode != self.place.inode:
                self.place = Place(inode, 0)
            if events := self._more(self.place, path):
                return events
        return []

    def _more(self, place: Place, path: Path) -> list[CelEvent]:
        while True:
            try:
                data, offset = _piece(place, path)
            except FileNotFoundError:
                return []  # renamed this moment; found under its new name next time
            reader = CelReader()
            events = reader.feed(data)
            self.flawed += reader.flawed
            taken = reader.consumed
            if not taken and len(data) == CHUNK:  # no row is so long: what a crash left of a disk
                taken = CHUNK
                self.flawed += 1
            self.place = place = Place(place.inode, offset + taken)
            if events or not taken:
                return events


def _piece(place: Place, path: Path) -> tuple[bytes, int]:
    """What follows the place, and its offset. Raises FileNotFoundError when the file has moved."""
    with open(path, "rb") as stream:
        status = os.fstat(stream.fileno())
        if status.st_ino != place.inode:
            raise FileNotFoundError(path)
        offset = place.offset if place.offset <= status.st_size else 0
        stream.seek(offset)
        return stream.read(CHUNK), offset


def files_of(path: Path) -> list[tuple[int, Path]]:
    """Inode and path of the file and of those rotated, oldest first; the one being written is the
    last."""
    found = []
    for file in path.parent.glob(f"{path.name}*"):
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        written_at = float("inf") if file == path else status.st_mtime
        found.append((written_at, status.st_ino, file))
    return [(inode, file) for _, inode, file in sorted(found)]
