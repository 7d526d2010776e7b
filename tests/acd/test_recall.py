"""History overrules: what a journal says happened is where the floor is, whatever today's code and
table would have allowed."""

import msgspec
import pytest

from acd.engine import Engine
from acd.invariants import Invariant, violations
from calls.commands import EndCallback, OfferCall
from calls.floor import CallbackRule
from calls.ids import AgentId, CallId, OfferId
from calls.inputs import CallbackWanted, FloorConfigured, OfferAnswered, TimePassed
from calls.words import AgentState, CallbackEnd
from tests.acd.scene import EDGE, Scene, agent, floor, given, queue, said_queued

pytestmark = pytest.mark.story


@pytest.fixture
def scene() -> Scene:
    """Ann is rung for c1; c2 waits."""
    plan = floor(agent("ann"), agent("ben"), queues=(queue(callback=CallbackRule()),))
    scene = Scene(plan)
    scene.not_ready("ben")
    scene.queued("c1")
    scene.queued("c2")
    return scene


def recalled(scene: Scene, *commands: OfferCall | EndCallback) -> Engine:
    """Nobody is offered anybody by this: history would have said so."""
    scene.now += 1.0
    scene.engine.recall(TimePassed(), scene.now, commands)
    idle = Invariant.IDLE_BESIDE_WAITING
    assert [one for one in violations(scene.engine) if one.invariant is not idle] == []
    return scene.engine


def offer_to(scene: Scene, name: str, call: str, id: str = "theirs") -> OfferCall:
    return msgspec.structs.replace(
        given(scene.offers[-1]),
        agent=AgentId(name),
        device=f"{name}-desk",
        call=CallId(call),
        offer=OfferId(id),
    )


def test_an_offer_to_somebody_else_takes_the_place_of_the_one_she_has(scene: Scene) -> None:
    live = recalled(scene, offer_to(scene, "ben", "c1")).live
    assert list(live.state.offers) == ["theirs"]
    assert scene.state("ben") is AgentState.OFFERED
    assert scene.state("ann") is AgentState.READY


def test_an_offer_to_who_talks_ends_the_talk(scene: Scene) -> None:
    scene.tell(OfferAnswered(offer=scene.offers[-1].offer))
    live = recalled(scene, offer_to(scene, "ann", "c2")).live
    assert list(live.state.offers) == ["theirs"]
    assert scene.waiting() == []


def test_an_offer_to_who_was_logged_out_begins_a_shift(scene: Scene) -> None:
    scene.logs_out("ben")
    recalled(scene, offer_to(scene, "ben", "c2"))
    assert scene.state("ben") is AgentState.OFFERED


def test_an_offer_to_nobody_on_the_plan_or_for_nobody_known_changes_nothing(scene: Scene) -> None:
    before = scene.engine.live.state.offers.copy()
    engine = recalled(scene, offer_to(scene, "zed", "c2"), offer_to(scene, "ben", "gone"))
    assert engine.live.state.offers == before
    assert scene.waiting() == ["c2"]


def test_a_promise_that_was_ended_is_ended(scene: Scene) -> None:
    scene.tell(CallbackWanted(call=CallId("c2"), number="+8613800000000"))
    assert CallId("c2") in scene.engine.live.state.calls
    end = EndCallback(
        edge=EDGE,
        call=CallId("c2"),
        token=1,
        queue=queue().id,
        number="+8613800000000",
        end=CallbackEnd.EXPIRED,
        attempts=0,
        asked_at=scene.now,
    )
    recalled(scene, end)
    assert CallId("c2") not in scene.engine.live.state.calls
    assert not scene.engine.live.promises


def test_a_floor_is_recalled_before_anybody_was_on_it() -> None:
    engine = Engine()
    engine.recall(FloorConfigured(floor=floor(agent("ann"))), 5.0, ())
    engine.recall(said_queued("c1"), 6.0, ())
    assert [call.id for call in engine.callers(queue().id)] == ["c1"]
