"""The controller is killed with callers at every step: each stays, comes back to her step, and is
recorded once."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import Answers, CallerStep, HangUp, Press, StayUntilHungUp, Wait
from tests.e2e.faults import (
    KEYS,
    STEPS,
    happens,
    kills_the_controller,
    one_queue_an_agent,
    one_ticket_of,
    prepared,
    record_of,
    story,
)
from tests.e2e.hotline import Hotline, hotline, until

pytestmark = pytest.mark.e2e

NUMBERS = {
    step: f"1392222000{n}"
    for n, step in enumerate(("menu", "waiting", "ringing", "announcement", "talking", "survey"))
}
QUEUE_OF = {
    "menu": "sales",
    "waiting": "sales",
    "ringing": "support",
    "announcement": "service",
    "talking": "orders",
    "survey": "sales",
}
RESUMES_AT = {**QUEUE_OF, "menu": "menu", "survey": "survey"}
AGENT_OF = {"sales": "a8001", "support": "a8002", "service": "a8003", "orders": "a8004"}


def _calls(house: Hotline, step: str, then: CallerStep | None = None, late_s: float = 1.5) -> None:
    press = Press(KEYS[QUEUE_OF[step]])
    stays = then or StayUntilHungUp(90.0)
    house.calls(Wait(late_s), press, stays, dial=STEPS, number=NUMBERS[step])


def _at_node(house: Hotline, number: str, node: str) -> None:
    def look() -> bool:
        return any(one["node"] == node for one in story(house, number).all("NodeEntered"))

    until(look, f"{number} is at {node}")


@pytest.fixture(scope="module")
def crashed() -> Iterator[Hotline]:
    """One controller killed with a caller at each step; the next one sees all of them through."""
    with hotline(floor=one_queue_an_agent()) as house:
        prepared(house).opens()
        house.agent_ready("a8004", Answers(after_s=0.5, talk_s=20.0))
        house.agent_ready("a8001", Answers(after_s=0.5, talk_s=6.0))
        _calls(house, "talking")
        _calls(house, "survey")
        _calls(house, "menu", late_s=30.0)
        happens(house, NUMBERS["talking"], "TalkBegan")
        _at_node(house, NUMBERS["survey"], "survey")
        house.logged_out("a8001")
        _calls(house, "waiting")
        happens(house, NUMBERS["waiting"], "QueueJoined")
        ringing = house.agent_ready("a8002", Answers(after_s=6.0, talk_s=6.0))
        said_to = house.agent_ready("a8003", Answers(after_s=0.5, talk_s=6.0))
        _calls(house, "ringing")
        until(lambda: ringing.times("rang"), "a phone rings")
        _calls(house, "announcement")
        until(lambda: said_to.times("lifted"), "the staff number is being said")
        for step, gone in (("announcement", "TalkBegan"), ("talking", "TalkFinished")):
            assert not story(house, NUMBERS[step]).has(gone), f"too late for {step}"
        kills_the_controller(house)
        house.waits_until_open()
        house.ready("a8001")
        for number in NUMBERS.values():
            happens(house, number, "CallEnded")
        yield house


@pytest.mark.parametrize("step", NUMBERS)
def test_she_goes_on_where_she_was(crashed: Hotline, step: str) -> None:
    [resumed] = story(crashed, NUMBERS[step]).all("SessionResumed")
    assert resumed["node"] == RESUMES_AT[step]


@pytest.mark.parametrize("step", NUMBERS)
def test_she_is_served_and_leaves_one_record_and_one_ticket(crashed: Hotline, step: str) -> None:
    record = record_of(crashed, NUMBERS[step])
    assert record["outcome"] == "answered", record
    assert record["agent"] == AGENT_OF[QUEUE_OF[step]]
    assert record["gaps"] == 1
    assert len(story(crashed, NUMBERS[step]).all("CallEnded")) == 1
    one_ticket_of(crashed, NUMBERS[step])


def test_on_which_ring_a_lost_controller_did_not_see_is_unknown(crashed: Hotline) -> None:
    assert record_of(crashed, NUMBERS["ringing"])["ring"] is None
    assert record_of(crashed, NUMBERS["talking"])["ring"] == 1


def test_the_talk_that_outlived_its_controller_was_recorded(crashed: Hotline) -> None:
    def kept() -> list[dict[str, Any]]:
        return list(record_of(crashed, NUMBERS["talking"])["recordings"])

    [recording] = until(kept, "the recording is kept")
    assert recording["seconds"] > 10


def test_no_agent_is_held_by_what_is_over(crashed: Hotline) -> None:
    for name in AGENT_OF.values():
        until(lambda name=name: crashed.state(name) == "ready", f"{name} is free")


def test_a_call_that_ends_as_the_controller_dies_is_recorded_once(crashed: Hotline) -> None:
    number = "13922220009"
    crashed.calls(Wait(1.5), Press(KEYS["returns"]), Wait(1.0), HangUp(), dial=STEPS, number=number)
    happens(crashed, number, "CallEnded")
    os.kill(crashed.controller_pid(), signal.SIGKILL)
    record = record_of(crashed, number)
    assert record["outcome"] == "abandoned_in_queue"
    crashed.waits_until_open()
    one_ticket_of(crashed, number)
