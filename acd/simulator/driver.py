"""Plays every edge, caller and agent of a day against the real engine, as fast as it decides.

Time jumps from event to event. The engine sees the inputs it would see on a telephone line; nothing
about whom it chooses is known here.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import chain
from math import inf
from typing import Any, Protocol

from acd.engine import Engine
from acd.simulator.model import Caller, Load, Told
from calls.commands import Command, DialCallback, OfferCall, ReleaseCaller, WithdrawOffer
from calls.ids import AgentId, CallId, OfferId
from calls.inputs import (
    AgentReady,
    CallerLeft,
    FloorConfigured,
    Input,
    OfferAnswered,
    OfferFailed,
    OfferRang,
    TalkEnded,
    TimePassed,
    WrapUpExtended,
    WrapUpFinished,
)
from calls.words import AgentState, LeaveReason, NoAnswer, Party

Event = tuple[float, int, Callable[[Any], None], Any]
"""When, in which order of those at once, what, of whom."""


SILENT = (NoAnswer.NEVER_RANG, NoAnswer.NOT_REGISTERED)
"""Misses of telephones that did not ring."""


class Witness(Protocol):
    """Who writes down what happens. Times in seconds, as in the load."""

    def queued(self, caller: Caller) -> None: ...

    def answered(self, caller: Caller, now: float) -> None: ...

    def abandoned(self, caller: Caller, now: float) -> None: ...

    def sent_on(self, caller: Caller, now: float) -> None:
        """The engine let her go without an agent: queue full, closed, a recipe."""

    def talked(self, caller: Caller, now: float) -> None:
        """Her talk is over."""

    def missed(self, caller: Caller, kind: NoAnswer) -> None: ...

    def looked(self, engine: Engine) -> None:
        """After each input that was taken: ``engine.live.turn`` names who changed."""


class Driver:
    """One day, run once. ``engine``: a new one, or one that has been told things already."""

    def __init__(self, engine: Engine, load: Load, witness: Witness) -> None:
        self.engine = engine
        self.inputs = 0
        """How many the engine was told."""
        self.refused = 0
        self.now = load.starts_at
        self._callers = iter(load.callers)
        self._told: Iterator[Told] = chain(
            (Told(load.starts_at, FloorConfigured(floor=load.floor)),), load.told
        )
        self._conduct = load.conduct
        self._witness = witness
        self._events: list[Event] = []
        self._count = 0
        self._waiting: dict[CallId, Caller] = {}
        self._offers: dict[OfferId, tuple[Caller, AgentId]] = {}
        self._made = 0
        self._next = next(self._callers, None)
        self._next_told = next(self._told, None)

    def run(self, until: float = inf, ticks: Callable[[float], None] | None = None) -> None:
        """Go on until nobody is left or ``until``. ``ticks`` hears the time at each caller."""
        events, engine = self._events, self.engine
        while True:
            caller, told = self._next, self._next_told
            at = told.at if told is not None else inf
            first = 0
            if events and events[0][0] < at:
                at, first = events[0][0], 1
            deadline = engine.next_deadline()
            if deadline is not None and deadline <= at:
                at, first = max(deadline, self.now), 2
            if caller is not None and caller.at < at:
                at, first = caller.at, 3
            if at > until or at == inf or (first == 2 and self._is_over()):
                return
            self.now = at
            if first == 1:
                _, _, happen, of = heappop(events)
                happen(of)
            elif first == 3:
                assert caller is not None
                self._next = next(self._callers, None)
                self._queue(caller)
                if ticks is not None:
                    ticks(at)
            elif first == 2:
                self._tell(TimePassed())
            else:
                assert told is not None
                self._next_told = next(self._told, None)
                self._tell(told.said)

    def _is_over(self) -> bool:
        """Nobody calls or waits any more; what the engine still plans concerns no caller."""
        return self._next is None and not self._waiting and not self._events

    def _soon(self, after_s: float, happen: Callable[[Any], None], of: Any) -> None:
        self._count += 1
        heappush(self._events, (self.now + after_s, self._count, happen, of))

    def _tell(self, said: Input) -> bool:
        """False when the engine refused it."""
        self.inputs += 1
        decision = self.engine.apply(said, self.now)
        if decision.refused is not None:
            self.refused += 1
            return False
        self._witness.looked(self.engine)
        for command in decision.commands:
            self._obey(command)
        return True

    def _obey(self, command: Command) -> None:
        if isinstance(command, OfferCall):
            self._ring(command)
        elif isinstance(command, WithdrawOffer):
            self._offers.pop(command.offer, None)
        elif isinstance(command, ReleaseCaller):
            caller = self._waiting.pop(command.call, None)
            if caller is not None:
                self._witness.sent_on(caller, self.now)
        elif isinstance(command, DialCallback):
            self._soon(0.0, self._not_reached, command.offer)
        # Words spoken to callers change nothing here.

    # Callers

    def _queue(self, caller: Caller) -> None:
        call = caller.said.call
        self._waiting[call] = caller
        self._witness.queued(caller)
        if not self._tell(caller.said):
            del self._waiting[call]
        elif caller.patience_s < inf and call in self._waiting:
            self._soon(caller.patience_s, self._give_up, caller)

    def _give_up(self, caller: Caller) -> None:
        call = caller.said.call
        if self._waiting.get(call) is caller:
            del self._waiting[call]
            self._witness.abandoned(caller, self.now)
            self._tell(CallerLeft(call=call, reason=LeaveReason.HUNG_UP))

    def _not_reached(self, offer: OfferId) -> None:
        """Who was promised a call back is not a caller of this simulation any more."""
        self._tell(OfferFailed(offer=offer, why=NoAnswer.CALLER_LEFT))

    # Telephones

    def _ring(self, command: OfferCall) -> None:
        caller = self._waiting.get(command.call)
        if caller is None:
            return
        offer = command.offer
        self._offers[offer] = (caller, command.agent)
        reaction = self._conduct.react(command, self._made)
        self._made += 1
        rings_s, ends_s, missed = reaction
        if (rings_s or ends_s) and missed not in SILENT:
            self._soon(rings_s, self._rang, offer)
        if missed is None:
            self._soon(rings_s + ends_s, self._answer, offer)
        else:
            self._soon(rings_s + ends_s, self._miss, (offer, missed))

    def _rang(self, offer: OfferId) -> None:
        if offer in self._offers:
            self._tell(OfferRang(offer=offer))

    def _answer(self, offer: OfferId) -> None:
        found = self._offers.get(offer)
        if found is None or self._waiting.get(found[0].said.call) is not found[0]:
            return
        caller = found[0]
        del self._waiting[caller.said.call]
        self._witness.answered(caller, self.now)
        self._tell(OfferAnswered(offer=offer))
        self._soon(caller.talk_s, self._end_talk, offer)

    def _miss(self, of: tuple[OfferId, NoAnswer]) -> None:
        offer, kind = of
        found = self._offers.pop(offer, None)
        if found is not None:
            self._witness.missed(found[0], kind)
            self._tell(OfferFailed(offer=offer, why=kind))
            self._come_back(found[1])

    def _come_back(self, agent: AgentId) -> None:
        """Set aside after one miss too many, the agent notices it some time."""
        seat = self.engine.live.seats.get(agent)
        if seat is None or seat.agent.state is not AgentState.NOT_RESPONDING:
            return
        after_s = self._conduct.returns_after_s(self._made)
        if seat.agent.until is None and after_s < inf:
            self._soon(after_s, self._say_ready, (agent, seat.agent.since))

    def _say_ready(self, of: tuple[AgentId, float]) -> None:
        if self._is_still(of, AgentState.NOT_RESPONDING):
            self._tell(AgentReady(agent=of[0]))

    # After the talk

    def _end_talk(self, offer: OfferId) -> None:
        caller, agent = self._offers.pop(offer)
        self._witness.talked(caller, self.now)
        self._tell(TalkEnded(offer=offer, by=Party.CALLER))
        seat = self.engine.live.seats[agent]
        if seat.agent.state is not AgentState.WRAPPING_UP or caller.wrap_up_s is None:
            return
        limit_s = (seat.agent.until or self.now) - self.now
        if caller.wrap_up_s < limit_s:
            self._soon(caller.wrap_up_s, self._finish_wrap_up, (agent, seat.agent.since))
        elif caller.wrap_up_s > limit_s:
            self._tell(WrapUpExtended(agent=agent, by_s=caller.wrap_up_s - limit_s))

    def _finish_wrap_up(self, of: tuple[AgentId, float]) -> None:
        if self._is_still(of, AgentState.WRAPPING_UP):
            self._tell(WrapUpFinished(agent=of[0]))

    def _is_still(self, of: tuple[AgentId, float], state: AgentState) -> bool:
        """In this state without a break since then."""
        seat = self.engine.live.seats.get(of[0])
        return seat is not None and (seat.agent.state, seat.agent.since) == (state, of[1])
