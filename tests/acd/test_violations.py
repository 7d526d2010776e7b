"""The slow look at everything finds each thing that must never be, however it came about.

A floor is damaged as no input can damage it, once for every sentence acd.invariants may say.
"""

from collections.abc import Callable

import pytest

from acd.agents import AgentEvent
from acd.choose import Reason
from acd.engine import Engine
from acd.invariants import Invariant, violations
from acd.live import Live
from acd.live_queue import TOGETHER
from acd.state import Agent, Call, Callback, Device, Offer, Pause
from acd.watch import Watch
from calls.ids import AgentId, CallId, OfferId, QueueId
from calls.inputs import FloorConfigured, FloorRechecked, TimePassed
from calls.words import AgentState, DeviceState, Strategy
from tests.acd.scene import SERVICE, Scene, agent, floor, given, queue

pytestmark = pytest.mark.story

PEOPLE = tuple(agent(name) for name in ("ann", "ben", "cai", "dot"))
PLAN = floor(*PEOPLE, agent("eva", "service"), queues=(queue(wrap_up_s=10.0), queue("service")))
SALES = QueueId("sales")


@pytest.fixture
def live() -> Live:
    """Ann talks with c1, Ben is rung for c2, Cai wraps up, Dot is at lunch; c5 and c6 wait; Eva, of
    another queue, is free."""
    scene = Scene(PLAN)
    scene.answers(scene.queued("c1"))
    assert given(scene.queued("c2")).agent == "ben"
    third = scene.queued("c3")
    scene.answers(third)
    scene.not_ready("dot")
    scene.ends(third, after_s=2.0)
    for name in ("c5", "c6"):
        assert scene.queued(name) is None
    assert scene.waiting() == ["c5", "c6"]
    return scene.engine.live


def one(live: Live, name: str) -> Agent:
    return live.state.agents[AgentId(name)]


def call(live: Live, name: str) -> Call:
    return live.state.calls[CallId(name)]


def offer_of(live: Live, name: str) -> Offer:
    held = one(live, name).offer
    assert held is not None
    return live.state.offers[held]


def engine_of(live: Live) -> Engine:
    engine = Engine()
    engine.live = live
    return engine


def told(live: Live) -> dict[str, Invariant]:
    return {text: invariant for invariant, text in violations(engine_of(live))}


def free_beside_a_caller(live: Live) -> None:
    one(live, "cai").state, one(live, "cai").until = AgentState.READY, None
    live.file(live.seats[AgentId("cai")])


def free_beside_a_caller_who_was_missed_by_all(live: Live) -> None:
    for name in ("c5", "c6"):
        call(live, name).not_to = tuple(AgentId(n) for n in ("ann", "ben", "cai", "dot"))
    del live.state.calls[CallId("c2")]
    for name in ("ann", "ben"):
        del live.state.offers[OfferId(str(one(live, name).offer))]
        one(live, name).offer = None
        one(live, name).state = AgentState.LOGGED_OUT
    one(live, "dot").state = AgentState.LOGGED_OUT
    free_beside_a_caller(live)


def room_for_one_phone_more(live: Live) -> None:
    free_beside_a_caller(live)
    for name in ("c5", "c6"):
        del live.state.calls[CallId(name)]
    call(live, "c2").room = 2


def talking_without_an_offer(live: Live) -> None:
    one(live, "ann").offer = None


def holding_an_offer_of_another(live: Live) -> None:
    one(live, "ann").offer = one(live, "ben").offer


def a_wish_of_nobody_busy(live: Live) -> None:
    one(live, "eva").wish = AgentEvent.LOGGED_OUT


def ready_in_spite_of_a_pause(live: Live) -> None:
    one(live, "eva").pauses = {"fire drill": Pause()}


def paused_for_no_cause(live: Live) -> None:
    one(live, "dot").paused = True


def offer_of_somebody_who_holds_another(live: Live) -> None:
    offer_of(live, "ben").agent = AgentId("ann")


def rung_who_talks(live: Live) -> None:
    one(live, "ben").state = AgentState.TALKING


def in_two_talks(live: Live) -> None:
    offer_of(live, "ben").call = CallId("c1")
    offer_of(live, "ben").answered_at = live.state.now


