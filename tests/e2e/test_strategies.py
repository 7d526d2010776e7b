"""Each way of choosing on real telephones: one queue a strategy, their callers side by side."""

from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import Answers
from tests.e2e.hotline import Caller, until
from tests.e2e.stories import Everyday, Story, everyday

pytestmark = pytest.mark.e2e

SHORT = Answers(after_s=0.3, talk_s=3.0)
LONG = Answers(after_s=0.3, talk_s=12.0)
ROUNDS = 4
ROUND = ("longest_idle", "round_robin", "random", "weighted_random", "least_talk")


def staff(house: Everyday, behaviour: Answers, *agents: str) -> None:
    """They are at work, and the engine has heard of their telephones."""
    house.staff(behaviour, *agents)
    for agent in agents:

        def free(agent: str = agent) -> bool:
            line = house.agent(agent)
            return line["state"] == "ready" and not line.get("reason")

        until(free, f"{agent} can be offered a call")


def number_of(story: str, nth: int) -> str:
    return f"1391{ROUND.index(story):03}{nth:04}"


@pytest.fixture(scope="module")
def house() -> Iterator[Everyday]:
    stories = {
        **{
            name: Story(agents=3, places=(1, 1, 1), rules={"strategy": name})
            for name in ("longest_idle", "round_robin", "random", "least_talk")
        },
        "weighted_random": Story(
            agents=2,
            places=({"weight": 100}, {"weight": 1}),
            rules={"strategy": "weighted_random"},
        ),
        "fewest_calls": Story(agents=2, places=(1, 1), rules={"strategy": "fewest_calls"}),
        "ranks": Story(agents=3, places=({"rank": 2}, {"rank": 1}, {"tier": 2})),
        "cap": Story(agents=2, rules={"max_talks": 1}),
        "hand": Story(agents=1, rules={"wrap_up_s": 600}),
    }
    with everyday(stories) as opened:
        for story in ("longest_idle", "round_robin", "random", "weighted_random"):
            staff(opened, SHORT, *opened[story].agents)
        slow, *quick = opened["least_talk"].agents
        staff(opened, LONG, slow)
        staff(opened, SHORT, *quick)
        yield opened


@pytest.fixture(scope="module")
def rounds(house: Everyday) -> dict[str, list[dict[str, Any]]]:
    """The records of each story's calls, which came one after the other."""
    records: dict[str, list[dict[str, Any]]] = {story: [] for story in ROUND}
    for nth in range(ROUNDS):
        for story in ROUND:
            house.comes(story, number=number_of(story, nth))
        for story in ROUND:
            records[story].append(house.record_of(number_of(story, nth), 60.0))
    return records


def places(house: Everyday, story: str, records: list[dict[str, Any]]) -> list[int]:
    agents = house[story].agents
    return [agents.index(record["agent"]) + 1 for record in records]


@pytest.mark.parametrize("story", ["longest_idle", "round_robin"])
def test_acd_2_acd_3_everybody_has_a_turn(
    house: Everyday, rounds: dict[str, list[dict[str, Any]]], story: str
) -> None:
    reasons = [house.client.get(f"/calls/{one['call']}/why") for one in rounds[story]]
    assert places(house, story, rounds[story]) == [1, 2, 3, 1], reasons


def test_acd_4_who_has_talked_longest_is_spared(
    house: Everyday, rounds: dict[str, list[dict[str, Any]]]
) -> None:
    order = places(house, "least_talk", rounds["least_talk"])
    assert order[:3] == [1, 2, 3]
    assert order[3] in (2, 3)


def test_acd_5_chance_decides_and_says_so(
    house: Everyday, rounds: dict[str, list[dict[str, Any]]]
) -> None:
    for story in ("random", "weighted_random"):
        for record in rounds[story]:
            [why] = house.client.get(f"/calls/{record['call']}/why")["offers"]
            assert why["strategy"] == story
            assert "not_drawn" in why["passed"], why
    assert places(house, "weighted_random", rounds["weighted_random"]).count(1) >= ROUNDS - 1


def test_acd_4_who_has_had_fewest_calls_goes_first_although_less_idle(house: Everyday) -> None:
    first, second = house["fewest_calls"].agents
    staff(house, SHORT, first, second)
    house.client.post(f"/agents/{first}/not-ready", {"reason": "lunch"})
    for nth in range(2):
        house.comes("fewest_calls", number=f"1392000000{nth}")
        assert house.record_of(f"1392000000{nth}")["agent"] == second
    house.ready(first)
    house.comes("fewest_calls", number="13920000009")
    assert house.record_of("13920000009")["agent"] == first


def test_acd_7_rank_orders_a_tier_and_the_next_tier_comes_after_it(house: Everyday) -> None:
    agents = house["ranks"].agents
    staff(house, Answers(after_s=0.3), *agents)
    callers: list[Caller] = []
    for nth, expected in enumerate((agents[1], agents[0], agents[2])):
        callers.append(house.comes("ranks", number=f"1392100000{nth}"))
        assert house.happened(f"1392100000{nth}", "CallAnswered")["agent"] == expected
    for caller in callers:
        caller.hangs_up()


def test_acd_46_p35_a_second_talk_waits_for_the_end_of_the_first(house: Everyday) -> None:
    agents = house["cap"].agents
    staff(house, Answers(after_s=0.3), *agents)
    first = house.comes("cap", number="13922000000")
    house.happened("13922000000", "CallAnswered")
    second = house.comes("cap", number="13922000001")
    house.happened("13922000001", "QueueJoined")
    assert house.agent(agents[1])["state"] == "ready"
    first.hangs_up()
    ended = house.record_of("13922000000")["ended_at"]
    assert house.happened("13922000001", "CallAnswered")["at"] >= ended - 0.5
    second.hangs_up()


def test_acd_47_acd_12_callers_are_moved_by_hand(house: Everyday) -> None:
    [agent] = house["hand"].agents
    numbers = [f"1392300000{nth}" for nth in range(3)]
    callers = [house.comes("hand", number=numbers[0])]
    house.staff(Answers(after_s=0.3), agent)
    house.happened(numbers[0], "CallAnswered")
    for number in numbers[1:]:
        callers.append(house.comes("hand", number=number))
        house.happened(number, "QueueJoined")
    last = house.facts_of(numbers[2], "QueueJoined")[0]["call"]
    callers[0].hangs_up()
    house.becomes(agent, "wrapping_up")
    house.client.post(f"/calls/{last}/pick", {"agent": agent})
    assert house.happened(numbers[2], "CallAnswered")["agent"] == agent
    assert not house.facts_of(numbers[1], "CallAnswered")
    first = house.facts_of(numbers[1], "QueueJoined")[0]["call"]
    house.client.post(f"/calls/{first}/priority", {"priority": 9})
    assert house.happened(numbers[1], "WaitChanged")["step"] == ""
    house.client.post(f"/calls/{first}/assign", {"agent": agent})
    callers[2].hangs_up()
    house.becomes(agent, "wrapping_up")
    house.ready(agent)
    assert house.happened(numbers[1], "CallAnswered")["agent"] == agent
    [why] = house.client.get(f"/calls/{first}/why")["offers"]
    assert why["preferred"]
    callers[1].hangs_up()
