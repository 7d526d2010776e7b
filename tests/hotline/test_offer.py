"""One offer at the edge, as tables: what happens when, and what must follow."""

import pytest

from calls.clock import ManualClock
from calls.commands import OfferCall
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.words import NoAnswer
from hotline.offer import ACCEPT_S, CANCEL_LEAD_S, OFFER, Ending, OfferRun, Stage, Step

pytestmark = pytest.mark.unit

CYCLE = {"cn": 5.0, "us": 6.0, "uk": 3.0}


class Told:
    """Keeps what the offer reported, in order."""

    def __init__(self) -> None:
        self.words: list[object] = []

    def rang(self) -> None:
        self.words.append("rang")

    def answered(self, ring: int | None) -> None:
        self.words.append(("answered", ring))

    def talking(self) -> None:
        self.words.append("talking")


class Scene:
    def __init__(self, zone: str = "cn", *, by_key: bool = False, token: str = "") -> None:
        self.clock = ManualClock(1000.0)
        self.told = Told()
        self.hung_up: list[tuple[float, str]] = []
        cycle = CYCLE[zone]
        offer = OfferCall(
            edge=EdgeId("a1"),
            call=CallId("a1-1"),
            token=1,
            offer=OfferId("o1"),
            queue=QueueId("sales"),
            agent=AgentId("a8001"),
            device=DeviceId("d8001"),
            staff_number="8001",
            ring_limit_s=3 * cycle,
            ring_cycle_s=cycle,
            never_rang_s=3.0,
        )
        self.run = OfferRun(
            offer,
            self.clock,
            lambda leg: self.hung_up.append((self.clock.now(), leg)),
            self.told,
            by_key=by_key,
            token=token,
        )

    def ring_after(self, alert_s: float = 0.04) -> float:
        self.run.leg_began("PJSIP/d8001-1", "1763.2")
        self.clock.advance(alert_s)
        self.run.leg_rang()
        return self.clock.now()


@pytest.mark.parametrize("zone", CYCLE)
def test_the_cancel_leaves_50_to_300_ms_before_the_fourth_ring(zone: str) -> None:
    scene = Scene(zone)
    rang_at = scene.ring_after()
    scene.clock.advance(100.0)
    [(at, leg)] = scene.hung_up
    assert leg == "PJSIP/d8001-1"
    assert 0.05 <= rang_at + 3 * CYCLE[zone] - at <= 0.3
    assert scene.run.ended("NOANSWER", "0") is Ending.MISSED
    assert scene.run.why is NoAnswer.RANG_OUT


@pytest.mark.parametrize("zone", CYCLE)
def test_dials_own_limit_stands_behind_our_cancel_and_before_the_fourth_ring(zone: str) -> None:
    scene = Scene(zone)
    ours = scene.run.offer.ring_limit_s - scene.run.dial_limit_s
    assert 0.05 <= ours < CANCEL_LEAD_S


def test_the_clock_starts_at_the_phones_own_180_not_at_dialling() -> None:
    scene = Scene()
    rang_at = scene.ring_after(alert_s=2.5)
    scene.clock.advance(20.0)
    assert scene.hung_up[0][0] == pytest.approx(rang_at + 14.75)


def test_a_second_180_does_not_start_the_clock_again() -> None:
    scene = Scene()
    rang_at = scene.ring_after()
    scene.clock.advance(4.0)
    scene.run.leg_rang()
    scene.clock.advance(20.0)
    assert scene.told.words == ["rang"]
    assert scene.hung_up[0][0] == pytest.approx(rang_at + 14.75)


@pytest.mark.parametrize(
    ("after_s", "ring"), [(0.5, 1), (4.9, 1), (5.1, 2), (9.9, 2), (10.1, 3), (14.7, 3)]
)
def test_the_ring_of_the_answer_is_counted_from_the_180(after_s: float, ring: int) -> None:
    scene = Scene()
    scene.ring_after()
    scene.clock.advance(after_s)
    scene.run.leg_up()
    scene.clock.advance(600.0)
    assert scene.told.words == ["rang", ("answered", ring)]
    assert scene.hung_up == []
    assert scene.run.ended("ANSWER", "0") is Ending.SERVED


