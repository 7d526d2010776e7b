"""Callers and agents brought together beyond the plain order: priorities, ageing, weights, wishes,
reserved agents, caps, and callers given by hand. Named after the features and pains they answer."""

import msgspec
import pytest

from acd.choose import Reason
from acd.engine import Engine
from calls.commands import ChangeCaller, ReleaseCaller
from calls.floor import FloorSpec
from calls.ids import AgentId, CallId, EdgeId, QueueId
from calls.inputs import (
    AgentLoggedIn,
    AgentReady,
    AgentServes,
    CallAssigned,
    CallerKnown,
    CallMoved,
    CallPicked,
    CallPrioritised,
    CallWithdrawn,
    EdgeLost,
    FloorConfigured,
)
from calls.words import DeviceState, Level, Released
from tests.acd.scene import EDGE, Scene, agent, floor, given, needs, queue, said_queued, who

pytestmark = pytest.mark.unit

ANN, BEN = AgentId("ann"), AgentId("ben")


def with_place(spec, **place):
    members = tuple(msgspec.structs.replace(member, **place) for member in spec.queues)
    return msgspec.structs.replace(spec, queues=members)


def worth(plan: FloorSpec, priority_s: float) -> FloorSpec:
    return msgspec.structs.replace(plan, priority_s=priority_s)


def busy(*people, queues=(), priority_s=0.0, on="sales"):
    """A floor where every agent is in a talk; the talks, by agent."""
    plan = worth(floor(*people, queues=queues), priority_s)
    scene, talks = Scene(plan), {}
    for number in range(len(people)):
        offer = given(scene.queued(f"busy{number}", on))
        scene.answers(offer)
        talks[offer.agent] = offer
    return scene, talks


def prioritise(scene, call, priority):
    said = CallPrioritised(call=CallId(call), priority=priority, by="li.na")
    return scene.tell(said, after_s=1.0)


# --- priorities ----------------------------------------------------------------------------


def test_acd_11_a_higher_priority_goes_first_and_within_one_who_came_first():
    scene, talks = busy(agent("ann"))
    for call, priority in (("c1", 0), ("c2", 1), ("c3", 1)):
        scene.queued(call, priority=priority)
    assert scene.waiting() == ["c2", "c3", "c1"]
    assert given(scene.ends(talks["ann"])).call == "c2"


def test_acd_13_one_level_of_priority_is_worth_so_many_seconds_of_waiting():
    scene, talks = busy(agent("ann"), priority_s=60.0)
    scene.queued("old")
    scene.pass_time(59.0)
    scene.queued("vip", priority=1)
    scene.queued("late", priority=1)
    assert scene.waiting() == ["old", "vip", "late"]
    scene.queued("urgent", priority=3)
    assert scene.waiting() == ["urgent", "old", "vip", "late"]
    assert given(scene.ends(talks["ann"])).call == "urgent"


def test_p9_the_longest_wait_across_queues_takes_priority_into_account():
    queues = (queue("sales"), queue("service"))
    scene, talks = busy(agent("ann", "sales", "service"), queues=queues)
    scene.queued("first", "service")
    scene.queued("second", "sales", priority=2)
    assert given(scene.ends(talks["ann"])).call == "second"


def test_acd_15_between_queues_of_one_weight_who_has_waited_longest_goes_first():
    queues = (queue("sales"), queue("service"))
    scene, talks = busy(agent("ann", "sales", "service"), queues=queues)
    scene.queued("second", "sales")
    scene.queued("first", "service", waited_s=300.0)
    assert given(scene.ends(talks["ann"])).call == "first"


def test_p8_a_caller_who_joins_at_the_head_does_not_stop_the_others():
    scene, talks = busy(agent("ann"), agent("ben", "sales", german=3))
    scene.queued("c1", needs=needs(german=9), priority=9)
    scene.queued("c2")
    assert given(scene.ends(talks["ben"])).call == "c2"


def test_acd_14_p7_the_weight_of_a_queue_is_tested_after_eligibility():
    queues = (queue("sales"), queue("service", weight=10, needs=needs(german=5)))
    scene, talks = busy(agent("ann", "sales", "service"), queues=queues)
    scene.queued("heavy", "service")
    scene.queued("light", "sales")
    assert given(scene.ends(talks["ann"])).call == "light"
    scene, talks = busy(agent("ann", "sales", "service", german=5), queues=queues)
    scene.queued("light", "sales", priority=5)
    scene.queued("heavy", "service")
    assert given(scene.ends(talks["ann"])).call == "heavy"


