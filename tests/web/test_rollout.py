"""Publishing at a time and for a share of callers, over HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest

from calls.ids import CallId, TreeId
from calls.record import CallRecord
from calls.words import Outcome, Party
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import House, open_house
from tests.web.records import BEGAN, keep, shipped_tree
from tests.web.test_api import codes
from tests.web.test_tree_workshop import audit

pytestmark = pytest.mark.integration

HOTLINE = TreeId("hotline")
TREE = "/trees/hotline"


async def two_versions(house: House) -> tuple[Browser, str]:
    """An admin, the version callers hear, and a draft of another."""
    admin = await Browser.of(house, "admin")
    await admin.ask("PUT", TREE, json=shipped_tree())
    current = (await admin.ask("POST", f"{TREE}/publish")).json["version"]
    await admin.ask("PUT", TREE, json={**shipped_tree(), "title": "B"})
    return admin, current


def test_ivr_3_a_tree_is_planned_listed_and_dropped(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin, current = await two_versions(house)
            at = house.ports.clock.now() + 3600.0
            made = await admin.ask("POST", f"{TREE}/plans", json={"at": at})
            assert (made.status_code, made.json["at"]) == (200, at)
            assert made.json["version"] != current
            [tree] = (await admin.ask("GET", "/trees")).json["trees"]
            assert [one["id"] for one in tree["plans"]] == [made.json["id"]]
            again = await admin.ask("POST", f"{TREE}/plans", json={"at": at})
            assert codes(again) == (409, "planned_already")
            past = await admin.ask("POST", f"{TREE}/plans", json={"at": 1.0})
            assert (codes(past), past.json["field"]) == ((422, "plan_in_the_past"), "$.at")
            for wrong in ({}, {"at": "soon"}, {"at": None}, {"at": at, "tree": "x"}):
                assert (await admin.ask("POST", f"{TREE}/plans", json=wrong)).status_code == 422
            none = await admin.ask("POST", "/trees/nobody/plans", json={"at": at})
            assert codes(none) == (404, "no_such_tree")
            path = f"{TREE}/plans/{made.json['id']}"
            assert (await admin.ask("DELETE", path)).status_code == 204
            assert codes(await admin.ask("DELETE", path)) == (404, "no_such_plan")
            assert (await admin.ask("GET", f"{TREE}/plans")).json["plans"] == []
            noted = [(what, json.loads(detail)) for what, detail in rollouts(house)]
            words = f"{made.json['version']} at {at:.0f}"
            assert noted == [
                ("rollout.plan", {"before": "", "after": words}),
                ("rollout.drop", {"before": words, "after": ""}),
            ]

    run(scenario())


def test_ivr_3_a_draft_that_may_not_be_published_cannot_be_planned(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin, _ = await two_versions(house)
            await admin.ask("PUT", TREE, json={**shipped_tree(), "root": "nowhere"})
            at = house.ports.clock.now() + 3600.0
            refused = await admin.ask("POST", f"{TREE}/plans", json={"at": at})
            assert codes(refused) == (422, "tree_refused")
            assert any("nowhere" in one["problem"] for one in refused.json["findings"])

    run(scenario())


def test_ivr_5_two_versions_side_by_side_from_beginning_to_end(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin, current = await two_versions(house)
            begun = await admin.ask("POST", f"{TREE}/trials", json={"share": 20})
            assert (begun.json["a"], begun.json["share"]) == (current, 20)
            b = begun.json["b"]
            heard = {
                house.ports.trees.for_call(HOTLINE, CallId(f"main-{n}")).hash for n in range(100)
            }
            assert heard == {current, b}
            second = await admin.ask("POST", f"{TREE}/trials", json={"share": 5})
            assert codes(second) == (409, "trial_goes_on")
            for share in (0, 100, "half", 2.5):
                wrong = await admin.ask("PUT", f"{TREE}/trials/share", json={"share": share})
                assert wrong.status_code == 422
            await admin.ask("PUT", f"{TREE}/trials/share", json={"share": 40})
            ended = await admin.ask("POST", f"{TREE}/trials/end", json={"keep": "b"})
            assert (ended.json["kept"], ended.json["share"]) == (b, 40)
            assert house.ports.trees.current(HOTLINE).hash == b
            over = await admin.ask("POST", f"{TREE}/trials/end", json={"keep": "a"})
            assert codes(over) == (409, "no_trial")
            [trial] = (await admin.ask("GET", f"{TREE}/trials")).json["trials"]
            assert trial["ended_by"] == "admin"
            noted = [(what, json.loads(detail)) for what, detail in rollouts(house)]
            assert noted == [
                ("rollout.begin", {"before": "", "after": f"{current}, 20 % {b}"}),
                (
                    "rollout.share",
                    {"before": f"{current}, 20 % {b}", "after": f"{current}, 40 % {b}"},
                ),
                ("rollout.end", {"before": f"{current}, 40 % {b}", "after": b}),
            ]

    run(scenario())


def test_ivr_5_figures_of_both_versions_stand_side_by_side(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            keep(house, *walked())
            period = f"since={BEGAN}&until={BEGAN + 10_000}"
            found: Any = (await admin.ask("GET", f"{TREE}/paths?{period}")).json
            assert found["versions"]["aaa"] == {
                "calls": 3, "queued": 1, "served": 0, "left": 2, "other": 0,
            }  # fmt: skip
            assert found["versions"]["bbb"]["served"] == 1
            assert found["nodes"]["main"] == {"calls": 3, "left": 1, "served": 0}
            one: Any = (await admin.ask("GET", f"{TREE}/paths?{period}&version=bbb")).json
            assert one["calls"] == 1
            wrong = await admin.ask("GET", f"{TREE}/paths?since=5&until=5")
            assert codes(wrong) == (422, "ends_before_it_begins")
            odd = await admin.ask("GET", f"{TREE}/paths?since=nan&until=5")
            assert odd.status_code == 422

    run(scenario())


def walked() -> tuple[CallRecord, ...]:
    def call(n: int, version: str, outcome: Outcome, *nodes: str) -> CallRecord:
        at = BEGAN + n
        return CallRecord(
            call=CallId(f"main-{n}"), started_at=at, arrived=True, ended_at=at + 5,
            ended_by=Party.CALLER, outcome=outcome, tree=HOTLINE, tree_version=version, nodes=nodes,
            first_queued_at=at + 1 if outcome is Outcome.ANSWERED else None,
        )  # fmt: skip

    return (
        call(1, "aaa", Outcome.ABANDONED_IN_MENU, "language"),
        call(2, "aaa", Outcome.ABANDONED_IN_MENU, "language", "consent", "main"),
        call(3, "aaa", Outcome.ANSWERED, "language", "consent", "main", "sales"),
        call(4, "bbb", Outcome.SELF_SERVICE, "language", "consent", "main", "balance"),
    )


def rollouts(house: House) -> list[tuple[str, str]]:
    return audit(house, ("rollout",))
