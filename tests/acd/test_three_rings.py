"""The table "Three rings, exactly" and every kind of missed offer, row by row."""

import pytest

from acd.choose import Reason
from calls.commands import WithdrawOffer
from calls.floor import NoAnswerRule, RingRule
from calls.ids import AgentId
from calls.inputs import AgentReady, OfferAnswered, OfferFailed, OfferRang, TimePassed
from calls.words import STRIKING, AgentState, NoAnswer
from tests.acd.scene import Scene, agent, floor, given, needs, offer_in, queue, who

pytestmark = pytest.mark.story


def two(**rules: object) -> Scene:
    return Scene(floor(agent("ann"), agent("ben"), queues=(queue(**rules),)))


# --- the ring limit the edge is given ------------------------------------------------------


@pytest.mark.parametrize(("cycle_s", "limit_s"), [(5.0, 15.0), (6.0, 18.0), (3.0, 9.0)])
def test_an_offer_carries_three_cycles_of_the_tone_zone(cycle_s, limit_s):
    scene = Scene(floor(agent("ann"), cycle_s=cycle_s))
    offer = given(scene.queued("c1"))
    assert (offer.ring_limit_s, offer.ring_cycle_s, offer.never_rang_s) == (limit_s, cycle_s, 3.0)


def test_a_queue_may_ring_twice_or_for_seconds_of_its_own():
    scene = Scene(
        floor(
            agent("ann", "sales", "service"),
            agent("ben", "sales", "service"),
            queues=(
                queue("sales", ring=RingRule(rings=2, never_rang_s=4.0)),
                queue("service", ring=RingRule(limit_s=11.5)),
            ),
        )
    )
    first, second = given(scene.queued("c1", "sales")), given(scene.queued("c2", "service"))
    assert (first.ring_limit_s, first.never_rang_s) == (10.0, 4.0)
    assert second.ring_limit_s == 11.5


def test_the_engine_owns_no_ring_timer():
    scene = two()
    offer = given(scene.queued("c1"))
    scene.rings(offer)
    assert scene.pass_time(27.0) == []
    assert scene.state("ann") is AgentState.OFFERED


# --- where the call goes -------------------------------------------------------------------


def test_a_missed_call_rings_the_next_agent_at_once_with_its_waited_time():
    scene = two()
    offer = scene.queued("c1", waited_s=40.0)
    assert who(offer) == "ann"
    again = scene.misses(offer, after_s=15.0)
    assert who(again) == "ben"
    assert given(again).attempt == 2
    assert scene.why().waited_s == pytest.approx(55.0)


def test_acd_21_a_missed_call_waits_at_the_head_of_its_priority():
    scene = Scene(floor(agent("ann")))
    first = scene.queued("c1")
    for call in ("c2", "c3"):
        scene.queued(call)
    scene.queued("vip", priority=5)
    assert scene.waiting() == ["vip", "c2", "c3"]
    assert scene.misses(first, NoAnswer.BUSY) is None
    assert scene.waiting() == ["vip", "c1", "c2", "c3"]


def test_acd_22_and_p30_the_agent_who_missed_a_call_gets_another_one_but_not_that_one():
    scene = two()
    first = scene.queued("c1")
    second = scene.queued("c2")
    assert (who(first), who(second)) == ("ann", "ben")
    scene.answers(second)
    assert scene.misses(first) is None
    assert scene.waiting() == ["c1"]
    third = scene.queued("c3")
    assert (who(third), given(third).call) == ("ann", "c3")
    assert scene.why().passed == {}


# --- the same agent again ------------------------------------------------------------------


def test_an_excluded_agent_is_named_as_such_in_the_explanation():
    scene = Scene(floor(agent("ann"), agent("ben"), agent("cai")))
    scene.misses(scene.queued("c1"))
    assert scene.passed() == {
        Reason.IDLE_LESS: (AgentId("cai"),),
        Reason.NOT_THIS_CALL: (AgentId("ann"),),
    }


def test_a_colleague_who_is_merely_busy_is_still_somebody_else():
    scene = two()
    first, second = scene.queued("c1"), scene.queued("c2")
    scene.answers(second)
    assert scene.misses(first) is None
    assert who(scene.ends(second)) == "ben"


def test_acd_22_the_same_agent_is_asked_again_when_nobody_else_is_left():
    scene = two()
    first = scene.queued("c1")
    scene.logs_out("ben")
    again = scene.misses(first)
    assert who(again) == "ann"
    assert scene.why().nobody_else


@pytest.mark.parametrize("way", ["logs out", "not ready", "unregistered", "wishes to stop"])
def test_the_exclusion_is_lifted_the_moment_the_last_colleague_is_gone(way):
    scene = two()
    first, second = scene.queued("c1"), scene.queued("c2")
    scene.answers(second)
    scene.misses(first)
    assert scene.waiting() == ["c1"]
    if way == "unregistered":
        commands = scene.device("ben-desk", "unregistered")
    elif way == "logs out":
        commands = scene.logs_out("ben")
    else:
        commands = scene.not_ready("ben")
    assert who(offer_in(commands)) == "ann"


