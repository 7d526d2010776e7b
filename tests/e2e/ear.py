"""What a caller hears: her audio comes here instead of to SIPp, and is compared with our prompts.

Asterisk sends a prompt's samples as they are, in mu-law; so it was heard when its bytes are there.
"""

import math
import socket
import struct
import threading
import wave
from array import array
from pathlib import Path

from telephony.asterisk.ports import free_ports
from telephony.robots.sipp import CALLERS_ADDRESS

RTP_HEADER = 12
FRAME = 160
"""Bytes of mu-law in a packet: 20 ms."""
LOUD = 40
"""Distinct bytes in a stretch that is worth comparing: silence is everywhere."""
AUDIBLE = 200.0
"""RMS of 32,768."""
BIAS, CLIP = 0x84, 32635


class Ear:
    def __init__(self) -> None:
        [self.port] = free_ports(1)
        self.heard = bytearray()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((CALLERS_ADDRESS, self.port))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.sendto(b"", (CALLERS_ADDRESS, self.port))
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while packet := self._socket.recv(2000):
            if len(packet) > RTP_HEADER and packet[1] & 0x7F == 0:
                self.heard += packet[RTP_HEADER:]

    def heard_of(self, prompt: Path) -> float:
        """Which share of a prompt's sounding stretches has been heard: 0 to 1."""
        said = as_mulaw(prompt)
        stretches = [said[at : at + FRAME] for at in range(FRAME, len(said) - FRAME, FRAME)]
        loud = [one for one in stretches if len(set(one)) >= LOUD]
        return sum(one in self.heard for one in loud) / len(loud)


def seconds_of(wav: Path) -> float:
    with wave.open(str(wav)) as file:
        return file.getnframes() / file.getframerate()


def as_mulaw(wav: Path) -> bytes:
    with wave.open(str(wav)) as file:
        frames = file.readframes(file.getnframes())
    return bytes(_mulaw(sample) for (sample,) in struct.iter_unpack("<h", frames))


def _mulaw(sample: int) -> int:
    """G.711 as Asterisk does it: by a table of every fourth value, its last two bits set."""
    value = sample & ~3 | 3
    sign = 0x80 if value < 0 else 0
    value = min(abs(value), CLIP) + BIAS
    exponent = value.bit_length() - 8
    return ~(sign | exponent << 4 | value >> exponent + 3 & 0x0F) & 0xFF


def tone_shares(wav: Path, hz: float) -> list[list[float]]:
    """For each channel of a recording: how much of each sounding 20 ms is this one tone, about 0
    to 1 (Goertzel)."""
    with wave.open(str(wav)) as file:
        channels, rate = file.getnchannels(), file.getframerate()
        samples = array("h", file.readframes(file.getnframes()))
    size = rate // 50
    shares: list[list[float]] = []
    for channel in range(channels):
        own = samples[channel::channels]
        blocks = [own[at : at + size] for at in range(0, len(own) - size, size)]
        shares.append([_share(block, hz / rate) for block in blocks if _rms(block) > AUDIBLE])
    return shares


def _rms(block: "array[int]") -> float:
    return math.sqrt(sum(one * one for one in block) / len(block))


def _share(block: "array[int]", turns: float) -> float:
    near, far, turn = 0.0, 0.0, 2 * math.cos(2 * math.pi * turns)
    for sample in block:
        near, far = sample + turn * near - far, near
    power = near * near + far * far - turn * near * far
    return 2 * power / (len(block) * sum(one * one for one in block))
