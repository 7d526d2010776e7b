"""Calls that ended while no controller was there have exactly one record, whatever dies when."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from calls.ids import CallId
from calls.journal import CEL
from calls.notices import CallChanged
from calls.words import Outcome, Party
from storage.database import Database
from tests.conftest import Run
from tests.hotline.aftermath import Controller, Killed, World, call_of

pytestmark = pytest.mark.integration

TALK, WAIT, UNSEEN, MESSAGE, SERVED, ON_LINE, NO_ROWS = (f"900.{n}" for n in range(1, 8))
QUEUED = """
900.2  CallArrived      number=13800000001 dialled=4001
905    QueueJoined      queue=sales
"""
OFFERED = (
    QUEUED
    + """
909.9  OfferMade        offer=o1 queue=sales agent=a1 device=d1
910.1  PhoneRang        offer=o1
914    CallAnswered     offer=o1 agent=a1 device=d1 ring=1
914.2  TalkBegan        offer=o1
914.2  RecordingStarted recording=t-o1 offer=o1
"""
)
GAVE_UP = """
900    CHAN_START   caller  number=13800000001 exten=4001 context=inbound
930    HANGUP       caller  source=caller cause=16
930    LINKEDID_END caller
"""
TALKED = """
900    CHAN_START   caller  number=13800000001 exten=4001 context=inbound
910    CHAN_START   d1
914    ANSWER       d1
914.2  BRIDGE_ENTER d1
974    BRIDGE_EXIT  d1
974    HANGUP       d1      source=caller cause=16
974.1  HANGUP       caller  source=caller cause=16
974.1  LINKEDID_END caller
"""
RESCUED = """
900    CHAN_START   caller  number=13800000002 exten=4001 context=inbound
945    TR_RESCUED   caller  extra=voicemail
980    HANGUP       caller  source=caller cause=16
980    LINKEDID_END caller
"""


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "hotline.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.dispose()
    return file


@pytest.fixture
def new_world(tmp_path: Path, empty_database: Path) -> Iterator[Callable[[], World]]:
    made: list[World] = []

    def new() -> World:
        made.append(World(tmp_path / f"world-{len(made)}", empty_database))
        return made[-1]

    yield new
    for world in made:
        world.database.dispose()


@pytest.fixture
def world(new_world: Callable[[], World]) -> World:
    return new_world()


def everything_happened(world: World) -> None:
    """While the controller was down: one talked, one waited, one came and went unseen, one left a
    message in the rescue. One had been served before. One is still there. One has no rows."""
    world.told(OFFERED, TALK)
    world.wrote(TALKED, TALK)
    world.talk("o1", 2.0, at=974.0)
    world.told(QUEUED, WAIT)
    world.wrote(GAVE_UP, WAIT)
    world.wrote(GAVE_UP, UNSEEN)
    world.told(QUEUED, MESSAGE)
    world.wrote(RESCUED, MESSAGE)
    world.message(world.rescue / f"{MESSAGE}.wav", 3.0, at=979.0)
    world.told(QUEUED + "930 CallEnded by=caller", SERVED)
    world.wrote(GAVE_UP, SERVED)
    world.told(QUEUED, ON_LINE)
    world.wrote("900 CHAN_START caller number=1 exten=4001 context=inbound", ON_LINE)
    world.told(QUEUED, NO_ROWS)


Loop = asyncio.AbstractEventLoop


def live(world: World, loop: Loop, ends_at: int | None = None) -> int:
    """A controller over the world until all is quiet, or until it is killed; steps it took."""
    controller = Controller(world, ends_at)

    async def life() -> None:
        controller.hears_truth(ON_LINE)
        await controller.turns(6)
        controller.hears_truth(ON_LINE)
        await controller.turns(3)

    with contextlib.suppress(Killed):
        loop.run_until_complete(life())
    return controller.life.steps


def outcomes(world: World) -> dict[str, tuple[Outcome | None, bool]]:
    return {
        channel: (world.record(channel).outcome, world.record(channel).reconciled)
        for channel in (TALK, WAIT, UNSEEN, MESSAGE, SERVED, NO_ROWS)
    }


EXPECTED = {
    TALK: (Outcome.ANSWERED, True),
    WAIT: (Outcome.ABANDONED_IN_QUEUE, True),
    UNSEEN: (Outcome.ABANDONED_IN_MENU, True),
    MESSAGE: (Outcome.RESCUED, True),
    SERVED: (Outcome.ABANDONED_IN_QUEUE, False),
    NO_ROWS: (Outcome.ABANDONED_IN_QUEUE, True),
}
ONCE = [(call_of(channel), 1) for channel in sorted(EXPECTED)]


def test_every_call_that_ended_unseen_has_one_record(world: World, loop: Loop) -> None:
    everything_happened(world)
    live(world, loop)
    assert outcomes(world) == EXPECTED
    assert world.written() == ONCE
    talk = world.record(TALK)
    assert (talk.ended_at, talk.ended_by, talk.ring) == (974.1, Party.CALLER, 1)
    [recording] = talk.recordings
    assert (recording.seconds, recording.flaw, recording.offer) == (2.0, "", "o1")
    [message] = world.record(MESSAGE).recordings
    assert (message.voicemail, message.seconds, message.flaw) == (True, 3.0, "")
    assert list(world.spool.iterdir()) == list(world.rescue.iterdir()) == []
    lost = world.record(NO_ROWS)
    assert (lost.cause, lost.ended_at) == ("lost", 905.0)


def test_killed_at_any_step_the_next_controller_leaves_the_same_records(
    new_world: Callable[[], World], loop: Loop
) -> None:
    whole = new_world()
    everything_happened(whole)
    steps = live(whole, loop)
    expected = {channel: whole.record(channel) for channel in EXPECTED}
    assert steps > 60
    for ends_at in range(1, steps + 1):
        world = new_world()
        everything_happened(world)
        live(world, loop, ends_at)
        live(world, loop)
        assert world.written() == ONCE, ends_at
        assert {channel: world.record(channel) for channel in EXPECTED} == expected, ends_at
        assert list(world.spool.iterdir()) == list(world.rescue.iterdir()) == [], ends_at
        world.database.dispose()


def test_a_controller_that_finds_all_done_tells_nothing(world: World, loop: Loop) -> None:
    everything_happened(world)
    live(world, loop)
    before = {channel: world.facts(channel) for channel in EXPECTED}
    live(world, loop)
    world.journal.prune(CEL, 10**9)  # and one that has forgotten how far the log was read
    live(world, loop)
    assert {channel: world.facts(channel) for channel in EXPECTED} == before
    assert world.written() == ONCE


def test_a_call_whose_session_tells_its_own_end_is_left_alone(world: World, run: Run) -> None:
    async def story() -> None:
        controller = Controller(world)
        await controller.turns(1)
        controller.tell(QUEUED, WAIT)
        world.wrote(GAVE_UP, WAIT)
        controller.tell("930 CallEnded by=caller", WAIT)
        await controller.turns(4)
        assert controller.reconciler.counts.reconciled == 0
        assert len(controller.told) == controller.reconciler.waiting == 0

    run(story())
    assert world.record(WAIT).reconciled is False
    assert len(world.facts(WAIT)) == 3


def test_a_session_still_there_is_waited_for_and_one_that_died_is_not(
    world: World, run: Run
) -> None:
    async def story() -> None:
        controller = Controller(world)
        ended: list[CallChanged] = []
        controller.bus.subscribe(CallChanged, ended.append)
        await controller.turns(1)
        controller.tell(QUEUED, WAIT)
        controller.holding.add(call_of(WAIT))
        world.wrote(GAVE_UP, WAIT)
        await controller.turns(4)
        assert controller.reconciler.counts.reconciled == 0
        controller.holding.clear()  # it broke; the caller had been handed back to the dialplan
        await controller.turns(2)
        assert controller.reconciler.counts.reconciled == 1
        assert [(one.call, one.stage) for one in ended] == [(call_of(WAIT), "ended")]

    run(story())
    assert world.record(WAIT).reconciled is True


def test_a_call_that_asterisk_lost_with_itself_is_found_by_what_it_holds_now(
    world: World, run: Run
) -> None:
    torn = TALKED[: TALKED.index("974    BRIDGE_EXIT")]

    async def story() -> None:
        controller = Controller(world)
        await controller.turns(3)
        assert controller.reconciler.counts.reconciled == 0
        controller.hears_truth()
        await controller.turns(3)
        assert controller.reconciler.counts.lost == 1

    world.told(OFFERED, TALK)
    world.wrote(torn, TALK)
    world.talk("o1", 2.0, at=960.0)
    run(story())
    record = world.record(TALK)
    assert (record.cause, record.ended_at, record.outcome) == ("lost", 960.0, Outcome.ANSWERED)
    assert round(record.talk_s, 1) == 45.8
    assert record.recordings[0].seconds == 2.0


def test_a_call_newer_than_the_truth_is_not_missed_in_it(world: World, run: Run) -> None:
    async def story() -> None:
        controller = Controller(world)
        controller.hears_truth()
        controller.tell("1000.5 CallArrived number=1", WAIT)
        await controller.turns(4)
        assert controller.reconciler.counts.reconciled == 0

    run(story())


def test_channels_that_are_no_callers_make_no_record(world: World, run: Run) -> None:
    listening = """
    900    CHAN_START   d1  context=from-device exten=s
    901    ANSWER       d1
    930    HANGUP       d1
    930    LINKEDID_END d1
    """

    async def story() -> None:
        controller = Controller(world)
        await controller.turns(3)
        assert controller.reconciler.counts.not_ours == 1

    world.wrote(listening, UNSEEN)
    run(story())
    assert world.written() == []


def test_a_talk_nobody_had_is_no_recording(world: World, run: Run) -> None:
    rang_out = TALKED.replace("914    ANSWER       d1\n914.2  BRIDGE_ENTER d1\n", "").replace(
        "974    BRIDGE_EXIT  d1\n974 ", "920 "
    )
    assert "ANSWER" not in rang_out
    assert "920    HANGUP       d1" in rang_out

    async def story() -> None:
        await Controller(world).turns(3)

    world.told(OFFERED[: OFFERED.index("914    CallAnswered")], TALK)
    world.wrote(rang_out, TALK)
    world.talk("o1", 0.0, at=914.0)
    run(story())
    assert world.record(TALK).recordings == ()
    assert list(world.spool.iterdir()) == []


def test_a_hang_up_after_the_beep_is_no_message(world: World, run: Run) -> None:
    async def story() -> None:
        await Controller(world).turns(3)

    world.wrote(RESCUED, MESSAGE)
    world.message(world.rescue / f"{MESSAGE}.wav", 0.4, at=979.0)
    run(story())
    record = world.record(MESSAGE)
    assert (record.outcome, record.recordings) == (Outcome.RESCUED, ())
    assert list(world.spool.iterdir()) == []


def test_a_message_whose_controller_died_while_it_was_spoken_is_kept(
    world: World, run: Run
) -> None:
    async def story() -> None:
        await Controller(world).turns(4)

    world.told("900.2 CallArrived number=138", WAIT)
    world.wrote(GAVE_UP, WAIT)
    world.message(world.spool / f"v-{call_of(WAIT)}-910.wav", 2.0, at=929.0)
    run(story())
    record = world.record(WAIT)
    assert record.outcome is Outcome.VOICEMAIL
    assert [one.seconds for one in record.voicemails] == [2.0]


def test_torn_rows_are_counted_and_cost_no_other_call(world: World, run: Run) -> None:
    async def story() -> None:
        controller = Controller(world)
        await controller.turns(3)
        assert controller.reconciler.counts.flawed_rows == 1

    with world.cel.open("ab") as file:
        file.write(b"what a full disk left\n")
    world.wrote(GAVE_UP, UNSEEN)
    run(story())
    assert [call for call, _ in world.written()] == [CallId(call_of(UNSEEN))]
