"""Two sides of a talk into one two-channel file, and what can be measured of it. Heavy: a worker's.

Left is the caller, right the agent. Works in blocks, so that an hour takes no more memory than a
second; plain arithmetic, because Python 3.13 has no audioop.
"""

import hashlib
import os
import sys
import wave
from array import array
from collections.abc import Iterator
from itertools import zip_longest
from math import sqrt
from operator import mul
from pathlib import Path

import msgspec

from recordings.wav import NotWav, Wav, open_wav

BLOCK_FRAMES = 8000
"""One second of a telephone line; also the stretch whose loudness tells speech from silence."""
SILENT_RMS = 40.0
"""Of 32,768. Speech reaches hundreds in its loudest second even on a bad line; an open but unused
line, comfort noise and rounding stay below 20."""
DEFAULT_RATE = 8000
PEAKS_A_SECOND = 10
MOST_PEAKS = 3600
"""Of an hour and longer one a second and fewer: a screen is not wider."""

Peaks = tuple[bytes, ...]


class AudioFacts(msgspec.Struct, frozen=True, kw_only=True):
    seconds: float = 0.0
    bytes: int = 0
    sha256: str = ""
    rms: tuple[float, ...] = ()
    """Per channel, over the whole file; 0 to 32768."""
    loudest: tuple[float, ...] = ()
    """Per channel: the RMS of its loudest second."""
    flaw: str = ""
    """'' when sound; else 'missing', 'empty', 'silent_caller', 'silent_agent', 'silent'."""
    peaks: Peaks = ()
    """Per channel, one byte for each equal stretch of the file: its loudest sample, 255 being the
    loudest there can be. What a player draws."""


def join_two_channels(caller_wav: Path, agent_wav: Path, out: Path) -> bool:
    """One file, caller left, agent right; the shorter side, or one that cannot be read, is filled
    with silence. ``out`` appears whole or not at all. False, and no file, when both are unreadable.

    Raises OSError when ``out`` cannot be written, NotWav when the sides differ in rate.
    """
    sides = [_side(caller_wav), _side(agent_wav)]
    rates = {side.rate for side in sides if side}
    if not rates:
        return False
    if len(rates) > 1:
        raise NotWav(f"{caller_wav.name} and {agent_wav.name} differ in sample rate")
    out.parent.mkdir(parents=True, exist_ok=True)
    made = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with wave.open(str(made), "wb") as file:
            file.setparams((2, 2, rates.pop(), 0, "NONE", ""))
            for left, right in zip_longest(*map(_mono, sides), fillvalue=b""):
                file.writeframesraw(_interleaved(left, right))
        on_disk(made)
        os.replace(made, out)
    finally:
        made.unlink(missing_ok=True)
    return True


def on_disk(path: Path) -> None:
    """What it was made of is deleted after this, so it must outlive a loss of power."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def measure(path: Path) -> AudioFacts:
    """Size, length, hash, loudness and what is wrong with the file. Never raises for a bad file:
    that is the flaw."""
    try:
        size = path.stat().st_size
        sha256 = _sha256(path)
        wav = open_wav(path)
    except FileNotFoundError:
        return AudioFacts(flaw="missing")
    except (NotWav, OSError):
        return AudioFacts(flaw="empty")
    squares = [0.0] * wav.channels
    loudest = [0.0] * wav.channels
    peaks = [bytearray() for _ in range(wav.channels)]
    for block in wav.blocks(BLOCK_FRAMES):
        samples = _samples(block)
        for channel in range(wav.channels):
            own = samples[channel :: wav.channels]
            peaks[channel] += _tenths(own)
            power = float(sum(map(mul, own, own)))
            squares[channel] += power
            loudest[channel] = max(loudest[channel], sqrt(power / max(len(own), 1)))
    return AudioFacts(
        seconds=wav.seconds,
        bytes=size,
        sha256=sha256,
        rms=tuple(sqrt(square / max(wav.frames, 1)) for square in squares),
        loudest=tuple(loudest),
        flaw=flaw_of(wav.frames, tuple(loudest)),
        peaks=tuple(_thinned(channel) for channel in peaks),
    )


def _tenths(samples: "array[int]") -> bytes:
    step = BLOCK_FRAMES // PEAKS_A_SECOND
    parts = (samples[at : at + step] for at in range(0, len(samples), step))
    return bytes(min(255, max(max(part), -min(part)) >> 7) for part in parts)


def _thinned(peaks: bytearray) -> bytes:
    """At most MOST_PEAKS, of equal stretches."""
    together = -(-len(peaks) // MOST_PEAKS) or 1
    return bytes(max(peaks[at : at + together]) for at in range(0, len(peaks), together))


def flaw_of(frames: int, loudest: tuple[float, ...]) -> str:
    """What is wrong with audio of so many frames whose channels are at most so loud."""
    if not frames:
        return "empty"
    silent = [level < SILENT_RMS for level in loudest]
    if all(silent):
        return "silent"
    if len(silent) == 2 and any(silent):
        return "silent_caller" if silent[0] else "silent_agent"
    return ""


def _side(path: Path) -> Wav | None:
    try:
        wav = open_wav(path)
    except (NotWav, OSError):
        return None
    return wav if wav.channels == 1 else None


def _mono(side: Wav | None) -> Iterator[bytes]:
    return side.blocks(BLOCK_FRAMES) if side else iter(())


def _interleaved(left: bytes, right: bytes) -> bytes:
    # Blocks of both sides hold the same number of frames, but for the last of the shorter one.
    longer = max(len(left), len(right))
    both = array("h", bytes(2 * longer))
    both[0::2] = array("h", left.ljust(longer, b"\0"))
    both[1::2] = array("h", right.ljust(longer, b"\0"))
    return both.tobytes()


def _samples(block: bytes) -> "array[int]":
    samples = array("h", block[: len(block) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
