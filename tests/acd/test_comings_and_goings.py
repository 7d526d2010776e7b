"""Callers who leave at any instant or come back; agents who wrap up, pause and go home."""

import pytest

from calls.commands import WithdrawOffer
from calls.ids import AgentId, OfferId
from calls.inputs import (
    AgentLoggedIn,
    AgentReady,
    CallerLeft,
    OfferFailed,
    TalkEnded,
    WrapUpExtended,
    WrapUpFinished,
)
from calls.words import AgentState, LeaveReason, NoAnswer, Party
from tests.acd.scene import Scene, agent, floor, given, offer_in, queue, said_queued, who

pytestmark = pytest.mark.story

ANN = AgentId("ann")
WRAPPING = (queue("sales", wrap_up_s=20.0), queue("service", wrap_up_s=5.0))


def one() -> Scene:
    return Scene(floor(agent("ann")))


def wrapping() -> Scene:
    scene = Scene(floor(agent("ann", "sales", "service"), queues=WRAPPING))
    offer = scene.queued("c1")
    scene.answers(offer)
    scene.ends(offer)
    return scene


# --- the caller leaves ---------------------------------------------------------------------


def test_a_caller_who_leaves_while_waiting_is_gone():
    scene = one()
    offer = scene.queued("c1")
    scene.queued("c2")
    assert scene.leaves("c2") == ()
    assert scene.waiting() == []
    scene.answers(offer)
    assert scene.ends(offer) is None


def test_p20_a_caller_who_leaves_while_a_phone_rings_takes_the_ringing_with_her():
    scene = one()
    offer = given(scene.queued("c1"))
    scene.rings(offer)
    (withdrawn,) = scene.leaves("c1")
    assert withdrawn == WithdrawOffer(edge="east", call="c1", token=0, offer=offer.offer)
    assert scene.told("ann").state is AgentState.READY
    assert "over" in scene.refused(OfferFailed(offer=offer.offer, why=NoAnswer.WITHDRAWN))


def test_the_agent_freed_by_a_leaving_caller_takes_the_next_one_in_the_same_breath():
    scene = one()
    scene.queued("c1")
    scene.queued("c2")
    commands = scene.leaves("c1")
    assert [type(command).__name__ for command in commands] == ["WithdrawOffer", "OfferCall"]
    assert given(offer_in(commands)).call == "c2"


def test_an_edge_that_reports_the_caller_gone_is_believed():
    scene = one()
    assert scene.misses(scene.queued("c1"), NoAnswer.CALLER_LEFT) is None
    assert scene.waiting() == []
    assert scene.state("ann") is AgentState.READY
    left = CallerLeft(call="c1", reason=LeaveReason.HUNG_UP)
    assert "unknown call" in scene.refused(left)


def test_a_caller_in_a_talk_leaves_by_its_end():
    scene = one()
    offer = given(scene.queued("c1"))
    scene.answers(offer)
    left = CallerLeft(call="c1", reason=LeaveReason.HUNG_UP)
    assert "talking" in scene.refused(left)
    scene.ends(offer)
    assert scene.state("ann") is AgentState.READY


def test_a_talk_that_ends_without_its_answer_ever_reported_was_a_talk():
    scene = one()
    offer = given(scene.queued("c1"))
    scene.tell(TalkEnded(offer=offer.offer, by=Party.AGENT))
    assert scene.state("ann") is AgentState.READY
    assert scene.waiting() == []


# --- the caller comes back -----------------------------------------------------------------


def test_a_caller_who_re_attaches_keeps_place_and_waited_time():
    scene = Scene(floor(agent("ann")), ready=False)
    scene.queued("c1")
    scene.queued("c2")
    scene.queued("c1")
    assert scene.waiting() == ["c1", "c2"]
    began = {call.id: call.began for call in scene.engine.callers("sales")}
    assert began["c1"] < began["c2"]


def test_re_attaching_while_offered_takes_the_offer_as_failed_without_a_strike():
    scene = Scene(floor(agent("ann"), agent("ben")))
    former = given(scene.queued("c1"))
    again = given(scene.queued("c1"))
    assert again.offer != former.offer
    assert (again.agent, again.attempt) == ("ann", 2)
    assert scene.strikes("ann") == {}


def test_re_attaching_during_a_talk_ends_the_talk():
    scene = Scene(floor(agent("ann"), queues=(queue(wrap_up_s=20.0),)))
    offer = scene.queued("c1")
    scene.answers(offer)
    assert scene.queued("c1", at_head=True, waited_s=30.0) is None
    assert scene.state("ann") is AgentState.WRAPPING_UP
    assert scene.waiting() == ["c1"]


def test_p37_moving_to_another_queue_keeps_the_waited_time():
    scene = Scene(floor(agent("ann", "service"), queues=WRAPPING), ready=False)
    scene.queued("c1", "sales")
    scene.queued("c2", "service")
    scene.queued("c1", "service")
    assert scene.waiting("sales") == []
    assert scene.waiting("service") == ["c1", "c2"]


