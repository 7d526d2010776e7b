"""Not ready for a cause that somebody or something set, until that cause has ended (P48)."""

import pytest

from calls.ids import AgentId
from calls.inputs import AgentLoggedIn, AgentPaused, AgentReady, AgentUnpaused, WrapUpFinished
from calls.words import AgentState, NoAnswer
from tests.acd.scene import Scene, agent, floor, queue, who

pytestmark = pytest.mark.story

ANN = AgentId("ann")


def one(**rules: object) -> Scene:
    return Scene(floor(agent("ann"), queues=(queue(**rules),)))


def pause(scene: Scene, cause: str, **more: object) -> None:
    scene.tell(AgentPaused(agent=ANN, cause=cause, **more))  # type: ignore[arg-type]


def unpause(scene: Scene, cause: str) -> None:
    scene.tell(AgentUnpaused(agent=ANN, cause=cause))


def test_p48_a_cause_keeps_an_agent_from_calls_and_its_end_gives_her_back() -> None:
    scene = one()
    pause(scene, "presence:dnd", reason="in a call elsewhere")
    told = scene.told("ann")
    assert (told.state, told.reason) == (AgentState.NOT_READY, "in a call elsewhere")
    assert [glimpse.cause for glimpse in told.pauses] == ["presence:dnd"]
    assert scene.queued("c1") is None
    unpause(scene, "presence:dnd")
    assert who(scene.offer_of("ann")) == "ann"


def test_p48_a_meeting_until_two_o_clock_ends_at_two_o_clock() -> None:
    scene = one()
    pause(scene, "meeting", until=scene.now + 600.0)
    assert scene.told("ann").until == scene.now + 600.0
    scene.pass_time(599.0)
    assert scene.state("ann") is AgentState.NOT_READY
    scene.pass_time(2.0)
    assert scene.state("ann") is AgentState.READY


def test_p48_the_last_of_several_causes_gives_her_back() -> None:
    scene = one()
    pause(scene, "meeting", until=scene.now + 60.0)
    pause(scene, "presence:dnd")
    assert scene.told("ann").until is None
    scene.pass_time(61.0)
    assert scene.state("ann") is AgentState.NOT_READY
    unpause(scene, "presence:dnd")
    assert scene.state("ann") is AgentState.READY


def test_p48_the_end_of_a_cause_does_not_undo_what_was_set_by_hand() -> None:
    scene = one()
    scene.not_ready("ann", "lunch")
    pause(scene, "presence:dnd")
    assert scene.told("ann").reason == "lunch"
    unpause(scene, "presence:dnd")
    assert scene.state("ann") is AgentState.NOT_READY


def test_p48_a_hand_on_top_of_a_cause_stays_after_it() -> None:
    scene = one()
    pause(scene, "presence:dnd")
    scene.not_ready("ann", "lunch")
    unpause(scene, "presence:dnd")
    assert (scene.state("ann"), scene.told("ann").reason) == (AgentState.NOT_READY, "lunch")


def test_p48_who_was_never_ready_is_not_made_ready() -> None:
    scene = Scene(floor(agent("ann")), ready=False)
    scene.tell(AgentLoggedIn(agent=ANN))
    pause(scene, "presence:dnd")
    unpause(scene, "presence:dnd")
    assert scene.state("ann") is AgentState.NOT_READY


def test_p48_her_own_word_goes_before_every_cause() -> None:
    scene = one()
    pause(scene, "meeting", until=scene.now + 60.0)
    scene.tell(AgentReady(agent=ANN))
    assert scene.state("ann") is AgentState.READY
    assert scene.told("ann").pauses == ()


def test_p27_a_cause_during_talk_and_wrap_up_is_shown_at_once_and_holds_afterwards() -> None:
    scene = one(wrap_up_s=10.0)
    offer = scene.queued("c1")
    scene.answers(offer)
    pause(scene, "meeting")
    assert scene.state("ann") is AgentState.TALKING
    assert scene.told("ann").pauses[0].cause == "meeting"
    scene.ends(offer)
    assert scene.state("ann") is AgentState.WRAPPING_UP
    scene.tell(WrapUpFinished(agent=ANN))
    assert scene.state("ann") is AgentState.NOT_READY
    assert scene.queued("c2") is None


def test_p48_a_cause_that_ends_during_the_talk_changes_nothing() -> None:
    scene = one()
    offer = scene.queued("c1")
    scene.answers(offer)
    pause(scene, "meeting")
    unpause(scene, "meeting")
    scene.ends(offer)
    assert scene.state("ann") is AgentState.READY


def test_a_miss_during_a_cause_strikes_and_then_the_cause_holds() -> None:
    scene = one()
    offer = scene.queued("c1")
    pause(scene, "presence:dnd")
    scene.misses(offer, NoAnswer.RANG_OUT)
    assert scene.state("ann") is AgentState.NOT_READY
    assert scene.strikes("ann") == {NoAnswer.RANG_OUT: 1}


def test_who_logs_out_takes_no_cause_home() -> None:
    scene = one()
    pause(scene, "meeting", until=scene.now + 60.0)
    scene.logs_out("ann")
    scene.at_work("ann")
    assert scene.state("ann") is AgentState.READY
    assert scene.engine.next_deadline() is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (AgentPaused(agent=ANN, cause=""), "1 to 80 characters"),
        (AgentPaused(agent=ANN, cause="会" * 81), "1 to 80 characters"),
        (AgentPaused(agent=ANN, cause="meeting", until=5.0), "ended already"),
        (AgentPaused(agent=AgentId("zed"), cause="meeting"), "unknown agent"),
        (AgentUnpaused(agent=ANN, cause="meeting"), "no such cause"),
    ],
)
def test_what_makes_no_sense_is_refused(said: AgentPaused | AgentUnpaused, why: str) -> None:
    assert why in one().refused(said)


def test_no_more_causes_are_kept_than_people_could_mean() -> None:
    scene = one()
    for number in range(20):
        pause(scene, f"loop {number}")
    assert "20 causes" in scene.refused(AgentPaused(agent=ANN, cause="one more"))
    pause(scene, "loop 7", reason="again is no further one")
