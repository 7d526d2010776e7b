"""What came of a call: said during the talk or its wrap-up, which does not end without it where a
queue wants it."""

import msgspec
import pytest

from calls.commands import NoteDisposition
from calls.floor import Disposition
from calls.ids import AgentId
from calls.inputs import AgentLoggedOut, AgentNotReady, AgentReady, CallDisposed, WrapUpFinished
from calls.words import AgentState
from tests.acd.scene import Scene, agent, floor, queue

pytestmark = pytest.mark.story

ANN = AgentId("ann")
CODES = (
    Disposition(code="sold", names={"en": "Sold"}),
    Disposition(
        code="lost", names={"en": "Lost"}, below=(Disposition(code="price", names={"en": "Price"}),)
    ),
)


def talked(*, required: bool = True, wrap_up_s: float = 20.0) -> Scene:
    """Ann has just talked to somebody."""
    sales = msgspec.structs.replace(
        queue("sales", wrap_up_s=wrap_up_s), dispositions=CODES, disposition_required=required
    )
    scene = Scene(floor(agent("ann"), queues=(sales,)))
    offer = scene.queued("c1")
    scene.answers(offer)
    scene.ends(offer)
    return scene


def said(code: str) -> CallDisposed:
    return CallDisposed(agent=ANN, code=code)


def test_cti_17_a_leaf_of_the_queues_tree_is_noted_with_its_call():
    scene = talked(required=False)
    assert "no disposition lost" in scene.refused(said("lost"))
    assert "no disposition none" in scene.refused(said("none"))
    [noted] = scene.tell(said("lost/price"))
    assert isinstance(noted, NoteDisposition)
    assert (noted.call, noted.agent, noted.code) == ("c1", ANN, "lost/price")
    assert scene.told("ann").disposition == "lost/price"
    [again] = scene.tell(said("sold"))
    assert again.code == "sold"  # type: ignore[union-attr]


def test_cti_18_no_way_out_of_a_wrap_up_without_it():
    scene = talked()
    ways = (
        WrapUpFinished(agent=ANN),
        AgentReady(agent=ANN),
        AgentNotReady(agent=ANN, reason="meal"),
        AgentLoggedOut(agent=ANN),
    )
    for way in ways:
        assert "what came of the call" in scene.refused(way)
    scene.tell(said("sold"))
    scene.tell(WrapUpFinished(agent=ANN))
    assert scene.state("ann") is AgentState.READY


def test_cti_18_the_clock_runs_on_until_it_is_said():
    scene = talked()
    scene.pass_time(200.0)
    assert scene.state("ann") is AgentState.WRAPPING_UP
    assert scene.queued("c2") is None
    scene.tell(said("sold"))
    scene.pass_time(30.0)
    assert scene.state("ann") is AgentState.OFFERED


def test_cti_18_also_where_there_is_no_wrap_up():
    scene = talked(wrap_up_s=0.0)
    assert scene.state("ann") is AgentState.WRAPPING_UP
    scene.tell(said("sold"))
    scene.tell(WrapUpFinished(agent=ANN))
    assert scene.state("ann") is AgentState.READY


def test_cti_18_a_break_asked_for_in_the_talk_begins_when_it_is_said():
    sales = msgspec.structs.replace(queue("sales"), dispositions=CODES, disposition_required=True)
    scene = Scene(floor(agent("ann"), queues=(sales,)))
    offer = scene.queued("c1")
    scene.answers(offer)
    scene.not_ready("ann", "meal")
    scene.ends(offer)
    assert scene.state("ann") is AgentState.WRAPPING_UP
    scene.tell(said("sold"))
    scene.tell(WrapUpFinished(agent=ANN))
    assert (scene.told("ann").state, scene.told("ann").reason) == (AgentState.NOT_READY, "meal")


def test_cti_17_said_in_the_talk_it_is_not_asked_for_again():
    sales = msgspec.structs.replace(
        queue("sales", wrap_up_s=0.0), dispositions=CODES, disposition_required=True
    )
    scene = Scene(floor(agent("ann"), queues=(sales,)))
    offer = scene.queued("c1")
    assert "has had no talk" in scene.refused(said("sold"))
    scene.answers(offer)
    scene.tell(said("sold"))
    scene.ends(offer)
    assert scene.state("ann") is AgentState.READY
