"""An edge lost and found again: nobody is stuck, nobody is offered twice, doubt is shown."""

import pytest

from calls.commands import WithdrawOffer
from calls.ids import EdgeId
from calls.inputs import DeviceChanged, EdgeLost, EdgeSynced
from calls.words import AgentState, DeviceState, NoAnswer
from tests.acd.scene import EDGE, Scene, agent, floor, given, offer_in, queue, said_queued, who

pytestmark = pytest.mark.story


def synced(*calls: str, offers: tuple[str, ...] = ()) -> EdgeSynced:
    return EdgeSynced(edge=EDGE, calls=calls, offers=offers)


def test_callers_of_a_lost_edge_are_offered_to_nobody_until_it_syncs():
    scene = Scene(floor(agent("ann")))
    scene.tell(EdgeLost(edge=EDGE))
    assert scene.alarms() == [("edge_lost:east", True)]
    assert scene.queued("c1") is None
    commands = scene.tell(synced("c1"))
    assert scene.alarms() == [("edge_lost:east", False)]
    assert given(offer_in(commands)).call == "c1"


def test_the_callers_of_another_edge_notice_nothing():
    scene = Scene(floor(agent("ann")))
    scene.tell(EdgeLost(edge=EdgeId("west")))
    assert who(scene.queued("c1")) == "ann"


def test_a_call_between_lost_and_found_is_passed_over_not_waited_for():
    scene = Scene(floor(agent("ann")), ready=False)
    scene.queued("c1")
    scene.tell(EdgeLost(edge=EDGE))
    scene.queued("c2", edge=EdgeId("west"))
    scene.at_work("ann")
    assert given(offer_in(scene.last.commands)).call == "c2"


def test_waiting_callers_not_listed_are_gone():
    scene = Scene(floor(agent("ann")), ready=False)
    for call in ("c1", "c2", "c3"):
        scene.queued(call)
    scene.tell(synced("c2"))
    assert scene.waiting() == ["c2"]


def test_p18_a_talk_not_listed_releases_its_agent_to_wrap_up_and_a_listed_one_stays():
    scene = Scene(floor(agent("ann"), agent("ben"), queues=(queue(wrap_up_s=9.0),)))
    gone, stays = scene.queued("c1"), scene.queued("c2")
    scene.answers(gone)
    scene.answers(stays)
    scene.tell(synced("c2", offers=(given(stays).offer,)))
    assert scene.state("ann") is AgentState.WRAPPING_UP
    assert scene.state("ben") is AgentState.TALKING


def test_an_offer_not_listed_is_over_and_the_caller_rings_on_without_a_strike():
    scene = Scene(floor(agent("ann")))
    former = given(scene.queued("c1"))
    scene.queued("c2")
    again = given(offer_in(scene.tell(synced("c1", "c2"))))
    assert (again.call, again.agent) == ("c1", "ann")
    assert again.offer != former.offer
    assert scene.strikes("ann") == {}


def test_an_offer_not_listed_is_withdrawn_before_the_next_one_is_made():
    scene = Scene(floor(agent("ann")))
    former = given(scene.queued("c1"))
    withdrawn, again = scene.tell(synced("c1"))
    assert isinstance(withdrawn, WithdrawOffer)
    assert withdrawn.offer == former.offer
    assert given(offer_in((again,))).call == "c1"


def test_an_offer_open_for_a_caller_who_comes_back_is_withdrawn_before_the_next_one():
    scene = Scene(floor(agent("ann")))
    former = given(scene.queued("c1"))
    withdrawn, again = scene.tell(said_queued("c1"))
    assert isinstance(withdrawn, WithdrawOffer)
    assert withdrawn.offer == former.offer
    assert given(offer_in((again,))).offer != former.offer


def test_who_waits_there_and_was_never_heard_of_begins_to_wait_with_her_time_kept():
    scene = Scene(floor(agent("ann")), ready=False)
    scene.queued("c1")
    lost = said_queued("c2", waited_s=90.0)
    scene.tell(EdgeSynced(edge=EDGE, calls=("c1", "c2"), offers=(), waiting=(lost,)))
    assert scene.waiting() == ["c2", "c1"]


def test_who_waits_and_is_known_keeps_what_she_has():
    scene = Scene(floor(agent("ann")), ready=False)
    scene.queued("c1")
    scene.queued("c2")
    known = said_queued("c2", waited_s=900.0)
    scene.tell(EdgeSynced(edge=EDGE, calls=("c1", "c2"), offers=(), waiting=(known,)))
    assert scene.waiting() == ["c1", "c2"]


def test_who_is_listed_as_waiting_while_she_was_thought_to_talk_waits():
    scene = Scene(floor(agent("ann"), queues=(queue(wrap_up_s=9.0),)))
    scene.answers(scene.queued("c1"))
    back = said_queued("c1")
    scene.tell(EdgeSynced(edge=EDGE, calls=("c1",), offers=(), waiting=(back,)))
    assert scene.state("ann") is AgentState.WRAPPING_UP
    assert scene.waiting() == ["c1"]


def test_an_offer_whose_caller_is_gone_is_withdrawn():
    scene = Scene(floor(agent("ann")))
    offer = given(scene.queued("c1"))
    (withdrawn,) = scene.tell(synced(offers=(offer.offer,)))
    assert isinstance(withdrawn, WithdrawOffer)
    assert scene.state("ann") is AgentState.READY


def test_a_listed_offer_gets_time_to_be_reported():
    scene = Scene(floor(agent("ann")))
    offer = given(scene.queued("c1"))
    assert scene.pass_time(27.0) == []
    scene.tell(synced("c1", offers=(offer.offer,)))
    assert scene.pass_time(9.0) == []
    assert len(scene.pass_time(1.5)) == 1


def test_what_a_lost_edge_said_of_telephones_is_forgotten():
    scene = Scene(floor(agent("ann")))
    scene.device("ann-desk", "unregistered")
    scene.tell(EdgeLost(edge=EDGE))
    scene.tell(synced())
    assert who(scene.queued("c1")) == "ann"


def test_an_unknown_telephone_is_refused():
    scene = Scene(floor(agent("ann")))
    said = DeviceChanged(edge=EDGE, device="fax", state=DeviceState.IDLE)
    assert "fax" in scene.refused(said)


def test_an_offer_that_outlives_its_edge_frees_its_agent():
    scene = Scene(floor(agent("ann")))
    scene.queued("c1")
    scene.tell(EdgeLost(edge=EDGE))
    scene.pass_time(40.0)
    assert scene.state("ann") is AgentState.READY
    assert scene.waiting() == ["c1"]


def test_a_fault_is_not_tried_again_at_the_speed_of_a_loop():
    scene = Scene(floor(agent("ann")))
    offer = scene.queued("c1")
    assert scene.misses(offer, NoAnswer.FAILED, after_s=0.0) is None
    assert scene.waiting() == ["c1"]
    assert who(offer_in(tuple(scene.pass_time(2.0)))) == "ann"
