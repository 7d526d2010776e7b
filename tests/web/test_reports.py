"""Reports over HTTP: as JSON, CSV and XLSX, in both languages, refused in words."""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from calls.ids import AgentId, CallId, QueueId
from calls.record import CallRecord
from calls.words import Outcome, Party
from cti.report_export import harmless
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import House, open_house

pytestmark = pytest.mark.integration

NOON = 1_775_016_000.0
"""2026-04-01 12:00 in Shanghai."""
DAYS = "first=2026-04-01&last=2026-04-01"


def call(n: int, answer_s: float | None, queue: str = "sales") -> CallRecord:
    known: dict[str, Any] = {"outcome": Outcome.ABANDONED_IN_QUEUE, "waited_s": 40.0}
    if answer_s is not None:
        known = {
            "outcome": Outcome.ANSWERED, "answered_at": NOON, "answer_s": answer_s,
            "agent": AgentId("a1"), "ring": 1, "within_rule": True, "waited_s": answer_s,
        }  # fmt: skip
    return CallRecord(
        call=CallId(f"c{n}"), started_at=NOON + n * 1_000, ended_at=NOON + 9_999, arrived=True,
        ended_by=Party.CALLER, queue=QueueId(queue), first_queued_at=NOON, **known,
    )  # fmt: skip


def wrote(house: House, *calls: CallRecord) -> None:
    house.records.write(calls, mark=0, at=NOON)


async def json_of(boss: Browser, path: str) -> Any:
    answer = await boss.ask("GET", path)
    assert answer.status_code == 200, answer.data
    return answer.json


def test_a_day_by_hours_with_totals_and_targets(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with open_house(tmp_path) as house:
            wrote(house, call(0, 10.0), call(1, 30.0), call(4, None))
            boss = await Browser.of(house, "boss")
            said = await json_of(boss, f"/reports?{DAYS}&by=hour")
            assert [row["id"] for row in said["totals"]] == ["", "sales"]
            total = said["totals"][1]["figures"]
            assert (total["offered"], total["answered"], total["answer_s"]) == (3, 2, 20.0)
            assert said["targets"]["answer_s"] == 30.0
            hours = [row for row in said["rows"] if row["id"] == "sales"]
            assert [(row["since"], row["figures"]["offered"]) for row in hours] == [
                (NOON, 2), (NOON + 3_600, 1),
            ]  # fmt: skip
            assert hours[0]["figures"]["service_level"]["of_offered"] == 0.5

    run(story(), 30)


def test_every_number_opens_to_the_calls_behind_it(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with open_house(tmp_path) as house:
            wrote(house, *(call(n, 10.0) for n in range(4)), call(9, 5.0, "tech"))
            boss = await Browser.of(house, "boss")
            said = await json_of(boss, f"/reports?{DAYS}&by=quarter")
            for row in said["rows"]:
                queue = f"&queue={row['id']}" if row["id"] else ""
                asked = f"/calls?since={row['since']}&until={row['until']}{queue}"
                found = await json_of(boss, asked)
                assert len(found["calls"]) == row["figures"]["calls"]

    run(story(), 30)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("first=2026-04-02&last=2026-04-01", "last"),
        ("first=2020-01-01&last=2026-04-01&by=quarter", "by"),
        ("first=yesterday&last=2026-04-01", "$.first"),
        (f"{DAYS}&by=minute", "$.by"),
        (f"{DAYS}&level_s=-1", "$.level_s"),
    ],
)
def test_what_cannot_be_reported_is_said_beside_its_field(
    run: Run, tmp_path: Path, asked: str, field: str
) -> None:
    async def story() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            answer = await boss.ask("GET", f"/reports?{asked}")
            assert answer.status_code == 422
            assert answer.json is not None
            assert answer.json["field"] == field
            assert answer.json["message"]

    run(story(), 30)


def test_csv_and_xlsx_say_the_same_in_the_readers_language(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with open_house(tmp_path) as house:
            wrote(house, call(0, 10.0), call(1, None))
            boss = await Browser.of(house, "boss")
            text = await _file(boss, "csv&language=zh-CN")
            head, *rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
            assert head[:4] == ["开始", "结束", "对象", "来电"]
            assert rows[0][:2] == ["2026-04-01 00:00", "2026-04-02 00:00"]
            book = zipfile.ZipFile(io.BytesIO(await _file(boss, "xlsx&language=en")))
            words = book.read("xl/sharedStrings.xml").decode()
            assert "Average speed of answer" in words
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            assert re.search(r"<v>0\.5</v>", sheet)
            assert "<f>" not in sheet

    run(story(), 30)


async def _file(boss: Browser, form: str) -> bytes:
    answer = await boss.ask("GET", f"/reports/file?{DAYS}&form={form}")
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.data


@pytest.mark.parametrize("text", ["=1+1", "+8613800000001", "-2", "@SUM(A1)", "\t=1", "＝1"])
def test_a_name_is_no_formula(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless("王芳") == "王芳"
