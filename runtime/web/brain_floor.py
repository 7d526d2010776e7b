"""The engine of this process as the web sees it: a FloorDoor."""

from collections.abc import Sequence

from acd.brain import Brain
from acd.choose import Why
from acd.standing import Waits, why_waiting
from acd.state import Call
from calls.ids import CallId
from calls.inputs import Input
from calls.notices import Notice


class BrainFloor:
    def __init__(self, brain: Brain) -> None:
        self._brain = brain

    async def tell(self, said: Input) -> str | None:
        return self._brain.tell(said).refused

    def standing(self) -> Sequence[Notice]:
        return self._brain.engine.board()

    def callbacks(self) -> Sequence[Call]:
        return tuple(self._brain.engine.callbacks())

    def waits(self, call: CallId) -> Waits | None:
        return why_waiting(self._brain.engine, call)

    def why(self, call: CallId) -> Sequence[Why]:
        """Reads the journal, which any thread may."""
        return self._brain.why_of(call)
