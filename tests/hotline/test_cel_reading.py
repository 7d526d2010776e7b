"""Where reading begins again after a restart: before anything not done with, and no earlier."""

from pathlib import Path

import pytest

from calls.clock import ManualClock
from calls.journal import CEL, MemoryJournal
from hotline.bookmark import Bookmark
from hotline.cel_reading import CelReading
from hotline.told import KEEP_S, Told
from telephony.cel_file import Place
from telephony.cel_rotation import Keeping
from tests.calls.tables import facts
from tests.hotline.cel_rows import rows

pytestmark = pytest.mark.integration

BEGUN = "0 CHAN_START caller number=138 context=inbound"
ENDED = "9 HANGUP caller source=caller\n9 LINKEDID_END caller"


class Log:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "events.csv"
        self.path.touch()

    def wrote(self, table: str, channel: str) -> int:
        """The size of the file, these rows included."""
        with self.path.open("ab") as file:
            return file.tell() + file.write(rows(table, channel))

    def reading(self, place: Place | None = None) -> CelReading:
        reading = CelReading(self.path, Keeping())
        reading.begin_at(place)
        return reading


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def test_a_call_going_on_holds_the_place_before_its_first_event(log: Log) -> None:
    reading = log.reading()
    before = log.wrote(f"{BEGUN}\n{ENDED}", "1.1")
    assert [trace.linkedid for trace in reading.read().over] == ["1.1"]
    reading.done("1.1")
    log.wrote(BEGUN, "1.2")
    reading.read()
    log.wrote(f"{BEGUN}\n{ENDED}", "1.3")
    reading.read()
    reading.done("1.3")
    assert reading.place() is not None
    assert reading.place().offset == before  # type: ignore[union-attr]
    back = log.reading(reading.place())
    size = log.wrote(ENDED, "1.2")
    assert [trace.linkedid for trace in back.read().over] == ["1.3", "1.2"]
    back.done("1.3")
    back.done("1.2")
    assert back.place().offset == size  # type: ignore[union-attr]
    assert back.read().last_at is None


def test_a_call_over_but_not_done_with_holds_it_too(log: Log) -> None:
    reading = log.reading()
    size = log.wrote(f"{BEGUN}\n{ENDED}", "1.1")
    reading.read()
    assert reading.place().offset == 0  # type: ignore[union-attr]
    reading.done("1.1")
    assert reading.place().offset == size  # type: ignore[union-attr]


def test_the_place_is_found_again_and_older_ones_are_forgotten() -> None:
    journal = MemoryJournal()
    kept = Bookmark(journal)
    assert kept.last() is None
    for offset in (10, 20, 20, 30):
        kept.keep(Place(1, offset))
    assert Bookmark(journal).last() == kept.durable == Place(1, 30)
    assert len(list(journal.read(CEL))) == 1


def test_calls_that_are_over_are_forgotten_and_those_going_on_are_not() -> None:
    clock = ManualClock(100.0)
    told = Told(clock)
    for fact in (
        *facts("1 CallArrived number=1", "a-1"),
        *facts("1 CallArrived number=1\n2 CallEnded by=caller", "a-2"),
        *facts("9 RecordingStored recording=r path=p seconds=1 bytes=1 sha256=a", "a-3"),
    ):
        told.hear(fact)
    clock.advance(KEEP_S)
    told.tidy()
    assert len(told) == 3
    clock.advance(1.0)
    told.tidy()
    assert [call for call, _ in told.unended()] == ["a-1"]
    assert len(told) == 1