def test_acd_12_p10_a_new_priority_counts_at_once_for_who_waits_already():
    scene, talks = busy(agent("ann"))
    for call in ("c1", "c2", "c3"):
        scene.queued(call)
    (told,) = prioritise(scene, "c3", 5)
    assert told == ChangeCaller(edge=EDGE, call=CallId("c3"), token=0, step="", priority=5)
    assert scene.waiting() == ["c3", "c1", "c2"]
    prioritise(scene, "c1", -1)
    assert scene.waiting() == ["c3", "c2", "c1"]
    assert given(scene.ends(talks["ann"])).call == "c3"
    assert "not waiting" in scene.refused(
        CallPrioritised(call=CallId("busy0"), priority=1, by="li.na")
    )
    assert "-1000 to 1000" in scene.refused(
        CallPrioritised(call=CallId("c1"), priority=10**6, by="li.na")
    )


def test_acd_12_a_caller_being_offered_keeps_her_new_priority_after_a_miss():
    scene = Scene(floor(agent("ann")))
    offer = scene.queued("c1")
    prioritise(scene, "c1", 4)
    scene.not_ready("ann")
    scene.misses(offer)
    scene.queued("c2", priority=3)
    assert scene.waiting() == ["c1", "c2"]


# --- key customers -------------------------------------------------------------------------


def test_acd_44_each_queue_says_what_a_customers_level_is_worth():
    levels = {Level.VIP: 5, Level.GOLD: 1}
    queues = (queue("sales", priority_of=levels), queue("service"))
    scene, _ = busy(agent("ann", "sales", "service"), queues=queues)
    for number, level in enumerate((Level.NORMAL, Level.GOLD, Level.VIP)):
        scene.queued(f"c{number}", level=level)
        scene.queued(f"d{number}", "service", level=level)
    assert scene.waiting() == ["c2", "c1", "c0"]
    assert scene.waiting("service") == ["d0", "d1", "d2"]


def test_acd_44_who_is_found_to_be_a_key_customer_while_waiting_moves_up_at_once():
    queues = (queue("sales", priority_of={Level.VIP: 5}),)
    scene, _ = busy(agent("ann"), queues=queues)
    scene.queued("c1")
    scene.queued("c2")
    scene.tell(CallerKnown(call=CallId("c2"), level=Level.VIP))
    assert scene.waiting() == ["c2", "c1"]
    assert "not waiting" in scene.refused(CallerKnown(call=CallId("nobody"), level=Level.VIP))


def test_p10_a_new_plan_ranks_anew_who_waits_already():
    scene, _ = busy(agent("ann"), queues=(queue("sales"),))
    scene.queued("c1")
    scene.queued("c2", level=Level.VIP)
    plan = floor(agent("ann"), queues=(queue("sales", priority_of={Level.VIP: 5}),), version=2)
    scene.tell(FloorConfigured(floor=plan))
    assert scene.waiting() == ["c2", "c1"]
    scene.tell(FloorConfigured(floor=worth(plan, 0.1)))
    assert scene.waiting() == ["c1", "c2"]


# --- the agent she prefers -----------------------------------------------------------------


def test_acd_43_her_last_agent_goes_before_tier_and_longest_idle():
    scene = Scene(floor(agent("ann"), agent("ben"), agent("cai", "sales:2")))
    assert who(scene.queued("c1", prefer=("cai",))) == "cai"
    assert scene.why().preferred
    assert scene.passed() == {Reason.NOT_PREFERRED: ("ann", "ben")}


def test_acd_43_she_waits_for_her_agent_as_long_as_the_queue_says():
    queues = (queue("sales", prefer_wait_s=20.0),)
    scene, talks = busy(agent("ann"), agent("ben"), queues=queues)
    scene.queued("c1", prefer=("ben",))
    assert scene.ends(talks["ann"], after_s=5.0) is None
    scene.queued("c2")
    assert given(scene.offers[-1]).call == "c2"
    assert given(scene.ends(talks["ben"], after_s=5.0)).call == "c1"
    assert scene.why().preferred


def test_acd_43_after_that_anybody_may_take_her():
    queues = (queue("sales", prefer_wait_s=20.0),)
    scene, talks = busy(agent("ann"), agent("ben"), queues=queues)
    scene.queued("c1", prefer=("ben",))
    scene.ends(talks["ann"], after_s=5.0)
    assert scene.pass_time(14.0) == []
    (offer,) = scene.pass_time(2.0)
    assert (offer.call, offer.agent) == ("c1", "ann")