def test_a_colleague_without_the_skill_is_not_somebody_else():
    scene = Scene(floor(agent("ann", german=5), agent("ben")))
    first = scene.queued("c1", needs=needs(german=3))
    assert who(scene.misses(first)) == "ann"


def test_a_call_is_not_offered_to_those_it_names_unless_nobody_else_is_left():
    scene = two()
    first = scene.queued("c1", not_to=(AgentId("ann"),))
    assert who(first) == "ben"
    scene.leaves("c1")
    scene.logs_out("ben")
    assert who(scene.queued("c2", not_to=(AgentId("ann"),))) == "ann"


# --- what went wrong is typed --------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(STRIKING))
def test_acd_24_each_kind_strikes_by_its_own_count_and_then_sets_the_agent_aside(kind):
    rules = {kind: NoAnswerRule(strikes=2, returns_after_s=30.0)}
    scene = two(no_answer=rules)
    assert who(scene.misses(scene.queued("c1"), kind)) == "ben"
    assert scene.state("ann") is AgentState.READY
    assert scene.strikes("ann") == {kind: 1}
    scene.leaves("c1")
    scene.logs_out("ben")
    scene.misses(scene.queued("c2"), kind)
    assert scene.state("ann") is AgentState.NOT_RESPONDING
    told = scene.told("ann")
    assert (told.missed, told.strikes, told.until) == (kind, 2, scene.now + 30.0)


@pytest.mark.parametrize("kind", sorted(set(NoAnswer) - STRIKING))
def test_what_is_nobodys_fault_is_no_strike(kind):
    scene = two()
    scene.misses(scene.queued("c1"), kind)
    assert scene.strikes("ann") == {}
    assert scene.state("ann") is AgentState.READY


def test_acd_25_and_p23_kinds_are_counted_apart():
    scene = two(no_answer={kind: NoAnswerRule(strikes=2) for kind in STRIKING})
    scene.logs_out("ben")
    scene.misses(scene.queued("c1"), NoAnswer.RANG_OUT)
    scene.misses(scene.offer_of("ann"), NoAnswer.REJECTED)
    assert scene.strikes("ann") == {NoAnswer.RANG_OUT: 1, NoAnswer.REJECTED: 1}
    scene.misses(scene.offer_of("ann"), NoAnswer.REJECTED)
    assert scene.state("ann") is AgentState.NOT_RESPONDING


def test_an_answer_clears_the_strikes():
    scene = two()
    scene.logs_out("ben")
    again = scene.misses(scene.queued("c1"))
    assert scene.strikes("ann") == {NoAnswer.RANG_OUT: 1}
    scene.answers(again)
    assert scene.strikes("ann") == {}


def test_never_striking_out_is_a_rule_too():
    scene = two(no_answer={NoAnswer.RANG_OUT: NoAnswerRule(strikes=0)})
    scene.logs_out("ben")
    offer = scene.queued("c1")
    for _ in range(5):
        offer = scene.misses(offer)
    assert who(offer) == "ann"


def test_a_rest_keeps_every_call_away_for_its_seconds():
    scene = two(no_answer={NoAnswer.REJECTED: NoAnswerRule(strikes=3, rest_s=5.0)})
    scene.logs_out("ben")
    assert scene.misses(scene.queued("c1"), NoAnswer.REJECTED, after_s=1.0) is None
    assert (scene.told("ann").reason, scene.told("ann").until) == ("resting", scene.now + 5.0)
    assert scene.queued("c2") is None
    assert scene.pass_time(3.9) == []
    offers = scene.pass_time(0.2)
    assert [given(offer_in(tuple(offers))).call] == ["c1"]


def test_the_one_who_missed_goes_behind_the_others_in_idle_order():
    scene = Scene(floor(agent("ann"), agent("ben"), agent("cai")))
    scene.misses(scene.queued("c1"))
    assert who(scene.queued("c2")) == "cai"
    assert who(scene.queued("c3")) == "ann"


@pytest.mark.parametrize(
    ("then", "state"),
    [
        (AgentState.NOT_RESPONDING, AgentState.NOT_RESPONDING),
        (AgentState.NOT_READY, AgentState.NOT_READY),
        (AgentState.LOGGED_OUT, AgentState.LOGGED_OUT),
    ],
)
def test_acd_23_the_queue_says_what_becomes_of_the_agent(then, state):
    scene = two(no_answer={NoAnswer.BUSY: NoAnswerRule(strikes=1, then=then)})
    assert who(scene.misses(scene.queued("c1"), NoAnswer.BUSY)) == "ben"
    assert scene.state("ann") is state


