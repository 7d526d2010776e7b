"""Two Asterisks, one queue: an agent at one answers a caller at the other by the same three-ring
rule, and neither an Asterisk nor a brain that dies takes the other's callers along."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import Answers, Refuses, RingsOut
from tests.e2e.conftest import Measured
from tests.e2e.divided import NUMBERS
from tests.e2e.hotline import until
from tests.e2e.spread import BRAIN, EAST, MAIN, Spread, spread

pytestmark = [pytest.mark.e2e, pytest.mark.prove]

FLOOR: dict[str, Any] = {
    "queues": {
        queue: {"names": {"en": queue}, "wrap_up_s": 0, "announce_every_s": 0, "max_waiting": 0}
        for queue in NUMBERS
    },
    "agents": {
        f"a800{n}": {
            "name": f"Agent {n}",
            "staff_number": f"800{n}",
            "queues": {queue: n},
            "devices": {f"d800{n}": "desk"},
        }
        for n, queue in enumerate(("sales", "sales", "sales", "support", "service", "service"), 1)
    },
}
"""Each story has its own queue: callers of a robot that is gone wait on in theirs."""
DIAL = NUMBERS["sales"]


@pytest.fixture(scope="module")
def house() -> Iterator[Spread]:
    with spread(FLOOR) as made:
        yield made


@pytest.fixture(autouse=True)
def nobody_is_left_on_the_floor(house: Spread) -> Iterator[None]:
    yield
    house.robots_go()
    house.at = MAIN
    house.logged_out()


def test_has_1_p25_an_agent_at_one_asterisk_answers_a_caller_at_the_other(house: Spread) -> None:
    house.at = EAST
    phone = house.agent_ready("a8001", Answers(after_s=3.5))
    house.at = MAIN
    number = "13911210001"
    house.calls(dial=DIAL, number=number)
    house.happens(number, "TalkBegan")
    [answered] = house.facts_of(number, "CallAnswered")
    assert (answered["agent"], answered["ring"]) == ("a8001", 2)
    assert answered["call"].startswith("main")
    until(lambda: house.state("a8001") == "talking", "the board shows the talk")
    phone.hangs_up()
    house.happens(number, "TalkFinished")
    record = house.record_of(number)
    assert (record["outcome"], record["agent"], record["ring"]) == ("answered", "a8001", 2)
    # The call over the trunk is no call of its own at the other edge.
    assert not [fact for fact in house.facts() if fact["call"].startswith("east")]


def test_p61_what_went_wrong_at_the_other_asterisk_is_typed_as_at_ones_own(
    house: Spread, measured: Measured
) -> None:
    house.at = EAST
    house.agent_ready("a8001", Refuses())
    house.agent_ready("a8002", RingsOut())
    house.at = MAIN
    house.agent_ready("a8003", Answers(after_s=0.3))
    number = "13911220001"
    house.calls(dial=DIAL, number=number)
    house.happens(number, "TalkBegan")
    refused, rang_out = house.facts_of(number, "OfferMissed")
    assert (refused["why"], rang_out["why"]) == ("rejected", "rang_out")
    [rang] = house.facts_of(number, "PhoneRang")[-2:-1]
    rung_s = rang_out["at"] - rang["at"]
    measured("rung at the other Asterisk, s, of three rings of 3 s", rung_s)
    assert 8.0 < rung_s < 9.0
    [answered] = house.facts_of(number, "CallAnswered")
    assert answered["agent"] == "a8003"


def test_has_2_the_brain_killed_with_fifty_waiting_the_standby_offers_them(
    house: Spread, measured: Measured
) -> None:
    house.at = EAST
    phone = house.agent_ready("a8004", Answers(after_s=0.2))
    house.at = MAIN
    house.calls(dial=NUMBERS["support"], number="13911230000")
    house.happens("13911230000", "TalkBegan")
    house.calls(dial=NUMBERS["support"], number="13911230001", count=25, rate=5.0)
    house.at = EAST
    house.calls(dial=NUMBERS["support"], number="13911230002", count=25, rate=5.0)
    until(lambda: house.board("support")["waiting"] == 50, "fifty wait")
    killed = until(lambda: house.controller_of(BRAIN), "an active brain")
    offers = len([one for one in house.facts() if one["fact"] == "OfferMade"])
    phone_down = "TalkFinished"
    os.kill(killed, signal.SIGKILL)
    phone.hangs_up()
    house.happens("13911230000", phone_down)
    ended = house.facts_of("13911230000", phone_down)[0]["at"]

    def next_offer() -> dict[str, Any] | None:
        made = [one for one in house.facts() if one["fact"] == "OfferMade"]
        return made[offers] if len(made) > offers else None

    made = until(next_offer, "the standby offers the next")
    measured("kill -9 of the brain, 50 waiting: talk over to next offer, s", made["at"] - ended)
    until(lambda: house.board("support")["waiting"] == 49, "one fewer waits")
    joined = [one["call"] for one in house.facts() if one["fact"] == "QueueJoined"]
    assert len(joined) == len(set(joined))


def test_one_asterisk_killed_the_others_callers_notice_nothing(house: Spread) -> None:
    """Last: the second machine is gone for good."""
    house.at = EAST
    house.agent_ready("a8005", RingsOut())
    house.calls(dial=NUMBERS["service"], number="13911240009")
    until(lambda: house.state("a8005") == "offered", "the agent there is rung")
    house.at = MAIN
    phone = house.agent_ready("a8006", Answers(after_s=0.2))
    talking, waiting = "13911240001", "13911240002"
    caller = house.calls(dial=NUMBERS["service"], number=talking)
    house.happens(talking, "TalkBegan")
    house.asterisk_dies(EAST)
    until(lambda: "edge_lost:east" in house.alarms(), "the edge is missed")
    house.calls(dial=NUMBERS["service"], number=waiting)
    house.happens(waiting, "QueueJoined")
    assert not house.facts_of(talking, "TalkFinished")
    phone.hangs_up()
    house.happens(talking, "TalkFinished")
    house.happens(waiting, "TalkBegan")
    [offer] = house.facts_of(waiting, "OfferMade")
    assert offer["agent"] == "a8006"
    assert caller.happened("connected")
