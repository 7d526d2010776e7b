"""The three-ring rule on real telephones: on which ring, why not, and who is rung next.

The calls of EVENING are placed at once when the module begins, and their tests read what became of
them; the other tests play their own scenes meanwhile.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import Answers, Behaviour, Refuses, RingsOut, StaysSilent
from tests.e2e.hotline import Caller, Phone, until
from tests.e2e.stories import Everyday, Story, everyday

pytestmark = pytest.mark.e2e

CYCLE_S = 3.0
LIMIT_S = 3 * CYCLE_S
KIND = Answers(after_s=1.0, talk_s=5.0)
"""Longer than the staff number takes to be said."""

RINGS = {"first": (1, 1.0), "second": (2, 4.0), "third": (3, 7.0)}
"""Story to the ring, and after how many seconds of ringing the phone is lifted."""
MISSES: dict[str, tuple[str, Behaviour | None]] = {
    "rings_out": ("rang_out", RingsOut()),
    "declines": ("rejected", Refuses(code=603, after_s=1.0)),
    "busy": ("busy", Refuses(code=486)),
    "disturbed": ("rejected", Refuses(code=480)),
    "mute": ("never_rang", StaysSilent()),
}
"""Story to how it is typed, and what the first agent's phone does."""


def number_of(story: str) -> str:
    return f"1391111{[*RINGS, *MISSES].index(story):04}"


class Evening:
    """Phones and callers of all the stories."""

    def __init__(self, house: Everyday) -> None:
        self.house = house
        self.bad: dict[str, Phone] = {}
        for story, (_, after_s) in RINGS.items():
            house.staff(Answers(after_s=after_s, talk_s=5.0), *house[story].agents)
        for story, (_, behaviour) in MISSES.items():
            self.bad[story] = house.staff(behaviour, house[story].agents[0])
        self.good = house.staff(KIND, *(house[story].agents[1] for story in MISSES))
        self.callers: dict[str, Caller] = {
            story: house.comes(story, number=number_of(story)) for story in [*RINGS, *MISSES]
        }

    def record(self, story: str) -> dict[str, Any]:
        return self.house.record_of(number_of(story))


@pytest.fixture(scope="module")
def house() -> Iterator[Everyday]:
    one_ring = {"ring": {"rings": 1}}
    stories = {
        **{story: Story(agents=1) for story in RINGS},
        **{story: Story(agents=2) for story in MISSES},
        "struck": Story(agents=1, rules=one_ring),
        "place": Story(agents=2, rules=one_ring),
        "unplugged": Story(agents=2),
        "never_plugged": Story(agents=2),
    }
    with everyday(stories) as opened:
        yield opened


@pytest.fixture(scope="module")
def evening(house: Everyday) -> Evening:
    return Evening(house)


def test_a_caller_nobody_answered_keeps_her_place_and_is_not_offered_to_that_agent_again(
    house: Everyday, evening: Evening
) -> None:
    sleepy, busy = house["place"].agents
    house.staff(Answers(after_s=0.2), busy)
    earlier = house.comes("place", number="13922220000")
    house.happened("13922220000", "CallAnswered")
    first = house.comes("place", number="13922220001")
    house.happened("13922220001", "QueueJoined")
    second = house.comes("place", number="13922220002")
    house.happened("13922220002", "QueueJoined")
    house.staff(RingsOut(), sleepy)
    house.happened("13922220002", "OfferMissed")
    earlier.hangs_up()
    house.happened("13922220001", "CallAnswered")
    assert not house.facts_of("13922220002", "CallAnswered")
    first.hangs_up()
    house.happened("13922220002", "CallAnswered")
    second.hangs_up()
    for number in ("13922220001", "13922220002"):
        legs = house.record_of(number)["legs"]
        assert [(leg["agent"], leg.get("missed")) for leg in legs] == [
            (sleepy, "rang_out"),
            (busy, None),
        ]


def test_an_agent_who_lets_two_calls_ring_out_is_shown_as_not_responding(
    house: Everyday, evening: Evening
) -> None:
    [agent] = house["struck"].agents
    house.staff(RingsOut(), agent)
    caller = house.comes("struck", number="13922220003")
    line = house.becomes(agent, "not_responding")
    assert line["missed"] == "rang_out"
    assert line["strikes"] == 2
    assert len(house.facts_of("13922220003", "OfferMade")) == 2
    house.client.post(f"/agents/{agent}/ready", {})
    house.happened("13922220003", "PhoneRang", count=3)
    caller.hangs_up()


def test_an_agent_whose_phone_is_not_registered_is_not_offered_calls(
    house: Everyday, evening: Evening
) -> None:
    gone, absent = (house[story].agents[0] for story in ("unplugged", "never_plugged"))
    house.unregisters(house.staff(RingsOut(), gone))
    house.ready(absent)
    for agent in (gone, absent):
        until(lambda agent=agent: house.agent(agent)["reason"] == "no_device", "the floor shows it")
    house.staff(KIND, *(house[story].agents[1] for story in ("unplugged", "never_plugged")))
    callers = {
        number: house.comes(story, number=number)
        for number, story in (("13922220010", "unplugged"), ("13922220011", "never_plugged"))
    }
    for number, caller in callers.items():
        house.happened(number, "CallAnswered")
        assert len(house.facts_of(number, "OfferMade")) == 1
        caller.hangs_up()
    assert [house.agent(agent)["state"] for agent in (gone, absent)] == ["ready", "ready"]


@pytest.mark.parametrize("story", RINGS)
def test_an_answer_is_kept_with_the_ring_it_fell_on(evening: Evening, story: str) -> None:
    record = evening.record(story)
    ring, _ = RINGS[story]
    assert record["outcome"] == "answered"
    assert record["agent"] == evening.house[story].agents[0]
    assert record["ring"] == ring
    assert record["within_rule"] is True
    assert len(record["legs"]) == 1


@pytest.mark.parametrize("story", MISSES)
def test_a_missed_offer_is_typed_and_the_next_agent_answers(evening: Evening, story: str) -> None:
    record = evening.record(story)
    first, second = evening.house[story].agents
    why, _ = MISSES[story]
    assert [(leg["agent"], leg.get("missed")) for leg in record["legs"]] == [
        (first, why),
        (second, None),
    ]
    assert record["outcome"] == "answered"
    assert record["agent"] == second
    assert evening.callers[story].happened("released"), "she was hung up on, not cut off"


def test_the_phone_sees_cancel_just_before_its_fourth_ring_would_start(evening: Evening) -> None:
    evening.record("rings_out")
    phone = evening.bad["rings_out"]
    [rang], [cancelled] = phone.times("rang"), phone.times("cancelled")
    assert LIMIT_S - 0.5 <= cancelled - rang < LIMIT_S
