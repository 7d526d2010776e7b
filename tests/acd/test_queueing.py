"""Callers in order, agents in turn: priority, weight, tiers, skills, places, and who may wait."""

import pytest

from acd.choose import Reason
from acd.on_time import AT_ONCE
from calls.commands import ReleaseCaller, TellPlace
from calls.ids import AgentId
from calls.inputs import TimePassed
from calls.words import AgentState
from tests.acd.scene import (
    Scene,
    agent,
    floor,
    given,
    needs,
    offer_in,
    places,
    queue,
    said_queued,
    who,
)

pytestmark = pytest.mark.story

BOTH = (queue("sales"), queue("service"))


def served_in_order(scene: Scene, offer: object, count: int) -> list[str]:
    """Let one agent answer and end call after call; the calls in the order they were offered."""
    order = []
    for _ in range(count):
        order.append(given(offer).call)
        scene.answers(offer)
        offer = scene.ends(offer)
    return order


# --- the order of callers ------------------------------------------------------------------


def test_first_come_is_first_served():
    scene = Scene(floor(agent("ann")))
    first = scene.queued("c1")
    for call in ("c2", "c3", "c4"):
        scene.queued(call)
    assert served_in_order(scene, first, 4) == ["c1", "c2", "c3", "c4"]


def test_priority_goes_first_and_waited_time_counts_within_it():
    scene = Scene(floor(agent("ann")))
    first = scene.queued("c1")
    scene.queued("late")
    scene.queued("waited", waited_s=100.0)
    scene.queued("vip", priority=1)
    scene.queued("dropped", at_head=True)
    assert scene.waiting() == ["vip", "dropped", "waited", "late"]
    assert served_in_order(scene, first, 5) == ["c1", "vip", "dropped", "waited", "late"]


def test_across_queues_the_longest_wait_goes_first():
    scene = Scene(floor(agent("ann", "sales", "service"), queues=BOTH))
    first = scene.queued("c1", "sales")
    scene.queued("c2", "service")
    scene.queued("c3", "sales")
    scene.queued("c4", "service")
    assert served_in_order(scene, first, 4) == ["c1", "c2", "c3", "c4"]


def test_a_heavier_queue_goes_first_whatever_the_wait():
    heavy = (queue("sales"), queue("service", weight=5))
    scene = Scene(floor(agent("ann", "sales", "service"), queues=heavy))
    first = scene.queued("c1", "sales")
    scene.queued("c2", "sales", priority=9)
    scene.queued("c3", "service")
    assert served_in_order(scene, first, 3) == ["c1", "c3", "c2"]


def test_p7_weight_never_blocks_an_agent_who_may_not_take_the_heavy_queue():
    heavy = (queue("sales"), queue("service", weight=5, needs=needs(german=3)))
    scene = Scene(floor(agent("ann", "sales", "service"), queues=heavy))
    assert scene.queued("c1", "service") is None
    assert who(scene.queued("c2", "sales")) == "ann"


# --- the order of agents -------------------------------------------------------------------


def test_the_longest_idle_across_queues_is_asked_first():
    scene = Scene(
        floor(agent("ann", "sales", "service"), agent("ben", "sales", "service"), queues=BOTH)
    )
    one = scene.queued("c1", "service")
    assert who(one) == "ann"
    scene.answers(one)
    scene.ends(one)
    assert who(scene.queued("c2", "sales")) == "ben"
    assert who(scene.queued("c3", "sales")) == "ann"


def test_a_lower_tier_is_asked_first_and_the_explanation_says_so():
    scene = Scene(floor(agent("ann", "sales:2"), agent("ben", "sales:1")))
    assert who(scene.queued("c1")) == "ben"
    assert scene.passed() == {Reason.LOWER_TIER: (AgentId("ann"),)}


def test_an_offer_taken_back_costs_the_agent_no_place():
    scene = Scene(floor(agent("ann"), agent("ben")))
    scene.queued("c1")
    scene.leaves("c1")
    assert who(scene.queued("c2")) == "ann"


def test_queue_and_call_needs_are_both_needed():
    people = (agent("ann", german=5), agent("ben", vip=1), agent("cai", german=5, vip=1))
    scene = Scene(floor(*people, queues=(queue(needs=needs(german=3)),)))
    assert who(scene.queued("c1", needs=needs(vip=1, german=5))) == "cai"
    assert scene.passed() == {Reason.SKILL: (AgentId("ann"), AgentId("ben"))}
    assert scene.queued("c2", needs=needs(german=6)) is None
    assert who(scene.queued("c3")) == "ann"


def test_a_caller_nobody_may_take_does_not_hold_up_those_behind_her():
    scene = Scene(floor(agent("ann")))
    first = scene.queued("c1")
    scene.queued("c2", needs=needs(german=1))
    scene.queued("c3")
    scene.answers(first)
    assert given(scene.ends(first)).call == "c3"


