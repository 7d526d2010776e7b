"""The same scenario against bare panoramisk and against our guard: who shows the hazard?"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from panoramisk.manager import Manager

from calls.clock import ManualClock
from telephony.ami.link import ANY_EVENT, AmiAddress, AmiLink
from telephony.ami.wire import Message
from tests.telephony.ami.peer import Peer

Fields = Mapping[str, str | Sequence[str]]


async def until(condition: Callable[[], object], tries: int = 3000) -> None:
    """Wait for it, with a bound; what never comes fails the test."""
    for _ in range(tries):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not happen")


class Bare:
    """panoramisk as it comes, with the shortest delays it allows."""

    guarded = False

    def __init__(self, peer: Peer, secret: str = "right") -> None:
        self.peer = peer
        self.heard: list[str] = []
        self.raise_on = ""
        self.manager = Manager(
            host="127.0.0.1",
            port=peer.port,
            username="hotline",
            secret=secret,
            reconnect_timeout=0,
            ping_delay=100_000,
            loop=asyncio.get_running_loop(),
        )
        self.manager.register_event("*", self._hear)

    def _hear(self, _: Manager, event: Any) -> None:
        self.heard.append(event.event)
        if event.event == self.raise_on:
            raise RuntimeError("a listener's own mistake")

    async def start(self) -> None:
        self.manager.connect()
        await until(lambda: self.manager.authenticated or self.peer.logins > 1)

    def ask(self, action: str, fields: Fields | None = None) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = self.manager.send_action({**(fields or {}), "Action": action})
        return future

    def collect(self, action: str) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = self.manager.send_action({"Action": action}, as_list=True)
        return future

    def read(self, data: bytes) -> None:
        """As if it came from the socket in one read."""
        self.manager.protocol.data_received(data)

    def let_time_pass(self, by_s: float) -> None:
        """Its delays are real ones, here nearly zero."""

    async def stop(self) -> None:
        self.manager.connect = lambda: None
        self.manager.close()
        await asyncio.sleep(0.01)


class Guarded:
    """Our link, on a clock moved by hand."""

    guarded = True

    def __init__(self, peer: Peer, secret: str = "right") -> None:
        self.heard: list[str] = []
        self.doubts: list[str] = []
        self.ups = 0
        self.downs = 0
        self.raise_on = ""
        self.clock = ManualClock(1_000.0)
        self.link = AmiLink(
            AmiAddress("127.0.0.1", peer.port, "hotline", secret),
            self.clock,
            jitter=lambda: 0.5,
            on_up=self._count_up,
            on_down=self._count_down,
            on_quarantine=lambda message, reason: self.doubts.append(reason),
        )
        self.link.subscribe(ANY_EVENT, self._hear)

    def _count_up(self) -> None:
        self.ups += 1

    def _count_down(self) -> None:
        self.downs += 1

    def _hear(self, message: Message) -> None:
        self.heard.append(message.event)
        if message.event == self.raise_on:
            raise RuntimeError("a listener's own mistake")

    async def start(self) -> None:
        starting = asyncio.ensure_future(self.link.start())
        await self.pass_until(starting.done)
        await starting

    def ask(self, action: str, fields: Fields | None = None) -> "asyncio.Future[Any]":
        return asyncio.ensure_future(self.link.send(action, fields or {}))

    def collect(self, action: str) -> "asyncio.Future[Any]":
        return asyncio.ensure_future(self.link.collect(action))

    def read(self, data: bytes) -> None:
        manager: Any = self.link._manager
        manager.protocol.data_received(data)

    def let_time_pass(self, by_s: float) -> None:
        self.clock.advance(by_s)

    async def up_again(self) -> None:
        """After a loss: let the back-off run out, and wait for the next log-in."""
        await until(lambda: not self.link.up)
        await self.pass_until(lambda: self.link.up, step_s=0.01)

    async def pass_until(self, condition: Callable[[], object], step_s: float = 0.0) -> None:
        """Move the clock on in steps until it is so."""

        def so_by_now() -> object:
            self.clock.advance(step_s)
            return condition()

        await until(so_by_now)

    async def stop(self) -> None:
        await self.link.stop()


Client = Bare | Guarded
on_both = pytest.mark.parametrize("kind", [Bare, Guarded], ids=["bare", "guarded"])


@asynccontextmanager
async def logged_in(kind: type[Client], peer: Peer) -> AsyncIterator[Any]:
    client = kind(peer)
    try:
        await client.start()
        yield client
    finally:
        await client.stop()
