"""The controller is killed while a caller is handed over to an outside number: she talks on, and is
not dialled out a second time."""

from collections.abc import Iterator

import pytest

from telephony.robots.scenario import Answers, StayUntilHungUp
from tests.e2e.faults import kills_the_controller, record_of
from tests.e2e.hotline import Phone, until
from tests.e2e.stories import Everyday, Story, everyday
from tests.e2e.trees import tree

pytestmark = pytest.mark.e2e

NUMBER, OUTSIDE = "13944440071", "+8613900001111"
TALK_S = 25.0
OUT = Story(
    agents=0,
    tree=tree(
        "go",
        go={"kind": "transfer", "to": OUTSIDE, "next": "bye", "otherwise": "failed"},
        failed={"kind": "hangup"},
    ),
)
ROUTES = {"city": {"trunk": "line", "allow": ["+861390000"], "daily_cap": 2}}


@pytest.fixture(scope="module")
def house() -> Iterator[Everyday]:
    with everyday({"out": OUT}, trunks={"routes": ROUTES}) as opened:
        yield opened


@pytest.fixture(scope="module")
def provider(house: Everyday) -> Phone:
    provider = house.beyond_the_trunk(Answers(after_s=0.3, talk_s=TALK_S))
    house.comes("out", StayUntilHungUp(60.0), number=NUMBER)
    until(lambda: provider.times("lifted"), "they talk")
    kills_the_controller(house)
    return provider


def test_she_talks_on_and_is_not_dialled_out_again(house: Everyday, provider: Phone) -> None:
    record = record_of(house, NUMBER)
    assert record["outcome"] == "transferred", record
    assert record["transferred_to"] == OUTSIDE
    assert record["nodes"] == ["go", "bye"]
    assert len(provider.times("rang")) == 1
    [lifted], [ended] = provider.times("lifted"), provider.times("hung-up")
    assert ended - lifted == pytest.approx(TALK_S, abs=1.0)


def test_the_days_calls_of_a_route_are_counted_on(house: Everyday, provider: Phone) -> None:
    """Two a day: one was dialled before the controller died, so one more goes out."""
    for number in ("13944440072", "13944440073"):
        house.comes("out", StayUntilHungUp(60.0), number=number)
    outcomes = [record_of(house, number)["nodes"] for number in ("13944440072", "13944440073")]
    assert sorted(outcomes) == [["go", "bye"], ["go", "failed"]]
    assert len(provider.times("rang")) == 2
