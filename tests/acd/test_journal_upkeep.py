"""The floor's journal is pruned behind its snapshots, and cut where it is torn."""

from collections.abc import Callable

import pytest

from acd.brain import Brain
from acd.engine import Engine
from acd.entries import FLOOR_MARKS, Snapshot, decode, forget
from acd.replay import replay
from calls.clock import ManualClock
from calls.inputs import AgentLoggedIn, AgentReady, CallQueued, FloorConfigured
from calls.journal import FLOOR, MemoryJournal
from calls.notices import Alarm
from tests.acd.scene import EDGE, SALES, agent, floor

pytestmark = pytest.mark.unit


class House:
    def __init__(self, journal: MemoryJournal, at: float = 1000.0) -> None:
        self.journal, self.clock = journal, ManualClock(at)
        self.alarms: list[Alarm] = []
        self.brain = Brain(
            Engine(),
            journal,
            self.clock,
            send=lambda command: None,
            publish=lambda notice: None,
            on_alarm=self.alarms.append,
        )
        self.brain.start()

    def at_work(self) -> None:
        self.brain.tell(FloorConfigured(floor=floor(agent("ann"))))
        self.brain.tell(AgentLoggedIn(agent="ann"))
        self.brain.tell(AgentReady(agent="ann"))

    def queues(self, *calls: str) -> None:
        for call in calls:
            self.brain.tell(CallQueued(call=call, edge=EDGE, queue=SALES))

    def waiting(self) -> list[str]:
        return [call.id for call in self.brain.engine.callers(SALES)]


@pytest.fixture
def three_days(monkeypatch: pytest.MonkeyPatch) -> House:
    """A snapshot every four entries, a day between two calls."""
    monkeypatch.setattr("acd.brain.SNAPSHOT_EVERY", 4)
    house = House(MemoryJournal())
    house.at_work()
    for call in "abcdefgh":
        house.queues(call)
        house.clock.advance(86_400.0)
    return house


def test_obs_what_is_older_than_the_site_keeps_is_pruned_behind_a_snapshot(
    three_days: House,
) -> None:
    house = three_days
    before = list(house.journal.read(FLOOR))
    cut = forget(house.journal, house.clock.now() - 4 * 86_400.0)
    kept = list(house.journal.read(FLOOR))
    assert kept == [entry for entry in before if entry[0] >= (cut or 0)]
    assert len(kept) < len(before)
    # What is left begins with all of the floor, so the days that are kept can be replayed whole.
    assert isinstance(decode(kept[0][1]), Snapshot)
    assert replay(house.journal).engine.snapshot() == house.brain.engine.snapshot()


def test_nothing_is_pruned_before_there_is_a_snapshot_old_enough(three_days: House) -> None:
    house = three_days
    before = list(house.journal.read(FLOOR))
    assert forget(house.journal, house.clock.now() - 30 * 86_400.0) is None
    assert list(house.journal.read(FLOOR)) == before


def test_the_last_snapshot_and_its_mark_are_never_pruned(three_days: House) -> None:
    house = three_days
    forget(house.journal, house.clock.now() + 86_400.0)
    assert len(list(house.journal.read(FLOOR_MARKS))) == 1
    assert replay(house.journal).engine.snapshot() == house.brain.engine.snapshot()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"\x00" * len(data),
        lambda data: b'{"entry":"Something","of":"another release"}',
        lambda data: "三响".encode(),
    ],
    ids=["half", "empty", "zeros", "unknown", "text"],
)
def test_a_torn_tail_is_cut_at_the_last_whole_entry_and_said_so(
    spoil: Callable[[bytes], bytes],
) -> None:
    house = House(MemoryJournal())
    house.at_work()
    house.queues("a", "b", "c")
    entries = [data for _, data in house.journal.read(FLOOR)]
    torn = MemoryJournal()
    for data in (*entries[:-1], spoil(entries[-1])):
        torn.append(FLOOR, data)
    again = House(torn, at=2000.0)
    assert again.waiting() == ["b"]
    assert [alarm.name for alarm in again.alarms][:1] == ["journal_torn"]
    assert "unreadable from position 7 on" in again.alarms[0].text
    # The next start does not stumble over it again, and knows what came after.
    again.queues("d")
    third = House(torn, at=3000.0)
    assert third.waiting() == ["b", "d"]
    assert "journal_torn" not in {alarm.name for alarm in third.alarms}


def test_a_torn_mark_costs_a_longer_replay_and_nothing_else(three_days: House) -> None:
    house = three_days
    house.journal.append(FLOOR_MARKS, b'{"snapshot')
    assert replay(house.journal).engine.snapshot() == house.brain.engine.snapshot()