def test_acd_43_nobody_waits_for_an_agent_who_is_not_at_work_or_leaves():
    queues = (queue("sales", prefer_wait_s=600.0),)
    scene, talks = busy(agent("ann"), agent("ben"), queues=queues)
    scene.logs_out("ann")
    scene.queued("c1", prefer=("ann", "nobody"))
    assert given(scene.ends(talks["ben"])).call == "c1"
    scene, talks = busy(agent("ann"), agent("ben"), queues=queues)
    scene.queued("c1", prefer=("ann",))
    scene.queued("c2", prefer=("ann", "ben"))
    scene.ends(talks["ben"])
    assert scene.offers[-1].call == "c2"
    scene.not_ready("ann")
    scene.ends(scene.offers[-1])
    assert scene.offers[-1].call == "c1"


def test_acd_43_who_missed_her_is_not_waited_for_again():
    queues = (queue("sales", prefer_wait_s=600.0),)
    scene = Scene(floor(agent("ann"), agent("ben"), queues=queues))
    offer = scene.queued("c1", prefer=("ann",))
    assert who(offer) == "ann"
    assert who(scene.misses(offer)) == "ben"


def test_acd_43_a_preferred_agent_must_have_the_skills():
    queues = (queue("sales", prefer_wait_s=600.0, needs=needs(german=3)),)
    scene = Scene(floor(agent("ann"), agent("ben", german=3), queues=queues))
    assert who(scene.queued("c1", prefer=("ann",))) == "ben"


def test_acd_43_who_is_known_late_may_still_get_her_agent():
    queues = (queue("sales", prefer_wait_s=30.0),)
    scene, talks = busy(agent("ann"), agent("ben"), queues=queues)
    scene.queued("c1")
    scene.tell(CallerKnown(call=CallId("c1"), prefer=(BEN,)))
    assert scene.ends(talks["ann"], after_s=1.0) is None
    assert given(scene.ends(talks["ben"], after_s=1.0)).call == "c1"


# --- reserved agents and caps --------------------------------------------------------------


def test_acd_7_an_agent_may_be_kept_for_callers_of_a_high_priority():
    kept = with_place(agent("ann"), reserved_from=3)
    scene = Scene(floor(kept, agent("ben")))
    assert who(scene.queued("c1")) == "ben"
    assert scene.passed() == {Reason.RESERVED: ("ann",)}
    assert scene.queued("c2", priority=2) is None
    assert who(scene.queued("c3", priority=3)) == "ann"
    scene.ends(scene.offers[-1])
    (offer,) = [one for one in prioritise(scene, "c2", 3) if not isinstance(one, ChangeCaller)]
    assert (offer.agent, offer.call) == ("ann", "c2")


def test_acd_7_skill_and_reserve_are_told_apart_also_among_many():
    queues = (queue("sales", needs=needs(german=1)),)
    people = [with_place(agent(f"r{n:02}", german=1), reserved_from=5) for n in range(12)]
    people += [agent(f"s{n:02}") for n in range(20)]
    scene = Scene(floor(*people, agent("zoe", german=1), queues=queues))
    assert who(scene.queued("c1")) == "zoe"
    why = scene.why()
    assert why.passed[Reason.RESERVED] == tuple(f"r{n:02}" for n in range(8))
    assert why.more == {Reason.SKILL: 12, Reason.RESERVED: 4}


def test_acd_46_p35_a_queue_has_no_more_talks_at_once_than_it_may():
    queues = (queue("sales", max_talks=2), queue("service"))
    people = [agent(name, "sales", "service") for name in ("ann", "ben", "cai")]
    scene = Scene(floor(*people, queues=queues))
    first, second = scene.queued("c1"), scene.queued("c2")
    scene.answers(first)
    assert scene.queued("c3") is None
    assert who(scene.queued("d1", "service")) == "cai"
    scene.ends(given(scene.offers[-1]))
    assert scene.waiting() == ["c3"]
    third = scene.misses(second)
    assert third is not None
    assert third.call == "c2"
    assert given(scene.ends(first)).call == "c3"


def test_acd_46_an_offer_given_up_makes_room_for_the_next_caller():
    queues = (queue("sales", max_talks=1),)
    scene = Scene(floor(agent("ann"), agent("ben"), queues=queues))
    scene.queued("c1")
    assert scene.queued("c2") is None
    (_, offer) = scene.leaves("c1")
    assert offer.call == "c2"


