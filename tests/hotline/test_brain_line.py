"""An edge and a brain apart, on a real Redis: what is said arrives once, and silence is noticed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from acd import edge_lines
from acd.brain import Brain
from acd.edge_lines import EdgeLines
from acd.engine import Engine
from agent_softphone_bridge.news import News
from calls.bus import Bus
from calls.clock import ManualClock
from calls.commands import Command, OfferCall, WithdrawOffer
from calls.events import Refused
from calls.ids import AgentId, CallId, EdgeId, OfferId
from calls.inputs import (
    AgentLoggedIn,
    AgentReady,
    CallQueued,
    EdgeSynced,
    FloorConfigured,
    Input,
    OfferAnswered,
)
from calls.journal import MemoryJournal
from calls.notices import Alarm, CallChanged, Notice
from calls.streams import Taken
from calls.words import AgentState
from hotline.brain_line import BrainLine
from storage import presence
from storage.redis_leases import RedisLeases
from storage.redis_link import RedisLink
from storage.redis_streams import RedisStreams
from tests.acd.scene import SALES, agent, floor
from tests.conftest import Run
from tests.storage.redis_server import RedisServer, until

pytestmark = pytest.mark.integration

EAST = EdgeId("east")
LEASE_S, BEAT_S = 0.6, 0.1


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    for module in (presence, edge_lines):
        monkeypatch.setattr(module, "LEASE_S", LEASE_S)
        monkeypatch.setattr(module, "BEAT_S", BEAT_S)
        monkeypatch.setattr(module, "RETRY_S", BEAT_S)
    server = RedisServer(tmp_path / "redis")
    server.start()
    yield server
    server.kill()


class End:
    """One process's end of the way between."""

    def __init__(self, redis: RedisServer, who: str) -> None:
        self.link = RedisLink(redis.url, "test")
        self.streams = RedisStreams(self.link)
        self.leases = RedisLeases(self.link, who)


class EdgeEnd(End):
    """An edge that keeps what it is told, and tells the truth whenever it has to."""

    def __init__(self, redis: RedisServer, who: str) -> None:
        super().__init__(redis, who)
        self.commands: list[Command] = []
        self.greeted: list[int] = []
        self.returns = 0
        self.callers: list[CallQueued] = []
        self.line = BrainLine(
            EAST, self.streams, self.leases, self.commands.append, self._hello, self._returned
        )

    def queues(self, *calls: str) -> None:
        for call in calls:
            self.callers.append(CallQueued(call=CallId(f"east-{call}"), edge=EAST, queue=SALES))
            self.line.tell(self.callers[-1])

    def tells_the_truth(self) -> None:
        rung = {offer.call: offer.offer for offer in self.open_offers()}
        self.line.tell(
            EdgeSynced(
                edge=EAST,
                calls=tuple(one.call for one in self.callers),
                offers=tuple(rung.values()),
                waiting=tuple(one for one in self.callers if one.call not in rung),
            )
        )

    def open_offers(self) -> list[OfferCall]:
        back = {c.offer for c in self.commands if isinstance(c, WithdrawOffer)}
        return [c for c in self.commands if isinstance(c, OfferCall) and c.offer not in back]

    def offers(self) -> list[tuple[str, str]]:
        return [(offer.call, offer.agent) for offer in self.open_offers()]

    def _hello(self, token: int) -> None:
        self.greeted.append(token)
        self.tells_the_truth()

    def _returned(self) -> None:
        self.returns += 1
        self.tells_the_truth()

    def dies(self) -> None:
        """As by kill -9: nobody is told."""
        for task in self.line._tasks:
            task.cancel()


