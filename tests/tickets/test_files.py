"""Files on tickets: what they are is read from their bytes, and they are kept once."""

from pathlib import Path

import pytest

from calls.ids import TicketId
from storage.database import Database
from tests.tickets.house import MONDAY_9, House, talked
from tickets.changes import ALL, Scope
from tickets.file_kinds import MOST_BYTES, KindRefused, kind_of, safe_name
from tickets.files import Files, FileTooLarge, NoSuchFile
from tickets.model import NoSuchTicket

pytestmark = pytest.mark.contract

ONE = TicketId("1")
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
def house(database: Database) -> House:
    made = House(database)
    made.ask(talked("cn1-1"))
    made.work()
    return made


@pytest.fixture
def files(house: House, tmp_path: Path) -> Files:
    return Files(tmp_path / "attachments", house.store)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("发票号 12".encode(), "text/plain"),
        (b"PK\x03\x04 [Content_Types].xml xl/workbook.xml",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)  # fmt: skip
def test_what_a_file_is_stands_in_its_bytes(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"#!/bin/sh\nrm -rf /",
        b"  <html><script>alert(1)</script>",
        b"<svg onload=alert(1)>",
        b"PK\x03\x04 some zip",
        b"PK\x03\x04 [Content_Types].xml word/vbaProject.bin",
        b"RIFF\x00\x00\x00\x00AVI ",
        b"\xff\xfe\x00\x01",
        b"a" * (2**20 + 1),
    ],
)
def test_anything_else_is_refused_whatever_it_is_called(data: bytes, files: Files) -> None:
    with pytest.raises(KindRefused):
        files.attach(ONE, "photo.png", data, "li", MONDAY_9, ALL)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\发票.png", "发票.png"),
        ("a\x00b\n.png", "ab.png"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_name_is_only_a_name(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def test_a_file_is_kept_under_its_hash_and_read_again(house: House, files: Files) -> None:
    ticket = files.attach(ONE, "发票.png", PNG, "li", MONDAY_9, ALL)
    (file,) = ticket.files
    assert (file.name, file.kind, file.bytes, file.who) == ("发票.png", "image/png", 28, "li")
    assert files.read(ONE, file.id, ALL) == (file, PNG)
    assert ticket.entries[-1].text == "发票.png"
    assert files.attach(ONE, "发票.png", PNG, "li", MONDAY_9 + 5, ALL) == ticket
    assert len(house.tickets()[0].files) == 1


def test_what_was_changed_on_the_disk_is_not_handed_out(files: Files, tmp_path: Path) -> None:
    (file,) = files.attach(ONE, "a.png", PNG, "li", MONDAY_9, ALL).files
    (place,) = (tmp_path / "attachments").glob("*/*")
    place.write_bytes(PNG + b"!")
    with pytest.raises(NoSuchFile):
        files.read(ONE, file.id, ALL)
    place.unlink()
    with pytest.raises(NoSuchFile):
        files.read(ONE, file.id, ALL)


def test_too_much_is_refused_and_leaves_nothing(files: Files, tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        files.attach(ONE, "a.png", PNG + b"x" * MOST_BYTES, "li", MONDAY_9, ALL)
    assert not (tmp_path / "attachments").exists()


def test_files_of_another_department_are_nobodys_business(files: Files) -> None:
    (file,) = files.attach(ONE, "a.png", PNG, "li", MONDAY_9, ALL).files
    other = Scope(("technology",))
    with pytest.raises(NoSuchTicket):
        files.read(ONE, file.id, other)
    with pytest.raises(NoSuchTicket):
        files.attach(ONE, "b.png", PNG, "zhao", MONDAY_9, other)
    with pytest.raises(NoSuchFile):
        files.read(ONE, file.id + 1, ALL)
