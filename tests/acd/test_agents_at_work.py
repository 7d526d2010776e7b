"""Which queues an agent serves, how long she wraps up, what her telephones say, who is let go."""

import msgspec
import pytest

from calls.commands import OfferCall
from calls.ids import AgentId, QueueId
from calls.inputs import AgentFreed, AgentReady, AgentServes, AgentSkilled, FloorConfigured
from calls.words import AgentState, NoAnswer
from tests.acd.scene import Scene, agent, floor, given, needs, offer_in, queue, who

pytestmark = pytest.mark.story

ANN = AgentId("ann")
TWO = (queue("sales"), queue("service"))


def serves(scene: Scene, *queues: str) -> None:
    scene.tell(AgentServes(agent=ANN, queues=tuple(map(QueueId, queues))))


def test_acd_45_an_agent_serves_some_of_her_queues_and_keeps_her_state_in_them() -> None:
    scene = Scene(floor(agent("ann", "sales", "service"), queues=TWO))
    serves(scene, "service")
    assert scene.told("ann").away_from == ("sales",)
    assert scene.queued("c1", "sales") is None
    assert who(scene.queued("c2", "service")) == "ann"


def test_sup_10_skills_changed_by_a_supervisor_count_at_once_and_until_taken_back() -> None:
    plan = floor(agent("ann", "sales", en=2), queues=(queue("sales", needs=needs(en=5)),))
    scene = Scene(plan)
    assert scene.queued("c1", "sales") is None
    scene.tell(AgentSkilled(agent=ANN, skills={"en": 5}))
    offer = scene.offer_of("ann")
    assert offer.call == "c1"
    assert scene.told("ann").skills == {"en": 5}
    scene.answers(offer)
    # A talk goes on; a new plan does not take them back, the supervisor does.
    scene.tell(FloorConfigured(floor=msgspec.structs.replace(plan, version=2)))
    assert scene.told("ann").skills == {"en": 5}
    scene.tell(AgentSkilled(agent=ANN, skills=None))
    assert scene.told("ann").skills is None
    scene.ends(offer)
    assert scene.queued("c2", "sales") is None


def test_acd_45_coming_back_to_a_queue_takes_its_first_caller_at_once() -> None:
    scene = Scene(floor(agent("ann", "sales", "service"), queues=TWO))
    serves(scene)
    scene.queued("c1", "sales")
    serves(scene, "sales", "service")
    assert scene.offer_of("ann").call == "c1"
    assert scene.told("ann").away_from == ()


def test_acd_45_leaving_a_queue_during_a_talk_of_it_lets_the_talk_go_on() -> None:
    scene = Scene(floor(agent("ann", "sales", "service"), queues=TWO))
    offer = scene.queued("c1", "sales")
    scene.answers(offer)
    serves(scene, "service")
    scene.queued("c2", "sales")
    scene.ends(offer)
    assert scene.state("ann") is AgentState.READY
    assert scene.waiting("sales") == ["c2"]


def test_acd_45_a_queue_that_is_not_hers_is_refused_and_a_new_plan_forgets_old_ones() -> None:
    plan = floor(agent("ann", "sales", "service"), queues=TWO)
    scene = Scene(plan)
    assert "not in queue nowhere" in scene.refused(
        AgentServes(agent=ANN, queues=(QueueId("nowhere"),))
    )
    serves(scene, "sales")
    scene.tell(FloorConfigured(floor=floor(agent("ann", "sales"), queues=TWO[:1], version=2)))
    assert scene.told("ann").away_from == ()


def test_acd_27_an_agent_may_have_a_wrap_up_of_her_own() -> None:
    slow = msgspec.structs.replace(agent("ann"), wrap_up_s=40.0)
    quick = msgspec.structs.replace(agent("ben"), wrap_up_s=0.0)
    scene = Scene(floor(slow, quick, queues=(queue(wrap_up_s=5.0),)))
    for name in ("ann", "ben"):
        offer = scene.queued(f"for-{name}")
        scene.answers(offer)
        scene.ends(offer, after_s=1.0)
    assert scene.state("ben") is AgentState.READY
    scene.pass_time(30.0)
    assert scene.state("ann") is AgentState.WRAPPING_UP


def test_acd_50_a_telephone_that_may_not_be_disturbed_is_passed_over_for_the_next() -> None:
    scene = Scene(floor(agent("ann", devices=("ann-web", "ann-desk"))))
    scene.device("ann-web", "do_not_disturb")
    assert given(scene.queued("c1")).device == "ann-desk"