def talking_and_waiting(live: Live) -> None:
    offer_of(live, "ann").call = CallId("c5")


def offer_of_another_caller(live: Live) -> None:
    call(live, "c2").offer = one(live, "ann").offer


def more_offers_than_room(live: Live) -> None:
    call(live, "c2").beside = (OfferId(str(one(live, "ann").offer)),)


def room_and_no_offer(live: Live) -> None:
    call(live, "c5").room = 2


def in_no_line(live: Live) -> None:
    live.queues[SALES].waiting.remove(CallId("c5"))


def ringing_for_somebody_who_does_not_know(live: Live) -> None:
    call(live, "c2").offer = None


def dialling_who_is_on_the_line(live: Live) -> None:
    offer_of(live, "ben").dials = True


def promise(live: Live, name: str, **how: bool) -> None:
    now = live.state.now
    call(live, name).callback = Callback(
        number="+8613900000001", asked_at=now, expires_at=now + 60.0, **how
    )


def promised_and_not_counted(live: Live) -> None:
    promise(live, "c5")


def promised_without_a_caller(live: Live) -> None:
    live.promises["+8613900000001"] = CallId("c9")


def dialled_for_one_agent_twice(live: Live) -> None:
    offer_of(live, "ben").dials = True
    again = offer_of(live, "ben")
    live.state.offers[OfferId("o9")] = Offer(
        id=OfferId("o9"),
        call=CallId("c2"),
        edge=again.edge,
        queue=again.queue,
        agent=again.agent,
        device=again.device,
        offered_at=again.offered_at,
        backstop_at=again.backstop_at,
        dials=True,
    )


def called_back_while_a_telephone_rings(live: Live) -> None:
    promise(live, "c2")


def never_looked_at(live: Live) -> None:
    call(live, "c5").look_at = live.state.now + 5.0


def wrapping_up_for_ever(live: Live) -> None:
    one(live, "cai").until = None


def nothing_ends_the_wrap_up(live: Live) -> None:
    one(live, "cai").until = live.state.now + 1.0


def nothing_ends_the_ringing(live: Live) -> None:
    offer_of(live, "ben").backstop_at += 1.0


def kept_for_ever(live: Live) -> None:
    call(live, "c5").kept_until = live.state.now + 7.0


def the_next_phone_never_rings(live: Live) -> None:
    call(live, "c2").more_at = live.state.now + 7.0


def one_talk_too_many(live: Live) -> None:
    live.queues[SALES].talking += 1


def an_older_caller(live: Live) -> None:
    call(live, "c6").began = call(live, "c5").began - 100.0


def nobody_counted_on_the_line(live: Live) -> None:
    live.queues[SALES].waiting._virtual.add(CallId("c5"))


def free_and_not_filed(live: Live) -> None:
    live.queues[SERVICE].staff.free.clear()


def gone_and_still_staying(live: Live) -> None:
    live.queues[SERVICE].staff.staying.clear()


def filed_twice(live: Live) -> None:
    live.queues[SERVICE].staff.counts[AgentState.TALKING] += 1


def free_without_a_telephone(live: Live) -> None:
    live.seats[AgentId("eva")].unfit = Reason.NO_DEVICE


def held_for_no_reason(live: Live) -> None:
    live.queues[SERVICE].staff.held["weather"] = []


def not_on_the_bench(live: Live) -> None:
    waits = call(live, "c5")
    ask = live.ask_of(waits)
    live.queues[SALES].staff.bench(ask.needs, ask.reach).able.discard(AgentId("ann"))


