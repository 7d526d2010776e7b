"""Customers from a file over the API: in parts, read by a worker process, bad rows by line."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cti.sql_store import SqlCustomers
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import House, open_house

pytestmark = pytest.mark.integration

CSV = "姓名,电话\n周新,13712345678\n坏人,abcdef\n=cmd|x,13912345678\n".encode()


async def announced(admin: Browser, data: bytes, name: str = "客户.csv") -> str:
    body = {"name": name, "size": len(data)}
    answer = await admin.ask("POST", "/customer-imports", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return str(answer.json["id"])


async def part(admin: Browser, id_: str, offset: int, data: bytes) -> int:
    path = f"/customer-imports/{id_}/parts/{offset}"
    headers = {"Content-Type": "application/octet-stream"}
    return (await admin.ask("PUT", path, headers, data=data)).status_code


async def ended(admin: Browser, id_: str) -> dict[str, Any]:
    while True:
        found = (await admin.ask("GET", f"/customer-imports/{id_}")).json
        assert found is not None
        if found["state"] not in ("coming", "running"):
            return dict(found)
        await asyncio.sleep(0.05)


def left_behind(house: House) -> list[str]:
    return [path.name for path in (house.folder / "imports").iterdir()]


def test_adm_12_good_rows_go_in_and_bad_ones_are_told_by_line_in_the_readers_language(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            id_ = await announced(admin, CSV)
            for at in range(0, len(CSV), 7):
                assert await part(admin, id_, at, CSV[at : at + 7]) == 200
            assert await part(admin, id_, 0, CSV[:7]) == 200, "sent twice changes nothing"
            begun = await admin.ask("POST", f"/customer-imports/{id_}/begin")
            assert begun.status_code == 202
            one = await ended(admin, id_)
            assert (one["state"], one["report"]["added"], one["report"]["bad"]) == ("done", 2, 1)
            assert [row["line"] for row in one["report"]["bad_rows"]] == [3]
            told = await admin.ask("GET", f"/customer-imports/{id_}", {"Accept-Language": "zh-CN"})
            assert told.json is not None
            assert told.json["report"]["bad_rows"][0]["reason"] == "'abcdef' 不是电话号码"
            assert left_behind(house) == []
            with SqlCustomers(house.database).reading() as rows:
                found = rows.search("周", None, 10)
            assert [customer.name for customer in found] == ["周新"]

    run(scenario(), 60.0)


def test_what_is_no_file_of_customers_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            for data, said in ((b"PK\x03\x04rest", "spreadsheet"), (b"a,b\n1,2\n", "first line")):
                id_ = await announced(admin, data)
                assert await part(admin, id_, 0, data) == 200
                await admin.ask("POST", f"/customer-imports/{id_}/begin")
                one = await ended(admin, id_)
                assert one["state"] == "refused"
                assert said in one["why"]
                assert str(tmp_path) not in one["why"]
            assert left_behind(house) == []

    run(scenario(), 60.0)


def test_parts_go_on_where_the_last_one_ended_and_one_import_comes_at_a_time(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            id_ = await announced(admin, CSV)
            assert await part(admin, id_, 5, CSV[5:]) == 409
            assert await part(admin, id_, 0, CSV + b"more") == 409
            early = await admin.ask("POST", f"/customer-imports/{id_}/begin")
            assert early.status_code == 409
            for offset in ("-1", "1e3", "x", "9" * 20):
                path = f"/customer-imports/{id_}/parts/{offset}"
                assert (await admin.ask("PUT", path, data=b"x")).status_code == 422
            second = await admin.ask("POST", "/customer-imports", json={"name": "b", "size": 1})
            assert second.json is not None
            assert (second.status_code, second.json["error"]) == (409, "import_busy")
            assert (await admin.ask("DELETE", f"/customer-imports/{id_}")).status_code == 204
            assert left_behind(house) == []
            await announced(admin, CSV, "../../etc/passwd")
            for wrong in ({"name": "a", "size": 0}, {"name": "", "size": 3}, {"name": "a"}):
                answer = await admin.ask("POST", "/customer-imports", json=wrong)
                assert answer.status_code == 422

    run(scenario(), 30.0)
