"""Those who wait, on a real Asterisk: called back over a trunk, overflowing, told, leaving by key.

The stories begin at once when the module does, and their tests read what became of them.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import Answers, Press, StayUntilHungUp, Wait
from tests.e2e.hotline import Phone, until
from tests.e2e.stories import Everyday, Story, everyday
from tests.e2e.trees import menu, queue, tree

pytestmark = pytest.mark.e2e

ROUTES = {"city": {"trunk": "line", "allow": ["+86139"], "deny": ["+8613999"], "daily_cap": 50}}
CALLBACK = {"key": "2", "ring_s": 15, "retry_s": 10, "tries": 2}
TALKS = Answers(after_s=1.0, talk_s=4.0)
BACK, OVER, TOLD, EXIT = "13900005001", "13900005002", "13900005003", "13900005004"
LESS = "13900005005"
STAYS = StayUntilHungUp(90.0)


@pytest.fixture(scope="module")
def house() -> Iterator[Everyday]:
    stories = {
        "back": Story(rules={"callback": CALLBACK}),
        "over": Story(
            agents=0, rules={"recipe": [{"when": {"waited_s": 3}, "do": {"queue": "haven"}}]}
        ),
        "haven": Story(),
        "told": Story(
            agents=0,
            rules={
                "recipe": [
                    {"when": {"waited_s": 2}, "do": {"announce": "all-agents-busy"}},
                    {"when": {"waited_s": 9}, "do": {"leave": "overflow"}},
                ]
            },
            tree=tree(
                "wait",
                wait=queue("told", branches={"overflow": "elsewhere"}),
                elsewhere={"kind": "set", "variable": "way", "value": "overflow", "next": "bye"},
            ),
        ),
        "less": Story(
            tree=tree(
                "wait",
                wait=queue(
                    "less",
                    needs=[{"skill": "english", "level": 3}],
                    relax=[
                        {"after_s": 2, "needs": [{"skill": "english", "level": 1}]},
                        {"after_s": 4, "needs": [{"skill": "english", "level": 0}]},
                    ],
                ),
            ),
        ),
        "exit": Story(
            rules={"exit_key": "0"},
            tree=tree(
                "wait",
                wait=queue("exit", branches={"exit_key": "choose"}),
                choose=menu({"1": "wait", "2": "bye"}),
            ),
        ),
    }
    with everyday(stories, trunks={"routes": ROUTES}) as opened:
        yield opened


@pytest.fixture(scope="module")
def provider(house: Everyday) -> Phone:
    """Whoever we call back lifts, and presses 1."""
    return house.beyond_the_trunk(Answers(after_s=1.0, presses="1"))


@pytest.fixture(scope="module")
def calls(house: Everyday, provider: Phone) -> Everyday:
    house.staff(TALKS, house["haven"].agents[0])
    house.staff(TALKS, house["less"].agents[0])
    house.comes("less", STAYS, number=LESS)
    house.comes("back", Wait(1.5), Press("2"), Wait(1.0), Press("1"), STAYS, number=BACK)
    house.comes("over", STAYS, number=OVER)
    house.comes("told", STAYS, number=TOLD)
    house.comes("exit", Wait(2.0), Press("0"), Wait(2.0), Press("1"), STAYS, number=EXIT)
    return house


def records(house: Everyday, number: str, count: int) -> list[dict[str, Any]]:
    """The records of this number, oldest first, once there are so many."""

    def look() -> list[dict[str, Any]]:
        found = [one for one in house.records() if number in one["number"]]
        return found[::-1] if len(found) >= count else []

    return until(look, f"{count} records of {number}")


def test_acd_38_and_39_who_waits_too_long_is_answered_in_another_queue(calls: Everyday) -> None:
    record = calls.record_of(OVER)
    assert record["outcome"] == "answered", record
    assert record["queues"] == ["over", "haven"]
    assert record["agent"] == calls["haven"].agents[0]
    assert record["waited_s"] == pytest.approx(4.2, abs=1.5)


def test_acd_10_what_one_caller_needs_is_lowered_step_by_step_until_somebody_may_take_her(
    calls: Everyday,
) -> None:
    record = calls.record_of(LESS)
    assert record["outcome"] == "answered", record
    assert record["agent"] == calls["less"].agents[0]
    steps = [fact["step"] for fact in calls.facts_of(LESS, "WaitChanged")]
    assert steps == ["*:2:english=1", "*:4:english=0"]
    [joined] = calls.facts_of(LESS, "QueueJoined")
    [offered] = calls.facts_of(LESS, "OfferMade")
    assert offered["at"] - joined["at"] == pytest.approx(4.0, abs=0.7)


def test_acd_16_a_recipe_speaks_and_then_sends_her_on(calls: Everyday) -> None:
    record = calls.record_of(TOLD)
    assert record["nodes"] == ["wait", "elsewhere", "bye"]
    assert record["variables"] == {"way": "overflow"}
    assert record["waited_s"] == pytest.approx(9.0, abs=1.0)
    [told] = calls.facts_of(TOLD, "WaitChanged")
    [joined] = calls.facts_of(TOLD, "QueueJoined")
    assert told["step"].startswith("told:1:")
    assert told["at"] - joined["at"] == pytest.approx(2.0, abs=0.7)


def test_p36_and_acd_42_the_exit_key_leads_to_a_menu_that_waits_for_a_key(calls: Everyday) -> None:
    calls.happened(EXIT, "QueueJoined", 2)
    calls.staff(TALKS, calls["exit"].agents[0])
    record = calls.record_of(EXIT)
    assert record["nodes"][:3] == ["wait", "choose", "wait"]
    assert record["outcome"] == "answered", record
    assert record["keys"] == ["1"]


def test_acd_30_to_32_she_is_called_back_over_the_trunk_confirms_and_talks(
    calls: Everyday, provider: Phone
) -> None:
    promised = calls.happened(BACK, "CallbackPromised")
    assert promised["number"] == f"+86{BACK}"
    [first] = records(calls, BACK, 1)
    assert first["outcome"] == "callback", first
    [waiting] = calls.client.get("/callbacks")["callbacks"]
    assert (waiting["call"], waiting["number"]) == (first["call"], f"+86{BACK}")
    assert provider.times("rang") == [], "nobody is called before an agent is free"
    calls.staff(TALKS, calls["back"].agents[0])
    first, second = records(calls, BACK, 2)
    assert second["outcome"] == "answered", second
    assert second["agent"] == calls["back"].agents[0]
    assert (second["first_call"], second["callback_attempts"]) == (first["call"], 1)
    assert second["talk_s"] > 0.0
    assert len(provider.times("rang")) == 1
    assert calls.client.get("/callbacks")["callbacks"] == []
    [rang] = provider.times("rang")
    assert rang > first["ended_at"], "she had hung up"
