"""What outlives a controller, and controllers over it that may die at any step.

Real: the log file, the database, the audio files and the code over them. The journal is in memory,
and so are recordings' rows; time stands still unless moved.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from calls.bus import Bus
from calls.clock import ManualClock
from calls.codec import decode_fact, encode
from calls.events import Fact
from calls.ids import CallId, EdgeId, OfferId
from calls.journal import FACTS, MemoryJournal, WhenDurable
from calls.record import CallRecord
from cti.record_rows import RecordRow
from cti.records import RecordKeeper
from cti.records_sql import SqlRecords
from cti.voice_sql import SqlVoices
from hotline.bookmark import Bookmark
from hotline.cel_reading import CelReading
from hotline.factlog import FactLog
from hotline.left_behind import LeftBehind
from hotline.reconcile import Evidence, Reconciler
from hotline.recorder import Recorder
from hotline.told import Told
from hotline.voices import Voices
from recordings.memory import MemoryRecordings
from recordings.service import RecordingService
from recordings.whereabouts import Whereabouts
from storage import outbox
from storage.database import Database
from storage.offload import Offload
from storage.worker import Worker
from telephony.ami.truth import LiveChannel, Truth
from telephony.cel_rotation import Keeping
from tests.calls.tables import facts
from tests.hotline.cel_rows import rows
from tests.recordings.test_audio import line

EDGE = EdgeId("cn1")
NOW = 1_000.0
"""Tables tell of what happened shortly before."""
TURN_S = 3.0


class Killed(BaseException):
    """The process dies here."""


class Life:
    """Counts what a process does to the world, and ends it at the step it is told."""

    def __init__(self, ends_at: int | None) -> None:
        self.steps = 0
        self._ends_at = ends_at

    @property
    def over(self) -> bool:
        return self._ends_at is not None and self.steps >= self._ends_at

    def step(self) -> None:
        if not self.over:
            self.steps += 1
        if self.over:
            raise Killed


class MortalJournal(MemoryJournal):
    """What was appended stays; a dead process appends nothing."""

    life = Life(None)

    def append(self, stream: str, entry: bytes, when_durable: WhenDurable | None = None) -> None:
        self.life.step()
        super().append(stream, entry, when_durable)


class MortalOffload(Offload):
    """Runs at once; may die before the work and after it."""

    def __init__(self, life: Life) -> None:
        self.life = life

    async def run(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.life.step()
        done = fn(*args, **kwargs)
        self.life.step()
        return done


class MortalWorker(Worker):
    def __init__(self, life: Life) -> None:
        self._offload = MortalOffload(life)

    async def run(self, job: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await self._offload.run(job, *args, **kwargs)


class World:
    """A folder with everything that outlives a controller."""

    def __init__(self, folder: Path, database: Path) -> None:
        self.folder = folder
        self.cel = folder / "cel" / "events.csv"
        self.spool = folder / "recordings" / "spool"
        self.rescue = folder / "recordings" / "rescue"
        for made in (self.cel.parent, self.spool, self.rescue):
            made.mkdir(parents=True)
        shutil.copy(database, folder / "hotline.db")
        self.database = Database(f"sqlite:///{folder / 'hotline.db'}")
        self.records = SqlRecords(self.database)
        self.voices = SqlVoices(self.database)
        self.journal = MortalJournal()
        self.recordings = MemoryRecordings()
        self.clock = ManualClock(NOW)

    def wrote(self, table: str, channel: str) -> None:
        """Asterisk wrote these rows."""
        with self.cel.open("ab") as file:
            file.write(rows(table, channel, zero=0.0))

    def told(self, table: str, channel: str) -> None:
        """A session of a former controller told these facts."""
        for fact in facts(table, call_of(channel)):
            MemoryJournal.append(self.journal, FACTS, encode(fact))

    def talk(self, offer: str, seconds: float, at: float) -> None:
        for side in ("caller", "agent"):
            file = line(self.spool / f"{offer}-{side}.wav", seconds)
            os.utime(file, (at, at))

    def message(self, file: Path, seconds: float, at: float) -> None:
        os.utime(line(file, seconds), (at, at))

    def facts(self, channel: str) -> list[Fact]:
        all_of_them = [decode_fact(entry) for _, entry in self.journal.read(FACTS)]
        return [fact for fact in all_of_them if fact.call == call_of(channel)]

    def record(self, channel: str) -> CallRecord:
        found = self.records.get(call_of(channel))
        assert found is not None, f"no record of {channel}"
        return found

    def written(self) -> list[tuple[str, int]]:
        """Every call with a record, and how many messages it sent to the desk."""
        with self.database.reading() as session:
            calls = session.scalars(select(RecordRow.call).order_by(RecordRow.call)).all()
            asked = [one.key for one in outbox.pending(session, outbox.CALL_ENDED, 1_000)]
        return [(call, asked.count(call)) for call in calls]


class Controller:
    """One process over the world, in as far as it reconciles and writes records."""

    def __init__(self, world: World, ends_at: int | None = None) -> None:
        self.world = world
        self.life = world.journal.life = Life(ends_at)
        offload = MortalOffload(self.life)
        clock = world.clock
        self.bus = Bus(_raise)
        self.facts = FactLog(world.journal, self.bus)
        service = RecordingService(
            Whereabouts(folder=str(world.folder / "recordings")),
            world.recordings,
            MortalWorker(self.life),
            offload,
            clock,
            settle_s=0.0,
        )
        self.recorder = Recorder(world.spool, service, self.facts, clock)
        self.told = Told(clock)
        self.told.listen(self.bus)
        self.cel = CelReading(world.cel, Keeping())
        self.holding: set[CallId] = set()
        evidence = Evidence(
            told=self.told,
            cel=self.cel,
            left=LeftBehind(self.recorder, world.rescue),
            records=world.records,
            bookmark=Bookmark(world.journal),
            voices=Voices(EDGE, world.voices, offload, self.bus, lambda device: None),
        )
        self.reconciler = Reconciler(
            EDGE, evidence, self.facts, self.bus, self.holding.__contains__, offload, clock
        )
        self._keeper = RecordKeeper(world.journal, world.records)

    def tell(self, table: str, channel: str) -> None:
        """A session of this controller tells these facts."""
        for fact in facts(table, call_of(channel)):
            self.facts.write(fact)

    def hears_truth(self, *channels: str) -> None:
        """Asterisk says now that these callers are on line, and nobody else."""
        live = tuple(LiveChannel("PJSIP/x-1", one, one, True, OfferId("")) for one in channels)
        self.reconciler.hear_truth(Truth(live, {}), self.world.clock.now())

    async def turns(self, count: int) -> None:
        """Look, write records, let audio be kept; and again a little later."""
        for _ in range(count):
            while await self.reconciler.step():
                pass
            self._write_records()
            await self.recorder.close()
            self._write_records()
            self.world.clock.advance(TURN_S)

    def _write_records(self) -> None:
        self.life.step()
        self._keeper.step(self.world.clock.now())
        self.life.step()


def call_of(channel: str) -> CallId:
    return CallId(f"{EDGE}-{channel}")


def _raise(listener: object, word: object, error: Exception) -> None:
    raise error
