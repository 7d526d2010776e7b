"""The floor in motion: the state, every index made of it, and the few moves that change both.

Each move leaves state and indexes agreeing (acd.invariants checks it). Which agent gets which call
is not decided here (acd.match), nor what an input means (acd.on_*).
"""

from acd.agents import Action, AgentEvent, step
from acd.choose import EVERYBODY, Ask, Needs
from acd.deadlines import Deadlines, Due
from acd.expected import Pace
from acd.live_queue import LiveQueue
from acd.seat import Seat
from acd.shift import Shift
from acd.staff import FREE
from acd.state import Agent, Call, FloorState, LastTalk, Offer, place_key
from acd.turn import Turn
from calls.commands import EndCallback, ReleaseCaller, WithdrawOffer
from calls.floor import AgentSpec, FloorSpec
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.words import AgentState, CallbackEnd, DeviceState, Released, Strategy

PREFERRED_MAX = 5
"""Agents a caller may prefer; a longer list is a group, and that is a queue."""
OWED_S = 30.0
"""By so much a wrap-up goes on, again and again, while its disposition has not been said."""
WITH_A_TALK = frozenset({AgentState.TALKING, AgentState.WRAPPING_UP})
FAULT_REST_S = 2.0
"""After an offer that failed through nobody's fault the agent is left alone this long: a broken
trunk must not be tried at the speed of a loop."""


