"""Audio encrypted at rest: AES-256-GCM over chunks, so that any part of a file is read by itself.

Header, then chunks of CHUNK bytes and their tag. Each file has a key of its own, derived from the
ring's key and a random salt; the header, which says how long the audio is, is authenticated with
every chunk, so that a file cut short, or of chunks in another order, is never taken for audio.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recordings.keys import KEY_ID_BYTES, KeyRing

MAGIC = b"3RSEAL01"
CHUNK = 65_536
"""Read whole for any byte of it: small enough to seek by, large enough that tags cost nothing."""
TAG = 16
SALT = 16
_HEADER = struct.Struct(f">8s{KEY_ID_BYTES}s{SALT}sQ")
HEADER = _HEADER.size


class SealBroken(ValueError):
    """The file was cut short or changed, or is sealed by a key that the ring does not have."""


class Source(Protocol):
    """Bytes that can be read from anywhere within."""

    @property
    def size(self) -> int: ...

    def read(self, begin: int, end: int) -> bytes:
        """From ``begin`` up to but not with ``end``, both within the size."""


BLOCK = 1 << 20


def blocks(source: Source) -> Iterator[bytes]:
    """All of it, a piece at a time."""
    for at in range(0, source.size, BLOCK):
        yield source.read(at, min(at + BLOCK, source.size))


def seal(plain: Path, out: Path, ring: KeyRing) -> None:
    """``out`` appears whole or not at all, and is on the disk when this returns. Raises OSError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    made = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with plain.open("rb") as source, made.open("wb") as file:
            size = os.fstat(source.fileno()).st_size
            header = _HEADER.pack(MAGIC, ring.newest.encode(), os.urandom(SALT), size)
            file.write(header)
            for sealed in _sealed(source, size, header, ring):
                file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        os.replace(made, out)
    finally:
        made.unlink(missing_ok=True)


def _sealed(source: BinaryIO, size: int, header: bytes, ring: KeyRing) -> Iterator[bytes]:
    cipher = _cipher(header, ring)
    for n in range(_chunks(size)):
        block = source.read(min(CHUNK, size - n * CHUNK))
        yield cipher.encrypt(_nonce(n), block, header)


def is_sealed(source: Source) -> bool:
    return source.size >= HEADER and source.read(0, len(MAGIC)) == MAGIC


class Unsealed:
    """The audio inside of a sealed source. Raises SealBroken, also while reading."""

    def __init__(self, sealed: Source, ring: KeyRing) -> None:
        if sealed.size < HEADER:
            raise SealBroken("the file ends within its header")
        self._sealed = sealed
        self._header = sealed.read(0, HEADER)
        magic, key, _, size = _HEADER.unpack(self._header)
        if magic != MAGIC:
            raise SealBroken("this is no sealed file")
        if sealed.size != HEADER + size + TAG * _chunks(size):
            raise SealBroken("the file is shorter or longer than it was sealed")
        self.size: int = size
        self.key = key.decode("ascii", "replace")
        self._cipher = _cipher(self._header, ring)

    def read(self, begin: int, end: int) -> bytes:
        if begin >= end:
            return b""
        first, last = begin // CHUNK, _chunks(end)
        at = HEADER + first * (CHUNK + TAG)
        blocks = self._sealed.read(at, min(HEADER + last * (CHUNK + TAG), self._sealed.size))
        whole = b"".join(
            self._opened(n, blocks[(n - first) * (CHUNK + TAG) : (n + 1 - first) * (CHUNK + TAG)])
            for n in range(first, last)
        )
        return whole[begin - first * CHUNK : end - first * CHUNK]

    def _opened(self, n: int, block: bytes) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(n), block, self._header)
        except (InvalidTag, ValueError):
            raise SealBroken(f"part {n} of the file was changed") from None


def _cipher(header: bytes, ring: KeyRing) -> AESGCM:
    _, key, salt, _ = _HEADER.unpack(header)
    master = ring.key(key.decode("ascii", "replace"))
    if master is None:
        raise SealBroken(f"there is no key {key!r} in the ring")
    derived = HKDF(SHA256(), 32, salt, b"threering recording").derive(master)
    return AESGCM(derived)


def _nonce(n: int) -> bytes:
    return n.to_bytes(12, "big")


def _chunks(size: int) -> int:
    return -(-size // CHUNK)