class BrainEnd(End):
    """A brain whose floor is one queue with ann and ben, both ready."""

    def __init__(self, redis: RedisServer, who: str, journal: MemoryJournal) -> None:
        super().__init__(redis, who)
        self.heard: list[Input] = []
        self.alarms: list[tuple[str, bool]] = []
        self.brain = Brain(
            Engine(),
            journal,
            ManualClock(1000.0),
            send=lambda command: self.lines.send(command),
            publish=lambda notice: None,
            on_alarm=lambda alarm: self.alarms.append((alarm.name, alarm.on)),
        )
        self.lines = EdgeLines(self.brain, self.streams, self.leases)

    async def begins(self) -> None:
        await self.lines.start()
        self.brain.tell(FloorConfigured(floor=floor(agent("ann"), agent("ben"))))

    def at_work(self, *names: str) -> None:
        for name in names:
            self.brain.tell(AgentLoggedIn(agent=AgentId(name)))
            self.brain.tell(AgentReady(agent=AgentId(name)))

    def waiting(self) -> list[str]:
        return [call.id for call in self.brain.engine.callers(SALES)]

    def state(self, name: str) -> AgentState:
        return self.brain.engine.live.state.agents[AgentId(name)].state


def an_edge(redis: RedisServer, who: str = "host:/edge") -> AbstractAsyncContextManager[EdgeEnd]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[EdgeEnd]:
        end = EdgeEnd(redis, who)
        end.streams.start()
        try:
            await end.line.start()
            yield end
        finally:
            await end.line.stop()
            await end.streams.stop()
            await end.link.close()

    return opened()


def a_brain(
    redis: RedisServer, journal: MemoryJournal | None = None, who: str = "host:/brain"
) -> AbstractAsyncContextManager[BrainEnd]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[BrainEnd]:
        end = BrainEnd(redis, who, journal or MemoryJournal())
        end.streams.start()
        try:
            await end.begins()
            yield end
        finally:
            await end.lines.stop()
            end.brain.stop()
            await end.streams.stop()
            await end.link.close()

    return opened()


# --- said and heard ---------------------------------------------------------------------------


