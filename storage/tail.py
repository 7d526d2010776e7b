"""The end of a journal, in memory that outlives the process: what the file has not taken yet.

To hand an entry to the writer's thread, commit it and come back costs a caller's next agent more
than a millisecond; to copy it here costs microseconds, and no disk is ever waited for. Whoever
opens the journal after a death finds here what the file lacks (decision 0070).
"""

import hashlib
import logging
import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from zlib import crc32

SHARED = Path("/dev/shm")
"""Memory with names: emptied by the death of the machine, not by that of a process."""
HALF = 1 << 20
"""While the file takes one half, the other is filled: some seconds of a busy floor each."""
_OWNER = Struct("<q")
_HEAD = Struct("<IIQB")
"""Checksum of the rest, length of the entry, position, length of the stream's name."""
_FIRST = 16

log = logging.getLogger(__name__)


class Tail:
    """Not thread-safe but for ``taken``. Where there is no such memory it keeps nothing."""

    def __init__(self, journal: Path, half: int = HALF, folder: Path = SHARED) -> None:
        """``journal``: the file whose tail this is; nobody else may have it open."""
        name = hashlib.sha256(str(journal.resolve()).encode()).hexdigest()[:24]
        self._path = folder / f"threering-{os.getuid()}-{name}"
        self._half = half
        self._memory = self._open()
        self._at, self._end = _FIRST, _FIRST + half
        self._last = [0, 0]
        """The last position in each half."""
        self._filling = 0
        self._missed = 0
        """The last position that was not kept: until the file has it, none after it is kept."""
        self._taken = 0

    def left(self, owner: int, after: int) -> list[tuple[int, str, bytes]]:
        """Position, stream and entry of what this journal's former process kept behind ``after``;
        from now on the tail is ``owner``'s. Call it once, before anything is kept."""
        if self._memory is None:
            return []
        found: list[tuple[int, str, bytes]] = []
        if _OWNER.unpack_from(self._memory)[0] == owner:
            for half in (0, 1):
                found += self._entries(_FIRST + half * self._half)
        self.belongs_to(owner)
        return sorted(entry for entry in found if entry[0] > after)

    def belongs_to(self, owner: int) -> None:
        """The journal's file is another one from now on."""
        if self._memory is not None:
            _OWNER.pack_into(self._memory, 0, owner)

    def keep(self, position: int, stream: str, entry: bytes) -> bool:
        """True when it would survive this process, and with it all that came before it."""
        name = stream.encode()
        size = _HEAD.size + len(name) + len(entry)
        if self._memory is None or self._missed > self._taken or not self._has_room(size):
            self._missed = position
            return False
        memory, at = self._memory, self._at
        begins = at + _HEAD.size
        memory[begins : begins + len(name)] = name
        memory[begins + len(name) : at + size] = entry
        sum_ = crc32(entry, crc32(name, position))
        _HEAD.pack_into(memory, at, sum_, len(entry), position, len(name))
        self._at = at + size
        self._last[self._filling] = position
        return True

    def taken(self, position: int) -> None:
        """The file has everything up to here."""
        self._taken = position

    def close(self, *, whole: bool) -> None:
        """``whole``: the file has everything, and nothing of this is needed any more."""
        if self._memory is not None:
            self._memory.close()
            self._memory = None
            if whole:
                self._path.unlink(missing_ok=True)

    def _has_room(self, size: int) -> bool:
        if self._at + size <= self._end:
            return True
        other = 1 - self._filling
        if size > self._half or self._last[other] > self._taken:
            return False
        self._filling = other
        self._at = _FIRST + other * self._half
        self._end = self._at + self._half
        return True

    def _entries(self, at: int) -> Iterator[tuple[int, str, bytes]]:
        """Until one is torn, or of an earlier time than the one before it."""
        memory, end, before = self._memory, at + self._half, 0
        assert memory is not None
        while at + _HEAD.size <= end:
            sum_, length, position, named = _HEAD.unpack_from(memory, at)
            begins = at + _HEAD.size
            at = begins + named + length
            if position <= before or at > end:
                return
            name, entry = memory[begins : begins + named], memory[begins + named : at]
            if crc32(entry, crc32(name, position)) != sum_:
                return
            yield position, name.decode(), entry
            before = position

    def _open(self) -> mmap.mmap | None:
        size = _FIRST + 2 * self._half
        try:
            flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
            file = os.open(self._path, flags, 0o600)
            try:
                if os.fstat(file).st_uid != os.getuid():
                    raise PermissionError(f"{self._path} is another's")
                # Given now: memory that is full later would kill whoever writes into it.
                os.posix_fallocate(file, 0, size)
                return mmap.mmap(file, size)
            finally:
                os.close(file)
        except OSError as error:
            log.warning("the journal has no tail in memory", extra={"why": str(error)})
            return None
