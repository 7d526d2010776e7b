"""The ACD engine: one input at a time in, commands, notices and explanations out.

Pure and single-writer: no clock, no chance, no I/O. The same inputs at the same times give the same
bytes in any process; an engine restored from a snapshot goes on as the one that wrote it would.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from acd import (
    callbacks,
    configure,
    heal,
    on_agents,
    on_calls,
    on_edges,
    on_engaged,
    on_offers,
    on_picks,
    on_time,
    recall,
    recipes,
)
from acd.live import Live
from acd.live_queue import LiveQueue
from acd.match import match, tell_places
from acd.ring_beside import ring_beside
from acd.rings import BACKSTOP_SLACK_S
from acd.seat import Seat
from acd.state import Call, FloorState
from acd.turn import Decision, Turn
from calls import inputs
from calls.commands import Command
from calls.floor import FloorSpec
from calls.ids import AgentId, EdgeId, QueueId
from calls.notices import Notice

Handler = Callable[[Live, Any], str | None]

HANDLERS: dict[type[inputs.Input], Handler] = {
    inputs.FloorConfigured: configure.configured,
    inputs.AgentLoggedIn: on_agents.logged_in,
    inputs.AgentLoggedOut: on_agents.logged_out,
    inputs.AgentReady: on_agents.ready,
    inputs.AgentNotReady: on_agents.not_ready,
    inputs.AgentPaused: on_agents.paused,
    inputs.AgentUnpaused: on_agents.unpaused,
    inputs.AgentServes: on_agents.serves,
    inputs.AgentSkilled: on_agents.skilled,
    inputs.AgentFreed: on_agents.freed,
    inputs.CallDisposed: on_agents.disposed,
    inputs.AgentDials: on_engaged.dials,
    inputs.AgentEngaged: on_engaged.engaged,
    inputs.WrapUpExtended: on_agents.wrap_up_extended,
    inputs.WrapUpFinished: on_agents.wrap_up_finished,
    inputs.DeviceChanged: on_edges.device_changed,
    inputs.CallQueued: on_calls.queued,
    inputs.CallerLeft: on_calls.left,
    inputs.CallerKnown: on_picks.known,
    inputs.CallPrioritised: on_picks.prioritised,
    inputs.CallPicked: on_picks.picked,
    inputs.CallAssigned: on_picks.assigned,
    inputs.CallMoved: on_picks.moved,
    inputs.CallWithdrawn: on_picks.withdrawn,
    inputs.CallbackWanted: callbacks.wanted,
    inputs.CallbackCancelled: callbacks.cancelled,
    inputs.QueueHours: callbacks.hours,
    inputs.OfferRang: on_offers.rang,
    inputs.OfferAnswered: on_offers.answered,
    inputs.OfferFailed: on_offers.failed,
    inputs.TalkEnded: on_offers.talk_ended,
    inputs.EdgeSynced: on_edges.synced,
    inputs.EdgeLost: on_edges.lost,
    inputs.TimePassed: on_time.passed,
    inputs.FloorRechecked: heal.rechecked,
}

_encoder = msgspec.json.Encoder()


class Engine:
    def __init__(self, state: FloorState | None = None) -> None:
        """``state``: from a snapshot; it belongs to the engine from now on."""
        self.live = Live(state or FloorState())

    @property
    def now(self) -> float:
        """The latest time this engine was told."""
        return self.live.state.now

    @property
    def floor(self) -> FloorSpec | None:
        """The floor plan in force; None before the first."""
        return self.live.state.floor

    @property
    def token(self) -> int:
        return self.live.state.token

    def apply(self, said: inputs.Input, now: float) -> Decision:
        """Handle one input. ``now`` in seconds since the epoch; an earlier one than before counts
        as the one before. A refused input changes nothing, not even the time."""
        before = self.now
        live = self._begin(now, None)
        refused = HANDLERS[type(said)](live, said)
        if refused is not None:
            live.state.now = before
            return Decision(refused=refused)
        self._file_changed(live)
        if live.turn.looks or live.turn.thinned:
            recipes.look_at_emptied(live)
            recipes.look(live)
        match(live)
        if live.together and (live.turn.more or live.turn.fresh_agents):
            ring_beside(live)
        if live.turn.tells:
            tell_places(live)
        return self._decision(live)

    def recall(self, said: inputs.Input, now: float, commands: tuple[Command, ...]) -> None:
        """Replay one input that was not refused: the commands it gave are what happened, whatever
        this code would choose today."""
        live = self._begin(now, commands)
        HANDLERS[type(said)](live, said)
        self._file_changed(live)
        recipes.look_at_emptied(live)
        recall.adopt(live, commands)

    def take_over(self, token: int, now: float) -> tuple[EdgeId, ...]:
        """Speak under this fencing token from now on; the edges known are out of step until each
        has synced, and are returned. Offers in flight get time to be reported once more."""
        live = self._begin(now, None)
        state = live.state
        state.token = max(token, state.token)
        state.edges |= {call.edge: False for call in state.calls.values()}
        state.edges |= {offer.edge: False for offer in state.offers.values()}
        state.edges = dict.fromkeys(state.edges, False)
        for offer in state.offers.values():
            if offer.answered_at is None:
                live.postpone_backstop(offer, BACKSTOP_SLACK_S)
        return tuple(state.edges)

    def edges(self) -> tuple[EdgeId, ...]:
        """Every edge heard of."""
        return tuple(self.live.state.edges)

    def next_deadline(self) -> float | None:
        """When to tell the engine TimePassed, at the latest; None: nothing is due by itself."""
        return self.live.deadlines.next()

    def snapshot(self) -> bytes:
        """Everything this engine knows; ``restore`` of it decides as this engine does."""
        return _encoder.encode(self.live.state)

    def board(self) -> tuple[Notice, ...]:
        """Every agent and queue as they are: what a screen begins with."""
        return (*self._agents_now(self.live.seats), *self._queues_now(self.live.queues))

    def callers(self, queue: QueueId) -> Iterator[Call]:
        """Who waits in a queue, next first; those being offered are not among them."""
        live = self.live.queues.get(queue)
        for call in live.waiting.in_order() if live else ():
            yield self.live.state.calls[call]

    def callbacks(self) -> Iterator[Call]:
        """Everybody who is to be called back, in the order they asked."""
        promised = (call for call in self.live.state.calls.values() if call.callback is not None)
        return iter(sorted(promised, key=lambda call: (call.began, call.number)))

    def _begin(self, now: float, recalled: tuple[Command, ...] | None) -> Live:
        live = self.live
        live.turn = Turn(recalled)
        if now > live.state.now:
            live.state.now = now
        return live

    def _file_changed(self, live: Live) -> None:
        for seat in tuple(live.turn.agents.values()):
            if seat.agent.pauses or seat.agent.paused:
                live.heed_pauses(seat)
            live.file(seat)

    def _decision(self, live: Live) -> Decision:
        turn = live.turn
        return Decision(tuple(turn.commands), tuple(turn.why), None, partial(self._notices, turn))

    def _notices(self, turn: Turn) -> tuple[Notice, ...]:
        return (*self._agents_now(turn.agents), *self._queues_now(turn.touched()), *turn.alarms)

    def _agents_now(self, agents: Mapping[AgentId, Seat]) -> Iterator[Notice]:
        offers = self.live.state.offers
        for seat in agents.values():
            offer = seat.agent.offer
            yield seat.changed(None if offer is None else offers[offer])

    def _queues_now(self, queues: Mapping[QueueId, LiveQueue]) -> Iterator[Notice]:
        for queue in queues.values():
            yield queue.changed()


def restore(snapshot: bytes) -> Engine:
    """The engine that wrote this snapshot. Raises msgspec.DecodeError if it is not one."""
    return Engine(msgspec.json.decode(snapshot, type=FloorState))