def test_an_answer_nobody_saw_ringing_has_an_unknown_ring() -> None:
    scene = Scene()
    assert scene.run.ended("ANSWER", "0") is Ending.SERVED
    assert scene.told.words == [("answered", None)]


def test_an_answer_after_our_cancel_loses_the_token_and_gives_no_strike() -> None:
    scene = Scene()
    scene.ring_after()
    scene.run.withdraw()
    scene.run.leg_up()
    assert scene.run.ended("ANSWER", "0") is Ending.MISSED
    assert scene.run.why is NoAnswer.WITHDRAWN
    assert scene.told.words == ["rang"]


def test_a_clock_nobody_tells_of_answers_ends_no_ring() -> None:
    scene = Scene()
    scene.ring_after()
    scene.run.deaf()
    scene.clock.advance(20.0)
    assert scene.hung_up == []
    assert scene.run.ended("NOANSWER", "0") is Ending.MISSED
    assert scene.run.why is NoAnswer.RANG_OUT


def test_an_answer_found_after_a_gap_is_one_on_an_unknown_ring() -> None:
    scene = Scene()
    scene.ring_after()
    scene.run.deaf()
    scene.run.found_up("PJSIP/d8001-1", "1763.2")
    scene.run.found_up("PJSIP/d8001-1", "1763.2")
    assert scene.told.words == ["rang", ("answered", None)]
    assert scene.run.ended("ANSWER", "0") is Ending.SERVED


def test_who_can_be_heard_was_answered_whoever_told_of_it() -> None:
    scene = Scene()
    scene.ring_after()
    scene.run.bridged()
    scene.clock.advance(600.0)
    assert scene.told.words == ["rang", ("answered", None), "talking"]
    assert scene.hung_up == []


def test_a_talk_our_cancel_never_reached_was_a_talk() -> None:
    scene = Scene()
    scene.ring_after()
    scene.run.withdraw()
    scene.clock.advance(60.0)
    assert scene.run.ended("ANSWER", "0") is Ending.SERVED
    assert scene.told.words == ["rang", ("answered", None)]


def test_a_withdrawal_after_the_answer_hangs_nobody_up() -> None:
    scene = Scene()
    scene.ring_after()
    scene.run.leg_up()
    scene.run.withdraw()
    assert scene.hung_up == []


def test_a_withdrawal_before_the_leg_is_known_is_carried_out_when_it_is() -> None:
    scene = Scene()
    scene.run.withdraw()
    assert scene.hung_up == []
    scene.run.leg_began("PJSIP/d8001-1", "1763.2")
    assert [leg for _, leg in scene.hung_up] == ["PJSIP/d8001-1"]


def test_a_leg_that_dies_while_the_staff_number_is_said_sends_the_caller_back() -> None:
    scene = Scene()
    scene.ring_after()
    scene.run.leg_up()
    scene.run.leg_died(16)
    assert scene.run.ended("ANSWER", "-1") is Ending.DROPPED
    assert "talking" not in scene.told.words


@pytest.mark.parametrize(
    ("status", "cause", "after_s", "why"),
    [
        ("CHANUNAVAIL", 3, 0.0, NoAnswer.NOT_REGISTERED),
        ("CHANUNAVAIL", 20, 0.0, NoAnswer.NOT_REGISTERED),
        ("BUSY", 17, 0.1, NoAnswer.BUSY),
        ("CHANUNAVAIL", 21, 0.1, NoAnswer.REJECTED),
        ("NOANSWER", 19, 0.1, NoAnswer.REJECTED),
        ("NOANSWER", None, 3.1, NoAnswer.NEVER_RANG),
        ("CHANUNAVAIL", 0, 3.01, NoAnswer.NEVER_RANG),
        ("CHANUNAVAIL", None, 0.1, NoAnswer.NOT_REGISTERED),
        ("CONGESTION", None, 0.1, NoAnswer.FAILED),
        ("", None, 0.0, NoAnswer.FAILED),
    ],
)
def test_each_kind_of_no_answer_has_its_own_name(
    status: str, cause: int | None, after_s: float, why: NoAnswer
) -> None:
    scene = Scene()
    scene.run.leg_began("PJSIP/d8001-1", "1763.2")
    scene.clock.advance(after_s)
    if cause is not None:
        scene.run.leg_died(cause)
    assert scene.run.ended(status, "0") is Ending.MISSED
    assert scene.run.why is why


