"""The floor in motion: the state, every index made of it, and the few moves that change both.

Each move leaves state and indexes agreeing (acd.invariants checks it). Which agent gets which call
is not decided here (acd.match), nor what an input means (acd.on_*).
"""

from acd.agents import Action, AgentEvent, step
from acd.choose import Skills
from acd.deadlines import Deadlines, Due
from acd.expected import Pace
from acd.live_queue import LiveQueue
from acd.seat import Seat
from acd.staff import FREE
from acd.state import Agent, Call, FloorState, Offer
from acd.turn import Turn
from calls.commands import ReleaseCaller, WithdrawOffer
from calls.floor import AgentSpec
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.words import DeviceState

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
        self.skills_of: dict[AgentId, Skills] = {}
        self.talks: dict[CallId, OfferId] = {}
        self.deadlines = Deadlines(self._applies)
        if floor is None:
            return
        for spec in floor.queues:
            pace = state.paces.setdefault(spec.id, Pace())
            self.queues[spec.id] = LiveQueue(spec, floor.ring_cycle_s, pace, gone=False)
        for spec in state.closing.values():
            self.queues[spec.id] = LiveQueue(spec, floor.ring_cycle_s, Pace(), gone=True)
        for offer in state.offers.values():
            self._count_in(offer)
        specs = {spec.id: spec for spec in floor.agents}
        for agent in state.agents.values():
            self._seat(agent, specs.get(agent.id))
        for call in state.calls.values():
            self.deadline_of_place(call)
            if call.offer is None:
                queue = self.queues[call.queue]
                queue.waiting.add(call, queue.needs_of(call.needs))

    def _seat(self, agent: Agent, spec: AgentSpec | None) -> None:
        gone = spec is None
        if spec is None:
            spec = AgentSpec(id=agent.id, name="", staff_number="")
        queues = tuple((self.queues[one.queue], one.tier) for one in spec.queues)
        seat = self.seats[agent.id] = Seat(agent, spec, queues, gone)
        self.skills_of[agent.id] = seat.skills
        for queue, _ in queues:
            queue.staff.join()
        for device in spec.devices:
            self.seat_of_device[device.id] = seat
        seat.look_at_devices(self.state.devices)
        self.file(seat)
        if agent.until is not None:
            self.deadlines.add(agent.until, Due.AGENT_UNTIL, agent.id)
        if agent.rest_until is not None:
            self.deadlines.add(agent.rest_until, Due.AGENT_REST, agent.id)

    def _count_in(self, offer: Offer) -> None:
        queue = self.queues[offer.queue]
        if offer.answered_at is None:
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
        agent = state.agents.get(AgentId(of))
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
        if state is not agent.state or Action.RENEW in actions:
            agent.state, agent.since, agent.reason = state, self.state.now, reason
            agent.until = agent.rest_until = agent.missed = None
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
        agent, turn = seat.agent, self.turn
        freed = new.standing == FREE
        for queue, tier in seat.queues:
            queue.staff.refile(agent.id, tier, seat.skills, old, new)
            if freed or old.standing == FREE:
                turn.queues[queue.spec.id] = queue
            if old.stays and not new.stays and queue.waiting.restricted:
                turn.recheck[queue.spec.id] = queue
        seat.filed = new
        turn.agents[agent.id] = seat
        if freed:
            turn.fresh_agents[agent.id] = seat
        else:
            turn.fresh_agents.pop(agent.id, None)

    # Calls

    def wait(self, call: Call) -> None:
        """A caller begins to wait, or goes on waiting; a queue that is gone releases her."""
        self.state.calls[call.id] = call
        call.offer = None
        if self.queues[call.queue].gone:
            self.release(call, "queue removed")
        else:
            self.turn.fresh_calls[call.id] = call
            self.turn.queues[call.queue] = self.queues[call.queue]

    def release(self, call: Call, reason: str) -> None:
        self.forget(call)
        self.turn.commands.append(
            ReleaseCaller(edge=call.edge, call=call.id, token=self.state.token, reason=reason)
        )

    def forget(self, call: Call) -> None:
        """The caller waits no more. An offer open for her is the business of who calls this."""
        self.state.calls.pop(call.id, None)
        self.turn.fresh_calls.pop(call.id, None)
        queue = self.queues[call.queue]
        queue.waiting.remove(call.id)
        if not len(queue.waiting):
            queue.pace.emptied()
        self.turn.queues[call.queue] = queue

    def deadline_of_place(self, call: Call) -> None:
        if call.tell_at is not None:
            self.deadlines.add(call.tell_at, Due.TELL_PLACE, call.id)

    # Offers

    def open_offer(
        self, id: OfferId, call: Call, seat: Seat, device: DeviceId, tried: tuple[DeviceId, ...]
    ) -> Offer:
        """Ready agent and waiting caller belong to this offer from now on."""
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
        )
        state.offers[id] = offer
        queue.waiting.remove(call.id)
        self.turn.fresh_calls.pop(call.id, None)
        call.offer = seat.agent.offer = id
        self.change(seat, AgentEvent.OFFERED)
        self.file(seat)
        self.turn.queues[call.queue] = queue
        self._count_in(offer)
        return offer

    def answer(self, offer: Offer) -> None:
        """The answer token is taken: the caller waits no more, the agent talks."""
        state, queue = self.state, self.queues[offer.queue]
        offer.answered_at = state.now
        state.calls.pop(offer.call, None)
        queue.offered -= 1
        queue.talking += 1
        self.talks[offer.call] = offer.id
        queue.pace.answered(state.now, len(queue.waiting))
        self.turn.queues[offer.queue] = queue
        self.change(self.seats[offer.agent], AgentEvent.ANSWERED)

    def close_offer(self, offer: Offer) -> Seat:
        """Offer or talk is over. The agent still has the state it gave; the caller, if she is still
        there, belongs to nobody."""
        state, queue = self.state, self.queues[offer.queue]
        del state.offers[offer.id]
        if offer.answered_at is None:
            queue.offered -= 1
        else:
            queue.talking -= 1
            self.talks.pop(offer.call, None)
        self.turn.queues[offer.queue] = queue
        seat = self.seats[offer.agent]
        seat.agent.offer = None
        call = state.calls.get(offer.call)
        if call is not None and call.offer == offer.id:
            call.offer = None
        self._forget_own_ringing(offer, seat)
        return seat

    def _forget_own_ringing(self, offer: Offer, seat: Seat) -> None:
        """What Asterisk said of the telephone was about our own leg, which is gone now; its next
        word may take a moment, and the agent should not."""
        device = self.state.devices.get(offer.device)
        if device is not None and device.state in (DeviceState.RINGING, DeviceState.IN_USE):
            device.state = DeviceState.UNKNOWN
            seat.look_at_devices(self.state.devices)

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
        wrap_up_s = self.queues[offer.queue].spec.wrap_up_s
        seat = self.close_offer(offer)
        self.change(seat, AgentEvent.TALK_ENDED)
        if seat.agent.wish is not None:
            self.change(seat, AgentEvent.WRAP_UP_OVER)
            self.grant_wish(seat)
        elif wrap_up_s > 0:
            self.set_until(seat, self.state.now + wrap_up_s)
        else:
            self.change(seat, AgentEvent.WRAP_UP_OVER)
