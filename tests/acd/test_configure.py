"""A new floor plan in the middle of the day: nobody loses a state, a place or a call by it."""

import msgspec
import pytest

from acd.configure import floor_fault
from acd.engine import Engine
from calls.commands import ReleaseCaller
from calls.floor import FloorSpec, NoAnswerRule
from calls.ids import AgentId, QueueId
from calls.inputs import AgentLoggedIn, AgentReady, FloorConfigured
from calls.words import AgentState, NoAnswer
from tests.acd.scene import Scene, agent, floor, given, needs, offer_in, queue, who

pytestmark = pytest.mark.story

BOTH = (queue("sales"), queue("service"))


def change(scene: Scene, plan: FloorSpec) -> tuple[object, ...]:
    return scene.tell(FloorConfigured(floor=plan))


def test_p3_states_idle_order_and_callers_survive_a_new_plan():
    scene = Scene(floor(agent("ann"), agent("ben")))
    scene.not_ready("ann", "lunch")
    offer = scene.queued("c1")
    scene.queued("c2")
    assert change(scene, floor(agent("ben"), agent("ann"), agent("cai"), version=2)) == ()
    assert scene.state("ann") is AgentState.NOT_READY
    assert scene.state("cai") is AgentState.LOGGED_OUT
    assert scene.waiting() == ["c2"]
    scene.answers(offer)
    assert given(scene.ends(offer)).call == "c2"


def test_p15_a_new_plan_of_thousands_moves_only_what_is_new_in_it():
    people = [agent(f"a{n}") for n in range(2_000)]
    engine = Engine()
    engine.apply(FloorConfigured(floor=floor(*people)), 1000.0)
    for one in people:
        engine.apply(AgentLoggedIn(agent=one.id), 1000.0)
        engine.apply(AgentReady(agent=one.id), 1001.0)
    before = msgspec.to_builtins(engine.live.state.agents)
    plan = floor(*people, agent("new"), version=2)
    assert engine.apply(FloorConfigured(floor=plan), 1060.0).commands == ()
    after = msgspec.to_builtins(engine.live.state.agents)
    assert after.pop("new")["since"] == 1060.0
    assert after == before


def test_a_new_member_or_skill_takes_the_waiting_caller_at_once():
    scene = Scene(floor(agent("ann", "service"), queues=BOTH))
    scene.queued("c1", "sales", needs=needs(german=2))
    plan = floor(agent("ann", "sales", "service", german=2), queues=BOTH, version=2)
    assert who(offer_in(change(scene, plan))) == "ann"


def test_an_agent_taken_off_the_plan_leaves_after_the_call():
    scene = Scene(floor(agent("ann"), agent("ben")))
    offer = scene.queued("c1")
    scene.answers(offer)
    change(scene, floor(version=2))
    assert (scene.state("ann"), scene.state("ben")) == (AgentState.TALKING, AgentState.LOGGED_OUT)
    scene.ends(offer)
    assert scene.state("ann") is AgentState.LOGGED_OUT
    assert "unknown agent" in scene.refused(AgentLoggedIn(agent=AgentId("ann")))


def test_an_agent_put_back_on_the_plan_can_work_again():
    scene = Scene(floor(agent("ann")))
    change(scene, floor(version=2))
    change(scene, floor(agent("ann"), version=3))
    scene.at_work("ann")
    assert who(scene.queued("c1")) == "ann"


def test_callers_of_a_queue_that_is_gone_go_back_to_their_tree():
    scene = Scene(floor(agent("ann", "sales", "service"), queues=BOTH))
    offered = scene.queued("c1", "service")
    scene.queued("c2", "service")
    (released,) = change(scene, floor(agent("ann"), version=2))
    assert isinstance(released, ReleaseCaller)
    assert (released.call, released.reason) == ("c2", "failed")
    scene.misses(offered)
    (released,) = scene.last.commands
    assert isinstance(released, ReleaseCaller)
    assert released.call == "c1"


def test_a_talk_of_a_queue_that_is_gone_ends_with_that_queues_wrap_up():
    queues = (queue("sales"), queue("service", wrap_up_s=7.0))
    scene = Scene(floor(agent("ann", "sales", "service"), queues=queues))
    offer = scene.queued("c1", "service")
    scene.answers(offer)
    change(scene, floor(agent("ann"), version=2))
    scene.ends(offer)
    assert scene.told("ann").until == scene.now + 7.0
    change(scene, floor(agent("ann"), version=3))
    assert QueueId("service") not in scene.engine.live.queues


def test_new_needs_of_a_queue_hold_for_those_already_waiting():
    scene = Scene(floor(agent("ann")), ready=False)
    scene.queued("c1")
    change(scene, floor(agent("ann"), queues=(queue(needs=needs(german=1)),), version=2))
    scene.at_work("ann")
    assert scene.last.commands == ()


def test_announcements_begin_with_the_plan_that_wants_them():
    scene = Scene(floor(), ready=False)
    scene.queued("c1")
    assert scene.pass_time(60.0) == []
    change(scene, floor(queues=(queue(announce_every_s=10.0),), version=2))
    assert len(scene.pass_time(10.0)) == 1
    change(scene, floor(version=3))
    assert scene.pass_time(60.0) == []


def bad_plans() -> dict[str, FloorSpec]:
    ready = {NoAnswer.BUSY: NoAnswerRule(strikes=1, then=AgentState.TALKING)}
    return {
        "queue sales is named twice": floor(queues=(queue(), queue())),
        "agent ann is named twice": floor(agent("ann", devices=("a",)), agent("ann")),
        "device desk is named twice": floor(
            agent("ann", devices=("desk",)), agent("ben", devices=("desk",))
        ),
        "ring_cycle_s must be above 0": floor(cycle_s=0.0),
        "agent ann is in an unknown queue: nowhere": floor(agent("ann", "nowhere")),
        "agent ann is in queue sales twice": floor(agent("ann", "sales:1", "sales:2")),
        "after busy an agent cannot become talking": floor(queues=(queue(no_answer=ready),)),
    }


@pytest.mark.parametrize("fault", bad_plans())
def test_a_plan_with_a_mistake_is_refused_whole_with_the_reason(fault):
    plan = bad_plans()[fault]
    assert fault in str(floor_fault(plan))
    scene = Scene(floor(agent("ann")))
    assert fault in scene.refused(FloorConfigured(floor=plan))
    assert who(scene.queued("c1")) == "ann"


def test_before_the_first_plan_there_is_nobody_to_speak_of():
    scene = Scene(floor())
    assert "unknown agent" in scene.refused(AgentReady(agent=AgentId("ann")))