# --- by hand -------------------------------------------------------------------------------


def pick(call, name):
    return CallPicked(call=CallId(call), agent=AgentId(name), by=name)


def assign(call, name, **rest):
    return CallAssigned(call=CallId(call), agent=AgentId(name), by="li.na", **rest)


def test_acd_47_an_agent_picks_a_caller_out_of_turn_while_wrapping_up():
    scene, talks = busy(agent("ann"), queues=(queue("sales", wrap_up_s=60.0),))
    for call in ("c1", "c2", "c3"):
        scene.queued(call)
    assert scene.ends(talks["ann"]) is None
    (offer,) = scene.tell(pick("c3", "ann"))
    assert (offer.call, offer.agent, offer.why) == ("c3", "ann", "by hand: ann")
    assert scene.why().by_hand == "ann"
    assert scene.waiting() == ["c1", "c2"]


def test_acd_47_what_cannot_be_picked_is_refused_and_changes_nothing():
    queues = (queue("sales", max_talks=3), queue("service"))
    scene, _ = busy(agent("ann"), agent("ben"), queues=queues)
    scene.queued("c1")
    assert "has a call already" in scene.refused(pick("c1", "ann"))
    assert "unknown agent" in scene.refused(pick("c1", "nobody"))
    assert "not waiting" in scene.refused(pick("c9", "ann"))
    scene.queued("d1", "service")
    assert "does not serve queue service" in scene.refused(pick("d1", "ann"))
    scene.tell(EdgeLost(edge=EdgeId("east")))
    assert "cannot be reached" in scene.refused(pick("c1", "ann"))


def test_acd_47_p35_a_hand_does_not_break_the_cap_nor_a_phone_that_is_gone():
    queues = (queue("sales", max_talks=1),)
    scene = Scene(floor(agent("ann"), agent("ben"), queues=queues))
    scene.queued("c1")
    scene.queued("c2")
    assert "as many talks" in scene.refused(assign("c2", "ben"))
    assert "being offered" in scene.refused(assign("c1", "ben"))
    scene = Scene(floor(agent("ann")))
    scene.device("ann-desk", DeviceState.UNREGISTERED)
    scene.queued("c1")
    assert "cannot be rung: no_device" in scene.refused(pick("c1", "ann"))


def test_acd_47_a_supervisor_gives_a_caller_to_a_free_agent_whatever_the_skills():
    queues = (queue("sales", needs=needs(german=3)), queue("service"))
    scene = Scene(floor(agent("ann"), agent("ben", "service"), queues=queues))
    scene.queued("c1")
    (offer,) = scene.tell(assign("c1", "ben"))
    assert (offer.agent, scene.why().by_hand) == ("ben", "li.na")
    scene.misses(offer)
    (offer,) = scene.tell(assign("c1", "ann"))
    assert offer.agent == "ann"


def test_acd_47_a_caller_is_kept_for_a_busy_agent_and_is_next_there():
    queues = (queue("sales", needs=needs(german=3)),)
    scene = Scene(floor(agent("ann", german=3), agent("ben"), queues=queues))
    talk = scene.queued("c1")
    scene.answers(talk)
    scene.queued("c2", priority=0)
    scene.queued("c3")
    scene.tell(assign("c3", "ann"))
    assert given(scene.ends(talk)).call == "c3"


def test_acd_47_nobody_is_kept_for_ever_nor_for_somebody_who_is_away():
    scene, talks = busy(agent("ann"), agent("ben"))
    scene.queued("c1")
    scene.tell(assign("c1", "ann", keep_s=30.0))
    assert scene.ends(talks["ben"], after_s=1.0) is None
    (offer,) = scene.pass_time(31.0)
    assert (offer.call, offer.agent) == ("c1", "ben")
    scene.not_ready("ann")
    scene.queued("c2")
    said = scene.refused(assign("c2", "ann"))
    assert "takes no call of queue sales after it" in said
    assert "up to 3600 s" in scene.refused(assign("c2", "ben", keep_s=0.0))


def test_acd_45_an_agent_serves_those_of_the_queues_the_agent_says():
    queues = (queue("sales"), queue("service"))
    scene = Scene(floor(agent("ann", "sales", "service"), queues=queues))
    scene.tell(AgentServes(agent=ANN, queues=(QueueId("service"),)))
    assert scene.queued("c1", "sales") is None
    assert who(scene.queued("c2", "service")) == "ann"
    scene.ends(scene.offers[-1])
    (offer,) = scene.tell(AgentServes(agent=ANN, queues=(QueueId("sales"),)))
    assert offer.call == "c1"


