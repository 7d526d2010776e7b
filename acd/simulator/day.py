"""A day read out of the floor journal: who called, how long each talked and would have waited, who
worked when, how telephones were answered. The journal is the only witness; the engine retells it.
"""

from collections.abc import Callable
from math import inf

import msgspec

from acd.engine import Engine
from acd.entries import FLOOR_MARKS, Epoch, Mark, Snapshot, Step, decode
from acd.simulator.figures import Tally
from acd.simulator.model import Caller, Told
from calls.commands import ReleaseCaller
from calls.floor import FloorSpec
from calls.ids import AgentId, CallId, DeviceId, OfferId
from calls.inputs import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentPaused,
    AgentReady,
    AgentServes,
    AgentSkilled,
    AgentUnpaused,
    CallerKnown,
    CallerLeft,
    CallPrioritised,
    CallQueued,
    DeviceChanged,
    EdgeSynced,
    FloorConfigured,
    Input,
    OfferFailed,
    OfferRang,
    QueueHours,
    TimePassed,
)
from calls.journal import FLOOR, Reader
from calls.words import AgentState, DeviceState, LeaveReason, NoAnswer

OnProgress = Callable[[float], None]
"""Hears how far in the day we are, in seconds since the epoch."""

GAVE_UP = (LeaveReason.HUNG_UP, LeaveReason.LOST)
OF_PEOPLE = (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    AgentPaused,
    AgentUnpaused,
    AgentServes,
    AgentSkilled,
    QueueHours,
    CallerKnown,
    CallPrioritised,
)
"""What is said whatever the engine decides, and so said again in a simulation."""
OF_DEVICES = (DeviceState.UNREGISTERED, DeviceState.DO_NOT_DISTURB)
"""The rest of what a telephone says is mostly about our own offers."""


class NoSuchDay(Exception):
    """The journal holds nothing of that time."""


class Lived(msgspec.Struct):
    """One caller as she was: what was seen of her."""

    at: float
    said: CallQueued
    wait_s: float = 0.0
    gave_up: bool = False
    """False: answered, or gone by the house's own rule, after ``wait_s`` of patience shown."""
    talk_s: float | None = None
    """None: she never talked, or still did when the day ended."""
    wrap_up_s: float | None = None
    wrap_up_timed: bool = False
    """It ended by the queue's limit, not by hand."""


class Rung(msgspec.Struct, gc=False):
    """One telephone rung: what became of it."""

    agent: AgentId
    rang_after_s: float | None
    """None: nobody saw it ring."""
    after_s: float
    """From the ring, or from the offer, until it ended."""
    end: NoAnswer | None
    """None: answered."""


class Day(msgspec.Struct):
    starts_at: float
    ends_at: float
    floor: FloorSpec
    """In force when the day began, or the first of the day."""
    callers: list[Lived]
    told: list[Told]
    """What people, calendars and configuration did, in order."""
    rung: list[Rung]
    returned: list[tuple[float, bool]]
    """How long agents set aside after misses stayed so, and whether they came back by hand."""
    real: Tally


def engine_before(journal: Reader, at: float) -> tuple[Engine, int]:
    """The engine of the last snapshot before ``at``, and the position to read on from."""
    last = 0
    for _, data in journal.read(FLOOR_MARKS):
        mark = msgspec.json.decode(data, type=Mark)
        if (mark.at if mark.at is not None else _time_of(journal, mark.snapshot_at)) >= at:
            break
        last = mark.snapshot_at
    for position, data in journal.read(FLOOR, last - 1) if last else ():
        entry = decode(data)
        if isinstance(entry, Snapshot):
            return Engine(entry.state), position
        break
    return Engine(), 0


def _time_of(journal: Reader, position: int) -> float:
    for _, data in journal.read(FLOOR, position - 1):
        entry = decode(data)
        return entry.state.now if isinstance(entry, Snapshot) else entry.now
    return inf


def read_day(
    journal: Reader, starts_at: float, ends_at: float, progress: OnProgress = lambda at: None
) -> Day:
    """The day as the journal tells it. Raises NoSuchDay, and what decoding an entry raises."""
    engine, position = engine_before(journal, starts_at)
    reading: _Reading | None = None
    steps = 0
    for _, data in journal.read(FLOOR, position):
        entry = decode(data)
        if isinstance(entry, Snapshot):
            if reading is None:
                engine = Engine(entry.state)
            continue
        if entry.now >= ends_at:
            break
        if reading is None and entry.now >= starts_at:
            reading = _Reading(engine, starts_at, ends_at)
        if isinstance(entry, Epoch):
            engine.take_over(entry.token, entry.now)
        elif entry.refused is not None:
            continue
        elif reading is None:
            engine.recall(entry.input, entry.now, entry.commands)
        else:
            reading.take(entry)
            steps += 1
            if steps % 2_000 == 0:
                progress(entry.now)
    if reading is None or reading.floor is None:
        raise NoSuchDay("the journal holds nothing of that time")
    return reading.close()


