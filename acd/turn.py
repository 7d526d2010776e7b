"""What one input brings about: gathered while it is handled, handed out when it is done."""

from collections.abc import Callable

import msgspec

from acd.choose import Why
from acd.live_queue import LiveQueue
from acd.seat import Seat
from acd.state import Call, Offer
from calls.commands import Command
from calls.ids import AgentId, CallId, QueueId
from calls.notices import Alarm, Notice


def _nothing() -> tuple[Notice, ...]:
    return ()


class Decision(msgspec.Struct, frozen=True):
    """What the engine answers to one input. Nothing in it has happened anywhere else yet."""

    commands: tuple[Command, ...] = ()
    """To be carried out in this order."""
    why: tuple[Why, ...] = ()
    """One for each OfferCall among the commands, in their order."""
    refused: str | None = None
    """Why the input made no sense; it changed nothing then."""
    tell: Callable[[], tuple[Notice, ...]] = _nothing

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What screens are to be told, made when it is asked for: before the next input."""
        return self.tell()


class Turn(msgspec.Struct):
    """One a turn of the engine: a Struct, because it is the first thing each input costs."""

    recalled: tuple[Command, ...] | None = None
    """The commands of this input as they happened, when it is being replayed."""
    commands: list[Command] = []
    why: list[Why] = []
    alarms: list[Alarm] = []
    agents: dict[AgentId, Seat] = {}
    """Changed: to be filed anew and told about."""
    queues: dict[QueueId, LiveQueue] = {}
    """Changed: to be told about; so are those of ``moved``."""
    moved: dict[AgentId, Seat] = {}
    """Came free, or stopped being so."""
    fresh_calls: dict[CallId, Call] = {}
    """Begin to wait now, and have not been held against the free agents yet."""
    fresh_agents: dict[AgentId, Seat] = {}
    """Came free now, and have not been held against the waiting callers yet."""
    recheck: dict[QueueId, LiveQueue] = {}
    """An agent left the floor: here somebody excluded may be all that is left."""
    sweep: bool = False
    """Everything may have changed: hold all callers against all agents."""
    tells: list[Call] = []
    """Due to hear their place."""
    more: bool = False
    """A caller for whom several phones may ring might have one more."""
    again: tuple[Call, Seat, Offer] | None = None
    """A telephone was not registered: ring this agent's next one first."""
    looks: dict[CallId, Call] = {}
    """Waiting callers the queue's recipe is to look at."""
    thinned: dict[QueueId, LiveQueue] = {}
    """Agents came or went in a queue that its callers leave when it is empty."""
    kept: tuple[Call, Seat] | None = None
    """She was called back: offer her first to the agent who was kept for her."""
    by_hand: tuple[Call, Seat, str] | None = None
    """Somebody gives this caller to this agent, past everybody else."""
    reopened: dict[QueueId, LiveQueue] = {}
    """A queue that had all the talks it may have at once has one less."""

    def touched(self) -> dict[QueueId, LiveQueue]:
        """Every queue in which something is otherwise than before."""
        for seat in self.moved.values():
            for queue, _ in seat.queues:
                self.queues[queue.spec.id] = queue
        return self.queues
