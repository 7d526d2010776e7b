"""The manager link is cut or stalled with callers at every step: talks go on, offers pause, the
truth is read again, and nobody is rung twice, stuck, or blamed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from telephony.robots.scenario import Answers, Press, RingsOut, StayUntilHungUp, Wait
from tests.e2e.faults import (
    KEYS,
    QUEUES,
    STEPS,
    Apart,
    agent,
    apart,
    happens,
    link_is_up,
    one_queue_an_agent,
    one_ticket_of,
    record_of,
    story,
)
from tests.e2e.hotline import Hotline, Phone, until

pytestmark = pytest.mark.e2e

AT = ("menu", "waiting", "ringing", "announcement", "talking")
QUEUE_OF = dict(zip(AT, QUEUES, strict=True))
AGENT_OF = {step: f"a{8001 + n}" for n, step in enumerate(AT)}


@dataclass
class Gap:
    house: Apart
    numbers: dict[str, str]
    phones: dict[str, Phone]
    offers_meanwhile: int
    states_after: dict[str, str]


def _calls(house: Hotline, step: str, number: str, after_s: float = 1.5) -> None:
    press = Press(KEYS[QUEUE_OF[step]])
    house.calls(Wait(after_s), press, StayUntilHungUp(90.0), dial=STEPS, number=number)


def _ready(house: Hotline, step: str, after_s: float, talk_s: float) -> Phone:
    return house.agent_ready(AGENT_OF[step], Answers(after_s=after_s, talk_s=talk_s))


def _offers(house: Hotline) -> int:
    return sum(fact["fact"] == "OfferMade" for fact in house.facts())


@pytest.fixture(scope="module")
def house() -> Iterator[Apart]:
    with apart(floor=one_queue_an_agent()) as made:
        yield made


@pytest.fixture(scope="module", params=["cut", pytest.param("stalled", marks=pytest.mark.prove)])
def gap(request: pytest.FixtureRequest, house: Apart) -> Iterator[Gap]:
    """A link that is away for a while, with a caller at each step; two agents answer meanwhile."""
    numbers = {step: f"139333{len(request.param)}000{n}" for n, step in enumerate(AT)}
    phones = {"talking": _ready(house, "talking", 0.5, 25.0)}
    _calls(house, "talking", numbers["talking"])
    happens(house, numbers["talking"], "TalkBegan")
    _calls(house, "waiting", numbers["waiting"])
    _calls(house, "menu", numbers["menu"], after_s=9.0)
    happens(house, numbers["waiting"], "QueueJoined")
    phones["ringing"] = _ready(house, "ringing", 4.0, 12.0)
    phones["announcement"] = _ready(house, "announcement", 0.5, 12.0)
    _calls(house, "ringing", numbers["ringing"])
    until(lambda: phones["ringing"].times("rang"), "a phone rings")
    _calls(house, "announcement", numbers["announcement"])
    until(lambda: phones["announcement"].times("lifted"), "the staff number is being said")
    assert not phones["ringing"].times("lifted")
    before = _offers(house)
    if request.param == "cut":
        house.ami.cut()
    else:
        house.ami.stall()
    until(lambda: not link_is_up(house), "the controller knows that its link is down")
    phones["waiting"] = _ready(house, "waiting", 0.5, 6.0)
    phones["menu"] = _ready(house, "menu", 0.5, 6.0)
    until(lambda: phones["ringing"].times("lifted"), "a phone is answered that nobody hears of")
    happens(house, numbers["menu"], "QueueJoined")
    meanwhile = _offers(house) - before
    house.ami.mend()
    until(lambda: link_is_up(house), "the link is back")
    happens(house, numbers["waiting"], "OfferMade")
    states = {step: house.state(AGENT_OF[step]) for step in ("ringing", "talking", "announcement")}
    for number in numbers.values():
        happens(house, number, "CallEnded")
    yield Gap(house, numbers, phones, meanwhile, states)
    house.robots_go()
    house.logged_out()


@pytest.fixture
def alone(house: Apart) -> Iterator[Apart]:
    house.logged_out()
    yield house
    house.robots_go()
    house.logged_out()


def test_nobody_is_offered_while_the_link_is_away(gap: Gap) -> None:
    assert gap.offers_meanwhile == 0


@pytest.mark.parametrize("step", ["ringing", "talking", "announcement"])
def test_an_agent_who_talks_is_known_to_talk_when_the_link_is_back(gap: Gap, step: str) -> None:
    assert gap.states_after[step] == "talking"


@pytest.mark.parametrize("step", AT)
def test_each_caller_is_served_once_and_recorded_once(gap: Gap, step: str) -> None:
    number = gap.numbers[step]
    record = record_of(gap.house, number)
    assert record["outcome"] == "answered", record
    assert record["agent"] == AGENT_OF[step]
    assert len(story(gap.house, number).all("OfferMade")) == 1
    assert len(gap.phones[step].times("rang")) == 1
    one_ticket_of(gap.house, number)


@pytest.mark.parametrize("step", AT)
def test_no_talk_was_cut_short(gap: Gap, step: str) -> None:
    """The agent hung up in her own time."""
    assert gap.phones[step].times("hung-up")


@pytest.mark.parametrize("step", AT)
def test_no_agent_is_stuck_or_has_a_strike(gap: Gap, step: str) -> None:
    until(lambda: gap.house.state(AGENT_OF[step]) == "ready", "the agent is free")
    assert agent(gap.house, AGENT_OF[step])["strikes"] == 0


def test_on_which_ring_is_unknown_when_nobody_heard(gap: Gap) -> None:
    assert record_of(gap.house, gap.numbers["ringing"])["ring"] is None
    assert record_of(gap.house, gap.numbers["talking"])["ring"] == 1


def test_a_phone_stops_before_its_fourth_ring_without_the_link(alone: Apart) -> None:
    number, name = "13933339999", "a8001"
    phone = alone.agent_ready(name, RingsOut())
    alone.calls(Wait(1.5), Press(KEYS[QUEUES[0]]), StayUntilHungUp(60.0), dial=STEPS, number=number)
    until(lambda: phone.times("rang"), "the phone rings")
    alone.ami.cut()
    until(lambda: phone.times("cancelled"), "it stops by itself")
    told = happens(alone, number, "OfferMissed")
    assert told.all("OfferMissed")[0]["why"] == "rang_out"
    assert phone.times("cancelled")[0] - phone.times("rang")[0] < 9.0  # three rings of 3 s
    alone.ami.mend()
    until(lambda: link_is_up(alone), "the link is back")
