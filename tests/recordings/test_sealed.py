"""Audio encrypted at rest: read from anywhere within, never from a file that was touched."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.keys import KeyRing, add_key, open_keys
from recordings.opened import FilePart, open_source
from recordings.sealed import CHUNK, HEADER, TAG, SealBroken, Unsealed, seal

pytestmark = pytest.mark.unit

RING = KeyRing({"aaaaaaaa": bytes(32)})


class Held:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read(self, begin: int, end: int) -> bytes:
        return self.data[begin:end]


def sealed(folder: Path, plain: bytes, ring: KeyRing = RING) -> bytes:
    (folder / "plain").write_bytes(plain)
    seal(folder / "plain", folder / "out", ring)
    return (folder / "out").read_bytes()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17])
def test_what_was_sealed_is_read_whole(tmp_path: Path, size: int) -> None:
    plain = os.urandom(size)
    opened = Unsealed(Held(sealed(tmp_path, plain)), RING)
    assert opened.size == size
    assert opened.read(0, size) == plain


def test_any_part_is_read_as_if_it_lay_open(tmp_path: Path) -> None:
    plain = os.urandom(3 * CHUNK + 5)
    opened = Unsealed(Held(sealed(tmp_path, plain)), RING)

    @given(st.integers(0, len(plain)), st.integers(0, len(plain)))
    def parts(one: int, other: int) -> None:
        begin, end = min(one, other), max(one, other)
        assert opened.read(begin, end) == plain[begin:end]

    parts()


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = sealed(tmp_path, os.urandom(CHUNK + 100))
    for kept in (0, 7, HEADER - 1, HEADER, HEADER + CHUNK + TAG, len(whole) - 1):
        with pytest.raises(SealBroken):
            Unsealed(Held(whole[:kept]), RING)
    with pytest.raises(SealBroken):
        Unsealed(Held(whole + b"\0"), RING)


def test_a_changed_byte_anywhere_is_noticed(tmp_path: Path) -> None:
    whole = bytearray(sealed(tmp_path, os.urandom(CHUNK + 100)))
    for at in (0, 8, 20, HEADER - 1, HEADER, HEADER + 500, len(whole) - 1):
        changed = bytearray(whole)
        changed[at] ^= 1
        with pytest.raises(SealBroken):
            Unsealed(Held(bytes(changed)), RING).read(0, CHUNK + 100)


def test_chunks_in_another_order_or_of_another_file_are_noticed(tmp_path: Path) -> None:
    plain = os.urandom(2 * CHUNK)
    one, other = sealed(tmp_path, plain), sealed(tmp_path, plain)
    step = CHUNK + TAG
    first, second = one[HEADER : HEADER + step], one[HEADER + step :]
    for forged in (one[:HEADER] + second + first, one[:HEADER] + other[HEADER:]):
        with pytest.raises(SealBroken):
            Unsealed(Held(forged), RING).read(0, 10)


def test_a_new_key_seals_and_old_files_are_read_on(tmp_path: Path) -> None:
    first = open_keys(tmp_path / "keys")
    old = sealed(tmp_path, b"before", first)
    second = add_key(tmp_path / "keys")
    new = sealed(tmp_path, b"after", second)
    assert second.newest != first.newest
    assert Unsealed(Held(old), second).read(0, 6) == b"before"
    assert Unsealed(Held(new), second).key == second.newest
    with pytest.raises(SealBroken, match="no key"):
        Unsealed(Held(new), first)


def test_audio_from_before_it_was_encrypted_is_read_as_it_lies(tmp_path: Path) -> None:
    (tmp_path / "old.wav").write_bytes(b"RIFF" + bytes(100))
    assert open_source(FilePart(tmp_path / "old.wav"), RING).read(0, 4) == b"RIFF"
    (tmp_path / "new").write_bytes(sealed(tmp_path, b"x"))
    with pytest.raises(SealBroken, match="no key"):
        open_source(FilePart(tmp_path / "new"), None)


@pytest.mark.parametrize("torn", [b"", b"{", b'{"keys":{}}', b'{"keys":{"aaaaaaaa":"AAAA"}}',
                                  b'{"keys":{"a":"' + b"A" * 43 + b'="}}'])  # fmt: skip
def test_a_torn_key_file_is_never_replaced(tmp_path: Path, torn: bytes) -> None:
    (tmp_path / "keys").write_bytes(torn)
    (tmp_path / "keys").chmod(0o600)
    with pytest.raises(ValueError, match="torn"):
        open_keys(tmp_path / "keys")
    with pytest.raises(ValueError, match="torn"):
        add_key(tmp_path / "keys")
    assert (tmp_path / "keys").read_bytes() == torn


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    open_keys(tmp_path / "keys")
    (tmp_path / "keys").chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        open_keys(tmp_path / "keys")
