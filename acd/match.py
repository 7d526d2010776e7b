"""Brings waiting callers and free agents together after each input, and says why.

Before the input no free agent stood beside a caller that agent may take; so only what is fresh is
held against the rest. Callers go by queue weight, priority, head, length of wait; each then gets
the best agent for her (acd.choose), and an offer explained.
"""

from collections.abc import Iterable
from hashlib import blake2b
from heapq import heapify, heappop, heappush

from acd.choose import Choice, Needs, Reason, Why, able, choose_agent, in_one_line
from acd.live import Live
from acd.live_queue import LiveQueue
from acd.seat import Seat
from acd.staff import FREE
from acd.state import Call, Offer
from acd.waiting import Line
from calls.commands import OfferCall, TellPlace
from calls.ids import AgentId, DeviceId, EdgeId, OfferId

Place = tuple[LiveQueue, Line]


def match(live: Live) -> None:
    """Leaves no free agent beside a waiting caller whom that agent may take."""
    turn = live.turn
    if turn.again is not None:
        _ring_next_device(live, *turn.again)
    calls, agents = turn.fresh_calls, turn.fresh_agents
    if turn.sweep:
        wait_all(live)
        _sweep(live, _all_lines(live.queues.values()))
    elif len(calls) == 1 and not agents and not turn.recheck:
        _place_call(live, next(iter(calls.values())))
    elif len(agents) == 1 and not calls and not turn.recheck:
        _occupy(live, next(iter(agents.values())))
    elif calls or agents or turn.recheck:
        fresh = {call.queue: live.queues[call.queue] for call in calls.values()}
        for seat in agents.values():
            fresh.update((queue.spec.id, queue) for queue, _ in seat.queues)
        wait_all(live)
        restricted = [
            (queue, line)
            for queue in turn.recheck.values()
            if queue.spec.id not in fresh
            for line in queue.waiting.restricted.values()
        ]
        _sweep(live, [*_all_lines(fresh.values()), *restricted])


def tell_places(live: Live) -> None:
    """Speak their place to those who are due and still wait; never a worse one than before."""
    state = live.state
    for call in live.turn.tells:
        queue = live.queues[call.queue]
        if call.id not in queue.waiting or not live.in_step(call.edge):
            continue
        place = queue.waiting.place(call.id)
        if call.told is not None:
            place = min(place, call.told)
        call.told = place
        low, high = queue.pace.expect(place, state.now) or (None, None)
        live.turn.commands.append(
            TellPlace(
                edge=call.edge,
                call=call.id,
                token=state.token,
                place=place,
                wait_low_s=low,
                wait_high_s=high,
            )
        )


def _all_lines(queues: Iterable[LiveQueue]) -> list[Place]:
    return [(queue, line) for queue in queues for line in queue.waiting.lines.values()]


def wait_all(live: Live) -> None:
    """Put every caller who is fresh into her line."""
    for call in live.turn.fresh_calls.values():
        _wait(live, call)
    live.turn.fresh_calls.clear()


def _wait(live: Live, call: Call) -> None:
    queue = live.queues[call.queue]
    queue.waiting.add(call, queue.needs_of(call.needs))


def _place_call(live: Live, call: Call) -> None:
    """One caller begins to wait, nobody came free: she takes a free agent or a place in line."""
    queue = live.queues[call.queue]
    if queue.staff.free and live.in_step(call.edge):
        needs = queue.needs_of(call.needs)
        choice, lifted = _choose(live, queue, needs, call.not_to)
        if choice.agent is not None:
            _offer(live, queue, call, choice, lifted)
            return
    _wait(live, call)
    live.turn.fresh_calls.clear()


def _occupy(live: Live, seat: Seat) -> None:
    """One agent came free, no new caller: the first caller whom this agent may take."""
    best = None
    agent, skills = seat.agent.id, seat.skills
    for queue, _ in seat.queues:
        for line in queue.waiting.lines.values():
            if not able(skills, line.needs) or not live.in_step(line.edge):
                continue
            if agent in line.not_to and queue.staff.somebody_else_left(line.needs, line.not_to):
                continue
            order, call = line.first()
            if best is None or (-queue.spec.weight, order) < best[0]:
                best = ((-queue.spec.weight, order), queue, line, call)
    if best is not None:
        _, queue, line, call = best
        choice, lifted = _choose(live, queue, line.needs, line.not_to)
        _offer(live, queue, live.state.calls[call], choice, lifted)


