"""Anything in any order: a rule-based search for an input that leaves the floor wrong.

Checked after every input: all invariants, that a restored engine is the same engine, that a replay
of input and commands is too, and that nobody was offered to while a better caller waited.
"""

from random import SystemRandom

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.json import decode
from msgspec.structs import replace

from acd.engine import Engine, restore
from acd.invariants import may_take, violations
from acd.state import FloorState
from acd.watch import Watch
from calls.commands import OfferCall
from calls.floor import (
    AgentSpec,
    CallbackRule,
    Condition,
    NoAnswerRule,
    RecipeStep,
    Relaxation,
    RingTogether,
)
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.inputs import (
    AgentFreed,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentPaused,
    AgentReady,
    AgentServes,
    AgentSkilled,
    AgentUnpaused,
    CallAssigned,
    CallbackCancelled,
    CallbackWanted,
    CallerKnown,
    CallerLeft,
    CallMoved,
    CallPicked,
    CallPrioritised,
    CallQueued,
    CallWithdrawn,
    DeviceChanged,
    EdgeLost,
    EdgeSynced,
    FloorConfigured,
    FloorRechecked,
    Input,
    OfferAnswered,
    OfferFailed,
    OfferRang,
    QueueHours,
    TalkEnded,
    TimePassed,
    WrapUpExtended,
    WrapUpFinished,
)
from calls.words import (
    AgentState,
    Closing,
    DeviceState,
    LeaveReason,
    Level,
    NoAnswer,
    Party,
    Released,
    Standing,
    Strategy,
)
from tests.acd.scene import agent, floor, needs, queue

pytestmark = pytest.mark.story

AGENTS = ("ann", "ben", "cai", "dot")
CALLS = tuple(f"c{number}" for number in range(8))
EDGES = ("east", "west")
RULES = {
    NoAnswer.RANG_OUT: NoAnswerRule(strikes=2),
    NoAnswer.REJECTED: NoAnswerRule(strikes=3, rest_s=5.0, returns_after_s=20.0),
    NoAnswer.BUSY: NoAnswerRule(strikes=1, then=AgentState.NOT_READY, returns_after_s=9.0),
    NoAnswer.NEVER_RANG: NoAnswerRule(strikes=1, then=AgentState.LOGGED_OUT),
}
RECIPE = (
    RecipeStep(when=Condition(waited_s=6.0), again_every_s=9.0, announce="one-moment"),
    RecipeStep(when=Condition(waited_s=12.0), needs=needs(german=0), priority=2),
    RecipeStep(when=Condition(waited_s=20.0, queued_over=1), queue=QueueId("sales")),
    RecipeStep(when=Condition(missed_over=1, available_under=1), offer_callback=True),
    RecipeStep(when=Condition(waited_s=60.0, place_under=3), leave=Released.OVERFLOW),
)
CALLS_BACK = CallbackRule(tries=2, retry_s=20.0, expires_s=200.0, abandoned_after_s=15.0)
QUEUES = (
    queue(
        "sales",
        wrap_up_s=4.0,
        announce_every_s=7.0,
        no_answer=RULES,
        max_waiting=5,
        closing=Closing.CALLBACK,
        callback=CALLS_BACK,
        keep_place_s=30.0,
    ),
    queue(
        "service",
        weight=2,
        needs=needs(german=2),
        no_answer=RULES,
        recipe=RECIPE,
        callback=CALLS_BACK,
        leave_empty=(Standing.LOGGED_OUT,),
    ),
    queue(
        "all",
        strategy=Strategy.RING_ALL,
        together=RingTogether(at_most=3),
        no_answer=RULES,
        callback=CALLS_BACK,
    ),
    queue("more", strategy=Strategy.PROGRESSIVE, together=RingTogether(every_s=4.0)),
)
CHOOSY = (
    queue(
        "sales",
        strategy=Strategy.ROUND_ROBIN,
        max_talks=2,
        prefer_wait_s=9.0,
        priority_of={Level.VIP: 2},
        no_answer=RULES,
    ),
    queue("service", strategy=Strategy.WEIGHTED_RANDOM, weight=2, wrap_up_s=4.0),
    queue("all", strategy=Strategy.FEWEST_CALLS, prefer_wait_s=20.0, needs=needs(german=1)),
    queue("more", strategy=Strategy.LEAST_TALK, no_answer=RULES, max_talks=1),
)


