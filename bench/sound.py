"""The audio of a measurement: tones of exact length, so that both sides play the very same."""

import math
import os
import struct
import wave
from pathlib import Path

RATE = 8000
STAFF_S = 0.02
"""Ours says the staff number before the bridge, app_queue does not: kept, but this short."""
ULAW_BIAS = 0x84
ULAW_CLIP = 32635


def samples(seconds: float, hertz: float = 440.0) -> list[int]:
    step = 2 * math.pi * hertz / RATE
    return [round(8000 * math.sin(step * n)) for n in range(round(seconds * RATE))]


def write_wav(path: Path, seconds: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = samples(seconds)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(tone)}h", *tone))


def write_ulaw(path: Path, seconds: float) -> None:
    """Raw, as a SIPp robot speaks it."""
    path.write_bytes(bytes(_ulaw(sample) for sample in samples(seconds)))


def link(source: Path, target: Path) -> None:
    """The same audio under one more name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(source, target)


def _ulaw(sample: int) -> int:
    """G.711."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), ULAW_CLIP) + ULAW_BIAS
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF
