"""A customer file as people export it: rows out, with the line each began in. Knows no customer.

UTF-8 with or without a mark, GBK, or UTF-16 of a spreadsheet; commas or tabs; quoted cells may hold
line ends. One stray quote costs one row, never the rest of the file.
"""

import codecs
import csv
from collections.abc import Generator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

MAX_LINE = 65_536
"""Characters of one line; a customer needs some hundreds. Longer ones are bad rows."""
MAX_LINES_A_ROW = 20
"""Line ends inside quotes; more of them is a quote nobody closed."""
_CHUNK = 1 << 20
_LOST = "\ufffd"


class ImportRefused(Exception):
    """The file as a whole cannot be imported; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class RawRow:
    line: int
    """1-based line in which it begins."""
    cells: tuple[str, ...]
    flaw: str = ""
    """Why it cannot be read, '' when it can."""


def detect_encoding(file: BinaryIO) -> str:
    """The encoding of the whole file, read once from its beginning.

    A file with a few broken characters stays UTF-8 (those rows are bad); one that is mostly
    broken as UTF-8 is GBK. Raises ImportRefused for what is no text.
    """
    head = file.read(4)
    file.seek(0)
    if head.startswith(b"PK\x03\x04") or head == b"\xd0\xcf\x11\xe0":
        raise ImportRefused("this is a spreadsheet; save it as CSV (UTF-8) first")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    broken = whole = 0
    while data := file.read(_CHUNK):
        if b"\0" in data:
            raise ImportRefused("this is no text file; save the customers as CSV (UTF-8)")
        text = decoder.decode(data)
        broken += (lost := text.count(_LOST))
        whole += len(text) - len(text.encode("ascii", "ignore")) - lost
    file.seek(0)
    return "gb18030" if broken * 10 > whole else "utf-8"


def read_rows(file: BinaryIO, encoding: str) -> Generator[RawRow, None, None]:
    """Every row with anything in it, the header first. Closes nothing."""
    text = TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        lines = _Lines(text)
        delimiter = ","
        first = True
        while (row := _next_row(lines)) is not None:
            line, raw, flaw = row
            if first:
                delimiter = "\t" if "\t" in raw and "," not in raw else ","
                first = False
            if flaw:
                yield RawRow(line, (), flaw)
            elif raw.strip(" \t\r\n,"):
                yield _parsed(line, raw, delimiter)
    finally:
        text.detach()


def open_rows(path: Path) -> BinaryIO:
    """Raises ImportRefused when there is no such file, or it may not be read."""
    try:
        return path.open("rb")
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror}") from error


class _Lines:
    """Lines with their numbers, some of which may be put back."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self._back: list[tuple[int, str]] = []
        self._count = 0

    def next(self) -> tuple[int, str] | None:
        if self._back:
            return self._back.pop()
        line = self._text.readline(MAX_LINE)
        if not line:
            return None
        self._count += 1
        if len(line) >= MAX_LINE and not line.endswith(("\n", "\r")):
            while (rest := self._text.readline(MAX_LINE)) and not rest.endswith(("\n", "\r")):
                pass
        return self._count, line

    def put_back(self, lines: list[tuple[int, str]]) -> None:
        self._back.extend(reversed(lines))


def _next_row(lines: _Lines) -> tuple[int, str, str] | None:
    """First line, text, flaw. An odd number of quotes means the row goes on in the next line."""
    first = lines.next()
    if first is None:
        return None
    number, text = first
    if len(text) >= MAX_LINE:
        return number, "", f"the line is longer than {MAX_LINE} characters"
    taken: list[tuple[int, str]] = []
    while text.count('"') % 2:
        following = lines.next() if len(taken) < MAX_LINES_A_ROW else None
        if following is None:
            lines.put_back(taken)
            return number, "", "a quote is opened and never closed"
        taken.append(following)
        text += following[1]
    return number, text, ""


def _parsed(line: int, raw: str, delimiter: str) -> RawRow:
    try:
        cells = next(csv.reader([raw], delimiter=delimiter), [])
    except csv.Error as error:
        return RawRow(line, (), f"the row cannot be read: {error}")
    if any(_LOST in cell for cell in cells):
        return RawRow(line, (), "there are characters in it that are neither UTF-8 nor GBK")
    return RawRow(line, tuple(cell.strip() for cell in cells))
