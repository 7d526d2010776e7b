"""The role brain: the engine with its journal, and its lines to edges in other processes."""

from collections.abc import Callable

from acd.brain import Brain
from acd.edge_lines import EdgeLines
from acd.engine import Engine
from calls.commands import Command
from calls.ids import EdgeId
from calls.inputs import FloorConfigured, Input
from runtime.ground import Ground


class BrainRole:
    def __init__(self, ground: Ground, obey_here: Callable[[Command], None] | None) -> None:
        """``obey_here``: the edge in this process, when there is one."""
        self._ground = ground
        self._here: EdgeId | None = None
        self._obey_here = obey_here
        if obey_here is not None:
            self._here = ground.site.configuration.settings.edge
        self.brain = Brain(
            Engine(),
            ground.journal,
            ground.clock,
            send=self._send,
            publish=ground.bus.publish,
            on_alarm=ground.bus.publish,
        )
        self.lines: EdgeLines | None = None
        if ground.between is not None:
            here = () if self._here is None else (self._here,)
            between = ground.between
            self.lines = EdgeLines(self.brain, between.streams, between.leases, here)

    async def start(self) -> None:
        """Go on where the journal ends. Raises Taken when another brain is active."""
        if self.lines is not None:
            await self.lines.start()
        else:
            self.brain.start()
        self.brain.tell(FloorConfigured(floor=self._ground.site.configuration.floor))

    def tell(self, said: Input) -> None:
        """Said by somebody in this process."""
        self.brain.tell(said)

    async def stop(self) -> None:
        if self.lines is not None:
            await self.lines.stop()
        self.brain.stop()

    def _send(self, command: Command) -> None:
        if self._obey_here is not None and command.edge == self._here:
            self._obey_here(command)
        elif self.lines is not None:
            self.lines.send(command)