def kept(spec: AgentSpec, **place: int) -> AgentSpec:
    """The agent with this place in each queue."""
    members = tuple(replace(member, **place) for member in spec.queues)
    return replace(spec, queues=members)


RELAX = (
    Relaxation(after_s=10.0, needs=needs(german=1)),
    Relaxation(after_s=30.0, needs=needs(german=0, vip=0)),
)
NUMBERS = ("", "+8613800000001", "+8613800000002")
PLANS = (
    floor(
        agent("ann", "sales", "all", "more", devices=("ann-web", "ann-desk")),
        agent(
            "ben",
            "sales:2",
            "service:1",
            "all",
            "more",
            german=3,
            devices=("ben-desk", "ben-mobile"),
        ),
        agent("cai", "service:1", "sales:1", "all:2", german=2, vip=1),
        agent("dot", "sales:1", "all", "more:2", vip=2),
        queues=QUEUES,
    ),
    floor(
        agent("ben", "sales", german=1),
        agent("cai", "sales", devices=("cai-desk", "ann-desk")),
        agent("dot", "sales:2", vip=1),
        queues=QUEUES[:1],
        version=2,
    ),
    replace(
        floor(
            kept(agent("ann", "sales", "service", "more"), weight=3),
            kept(agent("ben", "sales", "service", "all", german=3), reserved_from=2),
            kept(agent("cai", "sales", "all", "more", german=1), rank=2),
            agent("dot", "sales:2", "service", "all", "more", vip=1, german=2),
            queues=CHOOSY,
            version=3,
        ),
        priority_s=10.0,
    ),
)
DEVICES = ("ann-web", "ann-desk", "ben-desk", "ben-mobile", "cai-desk", "dot-desk")

RESTORED_EVERY = 5
"""Making every index anew costs as much as twenty inputs."""
NOBODY, NOWHERE, GONE = AgentId("无人 \x00"), QueueId(""), OfferId("x" * 10_000)
NONSENSE: tuple[Input, ...] = (
    AgentLoggedIn(agent=NOBODY),
    AgentNotReady(agent=NOBODY, reason="午饭"),
    WrapUpExtended(agent=AgentId("ann"), by_s=float("nan")),
    WrapUpExtended(agent=AgentId("ann"), by_s=float("inf")),
    WrapUpExtended(agent=AgentId("ann"), by_s=-1.0),
    WrapUpFinished(agent=NOBODY),
    CallerLeft(call=CallId(""), reason=LeaveReason.LOST),
    OfferRang(offer=GONE),
    OfferAnswered(offer=GONE),
    OfferFailed(offer=GONE, why=NoAnswer.RANG_OUT),
    TalkEnded(offer=GONE, by=Party.AGENT),
    DeviceChanged(edge=EdgeId(""), device=DeviceId("nobody's"), state=DeviceState.IDLE),
    QueueHours(queue=NOWHERE, open=False),
    CallbackWanted(call=CallId("'; --"), number="1"),
    CallbackCancelled(call=CallId("'; --"), by="boss"),
    FloorConfigured(floor=replace(PLANS[0], queues=(QUEUES[0], QUEUES[0]))),
    FloorConfigured(floor=replace(PLANS[0], ring_cycle_s=float("nan"))),
    FloorConfigured(floor=replace(PLANS[0], queues=())),
)
"""Said in any state, each of these makes no sense."""