def test_acd_8_a_caller_needs_what_her_queue_and_she_herself_need():
    queues = (queue("sales", needs=needs(german=2)),)
    people = (agent("ann", german=2), agent("ben", german=2, billing=1), agent("cai", billing=1))
    scene = Scene(floor(*people, queues=queues))
    assert who(scene.queued("c1", needs=needs(billing=1))) == "ben"
    assert scene.passed() == {Reason.SKILL: ("ann", "cai")}


def test_an_explanation_costs_no_more_bytes_beside_a_thousand_agents():
    sizes = []
    for count in (20, 1_000):
        others = [agent(f"b{n}", "sales:2") for n in range(count)]
        engine = Engine()
        engine.apply(FloorConfigured(floor=floor(agent("aaa"), *others)), 1000.0)
        for one in (agent("aaa"), *others):
            engine.apply(AgentLoggedIn(agent=one.id), 1000.0)
            engine.apply(AgentReady(agent=one.id), 1000.0)
        decision = engine.apply(said_queued("c1"), 1060.0)
        assert decision.why[0].more == {Reason.LOWER_TIER: count - 8}
        sizes.append(len(msgspec.json.encode(decision.why)))
    assert sizes[1] < sizes[0] + 20


# --- callers sent on by a supervisor -------------------------------------------------------


def test_sup_11_a_caller_moved_to_another_queue_keeps_her_waited_time():
    scene, _ = busy(agent("ann"), agent("ben"), queues=(queue("sales"), queue("service")))
    scene.queued("old")
    scene.pass_time(30.0)
    scene.queued("there", "service")
    commands = scene.tell(CallMoved(call=CallId("old"), queue=QueueId("service"), by="li.na"))
    (change,) = (one for one in commands if isinstance(one, ChangeCaller))
    assert (change.call, change.queue) == ("old", "service")
    assert (scene.waiting("sales"), scene.waiting("service")) == ([], ["old", "there"])


def test_sup_11_a_caller_withdrawn_goes_on_in_her_tree_and_waits_no_more():
    scene, _ = busy(agent("ann"))
    scene.queued("c1")
    commands = scene.tell(CallWithdrawn(call=CallId("c1"), to=Released.VOICEMAIL, by="li.na"))
    (release,) = (one for one in commands if isinstance(one, ReleaseCaller))
    assert (release.call, release.reason, scene.waiting()) == ("c1", Released.VOICEMAIL, [])


def test_nobody_is_moved_to_nowhere_or_withdrawn_by_a_branch_of_the_engines_own():
    scene, talks = busy(agent("ann"))
    scene.queued("c1")

    def move(call: str, to: str) -> str:
        return scene.refused(CallMoved(call=CallId(call), queue=QueueId(to), by="li.na"))

    def withdraw(call: str, to: Released) -> str:
        return scene.refused(CallWithdrawn(call=CallId(call), to=to, by="li.na"))

    assert "unknown queue" in move("c1", "moon")
    assert "already" in move("c1", "sales")
    assert "not waiting" in move("c9", "sales")
    assert "not closed" in withdraw("c1", Released.CLOSED)
    assert "not waiting" in withdraw("c9", Released.OVERFLOW)
    scene.ends(talks[ANN])
    scene.pass_time(60.0)
    assert "being offered" in withdraw("c1", Released.OVERFLOW)
    assert scene.waiting() == []


def test_acd_8_more_sets_of_skills_than_are_remembered_are_worked_out_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("acd.staff.BENCHES_KEPT", 2)
    queues = (queue(), queue("service"))
    scene = Scene(floor(agent("ann", "sales", "service", german=5), agent("ben"), queues=queues))
    scene.not_ready("ann")
    scene.not_ready("ben")
    for level in range(1, 6):
        scene.queued(f"c{level}", needs=needs(german=level))
    scene.tell(AgentServes(agent=AgentId("ann"), queues=(QueueId("service"),)))
    scene.tell(AgentReady(agent=AgentId("ann")))
    assert len(scene.waiting()) == 5, "she serves the other queue"
    scene.tell(AgentServes(agent=AgentId("ann"), queues=(QueueId("sales"),)))
    for level in range(1, 6):
        offer = scene.offer_of("ann")
        assert offer.call == f"c{level}"
        scene.answers(offer)
        scene.ends(offer)
