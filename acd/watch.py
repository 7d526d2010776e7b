"""The invariants in a running hotline: what an input touched is looked at once it is handled, and
of all the rest an agent, a caller or an offer in turn.

Costs a few microseconds an input, whatever the size of the floor; acd.invariants looks at all.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Generic, TypeVar

from acd.invariants import WITH_OFFER, Invariant, Violation
from acd.live import Live
from acd.live_queue import LiveQueue
from acd.match import would_take
from acd.state import Agent, Call, Offer
from calls.ids import AgentId, CallId, OfferId, QueueId
from calls.words import AgentState

LINES_LOOKED_AT = 4
"""Of a queue that was touched; the callers of other lines come up in turn."""

Key = TypeVar("Key")
Thing = TypeVar("Thing")


class Watch:
    """Looks at one engine; ``look`` after each input that was not refused."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {invariant.value: 0 for invariant in Invariant}
        """How often each was broken, for /metrics."""
        self._counted: dict[QueueId, int] = {}
        self._total = self._looks = 0
        self._count_anew = True
        self._agents: _InTurn[AgentId, Agent] = _InTurn()
        self._calls: _InTurn[CallId, Call] = _InTurn()
        self._offers: _InTurn[OfferId, Offer] = _InTurn()
        self._queues: _InTurn[QueueId, LiveQueue] = _InTurn()

    def look(self, live: Live) -> list[Violation]:
        """What is wrong now."""
        turn = live.turn
        found: list[Violation] = []
        overdue = _overdue_before(live)
        for seat in turn.agents.values():
            found += _agent(live, seat.agent, overdue)
        if turn.why:
            found += _overtaken(live)
        for queue in turn.touched().values():
            if queue.waiting.lines and queue.staff.free:
                found += _idle(live, queue)
        found += self._adds_up(live)
        found += self._one_more(live, overdue)
        for violation in found:
            self.found[violation.invariant] += 1
        return found

    def _one_more(self, live: Live, overdue: float) -> Iterator[Violation]:
        """An agent, a caller, an offer, an agent again: each of them comes up in time."""
        self._looks += 1
        state = live.state
        if self._looks % 3 == 0:
            agent = self._agents.next(state.agents)
            return _agent(live, agent, overdue) if agent is not None else iter(())
        if self._looks % 3 == 1:
            call = self._calls.next(state.calls)
            return _call(live, call, overdue) if call is not None else iter(())
        offer = self._offers.next(state.offers)
        return _offer(live, offer, overdue) if offer is not None else iter(())

    def _adds_up(self, live: Live) -> Iterator[Violation]:
        touched = live.turn.queues.values()
        if live.turn.sweep or self._count_anew:
            self._counted, self._total, self._count_anew = {}, 0, False
            touched = live.queues.values()
        for queue in touched:
            self._count(queue)
        other = self._queues.next(live.queues)
        if other is not None:
            self._count(other)
        on_line = len(live.state.calls) + len(live.talks)
        if self._total != on_line:
            text = f"waiting, offered and talking are {self._total}, callers on line {on_line}"
            yield Violation(Invariant.MISCOUNTED, text)
            self._count_anew = True

    def _count(self, queue: LiveQueue) -> None:
        count = len(queue.waiting) + queue.offered + queue.talking + queue.aside
        before = self._counted.get(queue.spec.id, 0)
        if count != before:
            self._total += count - before
            self._counted[queue.spec.id] = count


class _InTurn(Generic[Key, Thing]):
    """All of a collection, one after the other, whatever comes and goes meanwhile."""

    def __init__(self) -> None:
        self._round: list[Key] = []

    def next(self, things: Mapping[Key, Thing]) -> Thing | None:
        if not self._round:
            self._round = list(things)
            if not self._round:
                return None
        return things.get(self._round.pop())


def _overdue_before(live: Live) -> float:
    """What should have ended before this by itself never will: nothing is due any more."""
    due = live.deadlines.next()
    return live.state.now if due is None or due > live.state.now else float("-inf")


