"""Brings waiting callers and free agents together after each input, and says why.

Before the input no free agent stood beside a caller that agent may take; so only what is fresh is
held against the rest. Callers go by queue weight, priority, head, length of wait; each then gets
the best agent for her (acd.choose), and an offer explained.
"""

from collections.abc import Iterable
from hashlib import blake2b
from heapq import heapify, heappop, heappush

from acd.callbacks import open_dial
from acd.choose import COUNTED, RANKS, Ask, Why, in_one_line
from acd.live import Live
from acd.live_queue import LiveQueue
from acd.pick import Picked, may_take, passed_over, pick
from acd.seat import Seat
from acd.staff import FREE
from acd.state import Call, Offer
from acd.waiting import Line, LineKey
from calls.commands import DialCallback, OfferCall, TellPlace
from calls.floor import CallbackRule
from calls.ids import AgentId, DeviceId, EdgeId, OfferId, QueueId

Place = tuple[LiveQueue, Line]


def match(live: Live) -> None:
    """Leaves no free agent beside a waiting caller whom that agent may take."""
    turn = live.turn
    if turn.kept is not None:
        _ring_given(live, *turn.kept)
    if turn.by_hand is not None:
        _ring_given(live, *turn.by_hand)
    if turn.again is not None:
        _ring_next_device(live, *turn.again)
    calls, agents = turn.fresh_calls, turn.fresh_agents
    more = turn.recheck or turn.reopened
    if turn.sweep:
        wait_all(live)
        _sweep(live, _all_lines(live.queues.values()))
    elif len(calls) == 1 and not agents and not more:
        _place_call(live, next(iter(calls.values())))
    elif len(agents) == 1 and not calls and not more:
        _occupy(live, next(iter(agents.values())))
    elif calls or agents or more:
        _sweep(live, _fresh_lines(live))


def _fresh_lines(live: Live) -> list[Place]:
    """Where something is new: whoever else waits was held against whoever else is free before."""
    turn, places = live.turn, dict[tuple[QueueId, LineKey], Place]()

    def add(queue: LiveQueue, lines: Iterable[Line]) -> None:
        for line in lines:
            places[queue.spec.id, line.key] = (queue, line)

    calls = list(turn.fresh_calls.values())
    wait_all(live)
    for call in calls:
        queue = live.queues[call.queue]
        add(queue, (queue.waiting.line_of(call.id),))
    for seat in turn.fresh_agents.values():
        for queue, _ in seat.queues:
            add(queue, queue.waiting.lines_for(seat.agent.id))
    for queue in turn.recheck.values():
        add(queue, queue.waiting.restricted.values())
    for queue in turn.reopened.values():
        add(queue, queue.waiting.all_lines())
    return list(places.values())


def tell_places(live: Live) -> None:
    """Speak their place to those who are due and still wait; never a worse one than before. In
    another queue than the one it was told in a worse place is not spoken at all."""
    state = live.state
    for call in live.turn.tells:
        queue = live.queues[call.queue]
        if call.id not in queue.waiting or not live.in_step(call.edge):
            continue
        place = queue.waiting.place(call.id)
        low, high = queue.pace.expect(place, state.now) or (None, None)
        if call.told is not None and place > call.told:
            place = 0 if call.moved else call.told
        if place == 0 and low is None:
            continue
        command = TellPlace(
            edge=call.edge,
            call=call.id,
            token=state.token,
            place=place,
            wait_low_s=low,
            wait_high_s=high,
        )
        tell(call, command, state.now)
        live.turn.commands.append(command)


def tell(call: Call, command: TellPlace, now: float) -> None:
    """What she has been told from now on; the first range is what her wait is measured by."""
    if command.place:
        call.told, call.moved = command.place, False
    low, high = command.wait_low_s, command.wait_high_s
    if call.promised is None and low is not None and high is not None:
        call.promised = (now + low, now + high)


def _all_lines(queues: Iterable[LiveQueue]) -> list[Place]:
    return [(queue, line) for queue in queues for line in queue.waiting.all_lines()]


def wait_all(live: Live) -> None:
    """Put every caller who is fresh into her line."""
    for call in live.turn.fresh_calls.values():
        _wait(live, call)
    live.turn.fresh_calls.clear()


def _wait(live: Live, call: Call) -> None:
    queue = live.queues[call.queue]
    queue.waiting.add(call, live.ask_of(call))


def _place_call(live: Live, call: Call) -> None:
    """One caller begins to wait, nobody came free: she takes a free agent or a place in line."""
    queue = live.queues[call.queue]
    if queue.staff.free and live.in_step(call.edge) and not queue.at_cap():
        ask = live.ask_of(call)
        picked = pick(live, queue, ask, call.prefer)
        if picked is not None:
            offer(live, queue, call, ask, picked)
            return
    _wait(live, call)
    live.turn.fresh_calls.clear()