def test_without_ami_dials_own_limit_still_counts_as_rung_out() -> None:
    scene = Scene()
    scene.clock.advance(scene.run.dial_limit_s)
    assert scene.run.ended("NOANSWER", "0") is Ending.MISSED
    assert scene.run.why is NoAnswer.RANG_OUT


def test_no_clock_outlives_the_caller() -> None:
    scene = Scene()
    scene.ring_after()
    scene.run.gone()
    scene.clock.advance(60.0)
    assert scene.hung_up == []


def test_every_stage_of_the_table_can_be_reached_and_has_a_way_out() -> None:
    reached = {Stage.DIALLING} | set(OFFER.values())
    assert reached == set(Stage)
    for stage in set(Stage) - {Stage.OVER}:
        assert OFFER[(stage, Step.RETURN)] is Stage.OVER


# --- phones that stand behind another channel -------------------------------------------------

PHONE = "PJSIP/trunk-line-7"
NEAR = "Local/o1@accept-1;1"


def indirect(*, by_key: bool = False, token: str = "") -> Scene:
    scene = Scene(by_key=by_key, token=token)
    scene.run.leg_began(NEAR, "near")
    scene.run.leg_began(PHONE, "phone")
    return scene


def test_a_lifted_outside_phone_is_answered_only_by_the_key() -> None:
    scene = indirect(by_key=True)
    scene.run.leg_rang()
    scene.clock.advance(2.0)
    scene.run.leg_up(PHONE)
    scene.run.leg_up(NEAR)
    assert scene.run.stage is Stage.LIFTED
    scene.clock.advance(4.0)
    scene.run.accept()
    scene.run.leg_up(NEAR)
    assert scene.run.stage is Stage.ANSWERED
    assert scene.told.words[-1] == ("answered", 1), "the ring it was lifted on"


def test_a_lifted_outside_phone_on_which_nobody_presses_is_ended_the_near_end_first() -> None:
    scene = indirect(by_key=True)
    scene.run.leg_rang()
    scene.run.leg_up(PHONE)
    scene.clock.advance(ACCEPT_S + 0.1)
    assert [leg for _, leg in scene.hung_up] == [NEAR, PHONE]
    assert scene.run.ended("NOANSWER", "0") is Ending.MISSED
    assert scene.run.why is NoAnswer.NOT_ACCEPTED


def test_an_outside_phone_put_down_without_the_key_is_no_talk_whatever_dial_says() -> None:
    scene = indirect(by_key=True)
    scene.run.leg_rang()
    scene.run.leg_up(PHONE)
    scene.run.leg_up(NEAR)
    assert scene.run.ended("ANSWER", "-1") is Ending.MISSED
    assert scene.run.why is NoAnswer.NOT_ACCEPTED
    assert not scene.run.taken


def test_of_several_phones_that_are_lifted_the_one_whose_leg_is_up_has_her() -> None:
    scene = indirect(token="Local/g0@leg-1;1")
    scene.run.leg_rang()
    scene.run.leg_up(PHONE)
    scene.run.bridged(NEAR)
    assert scene.told.words == ["rang"]
    scene.clock.advance(0.01)
    scene.run.leg_up("Local/g1@leg-2;1")
    assert not scene.run.taken
    scene.run.leg_up("Local/g0@leg-1;1")
    assert scene.run.taken
    assert scene.told.words == ["rang", ("answered", 1), "talking"]


def test_a_caller_who_leaves_while_the_key_is_asked_for_takes_the_phone_along() -> None:
    scene = indirect(by_key=True)
    scene.run.leg_up(PHONE)
    scene.run.gone()
    assert [leg for _, leg in scene.hung_up] == [PHONE]
