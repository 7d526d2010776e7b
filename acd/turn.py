"""What one input brings about: gathered while it is handled, handed out when it is done."""

import msgspec

from acd.choose import Why
from acd.live_queue import LiveQueue
from acd.seat import Seat
from acd.state import Call, Offer
from calls.commands import Command
from calls.ids import AgentId, CallId, QueueId
from calls.notices import Alarm, Notice


class Decision(msgspec.Struct, frozen=True):
    """What the engine answers to one input. Nothing in it has happened anywhere else yet."""

    commands: tuple[Command, ...] = ()
    """To be carried out in this order."""
    notices: tuple[Notice, ...] = ()
    why: tuple[Why, ...] = ()
    """One for each OfferCall among the commands, in their order."""
    refused: str | None = None
    """Why the input made no sense; it changed nothing then."""


class Turn:
    __slots__ = (
        "commands",
        "why",
        "alarms",
        "agents",
        "queues",
        "fresh_calls",
        "fresh_agents",
        "recheck",
        "sweep",
        "tells",
        "again",
        "more",
        "looks",
        "thinned",
        "kept",
        "by_hand",
        "reopened",
        "recalled",
    )

    def __init__(self, recalled: tuple[Command, ...] | None = None) -> None:
        self.commands: list[Command] = []
        self.why: list[Why] = []
        self.alarms: list[Alarm] = []
        self.agents: dict[AgentId, Seat] = {}
        """Changed: to be filed anew and told about."""
        self.queues: dict[QueueId, LiveQueue] = {}
        """Changed: to be told about."""
        self.fresh_calls: dict[CallId, Call] = {}
        """Begin to wait now, and have not been held against the free agents yet."""
        self.fresh_agents: dict[AgentId, Seat] = {}
        """Came free now, and have not been held against the waiting callers yet."""
        self.recheck: dict[QueueId, LiveQueue] = {}
        """An agent left the floor: here somebody excluded may be all that is left."""
        self.sweep = False
        """Everything may have changed: hold all callers against all agents."""
        self.tells: list[Call] = []
        """Due to hear their place."""
        self.more = False
        """A caller for whom several phones may ring might have one more."""
        self.again: tuple[Call, Seat, Offer] | None = None
        """A telephone was not registered: ring this agent's next one first."""
        self.looks: dict[CallId, Call] = {}
        """Waiting callers the queue's recipe is to look at."""
        self.thinned: dict[QueueId, LiveQueue] = {}
        """Agents came or went in a queue that its callers leave when it is empty."""
        self.kept: tuple[Call, Seat] | None = None
        """She was called back: offer her first to the agent who was kept for her."""
        self.by_hand: tuple[Call, Seat, str] | None = None
        """Somebody gives this caller to this agent, past everybody else."""
        self.reopened: dict[QueueId, LiveQueue] = {}
        """A queue that had all the talks it may have at once has one less."""
        self.recalled = recalled
        """The commands of this input as they happened, when it is being replayed."""