# --- wrap-up -------------------------------------------------------------------------------


def test_acd_28_and_p1_wrap_up_belongs_to_the_agent_and_holds_for_every_queue():
    scene = wrapping()
    assert (scene.told("ann").state, scene.told("ann").until) == (
        AgentState.WRAPPING_UP,
        scene.now + 20.0,
    )
    assert scene.queued("c2", "service") is None
    assert scene.pass_time(18.5) == []
    assert who(offer_in(tuple(scene.pass_time(1.0)))) == "ann"


def test_acd_29_wrap_up_is_extended_from_where_it_would_have_ended():
    scene = wrapping()
    ends = scene.now + 20.0
    scene.tell(WrapUpExtended(agent=ANN, by_s=30.0))
    assert scene.told("ann").until == ends + 30.0
    scene.queued("c2")
    assert scene.pass_time(45.0) == []
    assert who(offer_in(tuple(scene.pass_time(5.0)))) == "ann"


@pytest.mark.parametrize("by_s", [0.0, -5.0, float("nan"), float("inf"), 1e9])
def test_wrap_up_is_not_extended_by_nonsense(by_s):
    assert "extended" in wrapping().refused(WrapUpExtended(agent=ANN, by_s=by_s))


@pytest.mark.parametrize("said", [WrapUpFinished(agent=ANN), AgentReady(agent=ANN)])
def test_acd_29_wrap_up_ends_early_by_hand(said):
    scene = wrapping()
    scene.queued("c2")
    assert who(offer_in(scene.tell(said))) == "ann"


def test_p27_not_ready_during_wrap_up_is_true_at_once():
    scene = wrapping()
    scene.not_ready("ann", "lunch")
    told = scene.told("ann")
    assert (told.state, told.reason, told.until) == (AgentState.NOT_READY, "lunch", None)
    assert scene.pass_time(60.0) == []
    assert scene.state("ann") is AgentState.NOT_READY


# --- wishes during a call ------------------------------------------------------------------


def test_not_ready_during_a_talk_is_shown_at_once_and_done_afterwards():
    scene = Scene(floor(agent("ann"), queues=WRAPPING[:1]))
    offer = scene.queued("c1")
    scene.answers(offer)
    scene.not_ready("ann", "lunch")
    assert (scene.told("ann").state, scene.told("ann").reason) == (AgentState.TALKING, "lunch")
    scene.ends(offer)
    assert (scene.told("ann").state, scene.told("ann").reason) == (AgentState.NOT_READY, "lunch")


def test_ready_takes_a_wish_back():
    scene = one()
    offer = scene.queued("c1")
    scene.answers(offer)
    scene.not_ready("ann")
    scene.tell(AgentReady(agent=ANN))
    scene.ends(offer)
    assert scene.state("ann") is AgentState.READY


@pytest.mark.parametrize("during", ["offered", "talking"])
def test_log_out_during_a_call_is_done_afterwards(during):
    scene = one()
    offer = scene.queued("c1")
    if during == "talking":
        scene.answers(offer)
    scene.logs_out("ann")
    assert scene.state("ann").value == during
    if during == "talking":
        scene.ends(offer)
    else:
        assert scene.misses(offer) is None
    assert scene.state("ann") is AgentState.LOGGED_OUT


def test_an_agent_who_logs_in_again_during_the_talk_stays():
    scene = one()
    offer = scene.queued("c1")
    scene.answers(offer)
    scene.logs_out("ann")
    scene.tell(AgentLoggedIn(agent=ANN))
    scene.ends(offer)
    assert scene.state("ann") is AgentState.READY


def test_a_wish_outweighs_a_strike_and_both_are_told():
    scene = one()
    offer = scene.queued("c1")
    scene.not_ready("ann", "lunch")
    scene.misses(offer, NoAnswer.NOT_REGISTERED)
    told = scene.told("ann")
    assert (told.state, told.reason, told.missed) == (
        AgentState.NOT_READY,
        "lunch",
        NoAnswer.NOT_REGISTERED,
    )


# --- nonsense ------------------------------------------------------------------------------


def test_what_names_nobody_we_know_is_refused_with_the_name():
    scene = one()
    assert "nobody" in scene.refused(AgentReady(agent=AgentId("nobody")))
    assert "no-call" in scene.refused(CallerLeft(call="no-call", reason=LeaveReason.LOST))
    assert "no-offer" in scene.refused(
        OfferFailed(offer=OfferId("no-offer"), why=NoAnswer.RANG_OUT)
    )
    assert "while ready: went_ready" in scene.refused(AgentReady(agent=ANN))


def test_time_never_goes_backwards():
    scene = one()
    now = scene.engine.now
    scene.engine.apply(said_queued("c1"), now - 500.0)
    assert scene.engine.now == now