def test_p26_a_timed_absence_ends_by_itself_and_takes_the_next_caller():
    scene = two(no_answer={NoAnswer.BUSY: NoAnswerRule(strikes=1, returns_after_s=60.0)})
    scene.logs_out("ben")
    assert scene.misses(scene.queued("c1"), NoAnswer.BUSY) is None
    assert scene.state("ann") is AgentState.NOT_RESPONDING
    assert who(offer_in(tuple(scene.pass_time(60.0)))) == "ann"
    assert scene.strikes("ann") == {}


def test_without_a_time_the_agent_returns_by_hand():
    scene = two(no_answer={NoAnswer.RANG_OUT: NoAnswerRule(strikes=1)})
    scene.logs_out("ben")
    scene.misses(scene.queued("c1"))
    assert scene.pass_time(9000.0) == []
    assert who(offer_in(scene.tell(AgentReady(agent=AgentId("ann"))))) == "ann"


def test_a_queue_without_a_rule_for_a_kind_uses_the_shipped_one():
    scene = two(no_answer={})
    scene.misses(scene.queued("c1"), NoAnswer.BUSY)
    assert scene.told("ann").until == scene.now + 10.0


# --- several telephones --------------------------------------------------------------------


def test_an_unregistered_telephone_is_followed_by_the_agents_next_one_without_a_strike():
    scene = Scene(floor(agent("ann", devices=("web", "desk", "mobile")), agent("ben")))
    first = scene.queued("c1")
    second = given(scene.misses(first, NoAnswer.NOT_REGISTERED, after_s=0.001))
    assert (second.agent, second.device, second.attempt) == ("ann", "desk", 1)
    assert scene.why().again
    third = given(scene.misses(second, NoAnswer.NOT_REGISTERED, after_s=0.001))
    assert (third.agent, third.device) == ("ann", "mobile")
    assert scene.strikes("ann") == {}
    last = given(scene.misses(third, NoAnswer.NOT_REGISTERED, after_s=0.001))
    assert (last.agent, last.attempt) == ("ben", 2)
    assert scene.state("ann") is AgentState.NOT_RESPONDING


def test_the_first_telephone_known_to_be_there_is_rung():
    scene = Scene(floor(agent("ann", devices=("web", "desk"))))
    scene.device("web", "unregistered")
    assert given(scene.queued("c1")).device == "desk"


# --- answer against cancel -----------------------------------------------------------------


def test_the_answer_that_comes_first_wins_and_a_later_failure_ends_the_talk():
    scene = two()
    offer = given(scene.queued("c1"))
    scene.answers(offer)
    scene.tell(OfferFailed(offer=offer.offer, why=NoAnswer.RANG_OUT))
    assert scene.strikes("ann") == {}
    assert scene.state("ann") is AgentState.READY
    assert scene.state("ben") is AgentState.READY


def test_the_failure_that_comes_first_wins_and_the_late_answer_costs_nothing():
    scene = two()
    offer = given(scene.queued("c1"))
    second = given(scene.misses(offer, NoAnswer.WITHDRAWN))
    assert "over" in scene.refused(OfferAnswered(offer=offer.offer))
    assert scene.strikes("ann") == {}
    assert scene.state(second.agent) is AgentState.OFFERED


def test_acd_17_one_answer_token_is_taken_once():
    scene = two()
    offer = given(scene.queued("c1"))
    scene.answers(offer)
    assert "answered already" in scene.refused(OfferAnswered(offer=offer.offer))
    assert "rang before" in scene.refused(OfferRang(offer=offer.offer))


def test_the_caller_who_hangs_up_as_the_agent_answers_costs_no_strike():
    scene = two()
    offer = given(scene.queued("c1"))
    (withdrawn,) = scene.leaves("c1")
    assert isinstance(withdrawn, WithdrawOffer)
    assert scene.state("ann") is AgentState.READY
    assert "over" in scene.refused(OfferAnswered(offer=offer.offer))
    assert scene.strikes("ann") == {}


# --- no agent is ever stuck ----------------------------------------------------------------


def test_an_offer_nobody_reports_on_is_taken_back_and_the_silence_is_shown():
    scene = two()
    offer = given(scene.queued("c1"))
    withdrawn, again = scene.pass_time(15.0 + 3.0 + 10.0)
    assert isinstance(withdrawn, WithdrawOffer)
    assert withdrawn.offer == offer.offer
    assert who(again) == "ben"
    assert scene.alarms() == [("edge_silent:east", True)]
    assert scene.strikes("ann") == {}
    scene.rings(again)
    assert scene.alarms() == [("edge_silent:east", False)]


def test_time_that_passes_for_nothing_changes_nothing():
    scene = two()
    before = scene.engine.snapshot()
    assert scene.tell(TimePassed()) == ()
    assert scene.engine.snapshot() == before
