"""What rides on a held caller's channel, and what the next controller makes of it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from calls.commands import OfferCall
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.notices import PopShown
from calls.words import TalkStage
from hotline.parted import LIMIT, VARIABLE, pack, rejoin
from hotline.talk import Plain, Talk, Third

pytestmark = pytest.mark.unit

ANN = "PJSIP/ann-desk-00000001"
BEN = "PJSIP/ben-desk-00000002"
OFFER = OfferCall(
    edge=EdgeId("east"),
    call=CallId("east-1"),
    token=1,
    offer=OfferId("o1"),
    queue=QueueId("sales"),
    agent=AgentId("ann"),
    device=DeviceId("ann-desk"),
    staff_number="8001",
    ring_limit_s=14.9,
    ring_cycle_s=5.0,
    never_rang_s=3.0,
)


def talk(stage: TalkStage = TalkStage.HELD, third: Third | None = None) -> Talk:
    held = Talk(OFFER.call, OFFER, "PJSIP/li-1", ANN, browser=False)
    held.stage, held.third, held.moved = stage, third, True
    return held


def ben(channel: str = BEN) -> Third:
    return Third(OfferId("t1"), "ben", AgentId("ben"), DeviceId("ben-desk"), channel)


def found(kept: str, *, offer: str = "o1", **states: str | None) -> tuple[Talk | None, Any]:
    """What the next controller rejoins; ``states`` of the channels of ann and ben, None: gone."""
    known = {ANN: states.get("ann", "Up"), BEN: states.get("ben")}
    house = SimpleNamespace(hung_up=[], rejoined=[], shown=[])

    async def state_of(channel: str) -> str | None:
        return known[channel]

    async def get(name: str) -> str:
        return kept if name == VARIABLE else ""

    visit: Any = SimpleNamespace(
        call=OFFER.call,
        channel=SimpleNamespace(get=get, environment=SimpleNamespace(channel="PJSIP/li-1")),
        offers=[],
        open_offers=set(),
        pop=lambda: None,
        show=lambda *_, **__: None,
        house=SimpleNamespace(
            edge=OFFER.edge,
            lines=SimpleNamespace(state_of=state_of, hang_up=house.hung_up.append),
            talks=SimpleNamespace(
                browsers=lambda: frozenset({DeviceId("ann-desk")}),
                rejoined=lambda _, talk: house.rejoined.append(talk),
            ),
            bus=SimpleNamespace(publish=house.shown.append),
        ),
    )
    return asyncio.run(rejoin(visit, OfferId(offer))), house


def test_a_held_talk_is_found_as_it_was() -> None:
    held = talk()
    held.recorded, held.paused_since, held.held_since = True, 12.5, 10.0
    again, house = found(pack(held))
    assert again is not None
    assert (again.stage, again.plan, again.leg) == (TalkStage.HELD, Plain.STAY, ANN)
    assert (again.offer.offer, again.offer.agent, again.offer.queue) == ("o1", "ann", "sales")
    assert (again.recorded, again.paused_since, again.held_since) == (True, 12.5, 10.0)
    assert (again.browser, again.moved, again.recording) == (True, True, "o1")
    assert house.rejoined == [again]
    assert [(one.agent, one.offer) for one in house.shown if isinstance(one, PopShown)] == [
        ("ann", "o1")
    ]


@pytest.mark.parametrize(
    ("state", "stage", "up"),
    [("Up", TalkStage.CONSULTED, True), ("Ringing", TalkStage.CONSULTING, False)],
)
def test_a_consultation_goes_on_with_whoever_is_there(
    state: str, stage: TalkStage, up: bool
) -> None:
    again, _ = found(pack(talk(TalkStage.CONSULTING, ben())), ben=state)
    assert again is not None
    assert again.third is not None
    assert (again.stage, again.third.channel, again.third.up) == (stage, BEN, up)
    assert (again.third.id, again.third.agent) == ("t1", "ben")


def test_a_consultation_whose_third_is_gone_is_a_hold() -> None:
    again, _ = found(pack(talk(TalkStage.CONSULTED, ben())), ben=None)
    assert again is not None
    assert (again.stage, again.third) == (TalkStage.HELD, None)


def test_a_third_whose_leg_was_not_born_yet_is_forgotten() -> None:
    again, _ = found(pack(talk(TalkStage.CONSULTING, ben(channel=""))))
    assert again is not None
    assert again.third is None


def test_without_the_agents_leg_there_is_no_talk_and_nobody_is_left_behind() -> None:
    again, house = found(pack(talk(TalkStage.SWAPPED, ben())), ann=None, ben="Up")
    assert again is None
    assert house.hung_up == [BEN]
    assert house.rejoined == []


def test_who_cannot_be_asked_after_is_taken_for_there() -> None:
    again, _ = found(pack(talk()), ann="")
    assert again is not None


@pytest.mark.parametrize(
    "words", ["", "{", "[]", "null", '{"offer":"o1"}', "保持", '{"offer":1,"leg":{}}']
)
def test_words_that_say_nothing_rejoin_nothing(words: str) -> None:
    assert found(words)[0] is None


def test_a_former_talk_of_the_same_call_is_not_taken_for_this_one() -> None:
    assert found(pack(talk()), offer="o2")[0] is None


def test_what_would_not_come_back_whole_is_not_kept() -> None:
    long = talk(TalkStage.CONSULTED, replace_to(ben(), "9" * LIMIT))
    assert pack(long) == ""
    assert len(pack(talk(TalkStage.CONSULTED, ben()))) < LIMIT / 2


def replace_to(third: Third, to: str) -> Third:
    third.to = to
    return third


def test_a_talk_handed_over_is_known_by_the_offer_of_her_place() -> None:
    second = talk()
    second.offer = replace(OFFER, offer=OfferId("t1"), agent=AgentId("ben"))
    again, _ = found(pack(second))
    assert again is not None
    assert (again.offer.offer, again.offer.agent, again.recording) == ("t1", "ben", "o1")
