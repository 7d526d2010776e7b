"""Several phones for one caller: ring all and progressive ring, and one answer among them."""

import pytest

from calls.commands import OfferCall, WithdrawOffer
from calls.floor import RingTogether
from calls.ids import AgentId, CallId
from calls.inputs import AgentReady, OfferAnswered, OfferFailed, TalkEnded
from calls.words import AgentState, NoAnswer, Party, Strategy
from tests.acd.scene import Scene, agent, floor, given, queue, said_queued

pytestmark = pytest.mark.story

ALL = queue(strategy=Strategy.RING_ALL, together=RingTogether(at_most=3))
MORE = queue(strategy=Strategy.PROGRESSIVE, together=RingTogether(at_most=3, every_s=5.0))


def offered(commands) -> list[str]:
    return [one.agent for one in commands if isinstance(one, OfferCall)]


def withdrawn(commands) -> list[str]:
    return [one.offer for one in commands if isinstance(one, WithdrawOffer)]


def rung(scene: Scene, call: str) -> list[str]:
    """Whose phones ring for her, in the order they were rung."""
    state = scene.engine.live.state
    return [state.offers[id].agent for id in state.calls[CallId(call)].offers]


def everybody(*names: str, of=ALL) -> Scene:
    return Scene(floor(*map(agent, names), queues=(of,)))


def test_acd_1_all_who_are_free_are_rung_at_once_up_to_the_queues_limit() -> None:
    scene = everybody("ann", "ben", "cai", "dot")
    commands = scene.tell(said_queued("c1"))
    assert offered(commands) == ["ann", "ben", "cai"]
    assert {one.together for one in commands} == {3}
    assert len({one.offer for one in commands}) == 3
    assert scene.state("dot") is AgentState.READY


def test_acd_1_the_limit_is_no_more_than_there_are_agents() -> None:
    scene = everybody("ann", "ben")
    assert {one.together for one in scene.tell(said_queued("c1"))} == {2}


def test_p5_the_first_answer_takes_the_caller_and_the_others_are_free_without_a_strike() -> None:
    scene = everybody("ann", "ben", "cai")
    scene.tell(said_queued("c1"))
    ann, ben, cai = (scene.offer_of(name) for name in ("ann", "ben", "cai"))
    commands = scene.tell(OfferAnswered(offer=ben.offer), 4.0)
    assert withdrawn(commands) == [ann.offer, cai.offer]
    assert [scene.state(name) for name in ("ann", "ben", "cai")] == ["ready", "talking", "ready"]
    assert scene.strikes("ann") == scene.strikes("cai") == {}
    assert "no such offer" in scene.refused(OfferAnswered(offer=cai.offer))
    scene.ends(ben)


def test_p17_nobody_stays_reserved_who_lost_the_race() -> None:
    scene = everybody("ann", "ben", "cai")
    scene.tell(said_queued("c1"))
    scene.tell(said_queued("c2"))
    assert scene.waiting() == ["c2"]
    commands = scene.tell(OfferAnswered(offer=scene.offer_of("ann").offer), 2.0)
    assert offered(commands) == ["ben", "cai"]
    assert rung(scene, "c2") == ["ben", "cai"]


def test_p17_offers_nobody_reports_on_are_all_taken_back() -> None:
    scene = everybody("ann", "ben")
    scene.tell(said_queued("c1"))
    scene.pass_time(120.0)
    scene.leaves("c1")
    assert scene.state("ann") is scene.state("ben") is AgentState.READY


def test_p6_who_answers_and_is_lost_before_the_talk_leaves_the_rest_to_ring_again() -> None:
    scene = everybody("ann", "ben", "cai")
    scene.tell(said_queued("c1"))
    won = scene.offer_of("ann")
    scene.tell(OfferAnswered(offer=won.offer), 1.0)
    commands = scene.tell(said_queued("c1", at_head=True, not_to=("ann",), attempts=3), 1.0)
    assert offered(commands) == ["ben", "cai"]
    assert [one.attempt for one in commands if isinstance(one, OfferCall)] == [4, 5]
    scene.refused(TalkEnded(offer=won.offer, by=Party.AGENT))


