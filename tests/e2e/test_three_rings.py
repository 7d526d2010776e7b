"""The three-ring rule on real telephones: on which ring, why not, and who is rung next.

The calls are placed at once when the module begins; each test reads the story of one of them.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import Answers, Behaviour, Refuses, RingsOut, StaysSilent
from tests.e2e.hotline import Caller, Phone
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
        return self.house.record_of(number_of(story), 60.0)


@pytest.fixture(scope="module")
def house() -> Iterator[Everyday]:
    stories = {
        **{story: Story(agents=1) for story in RINGS},
        **{story: Story(agents=2) for story in MISSES},
    }
    with everyday(stories) as opened:
        yield opened


@pytest.fixture(scope="module")
def evening(house: Everyday) -> Evening:
    return Evening(house)


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
