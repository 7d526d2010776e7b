"""What Dial is told for one offer: limits, who hears what before the talk, which way out."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from calls.clock import ManualClock
from calls.commands import OfferCall
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.words import Language
from hotline.accepting import AwaitedKeys
from hotline.house import Route
from hotline.offer import OfferRun
from hotline.offering import dial

pytestmark = pytest.mark.unit


class Speech:
    def __init__(self) -> None:
        self.said: list[tuple[str, Language]] = []

    async def staff_file(self, digits: str, language: Language) -> str | None:
        return f"staff-{digits}" if digits else None

    async def text(self, text: str, language: Language) -> str | None:
        self.said.append((text, language))
        return "whisper"


@dataclass
class House:
    route: Route | None = None
    number: str = ""
    speech: Speech = field(default_factory=Speech)
    keys: AwaitedKeys = field(default_factory=AwaitedKeys)
    clock: ManualClock = field(default_factory=lambda: ManualClock(1000.0))
    lines: Any = field(
        default_factory=lambda: SimpleNamespace(
            dial_string=lambda device, home: f"PJSIP/{device}", usual_alert_s=lambda device: 0.05
        )
    )

    browsers: frozenset[DeviceId] = frozenset()

    @property
    def talks(self) -> Any:
        return SimpleNamespace(browsers=lambda: self.browsers)

    @property
    def routes(self) -> Any:
        return SimpleNamespace(allow=lambda number, now: self.route)

    def outside(self, device: DeviceId) -> str:
        return self.number


class Line:
    def __init__(self) -> None:
        self.variables: dict[str, str] = {}

    async def set_all(self, words: dict[str, str]) -> None:
        self.variables |= words


def dialled(
    house: House, line: Line, *, keys: tuple[str, ...] = (), by_key: bool = False, **more: Any
) -> str | None:
    offer = OfferCall(
        edge=EdgeId("east"),
        call=CallId("east-1"),
        token=1,
        offer=OfferId("ab12"),
        queue=QueueId("sales"),
        agent=AgentId("ann"),
        device=DeviceId("d1"),
        ring_limit_s=15.0,
        ring_cycle_s=5.0,
        never_rang_s=3.0,
        **{"staff_number": "8001", **more},
    )
    visit: Any = SimpleNamespace(house=house, keys=list(keys), language=Language.EN)
    nobody: Any = None
    run = OfferRun(offer, house.clock, nobody, nobody, by_key=by_key)
    channel: Any = line
    return asyncio.run(dial(visit, channel, run, "g"))


def test_a_telephone_of_ours_is_dialled_with_its_limits_and_the_staff_number() -> None:
    assert dialled(House(), Line()) == "PJSIP/d1,14.90^3.00,gA(:staff-8001)"
    assert dialled(House(), Line(), staff_number="") == "PJSIP/d1,14.90^3.00,g"


def test_the_voice_of_a_browser_is_measured_by_a_word_to_dial() -> None:
    words = dialled(House(browsers=frozenset({DeviceId("d1")})), Line())
    assert words == "PJSIP/d1,14.90^3.00,gb(voice^leg^1)A(:staff-8001)"


def test_acd_49_the_agent_is_whispered_queue_and_keys_and_no_secret() -> None:
    house = House()
    words = dialled(
        house,
        Line(),
        keys=("2", "****", "1"),
        whisper="售后，按键 {keys}",
        whisper_in=Language.ZH,
    )
    assert words is not None
    assert words.endswith("gA(whisper:staff-8001)")
    assert house.speech.said == [("售后，按键 2, 1", Language.ZH)]


def test_an_outside_phone_is_dialled_by_its_route_and_waits_for_the_key() -> None:
    house = House(route=Route("line", "13800000000", "+8610"), number="+8613800000000")
    line = Line()
    words = dialled(house, line, by_key=True, whisper="{queue}")
    assert words == "Local/ab12@accept/n,24.90,gA(:staff-8001)"
    assert line.variables == {
        "__TR_OUT": "PJSIP/13800000000@trunk-line",
        "__TR_RING": "14.90^3.00",
        "__TR_SHOWN": "+8610",
    }
    awaited = house.keys.get(OfferId("ab12"))
    assert awaited is not None
    assert awaited[1] == "whisper"


def test_an_outside_phone_no_route_leads_to_is_not_dialled() -> None:
    house = House(number="+8613800000000")
    assert dialled(house, Line(), by_key=True) is None
    assert house.keys.get(OfferId("ab12")) is None