def _sweep(live: Live, places: Iterable[Place]) -> None:
    """Several at once: each line's first caller in turn, until nobody in it can be served."""
    heads = [
        (-queue.spec.weight, line.first()[0], queue, line)
        for queue, line in places
        if queue.staff.free and live.in_step(line.edge)
    ]
    heapify(heads)
    while heads:
        weight, _, queue, line = heappop(heads)
        choice, lifted = _choose(live, queue, line.needs, line.not_to)
        if choice.agent is None:
            continue
        _offer(live, queue, live.state.calls[line.first()[1]], choice, lifted)
        if line.alive:
            heappush(heads, (weight, line.first()[0], queue, line))


def _choose(
    live: Live, queue: LiveQueue, needs: Needs, not_to: tuple[AgentId, ...]
) -> tuple[Choice, bool]:
    lifted = bool(not_to) and not queue.staff.somebody_else_left(needs, not_to)
    return choose_agent(queue.staff.free, live.skills_of, needs, not_to, lifted), lifted


def _offer(live: Live, queue: LiveQueue, call: Call, choice: Choice, lifted: bool) -> None:
    assert choice.agent is not None
    seat = live.seats[choice.agent]
    assert seat.device is not None
    passed = dict(choice.passed)
    for agent, reason in sorted(queue.staff.held.items()):
        passed[Reason(reason)] = (*passed.get(Reason(reason), ()), agent)
    call.attempt += 1
    why = Why(
        call=call.id,
        offer=_new_id(live),
        queue=call.queue,
        agent=choice.agent,
        device=seat.device,
        tier=next(tier for other, tier in seat.queues if other is queue),
        idle_s=live.state.now - seat.agent.idle_since,
        waited_s=live.state.now - call.began,
        attempt=call.attempt,
        nobody_else=lifted and choice.agent in call.not_to,
        passed=passed,
        rest=queue.staff.rest(),
    )
    _ring(live, queue, call, seat, why, ())


def _ring_next_device(live: Live, call: Call, seat: Seat, former: Offer) -> None:
    """The telephone was not registered, so the agent has not been asked yet: try the next one."""
    tried = (*former.tried, former.device)
    device = seat.device_after(tried, live.state.devices)
    if device is None or seat.filed.standing != FREE or not live.in_step(call.edge):
        return
    queue = live.queues[call.queue]
    why = Why(
        call=call.id,
        offer=_new_id(live),
        queue=call.queue,
        agent=seat.agent.id,
        device=device,
        tier=next((tier for other, tier in seat.queues if other is queue), 0),
        idle_s=live.state.now - seat.agent.idle_since,
        waited_s=live.state.now - call.began,
        attempt=call.attempt,
        again=True,
    )
    _ring(live, queue, call, seat, why, tried)


def _ring(
    live: Live, queue: LiveQueue, call: Call, seat: Seat, why: Why, tried: tuple[DeviceId, ...]
) -> None:
    floor = live.state.floor
    assert floor is not None
    live.open_offer(why.offer, call, seat, why.device, tried)
    live.turn.why.append(why)
    live.turn.commands.append(
        OfferCall(
            edge=call.edge,
            call=call.id,
            token=live.state.token,
            offer=why.offer,
            queue=call.queue,
            agent=why.agent,
            device=why.device,
            staff_number=seat.spec.staff_number,
            ring_limit_s=queue.ring_limit_s,
            ring_cycle_s=floor.ring_cycle_s,
            never_rang_s=queue.spec.ring.never_rang_s,
            home=_home(live, call, why.device),
            attempt=call.attempt,
            why=in_one_line(why),
        )
    )


def _home(live: Live, call: Call, device: DeviceId) -> EdgeId | None:
    """Where the device is registered, when that is not beside the caller."""
    known = live.state.devices.get(device)
    return None if known is None or known.edge == call.edge else known.edge


def _new_id(live: Live) -> OfferId:
    """Not to be guessed by a caller, and the same again in a replay."""
    state = live.state
    seed = state.floor.seed if state.floor else 0
    text = f"{state.token}:{state.offers_made}"
    key = str(seed).encode()[:64]
    return OfferId(blake2b(text.encode(), key=key, digest_size=10).hexdigest())
