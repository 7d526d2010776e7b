"""Calling out over HTTP: who may, what is refused and in which words."""

from pathlib import Path

import pytest

from calls.commands import PlaceCall
from calls.ids import EdgeId
from calls.inputs import AgentLoggedIn, DeviceChanged
from calls.words import DeviceState
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import LI, PLAN, WANG, House, make_house

pytestmark = pytest.mark.integration
PATH = f"/agents/{WANG}/dial"


def with_telephone(house: House) -> None:
    house.server.hub.furnish(PLAN)
    [device] = PLAN.agents[0].devices
    house.brain.tell(DeviceChanged(edge=EdgeId("main"), device=device.id, state=DeviceState.IDLE))


def test_cti_11_an_agent_calls_and_is_talking_at_once(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        house = make_house(tmp_path)
        with_telephone(house)
        browser = await Browser.of(house, WANG)
        wish = {"number": "138 0013-8000"}
        early = await browser.ask("POST", PATH, json=wish)
        assert (early.status_code, early.json["error"]) == (409, "agent_cannot")  # type: ignore[index]
        house.brain.tell(AgentLoggedIn(agent=WANG))
        answer = await browser.ask("POST", PATH, json=wish)
        assert (answer.status_code, answer.json["state"]) == (200, "talking")  # type: ignore[index]
        [placed] = [one for one in house.decided if isinstance(one, PlaceCall)]
        assert (placed.agent, placed.number, placed.queue) == (WANG, "13800138000", "sales")
        again = await browser.ask("POST", PATH, json=wish)
        assert again.status_code == 409

    run(scenario())


def test_cti_11_nobody_has_another_ones_telephone_rung_and_bad_numbers_are_named(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        house = make_house(tmp_path)
        with_telephone(house)
        for name in (LI, "boss", "admin"):
            other = await Browser.of(house, name)
            answer = await other.ask("POST", PATH, json={"number": "13800138000"})
            assert answer.status_code == 403
        browser = await Browser.of(house, WANG)
        for number in ("", "12;rm", "a" * 500, "１３８"):
            answer = await browser.ask("POST", PATH, json={"number": number})
            assert (answer.status_code, answer.json["field"]) == (422, "$.number")  # type: ignore[index]
        assert not [one for one in house.decided if isinstance(one, PlaceCall)]

    run(scenario())


@pytest.mark.parametrize("why", ["no_number", "do_not_call", "no_route", "closed", "cap"])
def test_cti_11_what_no_route_allows_is_refused_with_the_reason(
    run: Run, tmp_path: Path, why: str
) -> None:
    async def scenario() -> None:
        house = make_house(tmp_path, may_dial=lambda number: why)
        with_telephone(house)
        browser = await Browser.of(house, WANG)
        answer = await browser.ask("POST", PATH, json={"number": "13800138000"})
        assert answer.json["error"] == f"dial_{why}"  # type: ignore[index]
        assert answer.json["message"]  # type: ignore[index]

    run(scenario())
