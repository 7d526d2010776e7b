"""An agent's telephone is registered at one Asterisk, whoever's caller it is rung for."""

import pytest

from acd.invariants import violations
from calls.commands import OfferCall
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId
from calls.inputs import CallQueued, DeviceChanged, EdgeLost, EdgeSynced, Held, TalkEnded
from calls.words import AgentState, DeviceState, Party
from tests.acd.scene import EDGE, SALES, Scene, agent, floor, given

pytestmark = pytest.mark.unit

WEST = EdgeId("west")


def heard(scene: Scene, edge: EdgeId, state: DeviceState, device: str = "ann-desk") -> None:
    scene.tell(DeviceChanged(edge=edge, device=DeviceId(device), state=state))


def queued(call: str, edge: EdgeId) -> CallQueued:
    return CallQueued(call=CallId(call), edge=edge, queue=SALES)


def offer_of(scene: Scene, call: str, edge: EdgeId) -> OfferCall:
    [offer] = [one for one in scene.tell(queued(call, edge)) if isinstance(one, OfferCall)]
    return offer


def test_p25_an_offer_says_where_the_telephone_is_registered_when_not_beside_the_caller() -> None:
    scene = Scene(floor(agent("ann"), agent("ben")))
    heard(scene, WEST, DeviceState.IDLE)
    heard(scene, EDGE, DeviceState.IDLE, "ben-desk")
    ann, ben = offer_of(scene, "c1", EDGE), offer_of(scene, "c2", EDGE)
    assert (ann.agent, ann.home) == ("ann", WEST)
    assert (ben.agent, ben.home) == ("ben", None)


def test_an_asterisk_where_it_is_not_registered_says_nothing_of_a_telephone() -> None:
    scene = Scene(floor(agent("ann")))
    heard(scene, WEST, DeviceState.IDLE)
    heard(scene, EDGE, DeviceState.UNREGISTERED)
    heard(scene, EDGE, DeviceState.UNKNOWN)
    assert offer_of(scene, "c1", EDGE).home == WEST


def test_a_telephone_that_registers_elsewhere_is_rung_there() -> None:
    scene = Scene(floor(agent("ann")))
    heard(scene, WEST, DeviceState.IDLE)
    heard(scene, EDGE, DeviceState.IDLE)
    heard(scene, WEST, DeviceState.UNREGISTERED)
    assert offer_of(scene, "c1", EDGE).home is None


def test_p61_telephones_of_a_lost_edge_are_rung_for_nobody_until_it_is_back() -> None:
    scene = Scene(floor(agent("ann"), agent("ben")))
    heard(scene, WEST, DeviceState.IDLE)
    heard(scene, EDGE, DeviceState.IDLE, "ben-desk")
    scene.tell(EdgeLost(edge=WEST))
    assert offer_of(scene, "c1", EDGE).agent == "ben"
    scene.tell(queued("c2", EDGE))
    assert scene.waiting() == ["c2"]
    offers = scene.tell(EdgeSynced(edge=WEST, calls=(), offers=()))
    assert [one.agent for one in offers if isinstance(one, OfferCall)] == ["ann"]


def held(answered: bool, call: str = "c1", name: str = "ann") -> EdgeSynced:
    offer = Held(
        offer=OfferId("made-alone"),
        call=CallId(call),
        queue=SALES,
        agent=AgentId(name),
        device=DeviceId(f"{name}-desk"),
        answered=answered,
    )
    return EdgeSynced(edge=EDGE, calls=(CallId(call),), offers=(offer.offer,), held=(offer,))


@pytest.mark.parametrize("known", [True, False], ids=["waiting here", "never heard of"])
@pytest.mark.parametrize("answered", [True, False], ids=["talking", "ringing"])
def test_has_5_an_offer_an_edge_made_alone_is_taken_up_and_made_no_second_time(
    known: bool, answered: bool
) -> None:
    scene = Scene(floor(agent("ann"), agent("ben")))
    scene.tell(EdgeLost(edge=EDGE))
    if known:
        scene.tell(queued("c1", EDGE))
    assert not [one for one in scene.tell(held(answered)) if isinstance(one, OfferCall)]
    assert scene.state("ann") is (AgentState.TALKING if answered else AgentState.OFFERED)
    assert scene.waiting() == []
    assert violations(scene.engine) == []
    if answered:
        scene.tell(TalkEnded(offer=OfferId("made-alone"), by=Party.CALLER))
        assert scene.state("ann") is AgentState.READY


def test_an_edge_that_was_never_out_of_step_has_made_no_offers_of_its_own() -> None:
    """What is unknown here was withdrawn a moment ago: it is not taken up again."""
    scene = Scene(floor(agent("ann")))
    scene.tell(held(answered=False))
    assert scene.state("ann") is AgentState.READY


@pytest.mark.parametrize("name", ["nobody", "ann"])
def test_an_offer_this_floor_cannot_hold_is_left_to_its_edge(name: str) -> None:
    scene = Scene(floor(agent("ann")))
    if name == "ann":
        scene.tell(queued("another", WEST))  # she is rung for somebody else already
    scene.tell(EdgeLost(edge=EDGE))
    scene.tell(queued("c1", EDGE))
    scene.tell(held(answered=True, name=name))
    assert "c1" not in scene.waiting()
    assert violations(scene.engine) == []


def test_an_offer_says_for_which_coming_of_its_caller_it_was_made() -> None:
    scene = Scene(floor(agent("ann"), agent("ben")))
    first = scene.queued("c1", stay=7)
    again = scene.queued("c1", stay=9)
    assert (given(first).stay, given(again).stay) == (7, 9)
    assert given(scene.misses(again)).stay == 9