def test_acd_50_do_not_disturb_is_shown_and_over_when_it_is_over() -> None:
    scene = Scene(floor(agent("ann")))
    scene.device("ann-desk", "do_not_disturb")
    assert scene.told("ann").reason == "do_not_disturb"
    assert scene.queued("c1") is None
    scene.device("ann-desk", "idle")
    assert scene.offer_of("ann").call == "c1"


def test_acd_50_a_private_call_keeps_an_agent_out_and_its_end_brings_her_back() -> None:
    scene = Scene(floor(agent("ann")))
    scene.device("ann-desk", "in_use")
    assert scene.told("ann").reason == "device_busy"
    assert scene.queued("c1") is None
    scene.device("ann-desk", "idle")
    assert scene.offer_of("ann").call == "c1"


def test_p24_a_supervisor_frees_an_agent_from_an_offer_without_a_strike() -> None:
    scene = Scene(floor(agent("ann"), agent("ben")))
    offer = scene.queued("c1")
    scene.tell(AgentFreed(agent=ANN))
    assert given(offer).agent == "ann"
    assert scene.strikes("ann") == {}
    assert scene.offer_of("ben").call == "c1"


def test_p24_a_supervisor_frees_an_agent_from_a_talk_that_is_over() -> None:
    scene = Scene(floor(agent("ann"), queues=(queue(wrap_up_s=5.0),)))
    offer = scene.queued("c1")
    scene.answers(offer)
    scene.tell(AgentFreed(agent=ANN))
    assert scene.state("ann") is AgentState.WRAPPING_UP
    assert "neither" in scene.refused(AgentFreed(agent=ANN))


def test_attempts_go_on_counting_after_a_talk_that_broke_off() -> None:
    scene = Scene(floor(agent("ann"), agent("ben")))
    first = scene.queued("c1")
    second = scene.misses(first, NoAnswer.REJECTED)
    scene.answers(second)
    again = scene.queued("c1", attempts=2, at_head=True)
    assert [given(one).attempt for one in (first, second, again)] == [1, 2, 3]


def test_attempts_the_session_knows_of_count_in_an_engine_that_does_not() -> None:
    scene = Scene(floor(agent("ann")))
    assert given(scene.queued("c1", attempts=4)).attempt == 5


def test_p2_going_on_to_another_queue_keeps_the_agents_idle_order() -> None:
    people = (agent(name, "sales", "service") for name in ("ann", "ben"))
    scene = Scene(floor(*people, queues=TWO))
    offer = scene.queued("c1", "sales")
    scene.answers(offer)
    moved = scene.queued("c1", "service", not_to=("ann",))
    assert who(moved) == "ben"
    since = scene.engine.live.state.agents[ANN].idle_since
    assert since == scene.now
    scene.answers(moved)
    assert scene.engine.live.state.agents[ANN].idle_since == since


def test_p16_wrap_up_is_a_state_that_everybody_sees_with_its_end() -> None:
    scene = Scene(floor(agent("ann"), queues=(queue(wrap_up_s=20.0),)))
    offer = scene.queued("c1")
    scene.answers(offer)
    scene.ends(offer)
    told = scene.told("ann")
    assert (told.state, told.until) == (AgentState.WRAPPING_UP, scene.now + 20.0)


def test_p19_after_the_last_tier_it_begins_again_with_the_first() -> None:
    scene = Scene(floor(agent("ann", "sales:1"), agent("ben", "sales:2")))
    offer = scene.queued("c1")
    rung = []
    for _ in range(4):
        rung.append(who(offer))
        offer = scene.misses(offer, NoAnswer.BUSY, 1.0) or wait_for_one(scene)
    assert rung == ["ann", "ben", "ann", "ben"]


def wait_for_one(scene: Scene) -> OfferCall | None:
    return offer_in(tuple(scene.pass_time(10.0)))


def test_p22_a_change_of_mind_during_an_offer_rings_and_cancels_nothing() -> None:
    scene = Scene(floor(agent("ann")))
    offer = scene.queued("c1")
    for _ in range(5):
        assert scene.not_ready("ann") == ()
        assert scene.tell(AgentReady(agent=ANN)) == ()
    scene.answers(offer)


def test_p22_an_offer_that_failed_through_a_fault_is_not_made_again_at_the_speed_of_a_loop() -> (
    None
):
    scene = Scene(floor(agent("ann")))
    assert scene.misses(scene.queued("c1"), NoAnswer.FAILED, 0.1) is None
    assert scene.told("ann").reason == "resting"
    assert len([one for one in scene.pass_time(2.5) if isinstance(one, OfferCall)]) == 1
