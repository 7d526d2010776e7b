"""Agents who talk without having been offered: they call out, or are handed a caller."""

import pytest
from msgspec.structs import replace

from acd.engine import restore
from acd.on_agents import OWED
from calls.commands import OfferCall, PlaceCall
from calls.floor import Disposition
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.inputs import (
    AgentDials,
    AgentEngaged,
    AgentNotReady,
    AgentReady,
    CallDisposed,
    EdgeLost,
    TalkEnded,
)
from calls.words import AgentState, DeviceState, Party
from tests.acd.scene import Scene, agent, floor, given, queue

pytestmark = pytest.mark.story

ANN, OUT = AgentId("ann"), OfferId("f00")
DIALS = AgentDials(agent=ANN, offer=OUT, number="13800138000")


def one() -> Scene:
    scene = Scene(floor(agent("ann"), queues=(queue("sales", wrap_up_s=20.0),)))
    [telephone] = scene.engine.floor.agents[0].devices
    scene.device(telephone.id, "idle")
    return scene


def test_cti_11_who_calls_out_is_offered_nobody_until_it_is_over_and_wrapped_up():
    scene = one()
    [placed] = scene.tell(DIALS)
    assert isinstance(placed, PlaceCall)
    assert (placed.agent, placed.number, placed.queue) == (ANN, "13800138000", "sales")
    assert placed.call.endswith(f"out.{OUT}")
    assert scene.state("ann") is AgentState.TALKING
    assert scene.queued("c1") is None
    scene.tell(TalkEnded(offer=OUT, by=Party.AGENT))
    assert scene.state("ann") is AgentState.WRAPPING_UP
    [offer] = scene.tell(AgentReady(agent=ANN))
    assert isinstance(offer, OfferCall)


def test_cti_11_who_is_offered_or_talks_cannot_call_out():
    scene = one()
    offer = given(scene.queued("c1"))
    assert "offered" in scene.refused(DIALS)
    scene.answers(offer)
    assert "talking" in scene.refused(DIALS)


def test_cti_11_who_was_not_ready_is_so_again_afterwards():
    scene = one()
    scene.tell(AgentNotReady(agent=ANN, reason="meal"))
    scene.tell(DIALS)
    scene.tell(TalkEnded(offer=OUT, by=Party.AGENT))
    shown = scene.told("ann")
    assert (shown.state, shown.reason) == (AgentState.NOT_READY, "meal")


def test_cti_11_a_telephone_that_is_not_there_or_in_use_cannot_call():
    scene = one()
    for state, why in (
        (DeviceState.UNREGISTERED, "no_device"),
        (DeviceState.IN_USE, "device_busy"),
    ):
        scene.device(scene.engine.floor.agents[0].devices[0].id, state)
        assert why in scene.refused(DIALS)
    assert scene.state("ann") is AgentState.READY


def test_a_colleague_who_is_handed_a_caller_talks_and_wraps_up():
    scene = one()
    engaged = AgentEngaged(
        agent=ANN,
        offer=OfferId("t1"),
        call=CallId("east-9"),
        edge=EdgeId("east"),
        device=DeviceId("ann-desk"),
        queue=QueueId("sales"),
    )
    scene.tell(engaged)
    shown = scene.told("ann")
    assert (shown.state, shown.call, shown.offer) == (AgentState.TALKING, "east-9", "t1")
    assert "talking" in scene.refused(engaged)
    scene.tell(TalkEnded(offer=OfferId("t1"), by=Party.CALLER))
    assert scene.state("ann") is AgentState.WRAPPING_UP


def test_a_call_out_outlives_the_engine():
    scene = one()
    scene.tell(DIALS)
    again = restore(scene.engine.snapshot())
    assert again.live.state.offers[OUT].agent == ANN
    assert again.live.queues[QueueId("sales")].talking == 1


def test_who_owes_an_answer_or_belongs_to_no_queue_or_to_a_lost_edge_cannot_call_out():
    codes = (Disposition(code="sold", names={}),)
    owing = queue("sales", wrap_up_s=20.0, dispositions=codes, disposition_required=True)
    scene = Scene(floor(agent("ann"), queues=(owing,)))
    scene.device("ann-desk", "idle")
    scene.answers(scene.queued("c1"))
    scene.ends(scene.offers[-1])
    assert OWED in scene.refused(DIALS)
    scene.tell(CallDisposed(agent=ANN, code="sold"))
    assert "no queue nowhere" in scene.refused(replace(DIALS, queue=QueueId("nowhere")))
    assert "unknown agent: 无人" in scene.refused(replace(DIALS, agent=AgentId("无人")))
    scene.tell(EdgeLost(edge=EdgeId("east")))
    assert "cannot be rung" in scene.refused(DIALS)


def test_nobody_is_handed_a_caller_of_a_queue_or_an_offer_that_cannot_be():
    scene = Scene(floor(agent("ann"), agent("ben")))
    handed = AgentEngaged(
        agent=ANN,
        offer=OfferId("t1"),
        call=CallId("east-9"),
        edge=EdgeId("east"),
        device=DeviceId("ann-desk"),
        queue=QueueId("nowhere"),
    )
    assert scene.refused(handed) == "unknown queue: nowhere"
    scene.tell(replace(handed, queue=QueueId("sales")))
    twice = replace(handed, agent=AgentId("ben"), queue=QueueId("sales"))
    assert scene.refused(twice) == "offer t1 is known already"
