"""Callers moved by hand over the API: who may, what becomes of it, what is refused."""

from pathlib import Path

import pytest

from calls.ids import CallId, EdgeId
from calls.inputs import AgentLoggedIn, AgentReady, CallQueued
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import SALES, WANG, House, open_house
from tests.web.test_api import codes

pytestmark = pytest.mark.integration


def queue_up(house: House, *calls: str) -> None:
    for call in calls:
        house.brain.tell(CallQueued(call=CallId(call), edge=EdgeId("main"), queue=SALES))


def waiting(house: House) -> list[str]:
    return [call.id for call in house.brain.engine.callers(SALES)]


def test_acd_12_a_supervisor_gives_a_waiting_caller_another_priority(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang, boss = await Browser.of(house, "a8001"), await Browser.of(house, "boss")
            queue_up(house, "c1", "c2")
            said = {"priority": 5}
            assert codes(await wang.ask("POST", "/calls/c2/priority", json=said)) == (
                403,
                "not_allowed",
            )
            assert waiting(house) == ["c1", "c2"]
            answer = await boss.ask("POST", "/calls/c2/priority", json=said)
            assert answer.status_code == 204
            assert waiting(house) == ["c2", "c1"]
            for path, body, refusal in (
                ("/calls/c9/priority", said, (409, "caller_cannot")),
                ("/calls/c1/priority", {"priority": 10**9}, (409, "caller_cannot")),
                ("/calls/c1/priority", {"priority": "高"}, (422, "unfit")),
                ("/calls/c1/priority", {}, (422, "unfit")),
            ):
                assert codes(await boss.ask("POST", path, json=body)) == refusal
            assert waiting(house) == ["c2", "c1"]

    run(scenario())


def test_acd_47_an_agent_picks_and_a_supervisor_assigns(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang, boss = await Browser.of(house, "a8001"), await Browser.of(house, "boss")
            house.brain.tell(AgentLoggedIn(agent=WANG))
            queue_up(house, "c1", "c2", "c3")
            others = await wang.ask("POST", "/calls/c2/pick", json={"agent": "a8002"})
            assert codes(others) == (403, "not_your_agent")
            assert codes(await boss.ask("POST", "/calls/c2/pick", json={})) == (
                403,
                "not_your_agent",
            )
            assert (await wang.ask("POST", "/calls/c2/pick", json={})).status_code == 204
            assert waiting(house) == ["c1", "c3"]
            assert house.brain.engine.live.state.agents[WANG].offer is not None
            again = await wang.ask("POST", "/calls/c3/pick", json={})
            assert codes(again) == (409, "caller_cannot")
            assert "has a call already" in again.json["message"]

            assert codes(await wang.ask("POST", "/calls/c3/assign", json={"agent": WANG})) == (
                403,
                "not_allowed",
            )
            assert (
                await boss.ask("POST", "/calls/c3/assign", json={"agent": WANG})
            ).status_code == 204
            assert house.brain.engine.live.state.calls[CallId("c3")].given_by == "boss"
            nobody = await boss.ask("POST", "/calls/c1/assign", json={"agent": "a9999"})
            assert codes(nobody) == (409, "caller_cannot")
            house.brain.tell(AgentReady(agent=WANG))

    run(scenario())
