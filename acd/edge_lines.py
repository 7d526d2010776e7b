"""The brain's lines to edges in other processes: inputs in, commands out, and who is alive.

An edge not heard of for a lease's time is lost: its callers are offered to nobody until it has
told the truth again. Knows no Redis.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from typing import Any

from acd.brain import Brain
from acd.replica import Replica
from calls.commands import Command
from calls.frames import (
    BRAIN,
    INPUTS,
    Answered,
    Do,
    Hello,
    commands_of,
    decode_said,
    edges_among,
    encode,
)
from calls.ids import EdgeId
from calls.inputs import EdgeLost
from calls.streams import Leases, Streams, Unreachable
from storage.presence import BEAT_S, LEASE_S, RETRY_S, Presence

TAKE_S = 0.1
"""A standby tries to take over this often."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Succession:
    """What lets one brain go on from another's journal."""

    replica: Replica
    begin: Callable[[int], None]
    """Append to the journal under this token from now on."""
    on_replaced: Callable[[], None]
    """Another brain has taken over: this one must not go on."""


class EdgeLines:
    def __init__(
        self,
        brain: Brain,
        streams: Streams,
        leases: Leases,
        here: Collection[EdgeId] = (),
        succession: Succession | None = None,
    ) -> None:
        """``here``: edges in this very process, which need no line. ``succession``: where the
        journal is shared; without it a second brain is refused."""
        self._brain = brain
        self._streams = streams
        self._leases = leases
        self._here = frozenset(here)
        self._succession = succession
        self._presence = Presence(
            leases, BRAIN, self._returned, self._taken, quick=succession is not None
        )
        self._known: set[EdgeId] = set()
        self._lost: set[EdgeId] = set()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def lost(self) -> frozenset[EdgeId]:
        """Edges known and not alive, for /metrics."""
        return frozenset(self._lost)

    def send(self, command: Command) -> None:
        self._streams.append(commands_of(command.edge), encode(Do(command)))

    async def start(self) -> None:
        """Start the brain under a token no other has had, and hear the edges from where it left
        off. Waits until the store can be reached, and while another brain is active if this one
        may succeed it; raises Taken if it may not."""
        token = await (self._succeed(self._succession) if self._succession else self._recover())
        # One that has heard nothing yet has missed nothing it could still act upon: the edges'
        # answers to the greeting say all that is true now.
        after = self._brain.heard or await self._streams.last(INPUTS)
        self._brain.start(token)
        self._known = set(self._brain.engine.edges()) - self._here
        await self._greet()
        self._spawn(self._streams.follow(INPUTS, after, self._hear))
        self._spawn(self._watch())

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._presence.leave()

    async def _recover(self) -> int:
        self._brain.recover()
        token = await self._claim(self._brain.engine.token + 1)
        self._spawn(self._presence.keep())
        return token

    async def _succeed(self, succession: Succession) -> int:
        """Follow the journal until nobody is active, then go on from its end."""
        await succession.replica.start()
        log.info("standing by")
        token = 0
        while not token:
            try:
                if await self._presence.take():
                    at_least = succession.replica.engine.token + 1
                    token = await self._leases.next_token(at_least)
            except Unreachable:
                pass
            if not token:
                await asyncio.sleep(TAKE_S)
        self._spawn(self._presence.keep())
        # With a newer token given, nobody else appends any more: now the journal has an end.
        self._brain.recover(await succession.replica.finish())
        succession.begin(token)
        log.info("active", extra={"token": token})
        return token

    async def _claim(self, at_least: int) -> int:
        said = False
        while True:
            try:
                await self._presence.claim()
                return await self._leases.next_token(at_least)
            except Unreachable as error:
                if not said:
                    log.warning("waiting for Redis", extra={"why": str(error)})
                said = True
                await asyncio.sleep(RETRY_S)

    def _hear(self, position: str, entry: bytes) -> None:
        said = decode_said(entry)
        if said.edge is not None:
            self._known.add(said.edge)
        decision = self._brain.tell(said.input, heard=position)
        if said.asks is not None:
            answer = Answered(said.asks.number, decision.refused)
            self._streams.append(said.asks.on, encode(answer))

    def _taken(self) -> None:
        if self._succession is not None:
            self._succession.on_replaced()

    def _returned(self) -> None:
        self._spawn(self._greet())

    async def _greet(self) -> None:
        """Say under which token we speak; each edge that hears it tells the truth."""
        try:
            self._known |= edges_among(await self._leases.held()) - self._here
        except Unreachable:
            return  # keep() comes here again when it is back
        for edge in self._known:
            self._say_hello(edge)

    def _say_hello(self, edge: EdgeId) -> None:
        self._streams.append(commands_of(edge), encode(Hello(self._brain.engine.token)))

    async def _watch(self) -> None:
        seen_at = asyncio.get_running_loop().time()
        while True:
            now = asyncio.get_running_loop().time()
            try:
                self._judge(edges_among(await self._leases.held()))
                seen_at = now
            except Unreachable:
                if now - seen_at > LEASE_S:
                    self._judge(frozenset())
            await asyncio.sleep(BEAT_S)

    def _judge(self, alive: frozenset[EdgeId]) -> None:
        self._known |= alive - self._here
        for edge in self._lost & alive:
            self._say_hello(edge)  # it may have served its callers alone meanwhile
        self._lost -= alive
        for edge in sorted(self._known - alive - self._lost):
            self._lost.add(edge)
            log.warning("an edge is lost", extra={"edge": edge})
            try:
                self._brain.tell(EdgeLost(edge=edge))
            except Exception:
                # The watch over the others goes on.
                log.exception("the engine failed", extra={"edge": edge})

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.ensure_future(work))
