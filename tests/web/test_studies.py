"""ACD-52, ACD-53: why a caller waits, and questions about past days, over the API."""

import asyncio
from pathlib import Path

import pytest

from calls.ids import CallId
from calls.inputs import CallQueued, DeviceChanged
from calls.words import DeviceState
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import SALES, open_house

pytestmark = pytest.mark.integration


def test_p22_p63_why_a_waiting_caller_is_offered_to_nobody_can_be_asked(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss, call = await Browser.of(house, "boss"), CallId("main-9")
            for act in ("log-in", "ready"):
                await boss.ask("POST", f"/agents/a8001/{act}")
            for device in ("d8001", "d8002"):
                gone = DeviceChanged(edge="main", device=device, state=DeviceState.UNREGISTERED)  # type: ignore[arg-type]
                house.brain.tell(gone)
            house.brain.tell(CallQueued(call=call, edge="main", queue=SALES))  # type: ignore[arg-type]
            found = (await boss.ask("GET", f"/calls/{call}/why")).json
            assert found["offers"] == []
            assert found["waiting"]["hold"] == "nobody_free"
            assert found["waiting"]["agents"] == {"a8001": "no_device", "a8002": "logged_out"}
            assert any("没有已注册的话机" in line for line in found["words"]["zh-CN"])
            assert any("no telephone that is registered" in line for line in found["words"]["en"])

    run(scenario())


def test_who_does_not_wait_has_no_reason_to(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            found = (await boss.ask("GET", "/calls/nobody/why")).json
            assert found["offers"] == []
            assert found["waiting"] is None

    run(scenario())


def test_acd_53_a_study_is_taken_202_and_answered_when_it_is_done(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            order = {
                "study": "whatif",
                "day": "2026-11-24",
                "variants": [{"name": "两声", "rings": 2}],
            }
            taken = await boss.ask("POST", "/studies", json={"ask": order})
            assert taken.status_code == 202
            id = taken.json["id"]
            for _ in range(100):
                study = (await boss.ask("GET", f"/studies/{id}")).json
                if study["state"] != "waiting":
                    break
                await asyncio.sleep(0.01)
            assert study["state"] == "refused"
            assert study["why"] == "there is no journal here"
            assert study["order"]["variants"][0]["name"] == "两声"
            assert study["by"] == "boss"
            listed = (await boss.ask("GET", "/studies")).json["studies"]
            assert [one["id"] for one in listed] == [id]
            assert (await boss.ask("DELETE", f"/studies/{id}")).status_code == 204
            assert (await boss.ask("GET", "/studies/99")).status_code == 404

    run(scenario())


def test_acd_53_a_day_made_up_is_drawn_and_shown_as_a_picture_and_as_a_page(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            load = [{"queue": "sales", "calls_an_hour": 30, "talk_s": 60}]
            named = "<script>两人</script>"
            order = {
                "study": "invent",
                "hours": 1,
                "runs": 1,
                "load": load,
                "variants": [{"name": named, "agents": -1}],
            }
            id = (await boss.ask("POST", "/studies", json={"ask": order})).json["id"]
            for _ in range(500):
                study = (await boss.ask("GET", f"/studies/{id}")).json
                if study["state"] not in ("waiting", "running"):
                    break
                await asyncio.sleep(0.01)
            assert (study["state"], study["share"]) == ("done", 1.0), study
            assert [one["name"] for one in study["result"]["variants"]][1] == named
            png = await boss.ask("GET", f"/studies/{id}/study.png?language=en")
            assert (png.content_type, png.data) == ("image/png", b"\x89PNG en")
            page = await boss.ask("GET", f"/studies/{id}/study.html?language=zh-CN")
            assert page.content_type == "text/html; charset=utf-8"
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            assert "服务水平" in page.text
            assert "&lt;script&gt;两人" in page.text
            assert "<script" not in page.text

    run(scenario())


def test_what_is_not_done_or_is_no_day_has_no_picture(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss, wang = await Browser.of(house, "boss"), await Browser.of(house, "a8001")
            order = {"study": "replay", "day": "2026-11-24"}
            id = (await boss.ask("POST", "/studies", json={"ask": order})).json["id"]
            for form in ("png", "html"):
                none = await boss.ask("GET", f"/studies/{id}/study.{form}")
                assert (none.status_code, none.json["error"]) == (404, "no_picture")
                assert (await boss.ask("GET", f"/studies/99/study.{form}")).status_code == 404
                assert (await wang.ask("GET", f"/studies/{id}/study.{form}")).status_code == 403
                wrong = await boss.ask("GET", f"/studies/{id}/study.{form}?language=fr")
                assert (wrong.status_code, wrong.json["error"]) == (422, "unfit")

    run(scenario())


@pytest.mark.parametrize(
    "ask",
    [
        {"study": "whatif"},
        {"study": "whatif", "day": "yesterday"},
        {"study": "whatif", "day": "2026-11-24", "rings": 2},
        {"study": "whatif", "day": "2026-11-24", "variants": [{"name": "x", "rings": "two"}]},
        {"study": "guess", "day": "2026-11-24"},
        {},
        None,
    ],
)
def test_a_question_with_a_mistake_is_refused(run: Run, tmp_path: Path, ask: object) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            answer = await boss.ask("POST", "/studies", json={"ask": ask})
            assert (answer.status_code, answer.json["error"]) == (422, "unfit")
            assert (await boss.ask("GET", "/studies")).json["studies"] == []

    run(scenario())


def test_studies_are_for_supervisors(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang = await Browser.of(house, "a8001")
            order = {"study": "replay", "day": "2026-11-24"}
            assert (await wang.ask("POST", "/studies", json={"ask": order})).status_code == 403
            assert (await wang.ask("GET", "/studies")).status_code == 403
            assert (await wang.ask("GET", "/calls/x/why")).status_code == 403

    run(scenario())
