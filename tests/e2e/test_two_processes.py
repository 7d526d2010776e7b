"""Edge and brain as two processes on one Redis: the same hotline, and neither takes the other or a
caller along when it dies; nor does Redis."""

import statistics
from collections.abc import Iterator

import pytest

from telephony.robots.scenario import Answers, HangUp, RingsOut, Wait
from tests.e2e.conftest import Measured
from tests.e2e.divided import AGENTS, BRAIN, EDGE, NUMBERS, Divided, divided
from tests.e2e.hotline import Phone, until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def house() -> Iterator[Divided]:
    with divided() as made:
        yield made


@pytest.fixture(autouse=True)
def nobody_is_left_on_the_floor(house: Divided) -> Iterator[None]:
    yield
    house.robots_go()
    house.logged_out()


def one_talks_and_one_waits(house: Divided, queue: str, talking: str, waiting: str) -> Phone:
    """Two callers for the only agent; the phone she talks on."""
    phone = house.agent_ready(AGENTS[queue], Answers(after_s=0.3))
    house.calls(dial=NUMBERS[queue], number=talking)
    house.happens(talking, "TalkBegan")
    house.calls(dial=NUMBERS[queue], number=waiting)
    house.happens(waiting, "QueueJoined")
    until(lambda: house.board(queue)["waiting"] == 1, "the board shows who waits")
    return phone


def talks_end(house: Divided, phone: Phone, *numbers: str) -> None:
    """The agent talks with these callers, one after the other; each has one record, one ticket."""
    for number in numbers:
        house.happens(number, "TalkBegan")
        phone.hangs_up()
        house.happens(number, "TalkFinished")
    for number in numbers:
        record = house.record_of(number)
        assert record["outcome"] == "answered", record
        assert [leg["talked"] for leg in record["legs"]] == [True], record
        until(lambda number=number: house.tickets_of(number), f"a ticket of {number}")
        assert len(house.tickets_of(number)) == 1


def test_a_caller_reaches_an_agent_and_leaves_one_record_and_one_ticket(house: Divided) -> None:
    phone = house.agent_ready("a8001", Answers(after_s=1.0))
    caller = house.calls(dial=NUMBERS["sales"], number="13911110001")
    until(lambda: caller.happened("connected"), "the caller is connected")
    until(lambda: house.state("a8001") == "talking", "the board shows the talk")
    talks_end(house, phone, "13911110001")
    record = house.record_of("13911110001")
    assert (record["agent"], record["ring"], record["queue"]) == ("a8001", 1, "sales")
    until(lambda: house.state("a8001") == "ready", "the board shows the agent free")


def test_the_brain_killed_costs_nobody_her_call_and_nobody_her_place(house: Divided) -> None:
    talking, waiting, later = "13911120001", "13911120002", "13911120003"
    phone = one_talks_and_one_waits(house, "support", talking, waiting)
    with house.without(BRAIN):
        house.calls(dial=NUMBERS["support"], number=later)
        house.happens(later, "QueueJoined")
        phone.hangs_up()
        house.happens(talking, "TalkFinished")
        assert not house.facts_of(waiting, "OfferMade")
    house.waits_until_open()
    talks_end(house, phone, waiting, later)
    assert house.record_of(talking)["outcome"] == "answered"
    assert house.board("support")["waiting"] == 0


def test_the_edge_killed_costs_nobody_her_call_and_nobody_her_place(house: Divided) -> None:
    talking, waiting = "13911130001", "13911130002"
    phone = one_talks_and_one_waits(house, "service", talking, waiting)
    with house.without(EDGE):
        until(lambda: "edge_lost:main" in house.alarms(), "the brain misses the edge")
        assert house.state("a8003") == "talking"
    until(lambda: "edge_lost:main" not in house.alarms(), "the edge is heard again")
    assert house.state("a8003") == "talking"
    house.happens(waiting, "SessionResumed")
    assert not house.facts_of(waiting, "OfferMade")
    talks_end(house, phone, talking, waiting)


def test_has_5_redis_killed_the_edge_serves_its_callers_and_is_one_with_the_brain_again_afterwards(
    house: Divided,
) -> None:
    talking, waiting, later = "13911140001", "13911140002", "13911140003"
    phone = one_talks_and_one_waits(house, "sales", talking, waiting)
    house.redis.kill()
    try:
        phone.hangs_up()
        house.happens(talking, "TalkFinished")
        until(lambda: "edge_lost:main" in house.alarms(), "the brain offers nobody")
        house.happens(waiting, "TalkBegan")
        house.calls(dial=NUMBERS["sales"], number=later)
        house.happens(later, "QueueJoined")
    finally:
        house.redis.start()
    until(lambda: "edge_lost:main" not in house.alarms(), "the edge is heard again")
    until(lambda: house.state("a8001") == "talking", "the board shows whom she talks with")
    until(lambda: house.board("sales")["waiting"] == 1, "the board shows who waits")
    assert not house.facts_of(later, "OfferMade")
    phone.hangs_up()
    house.happens(waiting, "TalkFinished")
    talks_end(house, phone, later)
    for number in (talking, waiting):
        assert house.record_of(number)["outcome"] == "answered"
        assert len(house.facts_of(number, "OfferMade")) == 1


def test_from_queued_to_the_pop_through_redis(house: Divided, measured: Measured) -> None:
    house.agent_ready("a8001", RingsOut())
    times: list[float] = []
    for n in range(10):
        number = f"1391115{n:04}"
        house.calls(Wait(0.5), HangUp(), dial=NUMBERS["sales"], number=number)
        house.happens(number, "CallEnded")
        [queued], [offered] = (house.facts_of(number, k) for k in ("QueueJoined", "OfferMade"))
        times.append(1000 * (offered["at"] - queued["at"]))
    measured("from queued to offered, ms, median of 10", statistics.median(times))
    measured("the worst of them", max(times))
    assert all(time > 0 for time in times)
