"""Test calls at the edge: what is dialled, what Asterisk says of it, and that each ends."""

from types import SimpleNamespace
from typing import Any

import pytest

from calls.bus import Bus
from calls.clock import ManualClock
from calls.commands import PlaceTrial
from calls.events import QueueJoined
from calls.ids import CallId, EdgeId, OfferId, QueueId
from calls.notices import TrialMoved
from calls.words import TrialStep
from hotline.house import Route
from hotline.trying import AT_ONCE, IN_S, Trials, call_of
from telephony.ami import events as ami
from telephony.ami.truth import LiveChannel

pytestmark = pytest.mark.unit
T = OfferId("t1")
EAST = EdgeId("east")
CITY = Route("carrier", "01088")


class Tried:
    """Trials with hands that note what they were told to do."""

    def __init__(self, denied: str = "", route: Route | None = CITY) -> None:
        self.clock = ManualClock()
        self.bus = Bus(self._failed)
        self.said: list[tuple[TrialStep, str]] = []
        self.dialled: list[tuple[str, str, dict[str, Any]]] = []
        self.hung_up: list[str] = []
        self.counted = 0
        self.bus.subscribe(TrialMoved, lambda one: self.said.append((one.step, one.detail)))

        def originate(target: str, id_: str, **rest: Any) -> None:
            self.dialled.append((target, id_, rest))

        def allow(number: str, now: float) -> Route | None:
            self.counted += 1
            return route

        hands: Any = SimpleNamespace(originate=originate, hang_up=self.hung_up.append)
        routes: Any = SimpleNamespace(allow=allow)
        self.trials = Trials(self.clock, self.bus, hands, routes, lambda number: denied)
        self.trials.listen(self.bus)

    def out(self, trial: OfferId = T) -> None:
        self.trials.place(PlaceTrial(edge=EAST, token=0, trial=trial, number="01088"))

    def come_in(self) -> None:
        call = call_of(EAST, T)
        self.trials.place(PlaceTrial(edge=EAST, token=0, trial=T, number="400", call=call))

    def _failed(self, listener: object, word: object, error: Exception) -> None:
        raise error


def up(channel: str) -> ami.LegUp:
    return ami.LegUp(T, channel, "1.2")


def gone(channel: str, id_: str, cause: int, offer: OfferId = T) -> ami.ChannelHungUp:
    return ami.ChannelHungUp(channel, id_, cause, "", offer)


def test_a_call_out_goes_over_the_trunk_its_route_says_is_counted_and_told_step_by_step() -> None:
    tried = Tried()
    tried.out()
    [(target, own, rest)] = tried.dialled
    assert (target, own) == ("Local/out@trial/n", "trial.t1")
    assert rest["variables"]["__TR_OUT"] == "PJSIP/01088@trunk-carrier"
    assert tried.counted == 1
    assert tried.trials.hear(ami.LegRang(T, "PJSIP/trunk-carrier-1", "1.2"))
    assert tried.trials.hear(up("PJSIP/trunk-carrier-1"))
    assert tried.trials.hear(gone("PJSIP/trunk-carrier-1", "1.2", 16))
    assert tried.trials.hear(gone("Local/out@trial-1;1", "trial.t1", 16, OfferId("")))
    assert tried.said == [
        (TrialStep.DIALLED, "carrier"),
        (TrialStep.RANG, ""),
        (TrialStep.ANSWERED, ""),
        (TrialStep.OVER, ""),
    ]


def test_who_refuses_is_told_with_her_cause_and_our_own_halves_are_not_her() -> None:
    tried = Tried()
    tried.out()
    tried.trials.hear(up("Local/out@trial-1;2"))
    tried.trials.hear(gone("PJSIP/trunk-carrier-1", "1.2", 17))
    tried.trials.hear(gone("Local/out@trial-1;2", "trial.t1;2", 17))
    tried.trials.hear(gone("Local/out@trial-1;1", "trial.t1", 17))
    assert tried.said[1:] == [(TrialStep.REFUSED, "17"), (TrialStep.OVER, "")]


@pytest.mark.parametrize(
    ("denied", "route", "code"), [("no_route", None, "no_route"), ("", None, "cap")]
)
def test_what_no_route_takes_is_not_dialled(denied: str, route: None, code: str) -> None:
    tried = Tried(denied, route)
    tried.out()
    assert tried.said == [(TrialStep.DENIED, code)]
    assert not tried.dialled
    assert tried.counted == (0 if denied else 1)


def test_a_call_in_is_a_caller_with_an_id_known_before_and_ends_where_a_queue_begins() -> None:
    tried = Tried()
    tried.come_in()
    [(target, own, rest)] = tried.dialled
    assert (target, own) == ("Local/400@inbound/n", "trial.t1")
    assert rest["other_id"] == "trial.t1.in"
    call = call_of(EAST, T)
    tried.bus.publish(QueueJoined(call=call, at=1.0, key="q", queue=QueueId("sales")))
    assert tried.hung_up == ["trial.t1"]
    assert tried.said[-1] == (TrialStep.OVER, "queue")


def test_a_test_call_that_nobody_ends_ends_by_itself_and_the_caller_half_is_a_callers_end() -> None:
    tried = Tried()
    tried.come_in()
    half = gone("Local/400@inbound-1;2", "trial.t1.in", 16, OfferId(""))
    assert not tried.trials.hear(half)
    tried.clock.advance(IN_S)
    assert tried.hung_up == ["trial.t1"]
    assert tried.said[-1] == (TrialStep.OVER, "limit")


def test_so_many_at_once_and_no_more() -> None:
    tried = Tried()
    for n in range(AT_ONCE + 1):
        tried.out(OfferId(f"t{n}"))
    assert tried.said[-1] == (TrialStep.DENIED, "busy")
    assert len(tried.dialled) == AT_ONCE


def test_other_peoples_events_are_left_to_them_and_old_trials_are_hung_up() -> None:
    tried = Tried()
    tried.out()
    assert not tried.trials.hear(ami.LegRang(OfferId("o1"), "PJSIP/8001-1", "9.9"))
    assert not tried.trials.hear(gone("PJSIP/8001-1", "9.9", 16, OfferId("o1")))
    left = [
        LiveChannel(f"Local/{id_}", id_, "trial.x", up=True, offer=OfferId(""))
        for id_ in ("trial.t1", "trial.t1;2", "trial.old", "trial.old.in")
    ]
    tried.trials.tidy(left)
    assert tried.hung_up == ["trial.old", "trial.old.in"]


def test_the_call_is_of_its_edge() -> None:
    assert call_of(EAST, T) == CallId("east-trial.t1.in")
