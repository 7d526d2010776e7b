"""Two witnesses tell how every offer, talk and caller ends: AGI's reply and AMI's event. When one
of them is silent the other is enough."""

from collections.abc import Iterator

import pytest

from telephony.robots.scenario import Answers, Press, Refuses, RingsOut, StayUntilHungUp, Wait
from tests.e2e.conftest import Measured
from tests.e2e.faults import (
    KEYS,
    QUEUES,
    STEPS,
    Apart,
    agent,
    apart,
    happens,
    one_queue_an_agent,
    one_ticket_of,
    record_of,
)
from tests.e2e.hotline import Caller, Hotline, until

pytestmark = pytest.mark.e2e

AGENT, QUEUE = "a8005", QUEUES[-1]  # no survey after it
SOON_S = 20.0
"""Before the whole floor is looked at, as it is once a minute: the other witness told it."""


@pytest.fixture(scope="module")
def site() -> Iterator[Apart]:
    with apart(floor=one_queue_an_agent()) as made:
        yield made


@pytest.fixture
def house(site: Apart) -> Iterator[Apart]:
    yield site
    site.agi.mend()
    site.ami.mend()
    for robot in site.robots:
        robot.hang_up()
    until(lambda: not busy(site), "the floor is quiet")
    site.robots_go()
    site.logged_out()


def busy(house: Hotline) -> bool:
    floor = house.client.get("/floor")
    [queue] = [one for one in floor["queues"] if one["id"] == QUEUE]
    return bool(queue["waiting"] or queue["offered"] or queue["talking"])


def calls(house: Hotline, number: str) -> Caller:
    press = Press(KEYS[QUEUE])
    return house.calls(Wait(1.5), press, StayUntilHungUp(60.0), dial=STEPS, number=number)


def free(house: Hotline) -> bool:
    return house.state(AGENT) == "ready"


def test_an_agent_is_free_when_her_talk_ends_though_agi_says_nothing(
    house: Apart, measured: Measured
) -> None:
    number = "13955550001"
    phone = house.agent_ready(AGENT, Answers(after_s=0.5, talk_s=8.0))
    calls(house, number)
    happens(house, number, "TalkBegan")
    house.agi.stall()
    hung_up = until(lambda: phone.times("hung-up"), "the agent hangs up")
    until(lambda: free(house), "the agent is free", SOON_S)
    measured("the agent is free after, s", agent(house, AGENT)["since"] - hung_up[0])
    house.agi.mend()
    happens(house, number, "CallEnded")
    assert record_of(house, number)["outcome"] == "answered"
    one_ticket_of(house, number)


def test_a_phone_that_refuses_frees_its_agent_though_agi_says_nothing(house: Apart) -> None:
    number = "13955550002"
    phone = house.agent_ready(AGENT, Refuses(code=603, after_s=2.0))
    calls(house, number)
    until(lambda: phone.times("rang"), "the phone rings")
    house.agi.stall()
    until(lambda: phone.times("refused"), "the phone refuses")
    until(lambda: free(house), "the agent is free", SOON_S)
    house.agi.mend()
    told = happens(house, number, "OfferMissed")
    assert told.all("OfferMissed")[0]["why"] == "rejected"


def test_a_caller_who_hangs_up_waits_no_more_though_agi_says_nothing(house: Apart) -> None:
    number = "13955550003"
    caller = calls(house, number)
    happens(house, number, "QueueJoined")
    house.agi.stall()
    caller.hangs_up()
    until(lambda: not busy(house), "nobody waits any more", SOON_S)
    assert record_of(house, number)["outcome"] == "abandoned_in_queue"


def test_a_caller_who_hangs_up_is_rung_for_no_more_though_agi_says_nothing(house: Apart) -> None:
    number = "13955550004"
    phone = house.agent_ready(AGENT, RingsOut())
    caller = calls(house, number)
    until(lambda: phone.times("rang"), "the phone rings")
    house.agi.stall()
    caller.hangs_up()
    until(lambda: free(house) and not busy(house), "the agent is free, nobody waits", SOON_S)
    assert agent(house, AGENT)["strikes"] == 0
    assert len(phone.times("rang")) == 1
    assert record_of(house, number)["outcome"] == "abandoned_ringing"


def test_an_agent_is_free_when_her_talk_ends_though_ami_says_nothing(house: Apart) -> None:
    number = "13955550005"
    phone = house.agent_ready(AGENT, Answers(after_s=0.5, talk_s=8.0))
    calls(house, number)
    happens(house, number, "TalkBegan")
    house.ami.lose(down=lambda message: b"Event: Hangup" in message)
    until(lambda: phone.times("hung-up"), "the agent hangs up")
    until(lambda: free(house), "the agent is free", SOON_S)
    assert happens(house, number, "TalkFinished").all("TalkFinished")[0]["by"] == "agent"


def test_a_caller_who_hangs_up_is_rung_for_no_more_though_ami_says_nothing(house: Apart) -> None:
    number = "13955550006"
    phone = house.agent_ready(AGENT, RingsOut())
    caller = calls(house, number)
    until(lambda: phone.times("rang"), "the phone rings")
    house.ami.lose(down=lambda message: b"Event: Hangup" in message)
    caller.hangs_up()
    until(lambda: phone.times("cancelled"), "it stops")
    until(lambda: free(house) and not busy(house), "the agent is free, nobody waits", SOON_S)
    assert agent(house, AGENT)["strikes"] == 0


def test_a_talk_is_not_cut_by_a_ring_clock_that_heard_of_no_answer(house: Apart) -> None:
    number = "13955550007"
    phone = house.agent_ready(AGENT, Answers(after_s=0.5, talk_s=14.0))
    house.ami.lose(down=lambda message: b"Event: Newstate" in message)
    calls(house, number)
    until(lambda: phone.times("hung-up"), "the agent hangs up in her own time")
    record = record_of(house, number)
    assert (record["outcome"], record["ring"]) == ("answered", None)
