"""Callers and agents who come and go at every instant: nobody is lost, nobody is stuck."""

import time
from collections.abc import Iterator

import pytest

from telephony.robots.scenario import Answers, RingsOut
from tests.e2e.ear import Ear, seconds_of
from tests.e2e.hotline import Caller, until
from tests.e2e.stories import Everyday, Story, everyday
from tests.e2e.trees import menu, tree

pytestmark = pytest.mark.e2e

KIND = Answers(after_s=0.3)
AS_SHE_ANSWERS_S = (-0.06, -0.02, 0.0, 0.02, 0.06)
"""When the caller hangs up, from the moment the agent lifts."""
RACES = [f"race{n}" for n in range(len(AS_SHE_ANSWERS_S))]


@pytest.fixture(scope="module")
def house() -> Iterator[Everyday]:
    stories = {
        "menu": Story(agents=0, tree=tree("menu", menu=menu({"1": "bye"}))),
        "queue": Story(agents=0),
        "ringing": Story(),
        "announced": Story(agents=2),
        "wrapped": Story(rules={"wrap_up_s": 4}),
        "elsewhere": Story(agents=0, also="wrapped"),
        "paused": Story(),
        "told": Story(rules={"announce_every_s": 1}),
        **{race: Story() for race in RACES},
    }
    with everyday(stories) as opened:
        yield opened


def test_a_caller_who_leaves_in_the_menu_the_queue_or_while_it_rings_is_told_apart(
    house: Everyday,
) -> None:
    [agent] = house["ringing"].agents
    phone = house.staff(RingsOut(), agent)
    callers = {
        story: house.comes(story, number=f"139333300{n:02}")
        for n, story in enumerate(("menu", "queue", "ringing"))
    }
    house.happened("13933330000", "NodeEntered")
    house.happened("13933330001", "QueueJoined")
    house.happened("13933330002", "PhoneRang")
    for caller in callers.values():
        caller.hangs_up()
    assert [house.record_of(f"139333300{n:02}")["outcome"] for n in range(3)] == [
        "abandoned_in_menu",
        "abandoned_in_queue",
        "abandoned_ringing",
    ]
    until(lambda: phone.times("cancelled"), "her phone stops ringing")
    line = house.becomes(agent, "ready")
    assert line["strikes"] == 0
    [leg] = house.record_of("13933330002")["legs"]
    assert leg["missed"] == "caller_left"


def test_a_caller_who_leaves_just_as_the_agent_answers_leaves_no_agent_stuck(
    house: Everyday,
) -> None:
    agents = [house[race].agents[0] for race in RACES]
    phone = house.staff(Answers(after_s=2.0), *agents)
    callers = [house.comes(race, number=f"139333310{n:02}") for n, race in enumerate(RACES)]
    until(lambda: len(phone.times("rang")) == len(RACES), "all phones ring")
    lifted = {line.line: line.at + 2.0 for line in phone.log() if line.word == "rang"}
    leaving = sorted(
        (lifted[agent.replace("a", "d")] + after_s, n)
        for n, (agent, after_s) in enumerate(zip(agents, AS_SHE_ANSWERS_S, strict=True))
    )
    for at, n in leaving:
        time.sleep(max(0.0, at - time.time()))
        callers[n].hangs_up()
    for n, agent in enumerate(agents):
        record = house.record_of(f"139333310{n:02}")
        assert record["outcome"] in {"abandoned_ringing", "answered"}
        assert record["ended_by"] == "caller"
        assert len(record["legs"]) == 1
        assert house.becomes(agent, "ready")["strikes"] == 0
    until(lambda: not house.channels(), "no phone is left ringing or off the hook")


def test_a_caller_whose_agent_is_lost_during_the_staff_number_gets_another_agent(
    house: Everyday,
) -> None:
    lost, other = house["announced"].agents
    house.staff(Answers(after_s=0.3, talk_s=0.7), lost)
    house.staff(KIND, other)
    caller = house.comes("announced", number="13933330020")
    house.happened("13933330020", "TalkBegan")
    caller.hangs_up()
    record = house.record_of("13933330020")
    assert [(leg["agent"], leg["talked"]) for leg in record["legs"]] == [
        (lost, False),
        (other, True),
    ]
    assert record["agent"] == other
    assert house.becomes(lost, "ready")


def test_wrapping_up_after_one_queue_keeps_an_agent_from_the_calls_of_another(
    house: Everyday,
) -> None:
    [agent] = house["wrapped"].agents
    house.staff(KIND, agent)
    first = house.comes("wrapped", number="13933330030")
    house.happened("13933330030", "TalkBegan")
    second = house.comes("elsewhere", number="13933330031")
    house.happened("13933330031", "QueueJoined")
    first.hangs_up()
    ended = house.happened("13933330030", "TalkFinished")["at"]
    assert house.becomes(agent, "wrapping_up")["until"] == pytest.approx(ended + 4.0, abs=0.5)
    offered = house.happened("13933330031", "OfferMade")["at"]
    assert offered >= ended + 4.0
    second.hangs_up()


def test_an_agent_who_asks_for_a_break_in_a_talk_gets_no_further_call(house: Everyday) -> None:
    [agent] = house["paused"].agents
    house.staff(KIND, agent)
    first = house.comes("paused", number="13933330040")
    house.happened("13933330040", "TalkBegan")
    house.client.post(f"/agents/{agent}/not-ready", {"reason": "午饭"})
    assert house.agent(agent)["state"] == "talking"
    second = house.comes("paused", number="13933330041")
    house.happened("13933330041", "QueueJoined")
    first.hangs_up()
    assert house.becomes(agent, "not_ready")["reason"] == "午饭"
    assert not house.facts_of("13933330041", "OfferMade")
    house.ready(agent)
    house.happened("13933330041", "CallAnswered")
    second.hangs_up()


def test_acd_37_p11_p21_a_waiting_caller_hears_her_place_until_the_moment_an_agent_is_free(
    house: Everyday,
) -> None:
    [agent] = house["told"].agents
    house.desks(KIND, agent)
    ear = Ear()
    pieces = house.site.prompts / "zh-CN" / "pieces"
    try:
        caller: Caller = house.comes("told", number="13933330050", ear=ear.port)
        told = house.happened("13933330050", "PlaceTold", count=2)
        house.ready(agent)
        rang = house.happened("13933330050", "PhoneRang")
        caller.hangs_up()
    finally:
        ear.close()
    assert told["place"] == 1
    assert ear.heard_of(pieces / "place_next.wav") > 0.99
    assert rang["at"] < told["at"] + seconds_of(pieces / "place_next.wav")
