"""An import in a process of its own, so that the process that holds calls never parses a file.

The child speaks one JSON line a report on its standard output; the last line is the end. It runs
at low priority and dies with the parent's interest.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from cti.customer_csv import ImportRefused
from cti.import_customers import ImportReport, OnProgress, import_customers
from cti.sql_store import SqlCustomers
from storage.database import Database, unavailable
from storage.errors import StorageError

NICENESS = 10
MAX_LINE = 16 * 1024 * 1024
"""The last line carries up to ten thousand bad rows."""


class ImportStopped(Exception):
    """The import ended early; what was reported is stored, and doing it again is safe."""


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    file: str
    database_url: str
    region: str
    area_code: str


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    report: ImportReport | None = None
    refused: str = ""
    stopped: str = ""
    end: bool = False


async def import_in_worker(
    path: Path,
    database_url: str,
    on_progress: OnProgress,
    *,
    region: str = "CN",
    area_code: str = "",
) -> ImportReport:
    """Import ``path`` into the migrated database, in a process of its own; cancelling ends it.

    Raises ImportRefused when the file cannot be used, ImportStopped when the database or the
    process failed on the way.
    """
    order = _order(path, database_url, region, area_code)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cti.import_worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=MAX_LINE,
    )
    try:
        # By pipe, not by argument: a database URL may hold a password, and ps shows arguments.
        await _say(process, order)
        return await _follow(process, on_progress)
    finally:
        # Nothing is lost: at its last word it has committed all, and when it is cut off SQLite
        # takes back the batch it was in.
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _order(path: Path, database_url: str, region: str, area_code: str) -> bytes:
    order = _Order(
        file=str(path.resolve()), database_url=database_url, region=region, area_code=area_code
    )
    return msgspec.json.encode(order)


async def _say(process: asyncio.subprocess.Process, line: bytes) -> None:
    assert process.stdin is not None
    with suppress(ConnectionError):  # it died already; its silence is told by _follow
        process.stdin.write(line + b"\n")
        await process.stdin.drain()
    process.stdin.close()


async def _follow(process: asyncio.subprocess.Process, on_progress: OnProgress) -> ImportReport:
    assert process.stdout is not None
    while data := await process.stdout.readline():
        line = msgspec.json.decode(data, type=_Line)
        if line.refused:
            raise ImportRefused(line.refused)
        if line.stopped:
            raise ImportStopped(line.stopped)
        if line.report is not None and line.end:
            return line.report
        if line.report is not None:
            on_progress(line.report)
    raise ImportStopped("the import's process ended without a word; do it again")


def work(order: bytes, write: Callable[[bytes], None]) -> None:
    """The child's whole life: one order in, lines out."""
    wanted = msgspec.json.decode(order, type=_Order)

    def say(line: _Line) -> None:
        write(msgspec.json.encode(line) + b"\n")

    try:
        database = Database(wanted.database_url)
        report = import_customers(
            Path(wanted.file),
            SqlCustomers(database),
            lambda report: say(_Line(report=report)),
            now=time.time,
            pause=time.sleep,
            region=wanted.region,
            area_code=wanted.area_code,
        )
        database.dispose()
        say(_Line(report=report, end=True))
    except ImportRefused as refused:
        say(_Line(refused=str(refused)))
    except StorageError as error:
        say(_Line(stopped=str(error)))
    except Exception as error:
        if not unavailable(error):
            raise
        # The driver's words alone: the whole message would carry customers' numbers.
        why = getattr(error, "orig", None) or type(error).__name__
        say(_Line(stopped=f"the database failed: {why}; when it is back, do the import again"))


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    os.nice(NICENESS)
    work(sys.stdin.buffer.readline(), _write)
