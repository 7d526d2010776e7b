"""Several phones for one caller on a real Asterisk: ring all, progressive ring, outside phones.

The stories of EVENING begin at once when the module does, and their tests read what became of them.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import (
    Answers,
    Behaviour,
    CallerStep,
    Refuses,
    RingsOut,
    StayUntilHungUp,
)
from tests.e2e.hotline import Caller, Phone, until
from tests.e2e.stories import Everyday, Story, desk_of, everyday

pytestmark = pytest.mark.e2e

ALL = {"strategy": "ring_all", "together": {"at_most": 3}}
MORE = {"strategy": "progressive", "together": {"at_most": 3, "every_s": 1.5}}
ROUTES = {"mobiles": {"trunk": "line", "allow": ["+86139"], "daily_cap": 50}}
TALKS = Answers(after_s=1.0, talk_s=5.0)
ACCEPTS = Answers(after_s=0.5, presses="1", talk_s=5.0)
NUMBERS = {
    name: f"1366666{place:04}"
    for place, name in enumerate(
        (
            *("one_lifts", "all_lift", "one_declines", "step_by_step", "nobody", "leaves"),
            *("whispered", "key", "box", "box_hangs_up", "together_by_key"),
            *("quiet", "private"),
        )
    )
}


@pytest.fixture(scope="module")
def house() -> Iterator[Everyday]:
    stories = {
        "one_lifts": Story(agents=3, rules=ALL),
        "all_lift": Story(agents=3, rules=ALL),
        "one_declines": Story(agents=2, rules=ALL),
        "step_by_step": Story(agents=3, rules=MORE),
        "nobody": Story(agents=2, rules={**ALL, "ring": {"rings": 1}}),
        "leaves": Story(agents=3, rules=ALL),
        "whispered": Story(agents=1, rules={"whisper": {"zh-CN": "{queue}"}}),
        "key": Story(agents=1, outside=1),
        "box": Story(agents=2, outside=1),
        "box_hangs_up": Story(agents=2, rules=ALL, outside=1),
        "quiet": Story(agents=1),
        "private": Story(agents=1),
        "together_by_key": Story(agents=2, rules=ALL, outside=1),
    }
    with everyday(stories, trunks={"routes": ROUTES}) as opened:
        yield opened


class Provider:
    """Whoever lifts the phones beyond the trunk."""

    def __init__(self, house: Everyday) -> None:
        self._house = house
        self._phone: Phone | None = None

    def becomes(self, behaviour: Behaviour) -> None:
        if self._phone is not None:
            self._phone.robot.stop()
        self._phone = self._house.beyond_the_trunk(behaviour)


@pytest.fixture(scope="module")
def provider(house: Everyday) -> Provider:
    made = Provider(house)
    made.becomes(ACCEPTS)
    return made


@pytest.fixture(scope="module")
def calls(house: Everyday, provider: Provider) -> Everyday:
    """Everybody is at work, and everybody calls."""
    for story in ("all_lift", "whispered"):
        house.staff(TALKS, *house[story].agents)
    for story, behaviours in {
        "one_lifts": (RingsOut(), TALKS, RingsOut()),
        "one_declines": (Refuses(code=603, after_s=0.5), Answers(after_s=2.0, talk_s=5.0)),
        "step_by_step": (RingsOut(), Answers(after_s=0.5, talk_s=5.0), RingsOut()),
        "nobody": (RingsOut(), RingsOut()),
        "leaves": (RingsOut(), RingsOut(), RingsOut()),
    }.items():
        for agent, behaviour in zip(house[story].agents, behaviours, strict=True):
            house.staff(behaviour, agent)
    house.ready(house["key"].agents[0])
    for story in ("one_lifts", "all_lift", "one_declines", "step_by_step", "whispered", "key"):
        house.comes(story, number=NUMBERS[story])
    return house


def legs(record: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(leg["agent"], leg.get("missed")) for leg in record["legs"]]


def free(house: Everyday, *agents: str) -> None:
    for agent in agents:
        until(lambda agent=agent: house.agent(agent)["state"] == "ready", f"{agent} is free")


def test_acd_1_every_phone_rings_and_the_first_lifted_ends_the_others(calls: Everyday) -> None:
    first, second, third = calls["one_lifts"].agents
    record = calls.record_of(NUMBERS["one_lifts"])
    assert record["outcome"] == "answered"
    assert (record["agent"], record["ring"], record["within_rule"]) == (second, 1, True)
    assert sorted(legs(record)) == [
        (first, "answered_elsewhere"),
        (second, None),
        (third, "answered_elsewhere"),
    ]
    free(calls, first, second, third)
    assert {calls.agent(agent)["strikes"] for agent in (first, third)} == {0}


def test_p5_of_all_who_lift_at_once_exactly_one_has_the_caller(calls: Everyday) -> None:
    record = calls.record_of(NUMBERS["all_lift"])
    assert record["outcome"] == "answered"
    assert Counter(leg.get("missed") for leg in record["legs"]) == {
        None: 1,
        "answered_elsewhere": 2,
    }
    free(calls, *calls["all_lift"].agents)
    assert len(calls.facts_of(NUMBERS["all_lift"], "CallAnswered")) == 1


def test_acd_1_one_declines_and_the_other_rings_on(calls: Everyday) -> None:
    first, second = calls["one_declines"].agents
    record = calls.record_of(NUMBERS["one_declines"])
    assert record["agent"] == second
    assert sorted(legs(record)) == [(first, "rejected"), (second, None)]
    assert calls.agent(first)["strikes"] == 1


def test_acd_6_one_phone_more_rings_until_somebody_answers(calls: Everyday) -> None:
    first, second, _ = calls["step_by_step"].agents
    record = calls.record_of(NUMBERS["step_by_step"])
    assert legs(record) == [(first, "answered_elsewhere"), (second, None)]
    made = calls.facts_of(NUMBERS["step_by_step"], "OfferMade")
    assert made[1]["at"] - made[0]["at"] >= 1.4


def test_acd_1_each_phone_has_its_own_rings_and_her_place_is_kept(calls: Everyday) -> None:
    caller = calls.comes("nobody", number=NUMBERS["nobody"])
    for missed in range(1, 3):
        fact = calls.happened(NUMBERS["nobody"], "OfferMissed", count=missed)
        assert fact["why"] == "rang_out"
    calls.happened(NUMBERS["nobody"], "OfferMade", count=3)
    caller.hangs_up()
    record = calls.record_of(NUMBERS["nobody"])
    assert record["outcome"] in ("abandoned_ringing", "abandoned_in_queue")
    assert len(calls.facts_of(NUMBERS["nobody"], "QueueJoined")) == 1


def test_p20_she_hangs_up_while_all_ring_and_nobody_is_held(calls: Everyday) -> None:
    caller = calls.comes("leaves", number=NUMBERS["leaves"])
    calls.happened(NUMBERS["leaves"], "PhoneRang", count=3)
    caller.hangs_up()
    record = calls.record_of(NUMBERS["leaves"])
    assert record["outcome"] == "abandoned_ringing"
    assert {leg["missed"] for leg in record["legs"]} == {"caller_left"}
    free(calls, *calls["leaves"].agents)
    calls.logged_out(*calls["leaves"].agents)


def test_acd_49_who_is_whispered_to_talks_all_the_same(calls: Everyday) -> None:
    record = calls.record_of(NUMBERS["whispered"])
    assert record["outcome"] == "answered"
    assert calls.facts_of(NUMBERS["whispered"], "TalkBegan")


def test_an_outside_phone_has_the_call_when_the_key_is_pressed(calls: Everyday) -> None:
    [agent] = calls["key"].agents
    record = calls.record_of(NUMBERS["key"])
    assert (record["outcome"], record["agent"], record["ring"]) == ("answered", agent, 1)
    assert record["talk_s"] > 0


def test_a_voicemail_box_that_answers_never_gets_a_caller(
    calls: Everyday, provider: Provider
) -> None:
    outside, inside = calls["box"].agents
    provider.becomes(Answers(after_s=0.5))
    calls.staff(TALKS, inside)
    calls.ready(outside)
    calls.comes("box", number=NUMBERS["box"])
    record = calls.record_of(NUMBERS["box"])
    assert legs(record) == [(outside, "not_accepted"), (inside, None)]
    assert calls.agent(outside)["strikes"] == 1


def test_p6_an_outside_phone_put_down_without_the_key_lets_the_others_ring_on(
    calls: Everyday, provider: Provider
) -> None:
    outside, inside = calls["box_hangs_up"].agents
    provider.becomes(Answers(after_s=0.3, talk_s=1.5))
    calls.staff(Answers(after_s=4.0, talk_s=5.0), inside)
    calls.ready(outside)
    calls.comes("box_hangs_up", number=NUMBERS["box_hangs_up"])
    record = calls.record_of(NUMBERS["box_hangs_up"])
    assert sorted(legs(record)) == [(outside, "not_accepted"), (inside, None)]


def test_p6_the_others_ring_until_a_key_is_pressed(calls: Everyday, provider: Provider) -> None:
    outside, inside = calls["together_by_key"].agents
    provider.becomes(Answers(after_s=0.3))
    calls.staff(Answers(after_s=4.0, talk_s=5.0), inside)
    calls.ready(outside)
    calls.comes("together_by_key", number=NUMBERS["together_by_key"])
    record = calls.record_of(NUMBERS["together_by_key"])
    assert record["agent"] == inside
    assert (outside, "answered_elsewhere") in legs(record)
    free(calls, outside, inside)


def test_acd_50_a_phone_that_dials_do_not_disturb_is_passed_over_until_it_dials_the_other_code(
    calls: Everyday,
) -> None:
    [agent] = calls["quiet"].agents
    calls.staff(TALKS, agent)
    dials(calls, agent, "*78")
    until(lambda: calls.agent(agent)["reason"] == "do_not_disturb", "it is shown")
    caller = calls.comes("quiet", number=NUMBERS["quiet"])
    calls.happened(NUMBERS["quiet"], "QueueJoined")
    assert not calls.facts_of(NUMBERS["quiet"], "OfferMade")
    dials(calls, agent, "*79")
    calls.happened(NUMBERS["quiet"], "CallAnswered")
    caller.hangs_up()


def test_acd_50_a_private_call_keeps_an_agent_out_and_is_shown(calls: Everyday) -> None:
    [agent] = calls["private"].agents
    calls.staff(TALKS, agent)
    private = dials(calls, agent, calls["nobody"].number, StayUntilHungUp(30.0))
    until(lambda: calls.agent(agent)["reason"] == "device_busy", "it is shown")
    caller = calls.comes("private", number=NUMBERS["private"])
    calls.happened(NUMBERS["private"], "QueueJoined")
    assert not calls.facts_of(NUMBERS["private"], "OfferMade")
    private.hangs_up()
    calls.happened(NUMBERS["private"], "CallAnswered")
    caller.hangs_up()


def dials(house: Everyday, agent: str, number: str, *steps: CallerStep) -> Caller:
    """The agent makes a call of her own from her desk."""
    desk = desk_of(agent)
    secret = house.site.secrets.device(desk)
    then = steps or (StayUntilHungUp(5.0),)
    return house.calls(*then, dial=number, number=desk, secret=secret)


def test_nothing_is_left_behind(calls: Everyday) -> None:
    until(lambda: not calls.channels(), "every channel is gone")
