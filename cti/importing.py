"""Customers imported from a browser: the file comes in parts, a worker process reads it, how far it
is and which rows were bad can be asked. One import at a time.

All but ``add_part`` on the event loop; files lie in one folder and are gone when their import ends.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import msgspec

from cti.customer_csv import ImportRefused
from cti.import_customers import ImportReport, OnProgress
from cti.import_worker import ImportStopped

MOST_BYTES = 500_000_000
"""A few million customers."""
KEPT = 10
STALE_S = 3_600.0
"""A file that stopped coming."""

Read = Callable[[Path, OnProgress], Awaitable[ImportReport]]

log = logging.getLogger(__name__)


class ImportState(StrEnum):
    COMING = "coming"
    """Its file is still being sent."""
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    """The file is none that could be read."""
    STOPPED = "stopped"
    """By somebody, or because the database failed; what was reported is stored, and doing it again
    is safe."""


class Import(msgspec.Struct, kw_only=True):
    id: str
    name: str
    """Of the file, as its sender called it."""
    size: int
    by: str
    begun_at: float
    came: int = 0
    """Bytes."""
    state: ImportState = ImportState.COMING
    why: str = ""
    report: ImportReport = ImportReport()


class ImportBusy(Exception):
    """Another one is coming or running."""


class NoSuchImport(LookupError):
    pass


class PartMisplaced(Exception):
    """This part does not go on where the last one ended."""


class ImportBook:
    def __init__(self, folder: Path, read: Read, now: Callable[[], float]) -> None:
        """``read``: cti.import_worker.import_in_worker, for this hotline's database."""
        self._folder = folder
        self._read = read
        self._now = now
        self._imports: dict[str, Import] = {}
        self._task: asyncio.Task[None] | None = None

    def all(self) -> list[Import]:
        """Newest first."""
        return list(reversed(self._imports.values()))

    def get(self, id_: str) -> Import:
        found = self._imports.get(id_)
        if found is None:
            raise NoSuchImport(id_)
        return found

    def open(self, name: str, size: int, by: str) -> Import:
        """Raises ImportBusy, OSError."""
        for other in self._imports.values():
            stale = self._now() - other.begun_at > STALE_S
            if other.state is ImportState.RUNNING or (
                other.state is ImportState.COMING and not stale
            ):
                raise ImportBusy(other.id)
            if other.state is ImportState.COMING:
                self._end(other, ImportState.STOPPED)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        one = Import(
            id=secrets.token_hex(8), name=name[:200], size=size, by=by, begun_at=self._now()
        )
        self._path(one).write_bytes(b"")
        self._imports[one.id] = one
        while len(self._imports) > KEPT:
            del self._imports[next(iter(self._imports))]
        return one

    def add_part(self, id_: str, offset: int, data: bytes) -> Import:
        """On a thread. Sent again, a part that is there already changes nothing. Raises
        NoSuchImport, PartMisplaced, OSError."""
        one = self.get(id_)
        if one.state is not ImportState.COMING or offset + len(data) > one.size:
            raise PartMisplaced(id_)
        if offset + len(data) <= one.came:
            return one
        if offset != one.came:
            raise PartMisplaced(id_)
        with self._path(one).open("r+b") as file:
            file.seek(offset)
            file.write(data)
        one.came = offset + len(data)
        return one

    def begin(self, id_: str) -> Import:
        """The whole file is here. Raises NoSuchImport, PartMisplaced."""
        one = self.get(id_)
        if one.state is not ImportState.COMING or one.came != one.size:
            raise PartMisplaced(id_)
        one.state = ImportState.RUNNING
        self._task = asyncio.ensure_future(self._run(one))
        return one

    def cancel(self, id_: str) -> Import:
        """Nothing happens to one that is over. Raises NoSuchImport."""
        one = self.get(id_)
        if one.state is ImportState.RUNNING and self._task is not None:
            self._task.cancel()
        elif one.state is ImportState.COMING:
            self._end(one, ImportState.STOPPED)
        return one

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, one: Import) -> None:
        def progress(report: ImportReport) -> None:
            one.report = report

        try:
            one.report = await self._read(self._path(one), progress)
            self._end(one, ImportState.DONE)
        except ImportRefused as error:
            self._end(one, ImportState.REFUSED, str(error).replace(str(self._path(one)), one.name))
        except ImportStopped as error:
            self._end(one, ImportState.STOPPED, str(error))
        except asyncio.CancelledError:
            self._end(one, ImportState.STOPPED)
        except Exception:
            log.exception("an import broke")
            self._end(one, ImportState.STOPPED)

    def _end(self, one: Import, state: ImportState, why: str = "") -> None:
        one.state, one.why = state, why
        with suppress(OSError):
            self._path(one).unlink(missing_ok=True)

    def _path(self, one: Import) -> Path:
        return self._folder / f"{one.id}.csv"
