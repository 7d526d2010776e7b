"""Promised calls back over the API: who may see them and take one back; how well told waits are."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from calls.floor import CallbackRule
from calls.ids import CallId, EdgeId
from calls.inputs import CallbackWanted, CallQueued, FloorConfigured
from calls.notices import QueueChanged
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import PLAN, SALES, House, open_house

pytestmark = pytest.mark.integration

NUMBER = "+8613812345678"


def promised(house: House, *calls: str) -> None:
    """These callers wait in a queue that calls back, and want it."""
    rule = CallbackRule(expires_s=600.0)
    queues = tuple(replace(queue, callback=rule) for queue in PLAN.queues)
    house.brain.tell(FloorConfigured(floor=replace(PLAN, version=2, queues=queues)))
    for name in calls:
        call = CallId(name)
        house.brain.tell(CallQueued(call=call, edge=EdgeId("main"), queue=SALES))
        house.brain.tell(CallbackWanted(call=call, number=NUMBER))


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]


def test_acd_30_supervisors_see_who_is_to_be_called_back_and_cancel_one(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            promised(house, "main-1", "main-2")
            boss = await Browser.of(house, "boss")
            first, second = (await boss.ask("GET", "/callbacks")).json["callbacks"]
            assert (first["call"], second["call"]) == ("main-1", "main-2")
            assert (first["number"], first["queue"], first["attempts"]) == (NUMBER, SALES, 0)
            assert first["expires_at"] - first["asked_at"] == pytest.approx(600.0)
            assert first["agent_kept"] is False
            assert first["due_at"] is None
            assert (await boss.ask("DELETE", "/callbacks/main-1")).status_code == 204
            again = await boss.ask("DELETE", "/callbacks/main-1")
            assert codes(again) == (404, "no_such_callback")
            left = (await boss.ask("GET", "/callbacks")).json["callbacks"]
            assert [one["call"] for one in left] == ["main-2"]

    run(scenario())


def test_agents_may_neither_see_nor_cancel_them(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            promised(house, "main-1")
            wang = await Browser.of(house, "a8001")
            assert (await wang.ask("GET", "/callbacks")).status_code == 403
            assert (await wang.ask("DELETE", "/callbacks/main-1")).status_code == 403
            assert len(list(house.brain.engine.callbacks())) == 1

    run(scenario())


def test_acd_36_how_well_told_waits_were_kept_is_on_the_board_and_in_metrics(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            told = QueueChanged(
                queue=SALES,
                waiting=0,
                offered=0,
                talking=0,
                ready=0,
                callbacks=3,
                promised=20,
                kept=15,
                late=4,
                off_s=12.5,
            )
            house.bus.publish(told)
            boss = await Browser.of(house, "boss")
            queues = (await boss.ask("GET", "/queues")).json["queues"]
            [sales] = [one for one in queues if one["id"] == SALES]
            assert (sales["promised"], sales["kept"], sales["late"]) == (20, 15, 4)
            assert (sales["off_s"], sales["callbacks"], sales["open"]) == (12.5, 3, True)
            metrics = (await boss.ask("GET", "//metrics")).text
            for line in (
                'threering_waits_promised_total{queue="sales"} 20.0',
                'threering_waits_kept_total{queue="sales"} 15.0',
                'threering_waits_late_total{queue="sales"} 4.0',
                'threering_wait_error_seconds{queue="sales"} 12.5',
                'threering_queue_callbacks{queue="sales"} 3.0',
            ):
                assert line in metrics, metrics

    run(scenario())
