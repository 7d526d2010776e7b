"""From facts in the journal to call records in the database, each exactly once.

Facts may come twice, late, or after a crash at any step: what has been written is recognised by
call id, and reading goes on from the oldest fact still needed. Calls never wait for any of this.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec

from calls.clock import Clock
from calls.codec import decode_fact
from calls.ids import CallId
from calls.journal import FACTS, Journal
from calls.notices import Alarm
from calls.record import CallRecord
from cti.open_calls import OpenCalls
from cti.records_sql import SqlRecords
from storage.database import unavailable
from storage.offload import Offload

READ_AT_ONCE = 2_000
WRITE_AT_ONCE = 50
"""Records to a unit of work: others who write wait for it, about 30 ms."""
SAVE_MARK_EVERY = 1_000
"""Positions that may be read again after a restart although no record needs them."""
LOOK_EVERY_S = 1.0
"""Calls that end within it share a commit."""
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 30.0
PUT_OFF_S = 60.0
BEHIND = "records_waiting"
REFUSED = "record_refused"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    read: int
    new: tuple[CallId, ...]
    """Calls whose record was written for the first time."""
    refused: tuple[CallId, ...]
    """Calls whose record the database would not take; tried again later, the others go on."""
    more: bool
    """There is more to do at once."""


class RecordKeeper:
    """Synchronous; one step at a time, on any thread."""

    def __init__(self, journal: Journal, records: SqlRecords) -> None:
        self._journal = journal
        self._records = records
        self._calls = OpenCalls()
        self._read: int | None = None
        self._saved = 0
        self._refused: set[CallId] = set()
        self.unreadable = 0
        """Entries of the journal that are no facts."""

    def step(self, now: float) -> Progress:
        """Read what is new, write what is due. Raises what the database or journal raises, having
        lost nothing: the same step may be taken again."""
        if self._read is None:
            self._records.count_if_never()
            self._read = self._saved = self._records.position()
        read = self._hear(self._read)
        self._look_after(now)
        due = self._calls.due(now, limit=WRITE_AT_ONCE)
        mark = self._calls.mark_after(record.call for record in due)
        new: list[CallId] = []
        if due or mark - self._saved >= SAVE_MARK_EVERY:
            try:
                new = self._write(due, mark, now)
            except Exception as error:
                if unavailable(error) or not due:
                    raise
                new = self._one_by_one(due, now)
        return Progress(
            read, tuple(new), tuple(sorted(self._refused)), more=read == READ_AT_ONCE or bool(due)
        )

    @property
    def mark(self) -> int:
        """No fact at or below this position is needed any more."""
        return self._saved

    @property
    def open(self) -> int:
        """Calls being gathered."""
        return len(self._calls)

    def _hear(self, after: int) -> int:
        entries = list(islice(self._journal.read(FACTS, after), READ_AT_ONCE))
        for position, entry in entries:
            try:
                self._calls.hear(position, decode_fact(entry))
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                self.unreadable += 1
                self._calls.pass_by(position)
                log.error("a fact cannot be read", extra={"at": position, "error": str(error)})
            self._read = position
        return len(entries)

    def _look_after(self, now: float) -> None:
        strangers = self._calls.strangers(now)
        if strangers:
            self._calls.adopt(self._records.known(strangers), now)
        for call in self._calls.silent(now):
            log.warning("a call's end was never told", extra={"call": call})
            self._calls.give_up(call)

    def _write(self, due: Sequence[CallRecord], mark: int, now: float) -> list[CallId]:
        new = self._records.write(due, mark, now)
        calls = [record.call for record in due]
        self._calls.written(calls, now)
        self._refused.difference_update(calls)
        self._saved = mark
        return new

    def _one_by_one(self, due: Sequence[CallRecord], now: float) -> list[CallId]:
        """One of them is the trouble: the others must not wait for it."""
        new: list[CallId] = []
        for record in due:
            try:
                new += self._write([record], self._calls.mark_after([record.call]), now)
            except Exception as error:
                if unavailable(error):
                    raise
                log.exception("a record was refused", extra={"call": record.call})
                self._calls.put_off(record.call, now + PUT_OFF_S)
                self._refused.add(record.call)
        return new


class RecordWriter:
    """Keeps a RecordKeeper going, off the event loop, for as long as the house is open."""

    def __init__(
        self,
        keeper: RecordKeeper,
        offload: Offload,
        clock: Clock,
        alarm: Callable[[Alarm], None],
        on_written: Callable[[Sequence[CallId]], None] = lambda calls: None,
    ) -> None:
        """``on_written(calls)`` runs on the loop when new records, and so messages to the desk, are
        in the database."""
        self._keeper = keeper
        self._offload = offload
        self._clock = clock
        self._alarm = alarm
        self._on_written = on_written
        self._alarms: set[str] = set()
        self._stopped = False
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Until ``stop``. When the database is gone: an alarm, and again with growing pauses."""
        retry_s = FIRST_RETRY_S
        while not self._stopped:
            try:
                progress = await self._offload.run(self._keeper.step, self._clock.now())
            except Exception as error:
                if not unavailable(error):
                    log.exception("writing records failed")
                self._raise(BEHIND, True, f"records wait in the journal: {error}")
                await self._pause(retry_s)
                retry_s = min(2 * retry_s, LONGEST_RETRY_S)
                continue
            retry_s = FIRST_RETRY_S
            self._raise(BEHIND, False)
            self._report(progress)
            if not progress.more:
                await self._pause(LOOK_EVERY_S)

    def stop(self) -> None:
        """``run`` returns after the step it is in; what is not written yet stays in the journal."""
        self._stopped = True
        self._wake.set()

    def _report(self, progress: Progress) -> None:
        if progress.new:
            self._on_written(progress.new)
        self._raise(REFUSED, bool(progress.refused), f"no record of {', '.join(progress.refused)}")

    def _raise(self, name: str, on: bool, text: str = "") -> None:
        if on == (name in self._alarms):
            return
        (self._alarms.add if on else self._alarms.discard)(name)
        self._alarm(Alarm(name=name, on=on, text=text, at=self._clock.now()))

    async def _pause(self, delay_s: float) -> None:
        timer = self._clock.call_later(delay_s, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()
            if not self._stopped:
                self._wake.clear()
