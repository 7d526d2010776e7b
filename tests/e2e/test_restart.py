"""A brain that begins again with ten thousand waiting, from its journal on disk."""

import asyncio
import time
from pathlib import Path

import pytest

from acd.brain import Brain
from acd.engine import Engine
from calls.commands import Command, OfferCall
from calls.ids import AgentId, CallId
from calls.inputs import AgentLoggedIn, AgentReady, CallQueued, EdgeSynced, FloorConfigured, Input
from runtime.clock import LoopClock
from storage.journal import SqliteJournal
from tests.acd.scene import EDGE, SALES, agent, floor
from tests.conftest import Run
from tests.e2e.conftest import Measured

pytestmark = [pytest.mark.integration, pytest.mark.prove]

WAITING = 10_000


class House:
    def __init__(self, folder: Path) -> None:
        loop = asyncio.get_running_loop()
        clock = LoopClock(loop)
        self.offered = asyncio.Event()
        self.offers: list[OfferCall] = []
        self.journal = SqliteJournal(folder / "journal.db", loop.call_soon_threadsafe, clock.now)
        self.brain = Brain(
            Engine(),
            self.journal,
            clock,
            send=self._send,
            publish=lambda notice: None,
            on_alarm=lambda alarm: None,
        )
        self.brain.start()

    def tells(self, *said: Input) -> None:
        for one in said:
            self.brain.tell(one)

    def ends(self) -> None:
        self.brain.stop()
        self.journal.close()

    def _send(self, command: Command) -> None:
        if isinstance(command, OfferCall):
            self.offers.append(command)
            self.offered.set()


def test_has_2_a_restart_with_ten_thousand_waiting_offers_the_first_again(
    tmp_path: Path, run: Run, measured: Measured
) -> None:
    calls = [CallQueued(call=CallId(f"c{n:05}"), edge=EDGE, queue=SALES) for n in range(WAITING)]

    async def story() -> None:
        before = House(tmp_path)
        before.tells(FloorConfigured(floor=floor(agent("ann"))), *calls)
        before.ends()
        began = time.monotonic()
        after = House(tmp_path)
        after.tells(
            FloorConfigured(floor=floor(agent("ann"))),
            EdgeSynced(edge=EDGE, calls=tuple(c.call for c in calls), offers=()),
            AgentLoggedIn(agent=AgentId("ann")),
            AgentReady(agent=AgentId("ann")),
        )
        await after.offered.wait()
        measured("restart with 10,000 waiting to the first offer, s", time.monotonic() - began)
        assert after.offers[0].call == "c00000"
        assert len(list(after.brain.engine.callers(SALES))) == WAITING - 1
        after.ends()

    run(story(), timeout_s=60.0)