IDLE, TWO_CALLS, TWO_AGENTS = (
    Invariant.IDLE_BESIDE_WAITING,
    Invariant.AGENT_IN_TWO,
    Invariant.CALL_WITH_TWO,
)
DAMAGES: dict[Callable[[Live], None], tuple[Invariant, str]] = {
    free_beside_a_caller: (IDLE, "agent cai is free beside waiting call c5"),
    free_beside_a_caller_who_was_missed_by_all: (IDLE, "agent cai is free beside waiting call c5"),
    room_for_one_phone_more: (IDLE, "agent cai is free beside c2, who may have another phone"),
    talking_without_an_offer: (TWO_CALLS, "agent ann is talking with offer None"),
    holding_an_offer_of_another: (TWO_CALLS, "is not of agent ann"),
    a_wish_of_nobody_busy: (TWO_CALLS, "agent eva is ready and still has a wish"),
    ready_in_spite_of_a_pause: (TWO_CALLS, "agent eva is ready in spite of ['fire drill']"),
    paused_for_no_cause: (TWO_CALLS, "agent dot is not_ready, paused for no cause"),
    offer_of_somebody_who_holds_another: (TWO_CALLS, "is of agent ann, who has"),
    rung_who_talks: (TWO_CALLS, "agent ben is talking in offer"),
    in_two_talks: (TWO_AGENTS, "a call is in two talks"),
    talking_and_waiting: (TWO_AGENTS, "call c5 is talking and waiting"),
    offer_of_another_caller: (TWO_AGENTS, "is not the 0. for call c2"),
    more_offers_than_room: (TWO_AGENTS, "call c2 has 2 offers and room for 0"),
    room_and_no_offer: (TWO_AGENTS, "call c5 has room for 2 and offer None"),
    in_no_line: (TWO_AGENTS, "call c5 has offer None; in line: False"),
    ringing_for_somebody_who_does_not_know: (TWO_AGENTS, "rings for a call that does not know"),
    dialling_who_is_on_the_line: (TWO_AGENTS, "dials somebody who is not to be called back"),
    promised_and_not_counted: (Invariant.STUCK, "queue sales counts 0 to be called back"),
    promised_without_a_caller: (Invariant.STUCK, "promised without a caller"),
    dialled_for_one_agent_twice: (Invariant.STUCK, "more people are being called back than agents"),
    called_back_while_a_telephone_rings: (Invariant.STUCK, "call c2 is on no line"),
    never_looked_at: (Invariant.STUCK, "call c5: its recipe is never looked at"),
    wrapping_up_for_ever: (Invariant.STUCK, "agent cai wraps up for ever"),
    nothing_ends_the_wrap_up: (Invariant.STUCK, "agent cai: nothing will end wrapping_up"),
    nothing_ends_the_ringing: (Invariant.STUCK, "can ring for ever"),
    kept_for_ever: (Invariant.STUCK, "call c5 is kept for () for ever"),
    the_next_phone_never_rings: (Invariant.STUCK, "call c2: the next phone never rings"),
    one_talk_too_many: (Invariant.MISCOUNTED, "waiting, offered and talking are 5, callers on"),
    an_older_caller: (Invariant.MISCOUNTED, "queue sales: order is wrong"),
    nobody_counted_on_the_line: (Invariant.MISCOUNTED, "queue sales: 1 on the line, not 2"),
    free_and_not_filed: (Invariant.MISCOUNTED, "queue service: free agents are [], not"),
    gone_and_still_staying: (Invariant.MISCOUNTED, "queue service: staying are set(), not"),
    filed_twice: (Invariant.MISCOUNTED, "queue service: 2 agents on file of 1"),
    free_without_a_telephone: (Invariant.MISCOUNTED, "without a usable telephone counts as free"),
    held_for_no_reason: (Invariant.MISCOUNTED, "queue service: agents are held for no reason"),
    not_on_the_bench: (Invariant.MISCOUNTED, "queue sales: the bench for call c5 is"),
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_acd_51_everything_that_must_never_be_is_named(
    live: Live, damage: Callable[[Live], None]
) -> None:
    assert told(live) == {}
    damage(live)
    invariant, words = DAMAGES[damage]
    found = [what for text, what in told(live).items() if words in text]
    assert found == [invariant], told(live)


def test_acd_51_the_longest_wait_and_places_are_held_against_the_callers(live: Live) -> None:
    call(live, "c5").began += 50.0
    assert "queue sales: longest wait is wrong" in told(live)
    live.queues[SALES].waiting._places = type(live.queues[SALES].waiting._places)()
    assert any("places are" in text for text in told(live))


def test_acd_51_a_floor_of_nobody_is_sound() -> None:
    scene = Scene(floor(agent("ann")), ready=False)
    scene.tell(FloorConfigured(floor=floor(agent("ann"), queues=(queue("service"), queue()))))
    assert told(scene.engine.live) == {}


@pytest.mark.parametrize("strategy", sorted(set(Strategy) - TOGETHER))
def test_acd_51_whoever_is_free_is_filed_in_the_order_of_the_strategy(strategy: Strategy) -> None:
    scene = Scene(floor(*PEOPLE, queues=(queue(strategy=strategy),)))
    scene.ends(_answered(scene, "c1"), after_s=30.0)
    scene.ends(_answered(scene, "c2"), after_s=10.0)
    assert told(scene.engine.live) == {}
    staff = scene.engine.live.queues[SALES].staff
    staff.free.reverse()
    assert any("free agents are" in text for text in told(scene.engine.live))


def _answered(scene: Scene, name: str):  # type: ignore[no-untyped-def]
    offer = scene.queued(name)
    scene.answers(offer)
    return offer


def test_acd_51_a_telephone_in_use_keeps_an_agent_from_everybody(live: Live) -> None:
    free_beside_a_caller(live)
    [device] = [spec.id for spec in live.seats[AgentId("cai")].spec.devices]
    live.state.devices[device] = Device(edge=call(live, "c5").edge, state=DeviceState.IN_USE)
    assert not [text for text in told(live) if text.startswith("agent cai is free")]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_acd_51_p17_whatever_it_was_is_put_right_by_a_recheck(
    live: Live, damage: Callable[[Live], None]
) -> None:
    damage(live)
    engine, now = engine_of(live), live.state.now + 1.0
    engine.apply(FloorRechecked(broken=DAMAGES[damage][0]), now)
    assert told(live) == {}
    while (at := engine.next_deadline()) is not None and at < now + 3600.0:
        engine.apply(TimePassed(), at)
        assert told(live) == {}


def promised_for_ever(live: Live) -> None:
    live.queues[SALES].waiting.remove(CallId("c5"))
    promise(live, "c5", parked=True)
    call(live, "c5").callback.expires_at = live.state.now  # type: ignore[union-attr]


def not_told_any_more(live: Live) -> None:
    call(live, "c5").tell_at = live.state.now


def offer_that_is_over(live: Live) -> None:
    call(live, "c2").beside = (OfferId("over"),)


def rest_that_nothing_ends(live: Live) -> None:
    one(live, "eva").rest_until = live.state.now


def promised_and_rung(live: Live) -> None:
    """Nothing is due that would end the ringing."""
    live.deadlines._heap.clear()


WATCHED = {
    free_beside_a_caller: "agent cai is free beside waiting call c5",
    holding_an_offer_of_another: "agent ann is talking in offer",
    talking_without_an_offer: "agent ann is talking with offer None, which is over",
    rung_who_talks: "agent ben is talking in offer",
    wrapping_up_for_ever: "agent cai wraps up for ever",
    rest_that_nothing_ends: "agent eva: nothing ended ready",
    offer_of_somebody_who_holds_another: "is of agent ann, who has another or none",
    in_no_line: "call c5 waits in no line",
    offer_that_is_over: "call c2 has offer over, which is over",
    offer_of_another_caller: "call c2 has offer",
    ringing_for_somebody_who_does_not_know: "rings for call c2, who has another or is gone",
    promised_for_ever: "call c5 is promised a call for ever",
    not_told_any_more: "call c5 is not told her place any more",
    promised_and_rung: "can ring for ever",
    one_talk_too_many: "waiting, offered and talking are",
}


@pytest.mark.parametrize("damage", WATCHED, ids=lambda damage: damage.__name__)
def test_acd_51_the_running_hotline_comes_upon_it_soon(
    live: Live, damage: Callable[[Live], None]
) -> None:
    watch, engine, now = Watch(), engine_of(live), live.state.now
    engine.apply(TimePassed(), now)
    assert watch.look(live) == []
    damage(live)
    found = []
    for _ in range(40):
        now += 1.0
        live.state.now = now
        live.turn = type(live.turn)()
        found += watch.look(live)
    assert any(WATCHED[damage] in one.text for one in found), {one.text for one in found}