class Live:
    def __init__(self, state: FloorState) -> None:
        self.state = state
        self.turn = Turn()
        self.build()

    def build(self) -> None:
        """Make every index anew from the state."""
        state, floor = self.state, self.state.floor
        self.queues: dict[QueueId, LiveQueue] = {}
        self.seats: dict[AgentId, Seat] = {}
        self.seat_of_device: dict[DeviceId, Seat] = {}
        self.talks: dict[CallId, OfferId] = {}
        self.together: dict[CallId, Call] = {}
        """Callers being offered for whom several phones may ring at once."""
        self.promises: dict[str, CallId] = {}
        """Who will be called back, by queue and number."""
        self.shift = Shift(state.agents.values())
        self.deadlines = Deadlines(self._applies)
        if floor is None:
            return
        for spec in floor.queues:
            pace = state.paces.setdefault(spec.id, Pace())
            self.queues[spec.id] = LiveQueue(spec, floor.ring_cycle_s, pace, gone=False)
        for spec in state.closing.values():
            self.queues[spec.id] = LiveQueue(spec, floor.ring_cycle_s, Pace(), gone=True)
        for id, kept_from in _kept_from(floor).items():
            self.queues[id].staff.kept_from = kept_from
        for offer in state.offers.values():
            self._count_in(offer)
        specs = {spec.id: spec for spec in floor.agents}
        for agent in state.agents.values():
            self._seat(agent, specs.get(agent.id))
        for id, hours in state.hours.items():
            if id in self.queues:
                self.queues[id].open = hours.open
        for queue in self.queues.values():
            queue.empty = bool(queue.spec.leave_empty) and queue.staff.all_in(
                queue.spec.leave_empty
            )
        for call in state.calls.values():
            self._file_call(call)
        for key, left in state.left.items():
            self.deadlines.add(left.until, Due.PLACE_KEPT, key)

    def _file_call(self, call: Call) -> None:
        self.weigh(call)
        self.deadline_of_place(call)
        if call.look_at is not None:
            self.deadlines.add(call.look_at, Due.LOOK, call.id)
        if call.room:
            self.together[call.id] = call
            if call.more_at is not None:
                self.deadlines.add(call.more_at, Due.RING_MORE, call.id)
        callback = call.callback
        if callback is not None:
            self.keep_promise(call)
            self.deadlines.add(callback.expires_at, Due.CALLBACK_EXPIRES, call.id)
            if callback.due_at is not None:
                self.deadlines.add(callback.due_at, Due.CALLBACK_DUE, call.id)
            self.queues[call.queue].aside += callback.parked
        if call.offer is None and not (callback is not None and callback.parked):
            self.queues[call.queue].waiting.add(call, self.ask_of(call))
        if call.kept_until is not None:
            self.deadlines.add(call.kept_until, Due.PREFERENCE, call.id)

    def needs_of(self, call: Call) -> Needs:
        """What an agent must have to take this call: the queue's needs, her own, and what a recipe
        has put in their place."""
        queue = self.queues[call.queue]
        if call.instead:
            return queue.needs_instead(call.needs, call.instead)
        return queue.needs_of(call.needs)

    def ask_of(self, call: Call) -> Ask:
        """What this caller asks of an agent now."""
        if call.kept_until is None:
            reach = self.queues[call.queue].staff.reach(call.priority + call.bonus)
            return Ask(self.needs_of(call), reach, call.not_to)
        if call.given_by:
            return Ask((), EVERYBODY, (), call.prefer)
        reach = self.queues[call.queue].staff.reach(call.priority + call.bonus)
        only = tuple(agent for agent in call.prefer if agent not in call.not_to)
        return Ask(self.needs_of(call), reach, (), only)

    def _seat(self, agent: Agent, spec: AgentSpec | None) -> None:
        gone = spec is None
        if spec is None:
            spec = AgentSpec(id=agent.id, name="", staff_number="")
        own = {one.queue for one in spec.queues}
        agent.away = tuple(queue for queue in agent.away if queue in own)
        members = [one for one in spec.queues if one.queue not in agent.away]
        queues = tuple((self.queues[one.queue], one.tier) for one in members)
        seat = self.seats[agent.id] = Seat(agent, spec, queues, gone)
        for one in members:
            self.queues[one.queue].staff.join(seat, one)
        for device in spec.devices:
            self.seat_of_device[device.id] = seat
        seat.look_at_devices(self.state.devices)
        self.file(seat)
        if agent.until is not None:
            self.deadlines.add(agent.until, Due.AGENT_UNTIL, agent.id)
        if agent.rest_until is not None:
            self.deadlines.add(agent.rest_until, Due.AGENT_REST, agent.id)
        self.deadline_of_pause(agent)

    def _count_in(self, offer: Offer) -> None:
        queue = self.queues[offer.queue]
        if offer.answered_at is None:
            if not offer.beside:
                queue.offered += 1
            self.deadlines.add(offer.backstop_at, Due.OFFER_BACKSTOP, offer.id)
        else:
            queue.talking += 1
            self.talks[offer.call] = offer.id

    def _applies(self, kind: Due, of: str, at: float) -> bool:
        state = self.state
        if kind is Due.OFFER_BACKSTOP:
            offer = state.offers.get(OfferId(of))
            return offer is not None and offer.answered_at is None and offer.backstop_at == at
        if kind is Due.TELL_PLACE:
            call = state.calls.get(CallId(of))
            return call is not None and call.tell_at == at
        if kind is Due.RING_MORE:
            call = state.calls.get(CallId(of))
            return call is not None and call.more_at == at
        if kind is Due.PREFERENCE:
            call = state.calls.get(CallId(of))
            return call is not None and call.kept_until == at
        if kind is Due.PLACE_KEPT:
            left = state.left.get(of)
            return left is not None and left.until == at
        if kind in (Due.LOOK, Due.CALLBACK_DUE, Due.CALLBACK_EXPIRES):
            call = state.calls.get(CallId(of))
            return call is not None and call.offer is None and at == _own_time(kind, call)
        agent = state.agents.get(AgentId(of))
        if kind is Due.AGENT_PAUSE:
            return agent is not None and agent.next_pause_end == at
        return agent is not None and at == (
            agent.until if kind is Due.AGENT_UNTIL else agent.rest_until
        )

    def in_step(self, edge: EdgeId) -> bool:
        return self.state.edges.get(edge, True)

    # Agents

    def change(self, seat: Seat, event: AgentEvent, reason: str = "") -> None:
        """Take one row of the state table. Raises NotPossible for a row that is not there."""
        agent = seat.agent
        state, actions = step(agent.state, event)
        self.turn.agents[agent.id] = seat
        if state is not agent.state and AgentState.LOGGED_OUT in (state, agent.state):
            self.shift.change(agent, begins=state is not AgentState.LOGGED_OUT)
        if state is not agent.state or Action.RENEW in actions:
            agent.state, agent.since, agent.reason = state, self.state.now, reason
            agent.until = agent.rest_until = agent.missed = None
            agent.paused = event is AgentEvent.PAUSED
            if state is AgentState.LOGGED_OUT:
                agent.pauses = {}
        for action in actions:
            if action is Action.RESTART_IDLE:
                agent.idle_since = self.state.now
            elif action is Action.CLEAR_STRIKES:
                agent.strikes = {}
            elif action is Action.KEEP_FOR_LATER:
                agent.wish, agent.wish_reason = event, reason
            elif action is Action.DROP_WISH:
                agent.wish, agent.wish_reason = None, ""

    def grant_wish(self, seat: Seat) -> bool:
        """Not ready or log-out, asked for during the call that is over now. False: no wish."""
        wish, reason = seat.agent.wish, seat.agent.wish_reason
        if wish is None:
            return False
        seat.agent.wish, seat.agent.wish_reason = None, ""
        self.change(seat, wish, reason)
        return True

    def set_until(self, seat: Seat, at: float) -> None:
        """The agent's present state ends by itself then."""
        seat.agent.until = at
        self.turn.agents[seat.agent.id] = seat
        self.deadlines.add(at, Due.AGENT_UNTIL, seat.agent.id)

    def deadline_of_pause(self, agent: Agent) -> None:
        if agent.pauses and (at := agent.next_pause_end) is not None:
            self.deadlines.add(at, Due.AGENT_PAUSE, agent.id)

    def heed_pauses(self, seat: Seat) -> None:
        """Who has become ready, or is ready no more, by an input is what the causes say."""
        agent = seat.agent
        if agent.pauses and agent.state is AgentState.READY:
            self.change(seat, AgentEvent.PAUSED)
        elif agent.paused and not agent.pauses:
            self.change(seat, AgentEvent.UNPAUSED)

    def rest(self, seat: Seat, for_s: float) -> None:
        """A ready agent is offered nothing for so long."""
        at = self.state.now + for_s
        seat.agent.rest_until = at
        self.turn.agents[seat.agent.id] = seat
        self.deadlines.add(at, Due.AGENT_REST, seat.agent.id)

    def file(self, seat: Seat) -> None:
        """Bring the queues of an agent up to date with the record."""
        old, new = seat.filed, seat.filed_now()
        if new == old:
            return
        id, turn = seat.agent.id, self.turn
        seat.filed = new
        turn.agents[id] = seat
        for stale in seat.noted_in:
            stale[id] = seat
        for queue in seat.thins:
            turn.thinned[queue.spec.id] = queue
        if new.standing == FREE:
            turn.moved[id] = turn.fresh_agents[id] = seat
        elif old.standing == FREE:
            turn.moved[id] = seat
            turn.fresh_agents.pop(id, None)
        if old.stays and not new.stays:
            for queue, _ in seat.queues:
                self._gone_from(seat, queue)

    def serve(self, seat: Seat, away: tuple[QueueId, ...]) -> None:
        """The agent takes calls of all queues on the plan but these."""
        agent, before = seat.agent, dict.fromkeys(queue.spec.id for queue, _ in seat.queues)
        for queue, _ in seat.queues:
            if queue.spec.id in away:
                self._leave_queue(seat, queue)
        agent.away = away
        members = [one for one in seat.spec.queues if one.queue not in away]
        seat.sit(tuple((self.queues[one.queue], one.tier) for one in members))
        for one in members:
            if one.queue not in before:
                queue = self.queues[one.queue]
                queue.staff.join(seat, one)
                self.turn.queues[one.queue] = queue
        self.turn.agents[agent.id] = seat
        if seat.filed.standing == FREE:
            self.turn.fresh_agents[agent.id] = seat

    def skill(self, seat: Seat, skills: dict[str, int] | None) -> None:
        """Other skills than on the plan, or the plan's again: the queues she serves look at her as
        at one who comes anew."""
        away = seat.agent.away
        self.serve(seat, tuple(one.queue for one in seat.spec.queues))
        seat.agent.skills = skills
        seat.skills = seat.spec.skills if skills is None else skills
        self.serve(seat, away)

    def _leave_queue(self, seat: Seat, queue: LiveQueue) -> None:
        turn, id = self.turn, queue.spec.id
        queue.staff.part(seat.agent.id)
        turn.queues[id] = queue
        if queue.leaves_empty:
            turn.thinned[id] = queue
        if seat.filed.stays:
            self._gone_from(seat, queue)

    def _gone_from(self, seat: Seat, queue: LiveQueue) -> None:
        """The agent will not come free in this queue by herself: callers who excluded others may
        have nobody else left, and nobody is kept for her any more."""
        if queue.waiting.restricted:
            self.turn.recheck[queue.spec.id] = queue
        for line in list(queue.waiting.kept_for.get(seat.agent.id, {}).values()):
            for call in line.callers():
                self.move(self.state.calls[call])

    # Calls

    def wait(self, call: Call, *, looked: bool = False) -> None:
        """A caller begins to wait, or goes on waiting; a queue that is gone releases her.
        ``looked``: when the queue's recipe looks at her next is settled apart."""
        self.state.calls[call.id] = call
        call.offer = None
        queue = self.queues[call.queue]
        if queue.gone:
            self.release(call, Released.FAILED)
            return
        self.weigh(call)
        if call.kept_until is not None and not self._worth_keeping(call, queue):
            call.kept_until, call.given_by = None, ""
        self.turn.fresh_calls[call.id] = call
        self.turn.queues[call.queue] = queue
        if not looked and queue.watches(call):
            self.turn.looks[call.id] = call

    def move(self, call: Call) -> None:
        """Something about a caller has changed: if she stands in a line, it is another one now."""
        queue = self.queues[call.queue]
        if call.id in queue.waiting:
            queue.waiting.remove(call.id)
            self.wait(call, looked=True)
        elif call.id in self.turn.fresh_calls:
            self.wait(call, looked=True)

    def weigh(self, call: Call) -> None:
        """What floor and queue make of her priority."""
        call.bonus = self.queues[call.queue].spec.priority_of.get(call.level, 0)
        floor = self.state.floor
        call.ageing_s = floor.priority_s if floor is not None else 0.0

    def prefer(self, call: Call, agents: tuple[AgentId, ...]) -> None:
        """She prefers these, and waits for one of them as long as her queue says."""
        call.prefer = agents[:PREFERRED_MAX]
        wait_s = self.queues[call.queue].spec.prefer_wait_s
        if call.prefer and wait_s > 0:
            self.keep(call, self.state.now + wait_s)

    def keep(self, call: Call, until: float) -> None:
        """Until then she waits for one of those she prefers, as long as one of them is at work."""
        call.kept_until = until
        self.deadlines.add(until, Due.PREFERENCE, call.id)

    def _worth_keeping(self, call: Call, queue: LiveQueue) -> bool:
        if call.kept_until is None or call.kept_until <= self.state.now:
            return False
        ask = self.ask_of(call)
        staying = queue.staff.bench(ask.needs, ask.reach).staying
        return any(agent in staying for agent in ask.only)

    def go_on(self, call: Call) -> None:
        """One of her offers is over: she waits on, unless other phones still ring for her."""
        if call.offer is None:
            self.wait(call)
        else:
            self.turn.more = True

    def release(self, call: Call, reason: Released, step: str = "") -> None:
        """Her session goes on by ``reason``; who was to be called back is not."""
        if call.callback is not None:
            self.break_promise(call, CallbackEnd.FAILED)
            return
        self.forget(call)
        self.turn.commands.append(
            ReleaseCaller(
                edge=call.edge, call=call.id, token=self.state.token, reason=reason, step=step
            )
        )

    def forget(self, call: Call) -> None:
        """The caller waits no more. An offer open for her is the business of who calls this."""
        self.state.calls.pop(call.id, None)
        self.together.pop(call.id, None)
        self.forget_place(call)
        if call.callback is not None:
            self.queues[call.queue].callbacks -= 1
            self.queues[call.queue].aside -= call.callback.parked
            for key in _promise_keys(call):
                if self.promises.get(key) == call.id:
                    del self.promises[key]

    # Calling back

    def keep_promise(self, call: Call) -> None:
        """She will be called back, and is known by her number until then."""
        queue = self.queues[call.queue]
        queue.callbacks += 1
        self.turn.queues[call.queue] = queue
        for key in _promise_keys(call):
            self.promises[key] = call.id

    def take_back_promise(self, call: Call) -> None:
        """She is not to be called back any more; an agent kept for her is free."""
        offer = self.state.offers.get(call.offer) if call.offer is not None else None
        self.forget(call)
        if offer is not None:
            self.withdraw(offer)
            self.let_go(offer)

    def break_promise(self, call: Call, end: CallbackEnd) -> None:
        """She was not reached; somebody should know of it."""
        callback = call.callback
        assert callback is not None
        self.forget(call)
        self.turn.commands.append(
            EndCallback(
                edge=call.edge,
                call=call.id,
                token=self.state.token,
                queue=call.queue,
                number=callback.number,
                end=end,
                attempts=call.attempt,
                asked_at=callback.asked_at,
                language=callback.language,
                context=callback.context,
            )
        )

    def forget_place(self, call: Call) -> None:
        """She stands in no line."""
        self.turn.fresh_calls.pop(call.id, None)
        queue = self.queues[call.queue]
        queue.waiting.remove(call.id)
        if not len(queue.waiting):
            queue.pace.emptied()
        self.turn.queues[call.queue] = queue

    def tell_place_later(self, call: Call) -> None:
        """As often as her queue says, from now on."""
        every_s = self.queues[call.queue].spec.announce_every_s
        call.tell_at = self.state.now + every_s if every_s > 0 else None
        self.deadline_of_place(call)

    def deadline_of_place(self, call: Call) -> None:
        if call.tell_at is not None:
            self.deadlines.add(call.tell_at, Due.TELL_PLACE, call.id)

    # Offers

    def open_offer(
        self,
        id: OfferId,
        call: Call,
        seat: Seat,
        device: DeviceId,
        tried: tuple[DeviceId, ...],
        room: int = 0,
    ) -> Offer:
        """Ready agent and waiting caller belong to this offer from now on. ``room``: so many phones
        may ring for her at once; 0: this one alone."""
        state, queue = self.state, self.queues[call.queue]
        state.offers_made += 1
        offer = Offer(
            id=id,
            call=call.id,
            edge=call.edge,
            queue=call.queue,
            agent=seat.agent.id,
            device=device,
            offered_at=state.now,
            backstop_at=state.now + queue.unreported_after_s,
            tried=tried,
            beside=call.offer is not None,
        )
        state.offers[id] = offer
        queue.waiting.remove(call.id)
        self.turn.fresh_calls.pop(call.id, None)
        seat.agent.offer = id
        if call.offer is None:
            call.offer = id
        else:
            call.beside = (*call.beside, id)
        if room:
            self._make_room(call, queue, room)
        if queue.spec.strategy is Strategy.ROUND_ROBIN:
            state.turns[call.queue] = seat.agent.id
        self.change(seat, AgentEvent.OFFERED)
        self.file(seat)
        self.turn.queues[call.queue] = queue
        self._count_in(offer)
        return offer

    def _make_room(self, call: Call, queue: LiveQueue, room: int) -> None:
        call.room = room
        self.together[call.id] = call
        self.turn.more = True
        if queue.spec.strategy is Strategy.PROGRESSIVE:
            call.more_at = self.state.now + queue.spec.together.every_s
            self.deadlines.add(call.more_at, Due.RING_MORE, call.id)

    def answer(self, offer: Offer) -> None:
        """The answer token is taken: the caller waits no more, the agent talks; whoever else was
        being rung for her is let go without a strike."""
        state, queue = self.state, self.queues[offer.queue]
        offer.answered_at = state.now
        call = state.calls.pop(offer.call, None)
        if call is not None and call.promised is not None:
            queue.pace.judge(state.now, *call.promised)
        queue.offered -= 1
        queue.talking += 1
        offer.beside = False
        self.together.pop(offer.call, None)
        self.talks[offer.call] = offer.id
        queue.pace.answered(state.now, len(queue.waiting))
        self.turn.queues[offer.queue] = queue
        self.shift.answered(self.seats[offer.agent].agent)
        self.change(self.seats[offer.agent], AgentEvent.ANSWERED)
        self._begin_talk(offer)
        if call is not None and call.beside:
            for other in [state.offers[id] for id in call.offers if id != offer.id]:
                # Her place among those offered went with the answer.
                other.beside = True
                self.withdraw(other)
                self.let_go(other)

    def engage(self, offer: Offer) -> None:
        """An agent without a call talks: an offer that begins answered, of a caller who never
        waited. Who was not ready is so again afterwards."""
        seat, queue = self.seats[offer.agent], self.queues[offer.queue]
        agent = seat.agent
        back = agent.state is AgentState.NOT_READY and not agent.paused
        reason = agent.reason
        self.state.offers[offer.id] = offer
        queue.talking += 1
        self.talks[offer.call] = offer.id
        self.turn.queues[offer.queue] = queue
        agent.offer = offer.id
        self.change(seat, AgentEvent.ENGAGED)
        self._begin_talk(offer)
        if back:
            agent.wish, agent.wish_reason = AgentEvent.WENT_NOT_READY, reason

    def _begin_talk(self, offer: Offer) -> None:
        self.seats[offer.agent].agent.last = LastTalk(
            offer=offer.id, call=offer.call, edge=offer.edge, queue=offer.queue
        )

    def owes_disposition(self, seat: Seat) -> bool:
        """Her queue wants to know what came of the talk before its wrap-up ends."""
        last = seat.agent.last
        if last is None or last.disposition or seat.agent.state not in WITH_A_TALK:
            return False
        queue = self.queues.get(last.queue)
        return queue is not None and queue.spec.disposition_required

    def close_offer(self, offer: Offer) -> Seat:
        """Offer or talk is over. The agent still has the state it gave; the caller, if she is still
        there, belongs to nobody."""
        state, queue = self.state, self.queues[offer.queue]
        del state.offers[offer.id]
        call = state.calls.get(offer.call)
        if call is not None and offer.id in call.offers:
            self._one_phone_less(call, offer)
        seat = self.seats[offer.agent]
        if queue.at_cap():
            self.turn.reopened[offer.queue] = queue
        if offer.answered_at is not None:
            queue.talking -= 1
            self.talks.pop(offer.call, None)
            self.shift.talked(seat.agent, state.now - offer.answered_at)
        elif not offer.beside:
            queue.offered -= 1
        self.turn.queues[offer.queue] = queue
        seat.agent.offer = None
        self._forget_own_ringing(offer, seat)
        return seat

    def _one_phone_less(self, call: Call, offer: Offer) -> None:
        others = tuple(id for id in call.offers if id != offer.id)
        call.offer, call.beside = (others[0], others[1:]) if others else (None, ())
        if not others:
            call.room, call.more_at = 0, None
            self.together.pop(call.id, None)
        elif not offer.beside:
            # The one after it is now counted for her.
            offer.beside, self.state.offers[others[0]].beside = True, False

    def take_back_offers(self, call: Call) -> None:
        """Whoever is being rung for her is free at once, without a strike. Say what becomes of her
        first."""
        offers = [self.state.offers[id] for id in call.offers]
        call.offer, call.beside, call.room, call.more_at = None, (), 0, None
        for offer in offers:
            self.withdraw(offer)
            self.let_go(offer)

    def _forget_own_ringing(self, offer: Offer, seat: Seat) -> None:
        """What Asterisk said of the telephone was about our own leg, which is gone now; its next
        word may take a moment, and the agent should not."""
        device = self.state.devices.get(offer.device)
        if device is not None and device.state in (DeviceState.RINGING, DeviceState.IN_USE):
            device.state = DeviceState.UNKNOWN
            seat.look_at_devices(self.state.devices)
            # A plan made meanwhile may have given the telephone to somebody else.
            owner = self.seat_of_device.get(offer.device)
            if owner is not None and owner is not seat:
                owner.look_at_devices(self.state.devices)
                self.file(owner)

    def withdraw(self, offer: Offer) -> None:
        """Ask the edge to stop ringing; what becomes of agent and caller is said apart."""
        self.turn.commands.append(
            WithdrawOffer(edge=offer.edge, call=offer.call, token=self.state.token, offer=offer.id)
        )

    def postpone_backstop(self, offer: Offer, by_s: float) -> None:
        """Give the edge at least so long from now to report on this offer."""
        offer.backstop_at = max(offer.backstop_at, self.state.now + by_s)
        self.deadlines.add(offer.backstop_at, Due.OFFER_BACKSTOP, offer.id)

    def let_go(self, offer: Offer, rest_s: float = 0.0) -> None:
        """The offer ended through nobody's fault: no strike, the idle place is kept."""
        seat = self.close_offer(offer)
        self.change(seat, AgentEvent.RELEASED)
        if not self.grant_wish(seat) and rest_s > 0:
            self.rest(seat, rest_s)

    def end_talk(self, offer: Offer) -> None:
        """To wrap-up, or straight to what the agent asked for during the talk."""
        seat = self.close_offer(offer)
        owes = self.owes_disposition(seat)
        own_s = seat.spec.wrap_up_s
        wrap_up_s = self.queues[offer.queue].spec.wrap_up_s if own_s is None else own_s
        self.change(seat, AgentEvent.TALK_ENDED)
        if owes:
            # What was wished for is done when she has said it.
            self.set_until(seat, self.state.now + max(wrap_up_s, OWED_S))
        elif seat.agent.wish is not None:
            self.end_wrap_up(seat)
        elif wrap_up_s > 0:
            self.set_until(seat, self.state.now + wrap_up_s)
        else:
            self.end_wrap_up(seat)

    def end_wrap_up(self, seat: Seat) -> None:
        """Ready again, or what was asked for during the call."""
        self.change(seat, AgentEvent.WRAP_UP_OVER)
        self.grant_wish(seat)


def _kept_from(floor: FloorSpec) -> dict[QueueId, tuple[int, ...]]:
    """By queue the priorities from which agents of the plan are kept for callers."""
    found: dict[QueueId, set[int]] = {}
    for agent in floor.agents:
        for member in agent.queues:
            if member.reserved_from is not None:
                found.setdefault(member.queue, set()).add(member.reserved_from)
    return {queue: tuple(sorted(priorities)) for queue, priorities in found.items()}


def _own_time(kind: Due, call: Call) -> float | None:
    if kind is Due.LOOK:
        return call.look_at
    if call.callback is None:
        return None
    return call.callback.due_at if kind is Due.CALLBACK_DUE else call.callback.expires_at


def _promise_keys(call: Call) -> frozenset[str]:
    assert call.callback is not None
    numbers = {call.telephone, call.callback.number}
    return frozenset(place_key(call.queue, number) for number in numbers if number)