class _Reading:
    """Follows the engine through the day, and notes what changed at each step."""

    def __init__(self, engine: Engine, starts_at: float, ends_at: float) -> None:
        self.engine = engine
        self.floor = engine.floor
        self._starts_at, self._ends_at = starts_at, ends_at
        self._tally = Tally(_no_floor(), ends_at)
        self._callers: list[Lived] = []
        self._told: list[Told] = []
        self._rung: list[Rung] = []
        self._returned: list[tuple[float, bool]] = []
        self._open: dict[CallId, Lived] = {}
        self._talking: dict[AgentId, tuple[Lived | None, float]] = {}
        self._wrapping: dict[AgentId, Lived | None] = {}
        self._seen: dict[AgentId, tuple[AgentState, OfferId | None, float]] = {}
        self._offers: dict[OfferId, tuple[CallId, AgentId, float, float | None]] = {}
        self._silent: set[DeviceId] = set()
        if self.floor is not None:
            self._tally.plan(self.floor)
            self._begin()

    def _begin(self) -> None:
        """Who is at work when the day begins logs in with it."""
        live, at = self.engine.live, self._starts_at
        self._tally.times.begin(self.engine, at)
        for agent in live.state.agents.values():
            self._seen[agent.id] = (agent.state, agent.offer, at)
            if agent.state is not AgentState.LOGGED_OUT:
                self._told.append(Told(at, AgentLoggedIn(agent=agent.id)))
                if agent.state is not AgentState.NOT_READY:
                    self._told.append(Told(at, AgentReady(agent=agent.id)))
        for id, device in live.state.devices.items():
            if device.state in OF_DEVICES:
                self._device(at, DeviceChanged(edge=device.edge, device=id, state=device.state))

    def take(self, step: Step) -> None:
        said, now = step.input, step.now
        before = self._before(said)
        self.engine.recall(said, now, step.commands)
        if isinstance(said, FloorConfigured):
            self._configured(said, now)
        elif isinstance(said, OF_PEOPLE):
            self._person(said, now, before)
        elif isinstance(said, DeviceChanged):
            self._device(now, said)
        elif isinstance(said, CallQueued):
            self._queued(said, now)
        elif isinstance(said, OfferRang):
            self._rang(said.offer, now)
        for id, seat in self.engine.live.turn.agents.items():
            self._agent(id, seat.agent.state, seat.agent.offer, said, now)
        self._tally.looked(self.engine)
        self._leavings(step)

    def close(self) -> Day:
        assert self.floor is not None
        for caller in self._open.values():
            caller.wait_s = self._ends_at - caller.at
        self._tally.times.end_run()
        self._returned += [
            (self._ends_at - since, False)
            for state, _, since in self._seen.values()
            if state is AgentState.NOT_RESPONDING
        ]
        return Day(
            self._starts_at,
            self._ends_at,
            self.floor,
            self._callers,
            self._told,
            self._rung,
            self._returned,
            self._tally,
        )

    # What people did

    def _before(self, said: Input) -> AgentState | None:
        agent = self.engine.live.state.agents.get(getattr(said, "agent", None) or AgentId(""))
        return agent.state if agent is not None else None

    def _configured(self, said: FloorConfigured, now: float) -> None:
        self._tally.plan(said.floor)
        if self.floor is None:
            self.floor = said.floor
            self._begin()
        elif said.floor != self.floor:
            self._told.append(Told(now, said))

    def _person(self, said: Input, now: float, before: AgentState | None) -> None:
        """An agent who becomes ready out of wrap-up or after misses does so because of calls; the
        simulation has its own calls for that."""
        of_calls = (AgentState.WRAPPING_UP, AgentState.NOT_RESPONDING)
        if not (isinstance(said, AgentReady) and before in of_calls):
            self._told.append(Told(now, said))

    def _device(self, now: float, said: DeviceChanged) -> None:
        if said.state in OF_DEVICES:
            self._silent.add(said.device)
        elif said.device in self._silent:
            self._silent.discard(said.device)
            said = msgspec.structs.replace(said, state=DeviceState.IDLE)
        else:
            return
        self._told.append(Told(now, said))

    # What callers did

    def _queued(self, said: CallQueued, now: float) -> None:
        known = self._open.get(said.call)
        if known is not None and known.said.queue == said.queue:
            return  # Her session began again; she has been waiting all along.
        if known is not None:
            self._left(known, now, gave_up=False)
        caller = Lived(now, said)
        self._open[said.call] = caller
        self._callers.append(caller)
        self._tally.queued(_as_caller(caller))

    def _leavings(self, step: Step) -> None:
        said, now = step.input, step.now
        for command in step.commands:
            if isinstance(command, ReleaseCaller):
                self._left(self._open.pop(command.call, None), now, gave_up=False)
        if isinstance(said, CallerLeft):
            self._left(self._open.pop(said.call, None), now, gave_up=said.reason in GAVE_UP)
        elif isinstance(said, EdgeSynced | FloorConfigured | TimePassed | OfferFailed):
            self._lost(now)

    def _lost(self, now: float) -> None:
        """Callers the engine does not know any more, and nobody answered: they hung up."""
        live = self.engine.live
        if len(self._open) == len(live.state.calls):
            return
        for call in [call for call in self._open if call not in live.state.calls]:
            self._left(self._open.pop(call), now, gave_up=True)

    def _left(self, caller: Lived | None, now: float, *, gave_up: bool) -> None:
        if caller is None:
            return
        caller.wait_s, caller.gave_up = now - caller.at, gave_up
        if gave_up:
            self._tally.abandoned(_as_caller(caller), now)
        else:
            self._tally.sent_on(_as_caller(caller), now)

    # What agents did

    def _agent(
        self, id: AgentId, state: AgentState, offer: OfferId | None, said: Input, now: float
    ) -> None:
        was, had, since = self._seen.get(id, (AgentState.LOGGED_OUT, None, now))
        if (state, offer) == (was, had):
            return
        self._seen[id] = (state, offer, now)
        if was is AgentState.WRAPPING_UP:
            self._wrapped(id, now - since, timed=isinstance(said, TimePassed))
        if was is AgentState.OFFERED and had is not None:
            self._rang_out(had, said, now, answered=offer == had)
        if was is AgentState.TALKING and had != offer:
            self._talked(id, now, state)
        if offer is not None and offer != had:
            made = self.engine.live.state.offers[offer]
            self._offers[offer] = (made.call, id, made.offered_at, made.rang_at)
        if was is AgentState.NOT_RESPONDING:
            self._returned.append((now - since, isinstance(said, AgentReady)))
        if state is AgentState.TALKING and was is not AgentState.TALKING and offer is not None:
            self._answered(offer, id, now)

    def _rang(self, offer: OfferId, now: float) -> None:
        known = self._offers.get(offer)
        if known is not None:
            self._offers[offer] = (*known[:3], now)

    def _answered(self, offer: OfferId, id: AgentId, now: float) -> None:
        caller = self._open.pop(self._offers[offer][0], None)
        self._talking[id] = (caller, now)
        if caller is not None:
            caller.wait_s = now - caller.at
            self._tally.answered(_as_caller(caller), now)

    def _talked(self, id: AgentId, now: float, state: AgentState) -> None:
        caller, began = self._talking.pop(id, (None, now))
        if caller is not None:
            caller.talk_s = now - began
            self._tally.talk(caller.said.queue, caller.talk_s)
        if state is AgentState.WRAPPING_UP:
            self._wrapping[id] = caller
        elif caller is not None:
            caller.wrap_up_s = 0.0

    def _wrapped(self, id: AgentId, for_s: float, *, timed: bool) -> None:
        caller = self._wrapping.pop(id, None)
        if caller is not None:
            caller.wrap_up_s, caller.wrap_up_timed = for_s, timed

    def _rang_out(self, offer: OfferId, said: Input, now: float, *, answered: bool) -> None:
        call, agent, offered_at, rang_at = self._offers.pop(offer, (None, None, now, None))
        if agent is None or call is None:
            return
        if answered:
            self._offers[offer] = (call, agent, offered_at, rang_at)
        end = None if answered else NoAnswer.WITHDRAWN
        if isinstance(said, OfferFailed) and said.offer == offer:
            end = said.why
            if (caller := self._open.get(call)) is not None:
                self._tally.missed(_as_caller(caller), end)
        rang_after_s = None if rang_at is None else rang_at - offered_at
        self._rung.append(Rung(agent, rang_after_s, now - (rang_at or offered_at), end))


def _as_caller(lived: Lived) -> Caller:
    return Caller(lived.at, lived.said, lived.talk_s or 0.0)


def _no_floor() -> FloorSpec:
    return FloorSpec(version=0, queues=(), agents=(), ring_cycle_s=1.0)
