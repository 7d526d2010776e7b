"""The engine at work: journal first, then commands; nothing waits longer than a caller notices."""

from collections.abc import Callable

import pytest

from acd.brain import PATIENCE_S, Brain
from acd.engine import Engine
from acd.entries import FLOOR_MARKS, why_in
from acd.replay import replay
from calls.clock import ManualClock
from calls.commands import Command, OfferCall
from calls.ids import AgentId, OfferId
from calls.inputs import (
    AgentLoggedIn,
    AgentReady,
    EdgeSynced,
    FloorConfigured,
    Input,
    OfferAnswered,
    OfferFailed,
    TalkEnded,
)
from calls.journal import FLOOR, MemoryJournal, WhenDurable
from calls.notices import AgentChanged, Alarm, Notice, QueueChanged
from calls.words import AgentState, NoAnswer, Party
from tests.acd.scene import EDGE, agent, floor, queue, said_queued

pytestmark = pytest.mark.unit

PLAN = floor(agent("ann"), agent("ben"), queues=(queue(wrap_up_s=10.0),))


class SlowJournal(MemoryJournal):
    """A disk that answers when told."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = False
        self.waiting: list[Callable[[], None]] = []

    def append(self, stream: str, entry: bytes, when_durable: WhenDurable | None = None) -> None:
        if not self.slow or when_durable is None:
            super().append(stream, entry, when_durable)
            return
        super().append(stream, entry, lambda at: self.waiting.append(lambda: when_durable(at)))

    def catch_up(self) -> None:
        waiting, self.waiting = self.waiting, []
        for tell in waiting:
            tell()


class House:
    """A brain with everything it says written down."""

    def __init__(self, journal: MemoryJournal | None = None, starts_at: float = 1000.0) -> None:
        self.journal = journal or MemoryJournal()
        self.clock = ManualClock(starts_at)
        self.commands: list[Command] = []
        self.notices: list[Notice] = []
        self.alarms: list[Alarm] = []
        self.heard: list[str] = []
        self.brain = Brain(
            Engine(), self.journal, self.clock, self.send, self.publish, self.alarms.append
        )
        self.brain.start()

    def send(self, command: Command) -> None:
        self.commands.append(command)
        self.heard.append(type(command).__name__)

    def publish(self, notice: Notice) -> None:
        self.notices.append(notice)
        self.heard.append(type(notice).__name__)

    def tell(self, *said: Input) -> None:
        for one in said:
            self.clock.advance(1.0)
            assert self.brain.tell(one).refused is None

    def at_work(self) -> "House":
        self.tell(FloorConfigured(floor=PLAN))
        for name in ("ann", "ben"):
            self.tell(AgentLoggedIn(agent=AgentId(name)), AgentReady(agent=AgentId(name)))
        self.heard.clear()
        return self

    def offers(self) -> list[OfferCall]:
        return [one for one in self.commands if isinstance(one, OfferCall)]


def test_screens_are_told_before_the_phone_is_dialled():
    house = House().at_work()
    house.tell(said_queued("c1"))
    assert house.heard == ["AgentChanged", "QueueChanged", "OfferCall"]


def test_a_command_waits_for_the_disk():
    house = House(SlowJournal()).at_work()
    house.journal.slow = True
    house.tell(said_queued("c1"))
    assert house.offers() == []
    assert isinstance(house.notices[-1], QueueChanged)
    house.journal.catch_up()
    assert [one.call for one in house.offers()] == ["c1"]
    assert (house.brain.late_journal, house.alarms) == (0, [])


def test_a_command_leaves_without_the_disk_when_patience_is_over_and_it_is_said():
    house = House(SlowJournal()).at_work()
    house.journal.slow = True
    house.tell(said_queued("c1"))
    house.clock.advance(PATIENCE_S / 2)
    assert house.offers() == []
    house.clock.advance(PATIENCE_S)
    assert [one.call for one in house.offers()] == ["c1"]
    assert house.brain.late_journal == 1
    assert [(one.name, one.on) for one in house.alarms] == [("journal_late", True)]
    house.journal.catch_up()
    assert [(one.name, one.on) for one in house.alarms][1:] == [("journal_late", False)]
    assert len(house.offers()) == 1


def test_commands_leave_in_the_order_they_were_given():
    house = House(SlowJournal()).at_work()
    house.journal.slow = True
    house.brain.tell(said_queued("c1"))
    house.brain.tell(said_queued("c2"))
    first, second = house.journal.waiting
    second()
    assert house.offers() == []
    first()
    assert [one.call for one in house.offers()] == ["c1", "c2"]


def test_an_edge_that_answers_within_the_command_is_heard():
    house = House().at_work()

    def fail_at_once(command: Command) -> None:
        house.send(command)
        if isinstance(command, OfferCall) and command.agent == "ann":
            house.brain.tell(OfferFailed(offer=command.offer, why=NoAnswer.NOT_REGISTERED))

    house.brain._send = fail_at_once
    house.tell(said_queued("c1"))
    assert [one.agent for one in house.offers()] == ["ann", "ben"]


def test_a_listener_that_fails_keeps_no_command_from_leaving():
    house = House().at_work()

    def fail(notice: Notice) -> None:
        raise ValueError("screen on fire")

    house.brain._publish = fail
    house.tell(said_queued("c1"))
    assert len(house.offers()) == 1
    assert {one.name for one in house.alarms} == {"brain_publish"}


def test_deadlines_come_by_themselves():
    house = House().at_work()
    house.tell(said_queued("c1"))
    (offer,) = house.offers()
    house.tell(OfferAnswered(offer=offer.offer), TalkEnded(offer=offer.offer, by=Party.CALLER))
    house.clock.advance(9.0)
    assert house.notices[-2].state is AgentState.WRAPPING_UP
    house.clock.advance(2.0)
    told = [one for one in house.notices if isinstance(one, AgentChanged)][-1]
    assert (told.agent, told.state) == ("ann", AgentState.READY)


def test_a_stopped_brain_sends_nothing_and_leaves_no_timer_running():
    house = House(SlowJournal()).at_work()
    house.journal.slow = True
    house.tell(said_queued("c1"))
    house.brain.stop()
    house.clock.advance(1000.0)
    house.journal.catch_up()
    assert house.offers() == []


def test_what_is_refused_is_said_counted_and_journaled():
    house = House().at_work()
    decision = house.brain.tell(AgentReady(agent=AgentId("ann")))
    assert "while ready" in str(decision.refused)
    assert house.brain.refused == 1
    assert b'"refused":' in list(house.journal.read(FLOOR))[-1][1]


def test_the_explanations_of_a_call_are_found_in_the_journal():
    house = House().at_work()
    house.tell(said_queued("c1"))
    house.tell(OfferFailed(offer=house.offers()[0].offer, why=NoAnswer.BUSY))
    why = house.brain.why_of("c1")
    assert [(one.agent, one.attempt) for one in why] == [("ann", 1), ("ben", 2)]
    assert [one for _, one in why_in(house.journal, "c1")] == why
    assert house.brain.why_of("c9") == []


# --- starting again ------------------------------------------------------------------------


def busy_house(journal: MemoryJournal | None = None) -> House:
    house = House(journal).at_work()
    house.tell(said_queued("c1"), said_queued("c2"), said_queued("c3"))
    first, second = house.offers()
    house.tell(OfferAnswered(offer=first.offer))
    house.tell(OfferFailed(offer=second.offer, why=NoAnswer.RANG_OUT))
    house.brain.tell(AgentReady(agent=AgentId("nobody")))
    return house


def test_a_start_rebuilds_the_engine_and_waits_for_the_edges():
    former = busy_house()
    again = House(former.journal, starts_at=former.clock.now() + 5.0)
    old, new = former.brain.engine, again.brain.engine
    assert new.token == old.token + 1
    assert [one.id for one in new.callers("sales")] == [one.id for one in old.callers("sales")]
    assert [(one.name, one.on) for one in again.alarms] == [("edge_lost:east", True)]
    again.brain.tell(said_queued("c4"))
    assert again.offers() == []
    open_ = tuple(new.live.state.offers)
    assert len(open_) == 2
    again.tell(EdgeSynced(edge=EDGE, calls=("c1", "c2", "c3", "c4"), offers=open_[:1]))
    assert [one.token for one in again.offers()] == [new.token]
    assert again.brain.why_of("c1") == former.brain.why_of("c1")


def test_each_start_speaks_under_a_newer_token():
    house = House().at_work()
    tokens = [House(house.journal, starts_at=2000.0 + at).brain.engine.token for at in range(3)]
    assert tokens == [2, 3, 4]


def test_a_start_may_be_given_a_higher_token_than_its_journal_has():
    house = House()
    again = House(house.journal)
    again.brain.start(token=40)
    assert again.brain.engine.token == 40
    again.brain.start(token=3)
    assert again.brain.engine.token == 41


def test_a_start_knows_how_far_the_stream_of_inputs_was_read(monkeypatch):
    monkeypatch.setattr("acd.brain.SNAPSHOT_EVERY", 4)
    house = House().at_work()
    house.brain.tell(said_queued("c1"), heard="1700000000000-0")
    refused = house.brain.tell(OfferAnswered(offer=OfferId("nobody's")), heard="1700000000000-1")
    assert refused.refused is not None
    house.brain.tell(said_queued("c2"))
    assert House(house.journal).brain.heard == "1700000000000-1"
    for _ in range(4):
        house.brain.tell(said_queued("c3"))
    assert House(house.journal).brain.heard == "1700000000000-1"


def test_replay_begins_at_the_last_snapshot(monkeypatch):
    monkeypatch.setattr("acd.brain.SNAPSHOT_EVERY", 5)
    house = busy_house()
    assert len(list(house.journal.read(FLOOR_MARKS))) == 2
    replayed = replay(house.journal)
    assert replayed.entries < 6
    assert replayed.engine.snapshot() == house.brain.engine.snapshot()
