"""Whom an agent may hand a caller to: everybody else at work, and nothing more about them."""

from pathlib import Path

import pytest

from calls.notices import AgentChanged, TalkChanged
from calls.words import AgentState, TalkAct, TalkStage
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import LI, PLAN, WANG, make_house

pytestmark = pytest.mark.integration


def test_colleagues_at_work_are_told_to_an_agent_without_their_callers(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        house = make_house(tmp_path)
        house.server.hub.furnish(PLAN)
        house.bus.publish(AgentChanged(agent=LI, state=AgentState.READY, since=1.0))
        browser = await Browser.of(house, WANG)
        [li] = (await browser.ask("GET", "/colleagues")).json["colleagues"]  # type: ignore[index]
        assert li == {
            "id": LI,
            "name": "李伟",
            "staff_number": "8002",
            "queues": ["support", "sales"],
            "state": "ready",
        }
        house.bus.publish(AgentChanged(agent=LI, state=AgentState.LOGGED_OUT, since=2.0))
        assert (await browser.ask("GET", "/colleagues")).json == {"colleagues": []}

    run(scenario())


def test_a_talk_the_engine_did_not_offer_is_controlled_by_who_has_it(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        house = make_house(tmp_path)
        house.server.hub.furnish(PLAN)
        browser = await Browser.of(house, WANG)
        path = f"/agents/{WANG}/talk"
        assert (await browser.ask("POST", path, json={"do": "hold"})).status_code == 409
        house.bus.publish(
            TalkChanged(
                agent=WANG,
                call="main-5",  # type: ignore[arg-type]
                offer="o5",  # type: ignore[arg-type]
                stage=TalkStage.TALKING,
                at=1.0,
            )
        )
        assert (await browser.ask("POST", path, json={"do": "swap"})).status_code == 204
        [order] = house.ordered
        assert (order.call, order.offer, order.do) == ("main-5", "o5", TalkAct.SWAP)  # type: ignore[union-attr]

    run(scenario())
