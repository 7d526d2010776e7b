"""The CEL file on disk, followed across rotation and our own restarts.

Renaming the file rotates it safely: Asterisk opens it anew for the next event. A place names the
file by inode, so that a reader that comes back later finds the rest of a rotated one.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from telephony.cel import CelEvent, CelReader

_CHUNK = 1 << 20


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
        """What was written since the last call, at most about a megabyte of it; [] when nothing
        was. Blocks on the disk."""
        files = self._files()
        if not files:
            return []
        at = [n for n, (inode, _) in enumerate(files) if self.place and inode == self.place.inode]
        for inode, path in files[at[0] :] if at else files:
            if self.place is None or inode != self.place.inode:
                self.place = Place(inode, 0)
            if events := self._more(self.place, path):
                return events
        return []

    def _files(self) -> list[tuple[int, Path]]:
        """Inode and path, oldest first; the one being written is the last."""
        found = []
        for path in self._path.parent.glob(f"{self._path.name}*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            written_at = float("inf") if path == self._path else status.st_mtime
            found.append((written_at, status.st_ino, path))
        return [(inode, path) for _, inode, path in sorted(found)]

    def _more(self, place: Place, path: Path) -> list[CelEvent]:
        try:
            with open(path, "rb") as stream:
                status = os.fstat(stream.fileno())
                if status.st_ino != place.inode:
                    return []  # renamed this moment; found under its new name next time
                offset = place.offset if place.offset <= status.st_size else 0
                stream.seek(offset)
                data = stream.read(_CHUNK)
        except FileNotFoundError:
            return []
        reader = CelReader()
        events = reader.feed(data)
        self.flawed += reader.flawed
        self.place = Place(place.inode, offset + reader.consumed)
        return events
