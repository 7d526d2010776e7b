"""Brains as real processes on one real Redis, and an edge without an Asterisk that answers them.

The edge is scripted: it keeps callers, carries out commands as a real one does (older tokens are
refused), and tells the truth when a brain says hello.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import yaml

from acd.replica import Replica
from calls.commands import Command, OfferCall, WithdrawOffer
from calls.frames import INPUTS, Asks, Said, answers_to, decode_answered, encode
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.inputs import (
    AgentLoggedIn,
    AgentReady,
    CallQueued,
    DeviceChanged,
    EdgeSynced,
    Held,
    Input,
    OfferAnswered,
    OfferFailed,
    TalkEnded,
)
from calls.journal import MemoryJournal
from calls.notices import Alarm
from calls.streams import START
from calls.words import DeviceState, NoAnswer, Party
from hotline.alone import Alone
from hotline.brain_line import BrainLine
from runtime.clock import LoopClock
from storage.redis_journal import RedisJournal
from storage.redis_leases import RedisLeases
from storage.redis_link import RedisLink
from storage.redis_streams import RedisStreams
from tests.storage.redis_server import RedisServer, until

REPOSITORY = Path(__file__).parents[2]
SALES = QueueId("sales")


class Site:
    """A configuration with ``agents`` agents of one queue, without wrap-up; a Redis; processes."""

    def __init__(self, folder: Path, agents: int) -> None:
        self.folder = folder
        self.redis = RedisServer(folder / "redis")
        self.agents = [AgentId(f"a{n}") for n in range(agents)]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        (folder / "config").mkdir(parents=True)
        (folder / "config" / "floor.yaml").write_text(yaml.safe_dump(_floor(self.agents)))

    def start_redis(self, *, kept: bool) -> None:
        on_disk = ("--appendonly", "yes", "--appendfsync", "always")
        self.redis.start(*(on_disk if kept else ()))

    def brain(self, name: str) -> None:
        """Start one; it has a folder of its own, as on a machine of its own."""
        data = self.folder / name
        data.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "THREERING_ROLES": "brain",
            "THREERING_REDIS_URL": self.redis.url,
            "THREERING_DATA": str(data),
        }
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "runtime", "controller", "--config", f"{self.folder}/config"],
            env=environment,
            cwd=REPOSITORY,
        )

    def says(self, name: str, words: str) -> bool:
        """Whether this brain's log has these words."""
        log = self.folder / name / "log" / "controller-brain.log"
        return log.exists() and words in log.read_text()

    def sends(self, name: str, number: signal.Signals) -> None:
        self.processes[name].send_signal(number)

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes.values():
            process.wait(20)
        self.redis.kill()


def _floor(agents: list[AgentId]) -> dict[str, object]:
    return {
        "queues": {SALES: {"names": {"en": SALES}, "wrap_up_s": 0, "announce_every_s": 0}},
        "agents": {
            agent: {
                "name": agent,
                "staff_number": agent.removeprefix("a"),
                "queues": {SALES: 1},
                "devices": {f"d{agent}": "desk"},
            }
            for agent in agents
        },
    }


class Telephones:
    """Where each agent's telephone is registered, and what it is doing, whoever rings it."""

    def __init__(self) -> None:
        self._home: dict[AgentId, ScriptedEdge] = {}
        self._in_use: dict[AgentId, OfferId] = {}

    def register(self, agent: AgentId, at: "ScriptedEdge") -> None:
        self._home[agent] = at
        self._tell(agent)

    def tell_of(self, edge: "ScriptedEdge") -> None:
        for agent, home in self._home.items():
            if home is edge:
                self._tell(agent)

    def take(self, offer: OfferCall) -> bool:
        """False when it rings or is spoken on already."""
        if offer.agent in self._in_use:
            return False
        self._in_use[offer.agent] = offer.offer
        self._tell(offer.agent)
        return True

    def free(self, offer: OfferCall) -> None:
        if self._in_use.get(offer.agent) == offer.offer:
            del self._in_use[offer.agent]
            self._tell(offer.agent)

    def _tell(self, agent: AgentId) -> None:
        home = self._home[agent]
        state = DeviceState.IN_USE if agent in self._in_use else DeviceState.IDLE
        device = DeviceId(f"d{agent}")
        home.line.tell(DeviceChanged(edge=home.name, device=device, state=state))


