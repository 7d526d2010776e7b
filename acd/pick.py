"""The best free agent for what a caller asks: her wish, tier, rank and her queue's strategy."""

from collections.abc import Sequence
from typing import NamedTuple

from acd.choose import Ask, Passed, Reason, Spot
from acd.live import Live
from acd.live_queue import LiveQueue
from acd.staff import Bench
from acd.strategies import BY_CHANCE, chance, drawn, first_of, next_in_turn
from calls.ids import AgentId
from calls.words import Strategy


class Picked(NamedTuple):
    spot: Spot
    bench: Bench
    preferred: bool = False
    lifted: bool = False
    """Nobody is left but those who are not to be asked: so they are."""

    @property
    def agent(self) -> AgentId:
        return self.spot[3]


def pick(live: Live, queue: LiveQueue, ask: Ask, prefer: Sequence[AgentId] = ()) -> Picked | None:
    """Who is offered a caller who asks this, and prefers these; None: she goes on waiting."""
    bench = queue.staff.bench(ask.needs, ask.reach)
    if not bench.free:
        return None
    for agent in ask.only or prefer:
        spot = queue.staff.spot(agent)
        if spot is not None and agent in bench.able and agent not in ask.not_to:
            return Picked(spot, bench, preferred=True)
    if ask.only:
        return None
    lifted = bool(ask.not_to) and not bench.somebody_else_left(ask.not_to)
    spot = _by_strategy(live, queue, bench.free, () if lifted else ask.not_to)
    return None if spot is None else Picked(spot, bench, lifted=lifted)


def may_take(queue: LiveQueue, agent: AgentId, ask: Ask) -> bool:
    """Whether this free agent may be offered callers who ask this."""
    bench = queue.staff.bench(ask.needs, ask.reach)
    if agent not in bench.able:
        return False
    if ask.only:
        return agent in ask.only
    return agent not in ask.not_to or not bench.somebody_else_left(ask.not_to)


def passed_over(queue: LiveQueue, ask: Ask, picked: Picked) -> Passed:
    """Why not the others."""
    passed, staff, free = Passed(), queue.staff, picked.bench.free
    not_to: list[Spot] = []
    if ask.not_to and not picked.lifted:
        able = picked.bench.able
        spots = (staff.spot(agent) for agent in ask.not_to if agent in able)
        not_to = [spot for spot in spots if spot is not None]
        passed.add(Reason.NOT_THIS_CALL, [spot[3] for spot in not_to], len(not_to))
    if picked.preferred:
        passed.for_one_preferred(free, picked.spot, not_to)
    else:
        passed.for_another(free, picked.spot, queue.spec.strategy, not_to)
    staff.tell_unable(picked.bench, ask.needs, ask.reach, passed)
    staff.tell_held(passed)
    return passed


def _by_strategy(
    live: Live, queue: LiveQueue, free: Sequence[Spot], not_to: Sequence[AgentId]
) -> Spot | None:
    strategy = queue.spec.strategy
    if strategy is Strategy.ROUND_ROBIN:
        return next_in_turn(free, not_to, live.state.turns.get(queue.spec.id))
    if strategy in BY_CHANCE:
        state = live.state
        seed = state.floor.seed if state.floor is not None else 0
        below = chance(seed, f"{state.token}:{state.offers_made}")
        weights = queue.staff.weights if strategy is Strategy.WEIGHTED_RANDOM else None
        return drawn(free, not_to, below, weights)
    return first_of(free, not_to)
