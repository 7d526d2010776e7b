"""Files people put on tickets: kept once under their hash, whatever they are called.

Synchronous: runs on threads. A file is on the disk before a row speaks of it; one whose row never
came is found by its hash when it is sent again.
"""

import os
import tempfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from calls.ids import TicketId
from tickets.changes import Scope
from tickets.file_kinds import MOST_BYTES, kind_of, safe_name
from tickets.handling import existing, keep
from tickets.model import Attachment, Entry, EntryKind, Ticket, TicketError
from tickets.ports import TicketStore


class FileTooLarge(TicketError):
    pass


class NoSuchFile(TicketError):
    """No such file, or not hers to see, or its bytes are gone or changed."""


class Files:
    def __init__(self, folder: Path, store: TicketStore) -> None:
        self._folder = folder
        self._store = store

    def attach(
        self, id_: TicketId, name: str, data: bytes, who: str, now: float, scope: Scope
    ) -> Ticket:
        """Raises NoSuchTicket, FileTooLarge, KindRefused."""
        if len(data) > MOST_BYTES:
            raise FileTooLarge
        kind = kind_of(data)
        with self._store.reading() as rows:
            existing(rows, id_, scope)
        digest = sha256(data).hexdigest()
        self._write(digest, data)
        file = Attachment(0, safe_name(name), kind, len(data), digest, now, who)
        with self._store.writing() as rows:
            ticket = existing(rows, id_, scope)
            if any((one.sha256, one.name) == (digest, file.name) for one in ticket.files):
                return ticket
            rows.attach(id_, file)
            rows.write(id_, Entry(now, who, EntryKind.ATTACHED, file.name))
            rows.mark(id_)
            keep(rows, ticket, replace(ticket, version=ticket.version + 1, updated_at=now))
            return existing(rows, id_)

    def read(self, id_: TicketId, file: int, scope: Scope) -> tuple[Attachment, bytes]:
        """Raises NoSuchTicket, NoSuchFile."""
        with self._store.reading() as rows:
            existing(rows, id_, scope)
            found = rows.file(file)
        if found is None or found[0] != id_:
            raise NoSuchFile
        try:
            data = self._place(found[1].sha256).read_bytes()
        except OSError as error:
            raise NoSuchFile from error
        if sha256(data).hexdigest() != found[1].sha256:
            raise NoSuchFile
        return found[1], data

    def drop(self, digest: str) -> None:
        """The bytes no ticket speaks of any more; what is not there is no mistake. Raises
        OSError."""
        self._place(digest).unlink(missing_ok=True)

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, digest: str, data: bytes) -> None:
        place = self._place(digest)
        if place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, half = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(half).replace(place)
