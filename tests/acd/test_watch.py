"""A floor damaged as no input can damage it: that is noticed, said, counted and put right."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from acd.entries import Step, decode
from acd.invariants import CHECKS, Invariant, violations
from acd.live import Live
from acd.sentry import CALM_S, HEAL_EVERY_S
from acd.watch import Watch
from calls.commands import OfferCall
from calls.ids import AgentId, CallId, OfferId, QueueId
from calls.inputs import AgentNotReady, FloorRechecked, TalkEnded, TimePassed
from calls.journal import FLOOR
from calls.words import AgentState, Party
from runtime.health import figures
from runtime.web.counts import Metrics
from tests.acd.scene import Scene, agent, floor, given, needs, queue, said_queued
from tests.acd.test_brain import House

pytestmark = pytest.mark.story

PLAN = floor(agent("ann"), agent("ben"), agent("cai", german=1), queues=(queue(wrap_up_s=10.0),))


def busy_scene() -> Scene:
    """Ann talks with c1, Ben is rung for c2, Cai wraps up; nobody waits."""
    scene = Scene(PLAN)
    scene.answers(scene.queued("c1"))
    rung = given(scene.queued("c2"))
    third = scene.queued("c3")
    scene.answers(third)
    scene.ends(third, after_s=2.0)
    assert scene.state(rung.agent) is AgentState.OFFERED
    return scene


def forget_to_match(live: Live) -> None:
    call = live.state.calls[CallId("c2")]
    other = type(call)(id=CallId("c9"), edge=call.edge, queue=call.queue, number=99, began=1000.0)
    live.state.calls[other.id] = other
    live.queues[call.queue].waiting.add(other, live.ask_of(other))
    cai = live.seats[AgentId("cai")]
    cai.agent.state, cai.agent.until = AgentState.READY, None
    live.file(cai)


def give_an_agent_anothers_offer(live: Live) -> None:
    agents = live.state.agents
    agents[AgentId("ann")].offer = agents[AgentId("ben")].offer


def give_a_caller_anothers_offer(live: Live) -> None:
    talk = live.talks[CallId("c1")]
    live.state.calls[CallId("c2")].offer = talk


def lose_the_end_of_wrap_up(live: Live) -> None:
    live.state.agents[AgentId("cai")].until = live.state.now + 1.0
    live.deadlines._heap.clear()


def lose_an_offer(live: Live) -> None:
    offer = live.state.agents[AgentId("ben")].offer
    assert offer is not None
    del live.state.offers[offer]


def lose_a_waiting_caller(live: Live) -> None:
    call = live.state.calls[CallId("c2")]
    other = type(call)(id=CallId("c9"), edge=call.edge, queue=call.queue, number=99, began=1000.0)
    live.state.calls[other.id] = other


def miscount(live: Live) -> None:
    live.queues[QueueId("sales")].talking += 1


DAMAGES: dict[Callable[[Live], None], Invariant] = {
    forget_to_match: Invariant.IDLE_BESIDE_WAITING,
    give_an_agent_anothers_offer: Invariant.AGENT_IN_TWO,
    give_a_caller_anothers_offer: Invariant.CALL_WITH_TWO,
    lose_the_end_of_wrap_up: Invariant.STUCK,
    lose_an_offer: Invariant.STUCK,
    lose_a_waiting_caller: Invariant.STUCK,
    miscount: Invariant.MISCOUNTED,
}


def looks(scene: Scene, watch: Watch, inputs: int) -> set[Invariant]:
    """What the watch finds within so many inputs that change nothing."""
    found = set()
    for _ in range(inputs):
        scene.now += 1.0
        scene.engine.apply(TimePassed(), scene.now)
        found |= {one.invariant for one in watch.look(scene.engine.live)}
    return found


def test_the_watch_is_silent_on_a_sound_floor() -> None:
    scene = busy_scene()
    watch = Watch()
    assert looks(scene, watch, 30) == set()
    assert set(watch.found.values()) == {0}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_acd_51_whatever_is_wrong_is_found_within_a_few_inputs(
    damage: Callable[[Live], None],
) -> None:
    scene = busy_scene()
    watch = Watch()
    looks(scene, watch, 1)
    damage(scene.engine.live)
    found = looks(scene, watch, 20)
    assert DAMAGES[damage] in found
    assert watch.found[DAMAGES[damage]] > 0


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_acd_51_p17_a_damaged_floor_is_sound_again_after_it_was_rechecked(
    damage: Callable[[Live], None],
) -> None:
    scene = busy_scene()
    damage(scene.engine.live)
    scene.now += 5.0
    scene.engine.apply(FloorRechecked(broken=DAMAGES[damage]), scene.now)
    assert violations(scene.engine) == []
    scene.pass_time(3600.0)
    assert all(scene.state(one.id) is not AgentState.WRAPPING_UP for one in PLAN.agents)


def test_a_recheck_of_a_sound_floor_changes_nothing() -> None:
    scene = busy_scene()
    before = scene.engine.snapshot()
    assert scene.tell(FloorRechecked(broken="stuck")) == ()
    assert scene.engine.snapshot() == before


def test_who_was_overtaken_is_named() -> None:
    scene = Scene(floor(agent("ann")))
    talk = scene.queued("c1")
    scene.answers(talk)
    for name in ("c2", "c3"):
        scene.queued(name)
    live = scene.engine.live
    waiting = live.queues[QueueId("sales")].waiting
    waiting.remove(CallId("c2"))  # as if c3 had come first
    ended = TalkEnded(offer=given(talk).offer, by=Party.CALLER)
    offer = scene.engine.apply(ended, scene.now + 9.0).commands[0]
    assert isinstance(offer, OfferCall)
    assert offer.call == "c3"
    waiting.add(live.state.calls[CallId("c2")], live.ask_of(live.state.calls[CallId("c2")]))
    assert [one.invariant for one in Watch().look(live)] == [Invariant.OVERTAKEN]
    named = [one for one in violations(scene.engine) if one.invariant is Invariant.OVERTAKEN]
    assert [one.text for one in named] == ["call c2 was overtaken by c3"]


def test_sup_15_a_stuck_agent_raises_an_alarm_with_the_journal_position_and_comes_free() -> None:
    house = House().at_work()
    house.tell(said_queued("c1"))
    (offer,) = house.offers()
    del house.brain.engine.live.state.offers[offer.offer]  # as no input can
    before = len(list(house.journal.read(FLOOR)))
    for number in range(6):
        house.tell(said_queued(f"x{number}", needs=needs(nothing=9)))
    (raised,) = house.alarms
    assert (raised.name, raised.on) == ("broken:stuck", True)
    position = int(raised.text.rpartition(" ")[2])
    entries = {at: decode(data) for at, data in house.journal.read(FLOOR)}
    assert position > before
    assert isinstance(entries[position], Step)
    assert entries[position + 1].input == FloorRechecked(broken="stuck")
    assert house.brain.sentry.healed == 1
    assert house.brain.sentry.watch.found["stuck"] == 1
    assert [one.call for one in house.offers()] == ["c1", "c1"]
    assert house.offers()[1].offer != offer.offer
    assert violations(house.brain.engine) == []
    house.clock.advance(CALM_S + 1.0)
    house.tell(AgentNotReady(agent=AgentId("ben"), reason="lunch"))
    assert [(one.name, one.on) for one in house.alarms][-1] == ("broken:stuck", False)


def test_what_comes_back_at_once_is_not_healed_at_the_speed_of_a_loop() -> None:
    house = House().at_work()
    house.tell(said_queued("c1"))
    live = house.brain.engine.live
    for _ in range(5):
        live.talks[CallId("c8")] = OfferId("gone")
        house.brain.tell(TimePassed())
    assert house.brain.sentry.healed == 1
    live.talks[CallId("c8")] = OfferId("gone")
    house.clock.advance(HEAL_EVERY_S)
    house.brain.tell(TimePassed())
    assert house.brain.sentry.healed == 2


def test_sup_15_what_was_found_is_counted_by_name_for_metrics() -> None:
    house = House().at_work()
    ground = SimpleNamespace(between=None)
    role = SimpleNamespace(brain=house.brain, lines=None)
    metrics = Metrics(figures(ground, None, role))  # type: ignore[arg-type]
    none = b'threering_invariants_broken_total{invariant="miscounted"} 0.0'
    assert none in metrics.text()
    house.brain.engine.live.queues[QueueId("sales")].talking += 1
    house.brain.tell(TimePassed())
    assert none.replace(b"0.0", b"1.0") in metrics.text()
    assert b"threering_floor_healed_total 1.0" in metrics.text()


def test_every_invariant_has_a_check() -> None:
    assert set(CHECKS.values()) == set(Invariant)
