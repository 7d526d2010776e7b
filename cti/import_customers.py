"""A customer file into the store: good rows in, bad rows listed, in short transactions.

Runs in a process of its own (cti.import_worker), beside a hotline that goes on taking calls. Done
twice, or cut off and done again, it gives the same customers.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

import msgspec

from cti.customer_csv import ImportRefused, RawRow, detect_encoding, open_rows, read_rows
from cti.customer_rows import BadRow, Told, read_header, read_row
from cti.merging import Merged, ids_asked, merge
from cti.ports import CustomerStore

BATCH = 500
"""Rows of one transaction: the store is locked for some tens of milliseconds."""
PAUSE_S = 0.005
"""Between transactions, so that a call's own writes get their turn at SQLite's one write lock."""
LISTED = 10_000
"""Bad rows listed one by one; more are only counted."""


class ListedRow(msgspec.Struct, frozen=True):
    line: int
    reason: str


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is, or how it ended."""

    rows: int = 0
    added: int = 0
    updated: int = 0
    same: int = 0
    bad: int = 0
    read_bytes: int = 0
    total_bytes: int = 0
    encoding: str = ""
    ignored_columns: tuple[str, ...] = ()
    bad_rows: tuple[ListedRow, ...] = ()
    """The first LISTED, in order of lines; filled at the end."""


OnProgress = Callable[[ImportReport], None]


def import_customers(
    path: Path,
    store: CustomerStore,
    on_progress: OnProgress,
    *,
    now: Callable[[], float],
    pause: Callable[[float], None],
    region: str = "CN",
    area_code: str = "",
) -> ImportReport:
    """Import ``path``; ``on_progress`` hears a report without bad rows after each transaction.

    ``pause(seconds)`` sleeps. Raises ImportRefused when the file cannot be used at all, and what
    the store raises; whatever was reported by then is stored, and doing it again is safe.
    """
    with ExitStack() as stack:
        file = stack.enter_context(open_rows(path))
        total = path.stat().st_size
        encoding = detect_encoding(file)
        rows = stack.enter_context(closing(read_rows(file, encoding)))
        columns = read_header(_header(rows))
        tally = _Tally(encoding, columns.ignored, total)
        readable = (read_row(row, columns, region, area_code) for row in rows)
        for batch in _batches(readable):
            good = [row for row in batch if isinstance(row, Told)]
            merged = _store(good, store, now()) if good else Merged()
            tally.add(batch, merged, file.tell())
            on_progress(tally.report())
            pause(PAUSE_S)
        return tally.report(with_bad_rows=True)


def _header(rows: Iterator[RawRow]) -> RawRow:
    first = next(rows, None)
    if first is None:
        raise ImportRefused("the file is empty")
    if first.flaw:
        raise ImportRefused(f"the first line cannot be read: {first.flaw}")
    return first


def _batches(rows: Iterator[Told | BadRow]) -> Iterator[Sequence[Told | BadRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _store(rows: Sequence[Told], store: CustomerStore, at: float) -> Merged:
    numbers = [n.number for told in rows for n in told.numbers]
    with store.writing() as customers:
        holders = customers.holders(numbers)
        wanted = [*ids_asked(rows), *(i for ids in holders.values() for i in ids)]
        merged = merge(rows, customers.get(wanted), holders)
        customers.put(tuple(merged.changed.values()), at)
    return merged


class _Tally:
    def __init__(self, encoding: str, ignored: tuple[str, ...], total: int) -> None:
        self._encoding, self._ignored, self._total = encoding, ignored, total
        self._rows = self._added = self._updated = self._same = self._bad = self._read = 0
        self._listed: list[ListedRow] = []

    def add(self, batch: Sequence[Told | BadRow], merged: Merged, read_bytes: int) -> None:
        bad = [row for row in batch if isinstance(row, BadRow)] + merged.bad
        for row in sorted(bad, key=lambda b: b.line)[: LISTED - len(self._listed)]:
            self._listed.append(ListedRow(row.line, row.reason))
        self._rows += len(batch)
        self._added += merged.added
        self._updated += merged.updated
        self._same += merged.same
        self._bad += len(bad)
        self._read = read_bytes

    def report(self, *, with_bad_rows: bool = False) -> ImportReport:
        return ImportReport(
            rows=self._rows,
            added=self._added,
            updated=self._updated,
            same=self._same,
            bad=self._bad,
            read_bytes=self._read,
            total_bytes=self._total,
            encoding=self._encoding,
            ignored_columns=self._ignored,
            bad_rows=tuple(self._listed) if with_bad_rows else (),
        )