def test_every_agent_of_the_queue_is_in_the_explanation():
    people = [agent(name) for name in ("ann", "ben", "cai", "dot", "eve", "fay")]
    scene = Scene(floor(*people))
    scene.not_ready("cai")
    scene.logs_out("dot")
    scene.device("eve-desk", "unregistered")
    scene.device("fay-desk", "in_use")
    scene.queued("c1")
    why = scene.why()
    assert why.agent == "ann"
    assert why.passed == {
        Reason.IDLE_LESS: (AgentId("ben"),),
        Reason.NO_DEVICE: (AgentId("eve"),),
        Reason.DEVICE_BUSY: (AgentId("fay"),),
    }
    assert why.rest == {"logged_out": 1, "not_ready": 1}


# --- telephones ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "shown"),
    [("unregistered", "no_device"), ("in_use", "device_busy"), ("ringing", "device_busy")],
)
def test_an_agent_without_a_usable_telephone_is_not_offered_and_is_shown_so(state, shown):
    scene = Scene(floor(agent("ann")))
    scene.device("ann-desk", state)
    assert (scene.told("ann").state, scene.told("ann").reason) == (AgentState.READY, shown)
    assert scene.queued("c1") is None
    assert who(offer_in(scene.device("ann-desk", "idle"))) == "ann"


def test_somebody_speaking_on_one_telephone_is_not_rung_on_another():
    scene = Scene(floor(agent("ann", devices=("desk", "mobile"))))
    scene.device("desk", "in_use")
    assert scene.queued("c1") is None


def test_the_end_of_our_own_call_frees_the_telephone_before_asterisk_says_so():
    scene = Scene(floor(agent("ann")))
    offer = scene.queued("c1")
    scene.queued("c2")
    scene.device("ann-desk", "ringing")
    scene.answers(offer)
    scene.device("ann-desk", "in_use")
    assert who(scene.ends(offer)) == "ann"


# --- who may wait, and what she hears ------------------------------------------------------


def test_a_full_queue_and_an_unknown_one_send_the_caller_on():
    scene = Scene(floor(agent("ann"), queues=(queue(max_waiting=1),)), ready=False)
    scene.queued("c1")
    scene.queued("c2")
    (released,) = scene.last.commands
    assert isinstance(released, ReleaseCaller)
    assert (released.call, released.reason) == ("c2", "full")
    scene.queued("c3", "nowhere")
    (released,) = scene.last.commands
    assert isinstance(released, ReleaseCaller)
    assert released.reason == "failed"
    assert scene.waiting() == ["c1"]


def test_places_are_spoken_at_their_times_and_only_to_those_who_wait():
    scene = Scene(floor(agent("ann"), queues=(queue(announce_every_s=20.0),)))
    first = scene.queued("c1")
    scene.queued("c2")
    scene.queued("c3")
    assert places(scene.pass_time(19.5)) == [("c2", 1)]
    assert places(scene.pass_time(1.0)) == [("c3", 2)]
    scene.answers(first, after_s=0.1)
    assert given(scene.ends(first, after_s=1.0)).call == "c2"
    assert places(scene.pass_time(20.0)) == [("c3", 1)]


def test_p38_a_place_is_never_announced_worse_than_before():
    scene = Scene(floor(agent("ann"), queues=(queue(announce_every_s=30.0),)))
    scene.queued("c1")
    scene.queued("c2")
    assert places(scene.pass_time(30.0)) == [("c2", 1)]
    scene.queued("vip", priority=9)
    assert scene.engine.live.queues["sales"].waiting.place("c2") == 2
    assert ("c2", 1) in places(scene.pass_time(30.0))


def test_acd_35_the_expected_wait_is_a_range_once_enough_is_known():
    scene = Scene(floor(agent("ann"), queues=(queue(announce_every_s=1000.0),)))
    offer = scene.queued("c0")
    for number in range(1, 12):
        scene.queued(f"c{number}")
    for _ in range(6):
        scene.answers(offer, after_s=2.0)
        offer = scene.ends(offer, after_s=58.0)
    scene.answers(offer, after_s=2.0)
    told = [one for one in scene.pass_time(700.0) if isinstance(one, TellPlace)]
    assert [one.place for one in told] == [1, 2, 3, 4, 5]
    assert told[0].wait_low_s is not None
    assert told[0].wait_high_s is not None
    assert all(one.wait_low_s <= one.wait_high_s for one in told)


def test_ten_callers_told_at_once_are_told_in_one_input_and_thousands_are_not():
    scene = Scene(floor(queues=(queue(announce_every_s=30.0),)))
    live = scene.engine
    for number in range(AT_ONCE + 10):
        live.apply(said_queued(f"c{number}"), 2000.0)
    live.apply(TimePassed(), 2030.0)
    assert live.next_deadline() == 2030.0
    assert len(live.apply(TimePassed(), 2030.0).commands) == 10
