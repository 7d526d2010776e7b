"""Reads the WAV files Asterisk leaves behind, also those it had no time to finish.

A file whose writer died says in its header that it holds nothing; what follows is sound all the
same, so the length is taken from the file.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PCM = 1
SAMPLE_BYTES = 2


class NotWav(ValueError):
    """The file is no 16-bit PCM WAV."""


@dataclass(frozen=True, slots=True)
class Wav:
    path: Path
    channels: int
    rate: int
    start: int
    """Offset of the first sample, bytes."""
    frames: int

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    def blocks(self, frames: int) -> Iterator[bytes]:
        """The samples, at most ``frames`` frames at a time."""
        frame_bytes = SAMPLE_BYTES * self.channels
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.frames * frame_bytes
            while left and (block := file.read(min(left, frames * frame_bytes))):
                left -= len(block)
                yield block


def open_wav(path: Path) -> Wav:
    """Raises NotWav, or OSError when it cannot be read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise NotWav(f"{path.name}: no RIFF header")
        channels = rate = 0
        while len(head := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", head)
            if name == b"fmt ":
                channels, rate = _format(file, length, path)
            elif name == b"data":
                return _wav(path, channels, rate, file.tell(), length, size)
            else:
                file.seek(length + length % 2, 1)
    raise NotWav(f"{path.name}: no samples in it")


def _format(file: BinaryIO, length: int, path: Path) -> tuple[int, int]:
    body = file.read(length + length % 2)
    if len(body) < 16:
        raise NotWav(f"{path.name}: cut short in its header")
    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
    if kind != PCM or bits != 8 * SAMPLE_BYTES or channels not in (1, 2) or not rate:
        raise NotWav(f"{path.name}: not 16-bit PCM of one or two channels")
    return channels, rate


def _wav(path: Path, channels: int, rate: int, start: int, length: int, size: int) -> Wav:
    if not channels:
        raise NotWav(f"{path.name}: samples before their format")
    there = size - start
    held = length if 0 < length <= there else there
    return Wav(path, channels, rate, start, held // (SAMPLE_BYTES * channels))
