"""The controller is killed or stuck with a full floor: nobody is dropped, order is kept, the first
offer follows at once, and every call leaves exactly one record and one ticket."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from telephony.robots.scenario import Answers, HangUp, Press, StayUntilHungUp, Wait
from tests.e2e.conftest import Measured
from tests.e2e.faults import (
    KEYS,
    QUEUES,
    STEPS,
    happens,
    kills_the_controller,
    offers_decided,
    one_queue,
    opened_at,
    prepared,
)
from tests.e2e.hotline import PATIENCE_S, Hotline, Phone, hotline, until

IMPATIENT = "13700000001"
"""She hangs up while there is no controller."""


@dataclass(frozen=True)
class Size:
    waiting: int
    talking: int
    talk_s: float


SMALL = Size(waiting=6, talking=2, talk_s=9.0)
LARGE = Size(waiting=50, talking=20, talk_s=40.0)
KILLED, STUCK = signal.SIGKILL, signal.SIGSTOP


@dataclass
class Crash:
    house: Hotline
    size: Size
    broke_at: float
    opened_at: float
    facts: list[dict[str, Any]]
    decided: list[dict[str, Any]]
    impatient: str
    left_at: float
    """When she hung up, by her own clock."""

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Of everybody but the impatient one, in the order it happened."""
        return [
            fact for fact in self.facts if fact["fact"] == kind and fact["call"] != self.impatient
        ]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((SMALL, KILLED), id="killed", marks=pytest.mark.e2e),
        pytest.param((SMALL, STUCK), id="stuck", marks=pytest.mark.e2e),
        pytest.param((LARGE, KILLED), id="killed-full", marks=[pytest.mark.e2e, pytest.mark.prove]),
        pytest.param((LARGE, STUCK), id="stuck-full", marks=[pytest.mark.e2e, pytest.mark.prove]),
    ],
)
def crash(request: pytest.FixtureRequest) -> Iterator[Crash]:
    size, by = request.param
    with hotline(floor=one_queue(size.talking + 1)) as house:
        prepared(house).opens()
        agents = [f"a{8001 + n}" for n in range(size.talking + 1)]
        _phones(house, agents[:-1], size.talk_s)
        for name in agents:
            house.ready(name)
        _callers(house, size.talking)
        _count(house, "TalkBegan", size.talking)
        _callers(house, size.waiting)
        _count(house, "QueueJoined", size.talking + size.waiting)
        press = Press(KEYS[QUEUES[-1]])
        leaves = (Wait(1.5), press, Wait(3.5), HangUp())
        leaver = house.calls(*leaves, dial=STEPS, number=IMPATIENT)
        impatient = happens(house, IMPATIENT, "QueueJoined").facts[0]["call"]
        broke_at = time.time()
        _phone_that_comes_while_nobody_sees(house, agents[-1], size.talk_s, by)
        left = until(lambda: leaver.happened("left"), "the impatient one hangs up")
        calls = size.talking + size.waiting + 1
        _count(house, "CallEnded", calls, tries_s=size.talk_s * 5 + 60.0)
        until(lambda: len(house.records()) >= calls, "every call is recorded")
        until(lambda: len(house.tickets()) >= calls, "every call has a ticket")
        yield Crash(
            house,
            size,
            broke_at,
            opened_at(house)[-1],
            house.facts(),
            offers_decided(house),
            impatient,
            left.at,
        )


def _phones(house: Hotline, agents: list[str], talk_s: float) -> None:
    for name in agents:
        house.phone(name.replace("a", "d"), Answers(after_s=0.5, talk_s=talk_s))


def _callers(house: Hotline, count: int) -> None:
    steps = (Wait(1.0), Press(KEYS[QUEUES[-1]]), StayUntilHungUp(300.0))
    house.calls(*steps, dial=STEPS, number="1380000[call_number]", count=count, rate=5.0)


def _count(house: Hotline, kind: str, count: int, tries_s: float = PATIENCE_S) -> None:
    def look() -> bool:
        return Counter(fact["fact"] for fact in house.facts())[kind] >= count

    until(look, f"{count} times {kind}", tries_s)


def _phone_that_comes_while_nobody_sees(
    house: Hotline, name: str, talk_s: float, by: signal.Signals
) -> None:
    """The agent's phone is registered while there is no controller: the next one finds a free
    agent and callers who wait."""
    phone: list[Phone] = []
    kills_the_controller(
        house,
        by,
        meanwhile=lambda: phone.append(
            house.phone(name.replace("a", "d"), Answers(after_s=0.5, talk_s=talk_s))
        ),
    )


def test_nobody_is_dropped(crash: Crash) -> None:
    outcomes = Counter(record["outcome"] for record in crash.house.records())
    assert outcomes == {
        "answered": crash.size.talking + crash.size.waiting,
        "abandoned_in_queue": 1,
    }


def test_every_call_has_one_record_and_one_ticket(crash: Crash) -> None:
    calls = {fact["call"] for fact in crash.facts}
    assert sorted(record["call"] for record in crash.house.records()) == sorted(calls)
    assert len(crash.house.tickets()) == len(calls)
    ends = Counter(fact["call"] for fact in crash.facts if fact["fact"] == "CallEnded")
    assert set(ends.values()) == {1}


def test_talks_went_on_as_long_as_the_agents_wished(crash: Crash) -> None:
    """By the agents' own telephones: from lifting the receiver to putting it down. What is recorded
    as talk is shorter by the staff number, and by whatever a busy machine takes for it."""
    logs = [robot.log() for robot in crash.house.robots]
    lifted = [{line.call: line.at for line in log if line.word == "lifted"} for log in logs]
    ends = [
        (line.word, line.at - up[line.call])
        for log, up in zip(logs, lifted, strict=True)
        for line in log
        if line.call in up and line.word in ("hung-up", "released")
    ]
    assert len(ends) == crash.size.talking + crash.size.waiting
    assert {word for word, _ in ends} == {"hung-up"}
    assert min(seconds for _, seconds in ends) > crash.size.talk_s - 1.0


def test_order_is_kept(crash: Crash) -> None:
    """As the engine decided: one for whom an agent is kept may be back a moment after the next."""
    joined = list(dict.fromkeys(fact["call"] for fact in crash.told("QueueJoined")))
    offered = list(dict.fromkeys(offer["call"] for offer in crash.decided))
    assert [call for call in offered if call != crash.impatient] == joined


def test_no_phone_was_rung_twice_for_one_caller(crash: Crash) -> None:
    made = crash.told("OfferMade")
    offers = Counter(fact["call"] for fact in made)
    assert [fact for fact in made if offers[fact["call"]] > 1] == []


def test_she_who_left_meanwhile_left_then(crash: Crash) -> None:
    [record] = [one for one in crash.house.records() if one["call"] == crash.impatient]
    assert record["outcome"] == "abandoned_in_queue"
    assert record["ended_at"] == pytest.approx(crash.left_at, abs=5.0)


def test_figures(crash: Crash, measured: Measured) -> None:
    measured("from broken to open again, s", crash.opened_at - crash.broke_at)
    first = min(f["at"] for f in crash.told("OfferMade") if f["at"] > crash.opened_at)
    measured("from open again to the first offer, s", first - crash.opened_at)
    waits = {fact["call"] for fact in crash.told("QueueJoined") if fact["at"] < crash.broke_at}
    waits -= {fact["call"] for fact in crash.told("OfferMade") if fact["at"] < crash.broke_at}
    back = [f["at"] for f in crash.told("SessionResumed") if f["call"] in waits]
    measured("from open again to the last waiting caller back, s", max(back) - crash.opened_at)
