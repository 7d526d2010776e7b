"""Why each agent of a queue is, or is not, offered a caller at this moment: one agent at a time,
from the floor itself, by the same comparisons that choose.

An explanation in the journal names the first few of each reason and counts the rest; here anybody
can be asked after.
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from acd.choose import COUNTED, RANKS, WITHOUT_ORDER, Ask, Needs, Reason, Spot, able
from acd.engine import Engine
from acd.live import Live
from acd.live_queue import LiveQueue
from acd.pick import Picked
from acd.recipes import own_step
from acd.staff import FREE
from acd.state import Call
from calls.floor import Relaxation
from calls.ids import AgentId, CallId, EdgeId, OfferId, QueueId

CHOSEN = "chosen"
FREE_NOW = "free"
"""May be offered her this very moment; with a caller waiting beside it, that is a fault of ours."""


class Hold(StrEnum):
    """Why a waiting caller is offered to nobody, whoever is free."""

    OFFERED = "offered"
    """She is being offered this moment."""
    EDGE_LOST = "edge_lost"
    """The process that holds her line has not told the truth of its callers yet."""
    CALLED_BACK = "called_back"
    """She has left the line and will be called back."""
    AT_CAP = "at_cap"
    """The queue has as many talks and offers as it may have."""
    NO_AGENTS = "no_agents"
    """No agent belongs to this queue."""
    KEPT_FOR = "kept_for"
    """She waits for an agent she prefers, or was given."""
    NOBODY_FREE = "nobody_free"
    """No agent who may take her is free."""


class Waits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A waiting caller and every agent of her queue, now."""

    call: CallId
    queue: QueueId
    waited_s: float
    place: int
    """1 is next; 0 while she is being offered."""
    hold: Hold
    offers: tuple[OfferId, ...] = ()
    edge: EdgeId
    agents: dict[AgentId, str]
    """Why not: a choose.Reason or an AgentState, or ``free``."""
    lacks: dict[AgentId, tuple[str, ...]] = {}
    """Skills missing, or of too low a level, of those whose reason is that."""
    needs: Needs = ()
    """What an agent must have to take her, now."""
    relaxes: tuple[Relaxation, ...] = ()
    """How her own needs will be lowered if she waits on."""


def why_waiting(engine: Engine, id: CallId) -> Waits | None:
    """Why this caller has not been offered to anybody yet; None when she does not wait."""
    live = engine.live
    call = live.state.calls.get(id)
    if call is None:
        return None
    queue = live.queues[call.queue]
    ask = live.ask_of(call)
    agents = dict(reasons(live, queue, ask, None))
    return Waits(
        call=id,
        queue=call.queue,
        waited_s=live.state.now - call.began,
        place=queue.waiting.place(id) if id in queue.waiting else 0,
        hold=_hold(live, queue, call, ask),
        offers=tuple(one.id for one in live.state.offers.values() if one.call == id),
        edge=call.edge,
        agents=agents,
        lacks={
            agent: lacking(queue, agent, ask)
            for agent, reason in agents.items()
            if reason == Reason.SKILL
        },
        needs=ask.needs,
        relaxes=tuple(one for one in call.relax if own_step(one) not in call.done),
    )


def _hold(live: Live, queue: LiveQueue, call: Call, ask: Ask) -> Hold:
    chain = (
        (call.callback is not None, Hold.CALLED_BACK),
        (call.offer is not None, Hold.OFFERED),
        (not live.in_step(call.edge), Hold.EDGE_LOST),
        (queue.at_cap(), Hold.AT_CAP),
        (not queue.staff.members, Hold.NO_AGENTS),
        (bool(ask.only), Hold.KEPT_FOR),
    )
    return next((hold for true, hold in chain if true), Hold.NOBODY_FREE)


def reasons(
    live: Live, queue: LiveQueue, ask: Ask, picked: Picked | None
) -> Iterator[tuple[AgentId, str]]:
    """Each agent of the queue, by id, with why not; the one picked as ``chosen``."""
    lifted = picked.lifted if picked is not None else _is_lifted(queue, ask)
    for id in sorted(queue.staff.members):
        yield id, _reason(live, queue, ask, picked, lifted, id)


def _is_lifted(queue: LiveQueue, ask: Ask) -> bool:
    bench = queue.staff.bench(ask.needs, ask.reach)
    return bool(ask.not_to) and not bench.somebody_else_left(ask.not_to)


def _reason(
    live: Live, queue: LiveQueue, ask: Ask, picked: Picked | None, lifted: bool, id: AgentId
) -> str:
    standing = live.seats[id].filed.standing
    if picked is not None and id == picked.agent:
        return CHOSEN
    if standing != FREE:
        return standing
    member = queue.staff.members[id]
    if not able(member.skills, ask.needs):
        return Reason.SKILL
    reserved_from = member.terms.reserved_from
    if reserved_from is not None and reserved_from > ask.reach:
        return Reason.RESERVED
    if id in ask.not_to and not lifted:
        return Reason.NOT_THIS_CALL
    if picked is None:
        return Reason.NOT_PREFERRED if ask.only and id not in ask.only else FREE_NOW
    if picked.preferred:
        return Reason.NOT_PREFERRED
    spot = queue.staff.spot(id)
    assert spot is not None
    return _behind(queue, spot, picked.spot)


def _behind(queue: LiveQueue, spot: Spot, chosen: Spot) -> Reason:
    """May take her as well, and stands behind the one chosen."""
    strategy = queue.spec.strategy
    if spot[0] // RANKS != chosen[0] // RANKS:
        return Reason.LOWER_TIER
    if spot[0] != chosen[0]:
        return Reason.LOWER_RANK
    if strategy in WITHOUT_ORDER:
        return WITHOUT_ORDER[strategy]
    if strategy in COUNTED and spot[1] != chosen[1]:
        return COUNTED[strategy]
    return Reason.IDLE_LESS


def lacking(queue: LiveQueue, agent: AgentId, ask: Ask) -> tuple[str, ...]:
    """``german 3 (has 1)`` for each skill that is missing or too low."""
    skills = queue.staff.members[agent].skills
    return tuple(
        f"{need.skill} {need.level} ({skills.get(need.skill, 0)})"
        for need in ask.needs
        if skills.get(need.skill, 0) < need.level
    )
