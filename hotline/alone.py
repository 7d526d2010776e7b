"""An edge cut off from every brain serves its own callers, with the agents registered beside it.

What the brain knew of agents is taken from a replica; callers, offers and talks from the edge's own
truth, told to an engine here as it would be to the brain. When the brain is back it is told that
truth, too, and this engine is gone. Knows no Redis.
"""

import logging
import secrets
from collections.abc import Callable

import msgspec

from acd.brain import Brain
from acd.engine import Engine
from acd.replay import Replayed
from acd.replica import Replica
from acd.state import Device, FloorState
from calls.clock import Clock
from calls.commands import Command
from calls.ids import EdgeId
from calls.inputs import Input
from calls.journal import Journal
from calls.notices import Alarm
from calls.words import AgentState, DeviceState

log = logging.getLogger(__name__)


class Alone:
    def __init__(
        self,
        edge: EdgeId,
        replica: Replica,
        journal: Journal,
        clock: Clock,
        obey: Callable[[Command], None],
        on_alarm: Callable[[Alarm], None],
    ) -> None:
        """``journal``: this edge's own, on disk. ``obey``: carries out a command here."""
        self._edge = edge
        self._replica = replica
        self._journal = journal
        self._clock = clock
        self._obey = obey
        self._on_alarm = on_alarm
        self._brain: Brain | None = None

    @property
    def active(self) -> bool:
        return self._brain is not None

    def begin(self, token: int) -> bool:
        """Serve from now on, under the token the edge last heard: nobody else can reach it. The
        owner must tell the truth afterwards. False when too little is known of the floor."""
        known = self._replica.engine.live.state
        if known.floor is None:
            return False
        state = _own_share(known, self._edge, max(token, known.token))
        self._brain = Brain(
            Engine(state),
            self._journal,
            self._clock,
            send=self._obey,
            publish=lambda notice: None,  # screens are beside the brain
            on_alarm=self._on_alarm,
        )
        self._brain.recover(Replayed())
        self._brain.start()
        self._brain.take_snapshot()  # the journal here knows nothing of the brain's
        log.warning("cut off from the brain: this edge serves its own callers alone")
        self._say(on=True)
        return True

    def tell(self, said: Input) -> None:
        """To be called while ``active``."""
        assert self._brain is not None
        self._brain.tell(said)

    def end(self) -> None:
        """The brain is back. What is open here goes on; it is told by the edge's truth."""
        if self._brain is not None:
            self._brain.stop()
            self._brain = None
            log.warning("heard of the brain again")
            self._say(on=False)

    def _say(self, *, on: bool) -> None:
        text = "cut off: serves its own callers with the agents registered there" if on else ""
        name = f"edge_alone:{self._edge}"
        self._on_alarm(Alarm(name=name, on=on, text=text, at=self._clock.now()))


def _own_share(known: FloorState, edge: EdgeId, token: int) -> FloorState:
    """The agents and telephones as they were known, without anybody's calls. Telephones not known
    to be registered here are out of reach: another edge may be ringing them."""
    # A copy: what is known is somebody else's, and every agent record is changed in place.
    copy = msgspec.json.decode(msgspec.json.encode(known), type=FloorState)
    assert copy.floor is not None
    devices = dict(copy.devices)
    for spec in (device for agent in copy.floor.agents for device in agent.devices):
        device = devices.get(spec.id)
        if device is None or device.edge != edge:
            where = EdgeId("") if device is None else device.edge
            devices[spec.id] = Device(edge=where, state=DeviceState.UNREGISTERED)
        elif device.state in (DeviceState.RINGING, DeviceState.IN_USE):
            # Asterisk says anew which of these are still so.
            device.state = DeviceState.UNKNOWN
    for agent in copy.agents.values():
        agent.offer = None
        if agent.state in (AgentState.OFFERED, AgentState.TALKING):
            agent.state = AgentState.READY
    return FloorState(
        now=copy.now,
        token=token - 1,
        # Other numbers for the offers made here: the brain goes on counting its own.
        floor=msgspec.structs.replace(copy.floor, seed=secrets.randbits(62)),
        agents=copy.agents,
        devices=devices,
    )
