"""What makes no sense is refused with a reason and changes nothing (the scene sees to that); what a
new plan takes away is forgotten."""

import pytest

from acd.on_picks import KEEP_MAX_S, PRIORITY_MAX
from calls.commands import OfferCall
from calls.floor import CallbackRule
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.inputs import (
    AgentFreed,
    AgentLoggedIn,
    AgentPaused,
    AgentServes,
    AgentSkilled,
    AgentUnpaused,
    CallAssigned,
    CallbackWanted,
    CallerKnown,
    CallPicked,
    CallPrioritised,
    EdgeLost,
    EdgeSynced,
    FloorConfigured,
    Held,
    Input,
    QueueHours,
    WrapUpExtended,
    WrapUpFinished,
)
from calls.words import AgentState, Strategy
from tests.acd.scene import EDGE, Scene, agent, floor, queue

pytestmark = pytest.mark.story

ANN, NOBODY, OLD = AgentId("ann"), AgentId("nobody"), AgentId("old")
C1, GONE = CallId("c1"), CallId("gone")


@pytest.fixture
def scene() -> Scene:
    """Ann talks, Ben is logged out; c1 waits. Old talks, and is not on the plan any more."""
    queues = (queue(callback=CallbackRule()), queue("service"))
    people = (agent("ann"), agent("ben"))
    scene = Scene(floor(*people, agent("old", "service"), queues=queues))
    scene.logs_out("ben")
    scene.answers(scene.queued("c0"))
    scene.answers(scene.queued("s0", "service"))
    scene.queued("c1")
    scene.tell(FloorConfigured(floor=floor(*people, queues=queues, version=2)))
    assert scene.state("old") is AgentState.TALKING
    return scene


SENSELESS: list[tuple[Input, str]] = [
    *(
        (said, "unknown agent")
        for name in (NOBODY, OLD)
        for said in (
            AgentLoggedIn(agent=name),
            AgentPaused(agent=name, cause="x"),
            AgentUnpaused(agent=name, cause="x"),
            AgentServes(agent=name, queues=()),
            AgentSkilled(agent=name, skills=None),
            AgentFreed(agent=name),
            WrapUpFinished(agent=name),
            WrapUpExtended(agent=name, by_s=5.0),
            CallPicked(call=C1, agent=name, by="x"),
            CallAssigned(call=C1, agent=name, by="x"),
        )
    ),
    (AgentPaused(agent=AgentId("ben"), cause="x"), "not possible while logged_out"),
    (AgentServes(agent=ANN, queues=(QueueId("service"),)), "not in queue service on the plan"),
    (AgentServes(agent=ANN, queues=(QueueId("客服"),)), "not in queue 客服 on the plan"),
    (AgentSkilled(agent=ANN, skills={"英语": 11}), "英语 has level 11; a level is 1 to 10"),
    (AgentSkilled(agent=ANN, skills={"en": 0}), "en has level 0; a level is 1 to 10"),
    (AgentFreed(agent=AgentId("ben")), "has neither an offer nor a talk"),
    (WrapUpExtended(agent=ANN, by_s=0.0), "up to 3600 s"),
    (WrapUpExtended(agent=ANN, by_s=float("nan")), "up to 3600 s"),
    (WrapUpExtended(agent=ANN, by_s=1e9), "up to 3600 s"),
    (CallerKnown(call=GONE), "is not waiting"),
    (CallPrioritised(call=GONE, priority=1, by="x"), "is not waiting"),
    (CallPrioritised(call=C1, priority=PRIORITY_MAX + 1, by="x"), "a priority is from"),
    (CallPrioritised(call=C1, priority=-PRIORITY_MAX - 1, by="x"), "a priority is from"),
    (CallPicked(call=GONE, agent=ANN, by="x"), "is not waiting"),
    (CallPicked(call=C1, agent=AgentId("ben"), by="x"), "not possible while logged_out"),
    (CallAssigned(call=GONE, agent=ANN, by="x"), "is not waiting"),
    (CallAssigned(call=C1, agent=ANN, by="x", keep_s=0.0), "is kept for up to"),
    (CallAssigned(call=C1, agent=ANN, by="x", keep_s=KEEP_MAX_S + 1), "is kept for up to"),
    (CallAssigned(call=C1, agent=AgentId("ben"), by="x"), "is logged_out and takes no call"),
]


@pytest.mark.parametrize(
    ("said", "why"), SENSELESS, ids=[f"{type(said).__name__}: {why}" for said, why in SENSELESS]
)
def test_it_is_refused_with_the_reason(scene: Scene, said: Input, why: str) -> None:
    assert why in scene.refused(said)


