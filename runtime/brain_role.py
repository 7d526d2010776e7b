"""The role brain: the engine with its journal, and its lines to edges in other processes.

Apart from the sessions its journal is in Redis: then several may run, one is active, and the others
follow the journal until they must take over.
"""

import asyncio
from collections.abc import Callable
from math import inf

from acd.brain import PATIENCE_S, Brain
from acd.edge_lines import EdgeLines, Succession
from acd.engine import Engine
from calls.commands import Command
from calls.ids import EdgeId
from calls.inputs import FloorConfigured, Input
from runtime.ground import Between, Ground
from storage.redis_journal import RedisJournal


class BrainRole:
    def __init__(self, ground: Ground, obey_here: Callable[[Command], None] | None) -> None:
        """``obey_here``: the edge in this process, when there is one."""
        self._ground = ground
        self._here: EdgeId | None = None
        self._obey_here = obey_here
        if obey_here is not None:
            self._here = ground.site.configuration.settings.edge
        shared = isinstance(ground.journal, RedisJournal)
        self.brain = Brain(
            Engine(),
            ground.journal,
            ground.clock,
            send=self._send,
            publish=ground.bus.publish,
            on_alarm=ground.bus.publish,
            patience_s=inf if shared else PATIENCE_S,
        )
        self.lines: EdgeLines | None = None
        self.replaced = asyncio.Event()
        """Another brain has taken over: this process must end, and may begin again as standby."""
        if ground.between is not None:
            self.lines = self._lines(ground.between)

    def _lines(self, between: Between) -> EdgeLines:
        here = () if self._here is None else (self._here,)
        succession = None
        journal = self._ground.journal
        if isinstance(journal, RedisJournal) and between.replica is not None:
            journal.on_fenced = self._replaced
            journal.on_gap = self.brain.take_snapshot
            succession = Succession(between.replica, journal.begin, self._replaced)
        return EdgeLines(self.brain, between.streams, between.leases, here, succession)

    async def start(self) -> None:
        """Go on where the journal ends; as long as another brain is active, stand by. Raises Taken
        when another is active and the journal is this process's own."""
        if self.lines is not None:
            await self.lines.start()
        else:
            self.brain.start()
        self.brain.tell(FloorConfigured(floor=self._ground.in_force.floor))
        for notice in self.brain.engine.board():
            # Screens elsewhere may have missed what a former brain said last.
            self._ground.bus.publish(notice)

    def tell(self, said: Input) -> None:
        """Said by somebody in this process."""
        self.brain.tell(said)

    async def stop(self) -> None:
        if self.lines is not None:
            await self.lines.stop()
        self.brain.stop()

    def _replaced(self) -> None:
        self.brain.stop()
        self.replaced.set()

    def _send(self, command: Command) -> None:
        if self._obey_here is not None and command.edge == self._here:
            self._obey_here(command)
        elif self.lines is not None:
            self.lines.send(command)