agents = st.sampled_from(AGENTS).map(AgentId)
calls = st.sampled_from(CALLS).map(CallId)
edges = st.sampled_from(EDGES).map(EdgeId)
which = st.integers(0, 7)


class Floor(RuleBasedStateMachine):
    @initialize(plan=st.sampled_from([PLANS[0], PLANS[2]]))
    def open(self, plan) -> None:
        self.engine, self.twin, self.now = Engine(), Engine(), 100.0
        self.watch, self.said = Watch(), 0
        self.say(FloorConfigured(floor=plan))
        for name in AGENTS[:3]:
            self.say(AgentLoggedIn(agent=AgentId(name)))
            self.say(AgentReady(agent=AgentId(name)))

    def say(self, said: Input) -> None:
        engine = self.engine
        before = engine.snapshot()
        decision = engine.apply(said, self.now)
        self.said += 1
        assert violations(engine) == []
        after = engine.snapshot()
        if decision.refused is None:
            assert self.watch.look(engine.live) == []
            self.twin.recall(said, self.now, decision.commands)
        else:
            assert after == before
        assert self.twin.snapshot() == after
        if self.said % RESTORED_EVERY == 0:
            assert restore(after).snapshot() == after
        if any(isinstance(one, OfferCall) for one in decision.commands):
            self.nobody_was_overtaken(decision.commands)

    def nobody_was_overtaken(self, commands: tuple[object, ...]) -> None:
        """The agent just offered could not have taken a waiting caller who goes before."""
        before = restore(self.engine.snapshot()).live
        reasons = self.engine.live.turn.why
        again = {why.offer for why in reasons if why.again or why.kept or why.by_hand}
        for one in commands:
            if not isinstance(one, OfferCall) or one.offer in again:
                continue
            offered = self.engine.live.state.calls[one.call]
            agent = before.state.agents[one.agent]
            agent.state, former = AgentState.READY, agent.state
            for call in before.state.calls.values():
                if call.offer is None and self.goes_before(call, offered):
                    assert not may_take(before, agent, call), (call, offered)
            agent.state = former

    def goes_before(self, call, other) -> bool:
        weight = {queue.id: -queue.weight for queue in QUEUES}
        return (weight[call.queue], call.order) < (weight[other.queue], other.order)

    def some_offer(self) -> bool:
        return bool(self.engine.live.state.offers)

    def some_ringing(self) -> bool:
        offers = self.engine.live.state.offers.values()
        return any(offer.answered_at is None for offer in offers)

    def offer(self, nth: int, answered: bool | None = None) -> OfferId:
        """One of the offers there are, or one there is not."""
        open_ = [
            offer.id
            for offer in self.engine.live.state.offers.values()
            if answered is None or (offer.answered_at is not None) == answered
        ]
        return open_[nth % len(open_)] if open_ else OfferId("none")

    @rule(by_s=st.sampled_from([0.5, 3.0, 15.0, 40.0]))
    def wait(self, by_s: float) -> None:
        end = self.now + by_s
        while (at := self.engine.next_deadline()) is not None and at <= end:
            self.now = max(self.now, at)
            self.say(TimePassed())
        self.now = end

    @rule(by_s=st.sampled_from([10.0, 60.0]))
    def wait_without_being_woken(self, by_s: float) -> None:
        self.now += by_s

    @rule(
        call=calls,
        edge=edges,
        queue=st.sampled_from(["sales", "service", "all", "more", "nowhere"]),
        priority=st.sampled_from([0, 0, 0, 3]),
        own=st.sampled_from([(), (), needs(vip=1), needs(german=3)]),
        relax=st.sampled_from([(), (), RELAX]),
        waited_s=st.sampled_from([0.0, 0.0, 50.0]),
        at_head=st.booleans(),
        not_to=st.lists(agents, max_size=2),
        number=st.sampled_from(NUMBERS),
        prefer=st.lists(agents, max_size=2, unique=True),
        level=st.sampled_from(Level),
    )
    def queue(
        self,
        call,
        edge,
        queue,
        priority,
        own,
        relax,
        waited_s,
        at_head,
        not_to,
        number,
        prefer,
        level,
    ) -> None:
        known = self.engine.live.state.calls.get(call)
        self.say(
            CallQueued(
                call=call,
                edge=known.edge if known else edge,
                queue=QueueId(queue),
                priority=priority,
                needs=own,
                relax=relax,
                waited_s=waited_s,
                at_head=at_head,
                not_to=tuple(not_to),
                number=number,
                prefer=tuple(prefer),
                level=level,
            )
        )

    @rule(call=calls, level=st.sampled_from(Level), prefer=st.lists(agents, max_size=2))
    def is_found(self, call: CallId, level: Level, prefer: list[AgentId]) -> None:
        self.say(CallerKnown(call=call, level=level, prefer=tuple(dict.fromkeys(prefer))))

    @rule(call=calls, priority=st.sampled_from([-1, 0, 3, 5_000]))
    def prioritise(self, call: CallId, priority: int) -> None:
        self.say(CallPrioritised(call=call, priority=priority, by="li.na"))

    @rule(call=calls, agent=agents)
    def pick(self, call: CallId, agent: AgentId) -> None:
        self.say(CallPicked(call=call, agent=agent, by=agent))

    @rule(call=calls, agent=agents, keep_s=st.sampled_from([5.0, 30.0]))
    def assign(self, call: CallId, agent: AgentId, keep_s: float) -> None:
        self.say(CallAssigned(call=call, agent=agent, by="li.na", keep_s=keep_s))

    @rule(call=calls, queue=st.sampled_from(["sales", "service", "nowhere"]))
    def move(self, call: CallId, queue: str) -> None:
        self.say(CallMoved(call=call, queue=QueueId(queue), by="li.na"))

    @rule(call=calls, to=st.sampled_from([Released.OVERFLOW, Released.VOICEMAIL, Released.FULL]))
    def withdraw(self, call: CallId, to: Released) -> None:
        self.say(CallWithdrawn(call=call, to=to, by="li.na"))

    def virtual(self, nth: int) -> CallId:
        """Somebody who is to be called back, or a caller who is not."""
        promised = [call.id for call in self.engine.callbacks()]
        return promised[nth % len(promised)] if promised else CallId("c0")

    @rule(call=calls, number=st.sampled_from(NUMBERS))
    def want_a_call_back(self, call: CallId, number: str) -> None:
        self.say(CallbackWanted(call=call, number=number, context="where she was"))

    @rule(nth=which, call=calls)
    def is_called_back(self, nth: int, call: CallId) -> None:
        first = self.virtual(nth)
        known = self.engine.live.state.calls.get(first)
        edge = known.edge if known else EdgeId("east")
        if call not in self.engine.live.state.calls:
            queue = known.queue if known else QueueId("sales")
            self.say(CallQueued(call=call, edge=edge, queue=queue, returns=first))

    @rule(nth=which)
    def cancel_a_call_back(self, nth: int) -> None:
        self.say(CallbackCancelled(call=self.virtual(nth), by="boss"))

    @rule(
        queue=st.sampled_from(["sales", "service", "all", "more", "nowhere"]),
        open=st.booleans(),
        callbacks=st.booleans(),
    )
    def hours(self, queue: str, open: bool, callbacks: bool) -> None:
        self.say(QueueHours(queue=QueueId(queue), open=open, callbacks=callbacks))

    @rule(call=calls)
    def leave(self, call: CallId) -> None:
        self.say(CallerLeft(call=call, reason=LeaveReason.HUNG_UP))

    @rule(nth=which)
    def ring(self, nth: int) -> None:
        self.say(OfferRang(offer=self.offer(nth)))

    @precondition(some_ringing)
    @rule(nth=which)
    def answer_ringing(self, nth: int) -> None:
        self.say(OfferAnswered(offer=self.offer(nth, answered=False)))

    @rule(nth=which)
    def answer(self, nth: int) -> None:
        self.say(OfferAnswered(offer=self.offer(nth)))

    @rule(nth=which, why=st.sampled_from(NoAnswer))
    def fail(self, nth: int, why: NoAnswer) -> None:
        self.say(OfferFailed(offer=self.offer(nth), why=why))

    @precondition(some_ringing)
    @rule(nth=which)
    def own_leg_rings_and_is_not_registered_after_all(self, nth: int) -> None:
        offer = self.engine.live.state.offers[self.offer(nth, answered=False)]
        self.device(offer.device, offer.edge, DeviceState.RINGING)
        self.say(OfferFailed(offer=offer.id, why=NoAnswer.NOT_REGISTERED))

    @precondition(some_ringing)
    @rule(nth=which, why=st.sampled_from(NoAnswer))
    def fail_ringing(self, nth: int, why: NoAnswer) -> None:
        self.say(OfferFailed(offer=self.offer(nth, answered=False), why=why))

    @precondition(some_ringing)
    @rule(nth=which, why=st.sampled_from(NoAnswer), times=st.integers(2, 4))
    def fail_in_a_row(self, nth: int, why: NoAnswer, times: int) -> None:
        for _ in range(times):
            self.say(OfferFailed(offer=self.offer(nth, answered=False), why=why))

    @precondition(some_offer)
    @rule(nth=which, answered=st.sampled_from([True, True, None]))
    def end(self, nth: int, answered: bool | None) -> None:
        self.say(TalkEnded(offer=self.offer(nth, answered), by=Party.CALLER))

    @rule(
        agent=agents,
        said=st.sampled_from(
            [AgentLoggedIn, AgentLoggedOut, AgentReady, AgentReady, WrapUpFinished]
        ),
    )
    def person(self, agent: AgentId, said: type) -> None:
        self.say(said(agent=agent))

    @rule()
    def shift_begins(self) -> None:
        """Everybody at work and every telephone there: the searches for trouble start from life."""
        for edge in EDGES:
            self.sync(EdgeId(edge), set())
        for device in DEVICES:
            self.device(device, EdgeId("east"), DeviceState.IDLE)
        for name in AGENTS:
            for said in (AgentLoggedIn, AgentReady):
                self.say(said(agent=AgentId(name)))

    @rule(agent=agents)
    def pause(self, agent: AgentId) -> None:
        self.say(AgentNotReady(agent=agent, reason="lunch"))

    @rule(
        agent=agents,
        cause=st.sampled_from(["meeting", "presence:dnd"]),
        for_s=st.sampled_from([None, 3.0, 30.0]),
    )
    def pause_for_a_cause(self, agent: AgentId, cause: str, for_s: float | None) -> None:
        until = None if for_s is None else self.now + for_s
        self.say(AgentPaused(agent=agent, cause=cause, until=until))

    @rule(agent=agents, cause=st.sampled_from(["meeting", "presence:dnd"]))
    def end_the_cause(self, agent: AgentId, cause: str) -> None:
        self.say(AgentUnpaused(agent=agent, cause=cause))

    @rule(agent=agents, queues=st.sets(st.sampled_from(["sales", "service", "all", "more"])))
    def serve_some_queues(self, agent: AgentId, queues: set[str]) -> None:
        self.say(AgentServes(agent=agent, queues=tuple(map(QueueId, sorted(queues)))))

    @rule(
        agent=agents,
        skills=st.none()
        | st.dictionaries(st.sampled_from(["german", "english"]), st.integers(1, 10), max_size=2),
    )
    def change_skills(self, agent: AgentId, skills: dict[str, int] | None) -> None:
        self.say(AgentSkilled(agent=agent, skills=skills))

    @rule(agent=agents)
    def free_an_agent(self, agent: AgentId) -> None:
        self.say(AgentFreed(agent=agent))

    @rule(agent=agents)
    def extend(self, agent: AgentId) -> None:
        self.say(WrapUpExtended(agent=agent, by_s=5.0))

    @rule(device=st.sampled_from(DEVICES), edge=edges, state=st.sampled_from(DeviceState))
    def device(self, device: str, edge: EdgeId, state: DeviceState) -> None:
        self.say(DeviceChanged(edge=edge, device=DeviceId(device), state=state))

    @rule(edge=edges)
    def lose(self, edge: EdgeId) -> None:
        self.say(EdgeLost(edge=edge))

    @rule(edge=edges, missing=st.sets(which, max_size=3))
    def sync(self, edge: EdgeId, missing: set[int]) -> None:
        state = self.engine.live.state
        held = {call.id for call in state.calls.values() if call.edge == edge}
        offers = [offer.id for offer in state.offers.values() if offer.edge == edge]
        self.say(
            EdgeSynced(
                edge=edge,
                calls=tuple(call for nth, call in enumerate(sorted(held)) if nth not in missing),
                offers=tuple(one for nth, one in enumerate(offers) if nth + 4 not in missing),
            )
        )

    @rule(plan=st.sampled_from(PLANS))
    def configure(self, plan) -> None:
        self.say(FloorConfigured(floor=plan))

    @rule()
    def recheck(self) -> None:
        """Putting right what is right changes nothing."""
        before = self.engine.snapshot()
        self.say(FloorRechecked(broken="stuck"))
        after = Engine(decode(before, type=FloorState))
        after.live.state.now = self.engine.now
        assert self.engine.snapshot() == after.snapshot()

    @rule(said=st.sampled_from(NONSENSE))
    def nonsense(self, said: Input) -> None:
        """Refused in any state, and nothing changes (see ``say``)."""
        refused = self.engine.apply(said, self.now).refused
        assert refused
        self.say(said)

    @rule()
    def take_over(self) -> None:
        token = self.engine.token + 1
        for engine in (self.engine, self.twin):
            engine.take_over(token, self.now)
        assert violations(self.engine) == []
        for edge in EDGES:
            self.sync(EdgeId(edge), set())

    def teardown(self) -> None:
        """Whatever happened: when every call ends, every agent is out of offer and talk."""
        if not hasattr(self, "engine"):
            return
        for offer in list(self.engine.live.state.offers):
            self.say(OfferFailed(offer=offer, why=NoAnswer.CALLER_LEFT))
        for call in list(self.engine.live.state.calls):
            self.say(CallerLeft(call=call, reason=LeaveReason.HUNG_UP))
        for call in list(self.engine.callbacks()):
            self.say(CallbackCancelled(call=call.id, by="boss"))
        for offer in list(self.engine.live.state.offers):
            self.say(OfferFailed(offer=offer, why=NoAnswer.CALLER_LEFT))
        self.wait(3600.0)
        at_rest = (AgentState.READY, AgentState.NOT_READY, AgentState.LOGGED_OUT)
        for one in self.engine.live.state.agents.values():
            manual = one.state is AgentState.NOT_RESPONDING and one.until is None
            assert one.state in at_rest or manual, one


NO_CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

TestFloor = Floor.TestCase
TestFloor.pytestmark = [pytest.mark.timeout(1_200)]  # two minutes on a machine with time
TestFloor.settings = settings(
    max_examples=1_000,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=NO_CHECKS,
)


@pytest.mark.prove
@pytest.mark.timeout(3_600)
def test_acd_51_ten_thousand_days_of_anything_with_a_fresh_seed() -> None:
    number = SystemRandom().randrange(2**32)
    print(f"seed {number}")
    run_state_machine_as_test(
        seed(number)(Floor),
        settings=settings(
            max_examples=10_000,
            stateful_step_count=50,
            deadline=None,
            database=None,
            suppress_health_check=NO_CHECKS,
        ),
    )
    print("10,000 examples of up to 50 steps, none of which left the floor wrong")
