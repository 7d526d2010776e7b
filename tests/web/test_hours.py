"""P66: what happens on a date: which calendar entry counts, where each live tree sends callers."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import House, open_house
from tests.web.records import shipped_tree

pytestmark = pytest.mark.integration

CALENDARS = """hotline:
  week: {mon-fri: ["09:00-18:00"]}
  closed: [2026-11-25]
always: {holidays: none, week: {mon-sun: ["00:00-24:00"]}}
night:
  holidays: none
  week: {tue: ["22:00-06:00"]}
"""
FLOOR = "queues: {sales: {calendar: hotline, closing: callback}}"


async def given(house: House) -> Browser:
    """A live tree, and a queue with hours."""
    admin = await Browser.of(house, "admin")
    await admin.ask("PUT", "/trees/hotline", data=json.dumps(shipped_tree()),
                    content_type="application/json")  # fmt: skip
    assert (await admin.ask("POST", "/trees/hotline/publish")).status_code == 200
    for id, text in (("calendars.yaml", CALENDARS), ("floor.yaml", FLOOR)):
        hash = (await admin.ask("GET", f"/configuration/{id}")).json["hash"]
        kept = await admin.ask(
            "PUT", f"/configuration/{id}", {"If-Match": hash}, json={"text": text, "note": ""}
        )
        assert kept.json["in_force"], kept.text
    return admin


async def then(admin: Browser, at: str, emergency: str = "") -> Any:
    answer = await admin.ask("GET", f"/hours?at={at}{emergency}")
    assert answer.status_code == 200, answer.text
    return answer.json


def office(found: Any, name: str = "hotline") -> tuple[str, str, list[str]]:
    (one,) = (one for one in found["calendars"] if one["name"] == name)
    return one["state"], one["cause"], one["hours"]


@pytest.mark.parametrize(
    ("at", "state", "cause", "hours", "goes_to"),
    [
        ("2026-11-24T10:30", "open", "weekly", ["09:00-18:00"], "open"),
        ("2026-11-24T18:00", "closed", "weekly", ["09:00-18:00"], "closed"),
        ("2026-11-25T10:30", "holiday", "holiday", [], "holiday"),
        ("2026-10-01T10:30", "holiday", "holiday", [], "holiday"),
        ("2026-10-10T10:30", "open", "make_up", ["09:00-18:00"], "open"),
        ("2026-11-28T10:30", "closed", "weekly", [], "closed"),
    ],
)
def test_p66_what_happens_on_a_date_says_which_entry_counts_and_where_callers_go(
    run: Run, tmp_path: Path, at: str, state: str, cause: str, hours: list[str], goes_to: str
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            found = await then(await given(house), at)
            assert office(found) == (state, cause, hours)
            (queue,) = found["queues"]
            assert (queue["open"], queue["closing"]) == (state == "open", "callback")
            (branch,) = found["branches"]
            node: Any = shipped_tree()["nodes"]["hours"]  # type: ignore[index]
            assert branch["tree"] == "hotline"
            assert (branch["node"], branch["state"]) == ("hours", state)
            assert branch["goes_to"] == (node.get(goes_to) or node["closed"])

    run(scenario())


def test_p66_a_shift_past_midnight_the_next_change_and_the_emergency(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await given(house)
            found = await then(admin, "2026-11-25T05:00")
            (night,) = (one for one in found["calendars"] if one["name"] == "night")
            assert (night["state"], night["hours"], night["carried"]) == ("open", [], True)
            assert night["changes_at"] - found["at"] == 3_600
            late = await then(admin, "2026-11-24T23:30")
            (night,) = (one for one in late["calendars"] if one["name"] == "night")
            assert (night["state"], night["carried"]) == ("open", False)
            always = next(one for one in found["calendars"] if one["name"] == "always")
            assert always["changes_at"] is None
            assert always["year_known"], "it asks for no holidays"
            alarm = await then(admin, "2026-11-24T10:30", "&emergency=true")
            tree: Any = shipped_tree()
            (branch,) = alarm["branches"]
            assert alarm["emergency"]
            assert branch["begins"] == tree["emergency"]
            assert (await then(admin, "2026-11-24T10:30"))["branches"][0]["begins"] == tree["root"]

    run(scenario())


def test_what_is_no_moment_is_refused(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            for at in ("soon", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "明天"):
                answer = await boss.ask("GET", f"/hours?at={at}")
                assert (answer.status_code, answer.json["field"]) == (422, "$.at")  # type: ignore[index]
            now = (await boss.ask("GET", "/hours")).json
            assert abs(now["at"] - house.ports.clock.now()) < 60

    run(scenario())