def test_who_will_be_called_back_is_given_to_nobody(scene: Scene) -> None:
    scene.tell(CallbackWanted(call=C1, number="+8613800000000"))
    assert "will be called back" in scene.refused(CallAssigned(call=C1, agent=ANN, by="x"))
    assert "cannot be reached" not in scene.refused(CallPicked(call=C1, agent=ANN, by="x"))


def test_nobody_is_given_a_caller_of_a_lost_edge(scene: Scene) -> None:
    scene.tell(EdgeLost(edge=EDGE))
    assert "cannot be reached" in scene.refused(CallAssigned(call=C1, agent=ANN, by="x"))
    scene.tell(EdgeLost(edge=EdgeId("nowhere")))  # nothing is known of it, nothing changes


def test_an_agent_who_is_rung_or_talks_in_vain_is_freed_without_a_strike() -> None:
    scene = Scene(floor(agent("ann", "sales"), queues=(queue(wrap_up_s=0.0),)))
    scene.queued("c1")
    assert scene.state("ann") is AgentState.OFFERED
    scene.tell(AgentFreed(agent=ANN))
    assert scene.strikes("ann") == {}
    scene.leaves("c1")
    scene.pass_time(60.0)
    scene.answers(scene.queued("c2"))
    scene.tell(AgentFreed(agent=ANN))
    assert scene.state("ann") is AgentState.READY


def test_hours_of_a_queue_that_is_gone_are_forgotten() -> None:
    scene = Scene(floor(agent("ann"), queues=(queue(calendar="office"), queue("service"))))
    scene.tell(QueueHours(queue=QueueId("sales"), open=False, callbacks=False))
    assert scene.engine.live.state.hours
    scene.tell(FloorConfigured(floor=floor(agent("ann", "service"), queues=(queue("service"),))))
    assert not scene.engine.live.state.hours
    assert scene.waiting("service") == []


def test_a_plan_that_drops_a_queue_and_a_telephone_forgets_what_was_known_of_them() -> None:
    robin = queue(strategy=Strategy.ROUND_ROBIN)
    scene = Scene(floor(agent("ann"), agent("ben"), queues=(robin, queue("service"))))
    scene.device("ben-desk", "in_use")
    scene.ends(_talking(scene))
    assert scene.engine.live.state.devices
    assert scene.engine.live.state.turns
    ann, ben = agent("ann", "service"), agent("ben", "service", devices=("ben-mobile",))
    scene.tell(FloorConfigured(floor=floor(ann, ben, queues=(queue("service"),), version=2)))
    assert not scene.engine.live.state.devices
    assert not scene.engine.live.state.turns
    assert QueueId("sales") not in scene.engine.live.state.paces


def _talking(scene: Scene) -> OfferCall | None:
    offer = scene.queued("c1")
    scene.answers(offer)
    return offer


def test_an_agent_never_at_work_who_is_taken_off_the_plan_is_gone_at_once() -> None:
    scene = Scene(floor(agent("ann"), agent("ben")), ready=False)
    scene.tell(FloorConfigured(floor=floor(agent("ann"), version=2)))
    assert AgentId("ben") not in scene.engine.live.state.agents


def test_who_will_be_called_back_hears_no_announcements_after_a_new_plan() -> None:
    rule = CallbackRule()
    scene = Scene(floor(queues=(queue(callback=rule),)), ready=False)
    scene.queued("c1")
    scene.tell(CallbackWanted(call=C1, number="+8613800000000"))
    scene.queued("c2")
    announced = queue(callback=rule, announce_every_s=10.0)
    scene.tell(FloorConfigured(floor=floor(queues=(announced,), version=2)))
    calls = scene.engine.live.state.calls
    assert calls[C1].tell_at is None
    assert calls[CallId("c2")].tell_at == scene.now + 10.0


def test_an_offer_told_twice_by_its_edge_is_taken_up_once() -> None:
    scene = Scene(floor(agent("ann"), agent("ben")))
    scene.tell(EdgeLost(edge=EDGE))
    held = Held(
        offer=OfferId("alone"),
        call=C1,
        queue=QueueId("sales"),
        agent=ANN,
        device=DeviceId("ann-desk"),
        answered=True,
    )
    scene.tell(EdgeSynced(edge=EDGE, calls=(C1,), offers=(held.offer,), held=(held, held)))
    assert scene.state("ann") is AgentState.TALKING
    assert list(scene.engine.live.state.offers) == ["alone"]
