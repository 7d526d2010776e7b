"""The same inputs give the same bytes: after any prefix, in another process, under other code."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from acd import pick
from acd.brain import Brain
from acd.engine import Engine
from acd.entries import Step, decode
from acd.replay import replay
from calls.clock import ManualClock
from calls.commands import OfferCall, TellPlace
from calls.ids import AgentId
from calls.inputs import (
    AgentLoggedIn,
    AgentNotReady,
    AgentReady,
    CallerLeft,
    FloorConfigured,
    OfferAnswered,
    OfferFailed,
    TalkEnded,
)
from calls.journal import FLOOR, MemoryJournal
from calls.words import LeaveReason, NoAnswer, Party
from storage.journal import SqliteJournal
from tests.acd.scene import agent, floor, needs, queue, said_queued

pytestmark = pytest.mark.story

PLAN = floor(
    *(
        agent(f"a{number}", "sales", f"service:{1 + number % 2}", german=number)
        for number in range(6)
    ),
    queues=(queue("sales", wrap_up_s=3.0, announce_every_s=9.0), queue("service", weight=1)),
)


def a_busy_hour(journal, inputs: int = 400, seed: int = 11) -> Brain:
    """Callers, answers, misses, pauses and abandons at random times from a fixed seed."""
    chance, clock, commands = random.Random(seed), ManualClock(5000.0), []
    brain = Brain(Engine(), journal, clock, commands.append, lambda _: None, lambda _: None)
    brain.start()
    brain.tell(FloorConfigured(floor=PLAN))
    for one in PLAN.agents:
        brain.tell(AgentLoggedIn(agent=one.id))
        brain.tell(AgentReady(agent=one.id))
    for number in range(inputs):
        clock.advance(chance.uniform(0.0, 2.5))
        state = brain.engine.live.state
        offers = list(state.offers.values())
        roll = chance.random()
        if roll < 0.40 or not offers:
            own = needs(german=chance.randrange(1, 7)) if roll < 0.1 else ()
            name = chance.choice(["sales", "service"])
            brain.tell(said_queued(f"c{number}", name, needs=own, priority=int(roll < 0.05)))
        elif roll < 0.45 and state.calls:
            brain.tell(
                CallerLeft(call=chance.choice(list(state.calls)), reason=LeaveReason.HUNG_UP)
            )
        elif roll < 0.55:
            person = AgentId(f"a{chance.randrange(6)}")
            brain.tell(AgentNotReady(agent=person, reason="tea"))
            brain.tell(AgentReady(agent=person))
        else:
            offer = chance.choice(offers)
            if offer.answered_at is not None:
                brain.tell(TalkEnded(offer=offer.id, by=Party.AGENT))
            elif roll < 0.85:
                brain.tell(OfferAnswered(offer=offer.id))
            else:
                brain.tell(OfferFailed(offer=offer.id, why=chance.choice(list(NoAnswer))))
    kinds = {type(command) for command in commands}
    assert {OfferCall, TellPlace} <= kinds
    return brain


def test_replay_of_every_prefix_is_the_live_engine_at_that_moment():
    journal = MemoryJournal()
    a_busy_hour(journal, inputs=150)
    entries = [data for _, data in journal.read(FLOOR)]
    live, prefix = Engine(), MemoryJournal()
    for data in entries:
        prefix.append(FLOOR, data)
        entry = decode(data)
        if isinstance(entry, Step):
            decision = live.apply(entry.input, entry.now) if entry.refused is None else None
            assert decision is None or decision.commands == entry.commands
        else:
            live.take_over(entry.token, entry.now)
        assert replay(prefix).engine.snapshot() == live.snapshot()


def test_another_process_with_another_hash_seed_decides_the_same_bytes(tmp_path: Path):
    journal = MemoryJournal()
    a_busy_hour(journal)
    ours = b"\n".join(data for _, data in journal.read(FLOOR))
    script = (
        "import sys\n"
        "from calls.journal import FLOOR, MemoryJournal\n"
        "from tests.acd.test_replay import a_busy_hour\n"
        "journal = MemoryJournal()\n"
        "a_busy_hour(journal)\n"
        "sys.stdout.buffer.write(b'\\n'.join(data for _, data in journal.read(FLOOR)))\n"
    )
    for hash_seed in ("1", "4242"):
        run = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            timeout=60,
            check=True,
        )
        assert run.stdout == ours


def on_disk(path: Path) -> SqliteJournal:
    """Of a loop that never turns."""
    return SqliteJournal(path, call_soon=lambda _: None, now=lambda: 0.0)


def test_the_journal_on_disk_gives_the_same_engine(tmp_path: Path):
    journal = on_disk(tmp_path / "journal.db")
    brain = a_busy_hour(journal, inputs=120)
    brain.stop()
    journal.close()
    again = on_disk(tmp_path / "journal.db")
    try:
        assert replay(again).engine.snapshot() == brain.engine.snapshot()
    finally:
        again.close()


def test_code_that_chooses_otherwise_keeps_what_happened(monkeypatch):
    """Yesterday's offers stand, also when today's rule would have rung somebody else."""
    journal = MemoryJournal()
    brain = a_busy_hour(journal)

    def the_last_one_first(free, not_to):
        return free[-1] if free else None

    monkeypatch.setattr(pick, "first_of", the_last_one_first)
    assert replay(journal).engine.snapshot() == brain.engine.snapshot()


def test_what_today_would_not_allow_is_still_what_happened():
    """An offer to an agent who, by today's table, was not even ready."""
    engine = Engine()
    engine.recall(FloorConfigured(floor=floor(agent("ann"), agent("ben"))), 10.0, ())
    offer = OfferCall(
        edge="east",
        call="c1",
        token=1,
        offer="an-offer",
        queue="sales",
        agent="ann",
        device="ann-desk",
        staff_number="8001",
        ring_limit_s=15.0,
        ring_cycle_s=5.0,
        never_rang_s=3.0,
    )
    engine.recall(said_queued("c1"), 11.0, (offer,))
    assert list(engine.live.state.offers) == ["an-offer"]
    second = msgspec.structs.replace(offer, call="c2", offer="another")
    engine.recall(said_queued("c2"), 12.0, (second,))
    assert list(engine.live.state.offers) == ["another"]
    assert [call.id for call in engine.callers("sales")] == ["c1"]


def test_entries_are_plain_json():
    journal = MemoryJournal()
    a_busy_hour(journal, inputs=120)
    for _, data in journal.read(FLOOR):
        assert json.loads(data)["entry"] in ("Step", "Epoch", "Snapshot")