def test_acd_1_an_agent_who_comes_free_is_rung_beside_the_others() -> None:
    scene = everybody("ann", "ben", "cai")
    first = scene.tell(said_queued("c0"))
    scene.tell(OfferAnswered(offer=first[0].offer), 1.0)
    scene.tell(said_queued("c1"))
    assert rung(scene, "c1") == ["ben", "cai"]
    scene.tell(TalkEnded(offer=first[0].offer, by=Party.CALLER), 3.0)
    assert rung(scene, "c1") == ["ben", "cai", "ann"]


def test_acd_1_a_miss_is_the_misser_s_alone_and_the_others_ring_on() -> None:
    scene = everybody("ann", "ben")
    scene.tell(said_queued("c1"))
    ann = scene.offer_of("ann")
    assert scene.misses(ann, NoAnswer.REJECTED, 1.0) is None
    assert scene.strikes("ann") == {NoAnswer.REJECTED: 1}
    assert rung(scene, "c1") == ["ben"]
    scene.pass_time(6.0)
    assert rung(scene, "c1") == ["ben"]
    missed = OfferFailed(offer=scene.offer_of("ben").offer, why=NoAnswer.RANG_OUT)
    assert offered(scene.tell(missed, 8.0)) == ["ann", "ben"], "everybody once more"


def test_acd_1_she_hangs_up_and_every_phone_is_let_go() -> None:
    scene = everybody("ann", "ben", "cai")
    scene.tell(said_queued("c1"))
    assert len(withdrawn(scene.leaves("c1"))) == 3
    assert {scene.state(name) for name in ("ann", "ben", "cai")} == {AgentState.READY}


def test_p20_she_leaves_while_several_ring_and_the_edge_says_so_of_one() -> None:
    scene = everybody("ann", "ben")
    scene.tell(said_queued("c1"))
    ann, ben = scene.offer_of("ann"), scene.offer_of("ben")
    commands = scene.tell(OfferFailed(offer=ann.offer, why=NoAnswer.CALLER_LEFT), 1.0)
    assert ben.offer in withdrawn(commands)
    assert scene.state("ann") is scene.state("ben") is AgentState.READY


def test_acd_6_one_phone_more_rings_each_so_many_seconds() -> None:
    scene = everybody("ann", "ben", "cai", "dot", of=MORE)
    scene.tell(said_queued("c1"))
    assert rung(scene, "c1") == ["ann"]
    scene.pass_time(4.9)
    assert rung(scene, "c1") == ["ann"]
    scene.pass_time(0.2)
    assert rung(scene, "c1") == ["ann", "ben"]
    scene.pass_time(10.0)
    assert rung(scene, "c1") == ["ann", "ben", "cai"]


def test_acd_6_a_phone_that_is_due_and_nobody_free_rings_as_soon_as_somebody_is() -> None:
    scene = everybody("ann", "ben", of=MORE)
    first = given(scene.queued("c0"))
    scene.answers(first)
    scene.tell(said_queued("c1"))
    assert rung(scene, "c1") == ["ben"]
    scene.pass_time(9.0)
    scene.ends(first, after_s=0.0)
    assert rung(scene, "c1") == ["ben", "ann"]


def test_p28_the_next_telephone_of_one_agent_rings_beside_the_others() -> None:
    scene = Scene(floor(agent("ann", devices=("ann-web", "ann-desk")), agent("ben"), queues=(ALL,)))
    scene.tell(said_queued("c1"))
    again = scene.misses(scene.offer_of("ann"), NoAnswer.NOT_REGISTERED, 0.1)
    assert given(again).device == "ann-desk"
    assert sorted(rung(scene, "c1")) == ["ann", "ben"]
    assert scene.strikes("ann") == {}


def test_acd_1_who_has_no_phone_ringing_comes_before_a_second_phone_for_another() -> None:
    scene = everybody("ann", "ben", of=MORE)
    scene.not_ready("ben")
    scene.tell(said_queued("c1"))
    scene.tell(said_queued("c2"))
    scene.pass_time(6.0)
    scene.tell(AgentReady(agent=AgentId("ben")))
    assert rung(scene, "c2") == ["ben"]
    assert rung(scene, "c1") == ["ann"]