def _agent(live: Live, agent: Agent, overdue: float) -> Iterator[Violation]:
    offer = None if agent.offer is None else live.state.offers.get(agent.offer)
    if offer is None:
        if agent.offer is not None or agent.state in WITH_OFFER:
            text = f"agent {agent.id} is {agent.state} with offer {agent.offer}, which is over"
            yield Violation(Invariant.STUCK, text)
    elif offer.agent != agent.id or agent.state is not offer.gives:
        text = f"agent {agent.id} is {agent.state} in offer {offer.id} of {offer.agent}"
        yield Violation(Invariant.AGENT_IN_TWO, text)
    if agent.state is AgentState.WRAPPING_UP and agent.until is None:
        yield Violation(Invariant.STUCK, f"agent {agent.id} wraps up for ever")
    for at in (agent.until, agent.rest_until):
        if at is not None and at < overdue:
            yield Violation(Invariant.STUCK, f"agent {agent.id}: nothing ended {agent.state}")


def _call(live: Live, call: Call, overdue: float) -> Iterator[Violation]:
    if call.id in live.talks:
        yield Violation(Invariant.CALL_WITH_TWO, f"call {call.id} is talking and waiting")
    for id in call.offers:
        offer = live.state.offers.get(id)
        if offer is None:
            text = f"call {call.id} has offer {id}, which is over"
            yield Violation(Invariant.STUCK, text)
        elif offer.call != call.id:
            text = f"call {call.id} has offer {offer.id} of {offer.call}"
            yield Violation(Invariant.CALL_WITH_TWO, text)
    if call.offer is None:
        yield from _without_offer(live, call, overdue)
    if call.tell_at is not None and call.tell_at < overdue:
        yield Violation(Invariant.STUCK, f"call {call.id} is not told her place any more")


def _without_offer(live: Live, call: Call, overdue: float) -> Iterator[Violation]:
    queue = live.queues[call.queue]
    if call.callback is not None and call.callback.parked:
        if call.callback.expires_at < overdue:
            yield Violation(Invariant.STUCK, f"call {call.id} is promised a call for ever")
    elif call.id not in queue.waiting:
        yield Violation(Invariant.STUCK, f"call {call.id} waits in no line")
    elif queue.staff.free and live.in_step(call.edge):
        agent = would_take(live, queue, live.ask_of(call))
        if agent is not None:
            yield _beside(agent, call.id)


def _offer(live: Live, offer: Offer, overdue: float) -> Iterator[Violation]:
    agent = live.state.agents.get(offer.agent)
    if agent is None or agent.offer != offer.id:
        text = f"offer {offer.id} is of agent {offer.agent}, who has another or none"
        yield Violation(Invariant.AGENT_IN_TWO, text)
    if offer.answered_at is not None:
        return
    call = live.state.calls.get(offer.call)
    if call is None or offer.id not in call.offers:
        text = f"offer {offer.id} rings for call {offer.call}, who has another or is gone"
        yield Violation(Invariant.CALL_WITH_TWO, text)
    if offer.backstop_at < overdue:
        yield Violation(Invariant.STUCK, f"offer {offer.id} can ring for ever")


def _idle(live: Live, queue: LiveQueue) -> Iterator[Violation]:
    for line in islice(queue.waiting.lines.values(), LINES_LOOKED_AT):
        if live.in_step(line.edge):
            agent = would_take(live, queue, line.ask)
            if agent is not None:
                yield _beside(agent, line.first()[1])


def _beside(agent: str, call: CallId) -> Violation:
    text = f"agent {agent} is free beside waiting call {call}"
    return Violation(Invariant.IDLE_BESIDE_WAITING, text)


def _overtaken(live: Live) -> Iterator[Violation]:
    """Of those who ask for the same: as acd.invariants has it."""
    for why in live.turn.why:
        call = live.state.calls.get(why.call)
        if why.again or why.kept or why.by_hand or call is None or call.given_by:
            continue
        ask = live.ask_of(call)
        for line in islice(live.queues[call.queue].waiting.lines.values(), LINES_LOOKED_AT):
            other = line.ask
            if line.edge != call.edge or other[:2] != ask[:2] or why.agent in other.not_to:
                continue
            order, first = line.first()
            if order < call.order:
                yield Violation(Invariant.OVERTAKEN, f"call {first} was overtaken by {call.id}")
