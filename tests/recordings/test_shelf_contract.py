"""Where audio lies, the same in memory, on a disk and in a bucket of a real S3 server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from recordings.s3 import S3Shelf
from recordings.shelves import FileShelf, MemoryShelf, NoAudio, Shelf, ShelfAway
from recordings.whereabouts import Bucket
from telephony.asterisk.ports import free_ports
from tests.recordings.store_server import store_server

pytestmark = pytest.mark.contract

NAME = "talk/2026/11/22/r-1.wav.sealed"


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with store_server() as running:
        yield running


@pytest.fixture(params=["memory", "files", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "memory":
        return MemoryShelf()
    if request.param == "files":
        return FileShelf(tmp_path / "shelf")
    bucket: Bucket = request.getfixturevalue("bucket")
    return S3Shelf(replace(bucket, prefix=tmp_path.name))


def given(folder: Path, data: bytes) -> Path:
    file = folder / "given.wav"
    file.write_bytes(data)
    return file


def test_what_was_put_is_there_whole_and_in_parts(shelf: Shelf, tmp_path: Path) -> None:
    data = bytes(range(256)) * 4000
    shelf.put(NAME, given(tmp_path, data))
    assert shelf.size(NAME) == len(data)
    assert shelf.read(NAME, 0, len(data)) == data
    assert shelf.read(NAME, 300, 777) == data[300:777]
    assert shelf.read(NAME, 5, 5) == b""


def test_a_large_file_goes_in_pieces_and_is_one(shelf: Shelf, tmp_path: Path) -> None:
    data = bytes(range(256)) * 50_000
    shelf.put(NAME, given(tmp_path, data))
    assert shelf.size(NAME) == len(data)
    assert shelf.read(NAME, len(data) - 9, len(data)) == data[-9:]


def test_the_same_name_again_replaces_it(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(NAME, given(tmp_path, b"first and long"))
    shelf.put(NAME, given(tmp_path, b"second"))
    assert shelf.size(NAME) == 6
    assert shelf.read(NAME, 0, 6) == b"second"


def test_what_is_deleted_is_gone_and_may_be_deleted_again(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(NAME, given(tmp_path, b"x"))
    shelf.delete(NAME)
    shelf.delete(NAME)
    with pytest.raises(NoAudio):
        shelf.size(NAME)
    with pytest.raises(NoAudio):
        shelf.read(NAME, 0, 1)


STRANGE = ("", ".", "..", "../x", "a/../../x", "/etc/passwd", "a//b", "a/.b", "talk/录音.wav",
           "a\0b", "a\nb", "a" * 200, "a/", "a?b")  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_what_can_be_no_name_reaches_nothing(shelf: Shelf, tmp_path: Path, name: str) -> None:
    for do in (
        lambda: shelf.put(name, given(tmp_path, b"x")),
        lambda: shelf.size(name),
        lambda: shelf.read(name, 0, 1),
        lambda: shelf.delete(name),
    ):
        with pytest.raises(NoAudio):
            do()


def test_a_store_that_does_not_answer_says_so_and_may_be_tried_again(
    tmp_path: Path, bucket: Bucket
) -> None:
    memory = MemoryShelf()
    memory.away = True
    nobody = replace(bucket, endpoint=f"http://127.0.0.1:{free_ports(1)[0]}", patience_s=0.5)
    unknown = replace(bucket, bucket="no-such-bucket")
    (tmp_path / "shelf").write_bytes(b"a file where the folder should be")
    shelves: tuple[Shelf, ...] = (
        memory,
        S3Shelf(nobody),
        S3Shelf(unknown),
        FileShelf(tmp_path / "shelf"),
    )
    for shelf in shelves:
        with pytest.raises((ShelfAway, NoAudio)) as caught:
            shelf.put(NAME, given(tmp_path, b"x"))
        if isinstance(caught.value, ShelfAway):
            assert caught.value.retryable
            assert str(caught.value)
