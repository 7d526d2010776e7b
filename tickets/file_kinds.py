"""What a file is, by what stands in it: its name may say anything. Pure.

A short list by hand instead of libmagic: we take eight kinds, and each must be refused when it is
not exactly that, which a guesser of hundreds does not promise.
"""

MOST_BYTES = 10 * 2**20
TEXT = "text/plain"
_BEGINS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-1.", "application/pdf"),
    (b"%PDF-2.", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)
_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
)
_ZIP = b"PK\x03\x04"
_MOST_TEXT = 2**20
_NO_TEXT = frozenset({*range(32), 127} - set(b"\t\n\r\f"))
"""Bytes that no text has."""
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"#!")


class KindRefused(ValueError):
    """Not a kind we keep."""


def kind_of(data: bytes) -> str:
    """MIME type. Raises KindRefused."""
    for begin, kind in _BEGINS:
        if data.startswith(begin):
            return kind
    if data.startswith(b"RIFF") and data[8:12] in (b"WAVE", b"WEBP"):
        return "audio/wav" if data[8:12] == b"WAVE" else "image/webp"
    if data.startswith(_ZIP):
        return _office(data)
    return _text(data)


def safe_name(name: str) -> str:
    """The name without folders and what no file name has; never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(one for one in last if one.isprintable() and one not in '<>:"|?*')
    return kept.strip(" .")[:120] or "file"


def _office(data: bytes) -> str:
    """A zip is kept only as a document of an office program, without macros."""
    if b"[Content_Types].xml" in data and b"vbaProject.bin" not in data:
        for folder, kind in _OFFICE:
            if folder in data:
                return kind
    raise KindRefused


def _text(data: bytes) -> str:
    start = data[:256].lstrip().lower()
    if not data or len(data) > _MOST_TEXT or start.startswith(_MARKUP):
        raise KindRefused
    if not _NO_TEXT.isdisjoint(data):
        raise KindRefused
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise KindRefused from None
    return TEXT