class ScriptedEdge:
    def __init__(self, redis: RedisServer, name: str, telephones: "Telephones") -> None:
        self.name = EdgeId(name)
        self.link = RedisLink(redis.url, "hotline")
        self.streams = RedisStreams(self.link)
        leases = RedisLeases(self.link, name)
        self.telephones = telephones
        loop = asyncio.get_running_loop()
        floor = RedisJournal(redis.url, "hotline", loop.call_soon_threadsafe)
        self.replica = Replica(floor, self.streams)
        self.alarms: list[Alarm] = []
        self.alone = Alone(
            self.name,
            self.replica,
            MemoryJournal(),
            LoopClock(loop),
            self._obey,
            self.alarms.append,
        )
        self.line = BrainLine(
            self.name,
            self.streams,
            leases,
            self._obey,
            self._hello,
            self.tells_the_truth,
            self.alone,
            lambda: self.token,
        )
        self.waiting: dict[CallId, CallQueued] = {}
        self.ringing: dict[OfferId, OfferCall] = {}
        self.talks: dict[OfferId, OfferCall] = {}
        self.served: Counter[CallId] = Counter()
        """Answered offers of each caller."""
        self.rung: deque[tuple[float, OfferCall]] = deque()
        """Every offer carried out, and when."""
        self.token = self.refused = 0
        self.ends_by_itself = False
        self.doubled: list[OfferCall] = []
        """Offers to an agent whose telephone was in use already."""
        self._people = RedisStreams(self.link)
        self._asked = 0

    async def start(self) -> None:
        self.streams.start()
        self._people.start()
        await self.line.start()
        await self.replica.start()

    async def stop(self) -> None:
        await self.line.stop()
        await self.replica.stop()
        await self.streams.stop()
        await self._people.stop()
        await self.link.close()

    def queues(self, *calls: str) -> None:
        for one in calls:
            call = CallId(f"{self.name}-{one}")
            self.waiting[call] = CallQueued(call=call, edge=self.name, queue=SALES)
            self.line.tell(self.waiting[call])

    async def tell(self, said: Input) -> str | None:
        """Say it as a screen does, and wait for the answer."""
        self._asked += 1
        number, on = self._asked, answers_to(f"test-{self.name}")
        answers: list[str | None] = []

        def hear(position: str, entry: bytes) -> None:
            answered = decode_answered(entry)
            if answered.number == number:
                answers.append(answered.refused)

        listening = asyncio.ensure_future(self._people.follow(on, START, hear))
        self._people.append(INPUTS, encode(Said(edge=None, input=said, asks=Asks(on, number))))
        await until(lambda: bool(answers))
        listening.cancel()
        return answers[0]

    async def at_work(self, agents: list[AgentId]) -> None:
        for agent in agents:
            self.telephones.register(agent, self)
            assert await self.tell(AgentLoggedIn(agent=agent)) is None
            assert await self.tell(AgentReady(agent=agent)) is None

    def tells_the_truth(self) -> None:
        self.telephones.tell_of(self)
        with_agents = (*self.ringing.values(), *self.talks.values())
        here = {*self.waiting, *(offer.call for offer in with_agents)}
        self.line.tell(
            EdgeSynced(
                edge=self.name,
                calls=tuple(sorted(here)),
                offers=tuple(sorted((*self.ringing, *self.talks))),
                waiting=tuple(self.waiting.values()),
                held=tuple(self._held()),
            )
        )

    def _held(self) -> Iterator[Held]:
        for answered, offers in ((False, self.ringing), (True, self.talks)):
            for offer in offers.values():
                yield Held(
                    offer=offer.offer,
                    call=offer.call,
                    queue=offer.queue,
                    agent=offer.agent,
                    device=offer.device,
                    answered=answered,
                )

    def talk_ends(self, offer: OfferId) -> None:
        self.telephones.free(self.talks.pop(offer))
        self.line.tell(TalkEnded(offer=offer, by=Party.CALLER))

    def _hello(self, token: int) -> None:
        self.token = max(self.token, token)
        self.tells_the_truth()

    def _obey(self, command: Command) -> None:
        if command.token < self.token:
            self.refused += 1
            return
        self.token = command.token
        rung = self.ringing.pop(command.offer, None) if isinstance(command, WithdrawOffer) else None
        if rung is not None:
            self.telephones.free(rung)
            self.waiting[command.call] = CallQueued(call=command.call, edge=self.name, queue=SALES)
            self.line.tell(OfferFailed(offer=rung.offer, why=NoAnswer.WITHDRAWN))
        elif isinstance(command, OfferCall):
            self._ring(command)

    def _ring(self, offer: OfferCall) -> None:
        if self.waiting.pop(offer.call, None) is None:
            # Withdrawn too late, and made again: she talks, so no telephone is rung.
            self.line.tell(OfferFailed(offer=offer.offer, why=NoAnswer.CALLER_LEFT))
            return
        if not self.telephones.take(offer):
            self.doubled.append(offer)
        self.rung.append((time.monotonic(), offer))
        self.ringing[offer.offer] = offer
        asyncio.get_running_loop().call_later(0.002, self._answer, offer)

    def _answer(self, offer: OfferCall) -> None:
        if self.ringing.pop(offer.offer, None) is None:
            return
        self.talks[offer.offer] = offer
        self.served[offer.call] += 1
        self.line.tell(OfferAnswered(offer=offer.offer))
        if self.ends_by_itself:
            asyncio.get_running_loop().call_later(0.002, self.talk_ends, offer.offer)


@asynccontextmanager
async def on_one_redis(folder: Path, agents: int) -> AsyncIterator[tuple[Site, ScriptedEdge]]:
    """A site with its Redis and one edge; brains are started by the test."""
    async with edges_on_one_redis(folder, agents, "east") as (site, [edge]):
        yield site, edge


@asynccontextmanager
async def edges_on_one_redis(
    folder: Path, agents: int, *names: str, kept: bool = False
) -> AsyncIterator[tuple[Site, list[ScriptedEdge]]]:
    """``kept``: Redis keeps what it is given, through a kill."""
    site = Site(folder, agents)
    site.start_redis(kept=kept)
    telephones = Telephones()
    edges = [ScriptedEdge(site.redis, name, telephones) for name in names]
    for edge in edges:
        await edge.start()
    try:
        yield site, edges
    finally:
        for edge in edges:
            await edge.stop()
        await asyncio.get_running_loop().run_in_executor(None, site.stop)


async def comes(true: Callable[[], bool], for_s: float = 30.0) -> None:
    await until(true, for_s)