def _occupy(live: Live, seat: Seat) -> None:
    """One agent came free, no new caller: the first caller whom this agent may take."""
    best, agent = None, seat.agent.id
    for queue, _ in seat.queues:
        if queue.at_cap():
            continue
        for line in queue.waiting.lines_for(agent):
            if not live.in_step(line.edge) or not may_take(queue, agent, line.ask):
                continue
            order, call = line.first()
            if best is None or (-queue.spec.weight, order) < best[0]:
                best = ((-queue.spec.weight, order), queue, line, call)
    if best is not None:
        _, queue, line, id = best
        _serve(live, queue, line, live.state.calls[id])


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
        if queue.at_cap() or not _serve(live, queue, line, live.state.calls[line.first()[1]]):
            continue
        if line.alive:
            heappush(heads, (weight, line.first()[0], queue, line))


def _serve(live: Live, queue: LiveQueue, line: Line, call: Call) -> bool:
    """Offer the first caller of a line to somebody; False when nobody may take her."""
    picked = pick(live, queue, line.ask, call.prefer)
    if picked is not None:
        offer(live, queue, call, line.ask, picked)
    return picked is not None


def would_take(live: Live, queue: LiveQueue, ask: Ask) -> AgentId | None:
    """The free agent who would be offered a caller who asks this now: for checks."""
    picked = None if queue.at_cap() else pick(live, queue, ask)
    return None if picked is None else picked.agent


def offer(live: Live, queue: LiveQueue, call: Call, ask: Ask, picked: Picked) -> None:
    """Ring the agent picked; why is kept with it."""
    seat = live.seats[picked.agent]
    assert seat.device is not None
    passed = passed_over(queue, ask, picked)
    level, figure, _, _ = picked.spot
    call.attempt += 1
    why = Why(
        call=call.id,
        offer=_new_id(live),
        queue=call.queue,
        agent=picked.agent,
        device=seat.device,
        tier=level // RANKS,
        rank=level % RANKS,
        strategy=queue.spec.strategy,
        figure=figure if queue.spec.strategy in COUNTED else None,
        idle_s=live.state.now - seat.agent.idle_since,
        waited_s=live.state.now - call.began,
        attempt=call.attempt,
        preferred=picked.preferred,
        relaxed=call.instead,
        nobody_else=picked.lifted and picked.agent in call.not_to,
        passed=passed.named,
        more=passed.more,
        rest=queue.staff.rest(),
    )
    _ring(live, queue, call, seat, why, ())


def _ring_next_device(live: Live, call: Call, seat: Seat, former: Offer) -> None:
    """The telephone was not registered, so the agent has not been asked yet: try the next one."""
    tried = (*former.tried, former.device)
    device = seat.device_after(tried, live.state.devices)
    if device is None or seat.filed.standing != FREE or not _is_there(live, call):
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
    if call.callback is not None:
        _dial_back(live, call, seat, why)
        return
    floor = live.state.floor
    assert floor is not None
    room = 0 if why.by_hand else call.room or queue.room()
    live.open_offer(why.offer, call, seat, why.device, tried, room)
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
            stay=call.stay,
            together=room,
            whisper=queue.whispers.get(seat.spec.language, ""),
            whisper_in=seat.spec.language,
            why=in_one_line(why),
        )
    )


def _is_there(live: Live, call: Call) -> bool:
    """She can be offered, and was not released meanwhile."""
    return live.state.calls.get(call.id) is call and live.in_step(call.edge)


def _home(live: Live, call: Call, device: DeviceId) -> EdgeId | None:
    """Where the device is registered, when that is not beside the caller."""
    known = live.state.devices.get(device)
    return None if known is None or known.edge == call.edge else known.edge


def _ring_given(live: Live, call: Call, seat: Seat, by_hand: str = "") -> None:
    """The agent somebody gave her, or who was kept for her while she was called back, unless
    something has come between."""
    if seat.filed.standing == FREE and _is_there(live, call) and call.offer is None:
        queue = live.queues[call.queue]
        call.attempt += 1
        assert seat.device is not None
        why = Why(
            call=call.id,
            offer=_new_id(live),
            queue=call.queue,
            agent=seat.agent.id,
            device=seat.device,
            tier=next((tier for other, tier in seat.queues if other is queue), 0),
            idle_s=live.state.now - seat.agent.idle_since,
            waited_s=live.state.now - call.began,
            attempt=call.attempt,
            kept=not by_hand,
            by_hand=by_hand,
        )
        _ring(live, queue, call, seat, why, ())


def _dial_back(live: Live, call: Call, seat: Seat, why: Why) -> None:
    """It is the turn of somebody who is to be called back: this agent is kept for her."""
    callback, rule = call.callback, live.queues[call.queue].spec.callback
    assert callback is not None
    open_dial(live, why.offer, call, seat)
    live.turn.why.append(why)
    live.turn.commands.append(
        DialCallback(
            edge=call.edge,
            call=call.id,
            token=live.state.token,
            offer=why.offer,
            queue=call.queue,
            agent=why.agent,
            number=callback.number,
            language=callback.language,
            ring_s=(rule or CallbackRule()).ring_s,
            attempt=call.attempt,
            context=callback.context,
        )
    )


def _new_id(live: Live) -> OfferId:
    """Not to be guessed by a caller, and the same again in a replay."""
    state = live.state
    seed = state.floor.seed if state.floor else 0
    text = f"{state.token}:{state.offers_made}"
    key = str(seed).encode()[:64]
    return OfferId(blake2b(text.encode(), key=key, digest_size=10).hexdigest())