def test_what_an_edge_says_reaches_the_brain_and_the_offer_comes_back(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_brain(redis) as brain, an_edge(redis) as edge:
            brain.at_work("ann")
            edge.queues("1")
            await until(lambda: edge.offers() == [("east-1", "ann")])
            offer = edge.commands[0]
            assert isinstance(offer, OfferCall)
            edge.line.tell(OfferAnswered(offer=offer.offer))
            await until(lambda: brain.state("ann") is AgentState.TALKING)

    run(story())


def test_what_was_said_while_no_brain_was_there_is_heard_once_by_the_next(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        journal = MemoryJournal()
        async with an_edge(redis) as edge:
            async with a_brain(redis, journal) as brain:
                edge.queues("1")
                await until(lambda: brain.waiting() == ["east-1"])
            edge.queues("2")
            async with a_brain(redis, journal) as brain:
                await until(lambda: brain.waiting() == ["east-1", "east-2"])
                assert brain.brain.engine.live.state.calls_seen == 2
                brain.at_work("ann", "ben")
                await until(lambda: edge.offers() == [("east-1", "ann"), ("east-2", "ben")])

    run(story(), timeout_s=20)


def test_a_brain_that_lost_its_journal_learns_from_the_edges_who_waits(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with an_edge(redis) as edge:
            async with a_brain(redis) as former:
                edge.queues("1")
                await until(lambda: former.waiting() == ["east-1"])
                token = former.brain.engine.token
            async with a_brain(redis) as brain:
                await until(lambda: brain.waiting() == ["east-1"])
                assert brain.brain.engine.token > token
                assert edge.greeted[-1] == brain.brain.engine.token

    run(story(), timeout_s=20)


def test_commands_of_before_an_edges_start_are_for_nobody(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_brain(redis) as brain:
            old = WithdrawOffer(edge=EAST, call=CallId("east-1"), token=1, offer=OfferId("old"))
            brain.lines.send(old)
            await until(lambda: brain.streams.waiting == 0)
            async with an_edge(redis) as edge:
                edge.queues("1")
                await until(lambda: brain.waiting() == ["east-1"])
                new = WithdrawOffer(edge=EAST, call=CallId("east-1"), token=1, offer=OfferId("new"))
                brain.lines.send(new)
                await until(lambda: edge.commands == [new])

    run(story())


def test_an_edge_that_starts_without_redis_serves_alone_and_is_heard_later(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        redis.kill()
        async with an_edge(redis) as edge:
            edge.queues("1", "2", "3")
            redis.start()
            async with a_brain(redis) as brain:
                await until(lambda: brain.waiting() == ["east-1", "east-2", "east-3"])

    run(story(), timeout_s=20)


# --- alive and lost ---------------------------------------------------------------------------


def test_an_edge_not_heard_of_is_lost_and_found_when_it_is_back(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_brain(redis) as brain:
            async with an_edge(redis) as edge:
                edge.tells_the_truth()
                await until(lambda: brain.brain.engine.edges() == (EAST,))
                edge.dies()
                await until(lambda: brain.alarms == [("edge_lost:east", True)])
                assert brain.lines.lost == {EAST}
            async with an_edge(redis) as again:
                again.tells_the_truth()
                await until(lambda: brain.alarms[1:] == [("edge_lost:east", False)])
                await until(lambda: not brain.lines.lost)

    run(story(), timeout_s=20)


def test_an_edge_that_ends_in_order_is_missed_at_once(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_brain(redis) as brain:
            async with an_edge(redis) as edge:
                edge.tells_the_truth()
                await until(lambda: brain.brain.engine.edges() == (EAST,))
            assert await brain.leases.held() == {"brain"}
            await until(lambda: brain.alarms == [("edge_lost:east", True)])

    run(story())


def test_redis_gone_loses_the_edges_and_back_finds_them_with_what_was_said_meanwhile(
    redis: RedisServer, run: Run
) -> None:
    async def story() -> None:
        async with a_brain(redis) as brain, an_edge(redis) as edge:
            brain.at_work("ann")
            edge.tells_the_truth()
            await until(lambda: brain.brain.engine.edges() == (EAST,))
            redis.kill()
            await until(lambda: brain.alarms == [("edge_lost:east", True)])
            edge.queues("1")
            redis.start()
            await until(lambda: edge.returns > 0)
            await until(lambda: edge.offers() == [("east-1", "ann")])
            assert brain.alarms[-1] == ("edge_lost:east", False)

    run(story(), timeout_s=30)


def test_a_second_brain_is_refused_while_the_first_lives(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with a_brain(redis):
            with pytest.raises(Taken, match="host:/brain"):
                async with a_brain(redis, who="other:/brain"):
                    pass

    run(story())


def test_a_second_edge_of_the_same_name_is_refused(redis: RedisServer, run: Run) -> None:
    async def story() -> None:
        async with an_edge(redis):
            with pytest.raises(Taken, match="edge:east"):
                async with an_edge(redis, who="other:/edge"):
                    pass

    run(story())


# --- news -------------------------------------------------------------------------------------


def test_news_is_heard_by_the_screens_of_every_process_once(redis: RedisServer, run: Run) -> None:
    class Desk(End):
        def __init__(self, who: str) -> None:
            super().__init__(redis, who)
            self.own, self.screens = Bus(_raise), Bus(_raise)
            self.news = News(self.own, self.screens, self.streams, who)
            self.seen: list[object] = []
            for kind in (Alarm, CallChanged, Refused):
                self.screens.subscribe(kind, self.seen.append)

        async def stop(self) -> None:
            await self.news.stop()
            await self.streams.stop()
            await self.link.close()

    async def story() -> None:
        here, there = Desk("here"), Desk("there")
        said: list[Notice | Refused] = [
            CallChanged(call=CallId("east-1"), stage="menu", at=1.0),
            Refused(call=CallId("east-1"), at=2.0, key="1", why="blocked"),
            Alarm(name="journal", on=True),
        ]
        try:
            for desk in (here, there):
                desk.streams.start()
                desk.news.start()
            await asyncio.sleep(0.1)
            for word in said:
                here.own.publish(word)
            assert here.seen == said
            await until(lambda: there.seen == said)
            there.own.publish(Alarm(name="journal", on=False))
            await until(lambda: len(here.seen) == 4)
            assert here.seen[:3] == said
        finally:
            await here.stop()
            await there.stop()

    run(story())


def _raise(listener: object, word: object, error: Exception) -> None:
    raise error
