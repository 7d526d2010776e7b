"""Test calls over HTTP: what would become of one, one placed, and how far it came."""

from pathlib import Path

import pytest

from calls.commands import PlaceTrial
from calls.events import CallArrived, CallEnded, NodeEntered, QueueJoined
from calls.ids import CallId
from calls.notices import TrialMoved
from calls.words import Party, TrialStep
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import SALES, open_house
from tests.web.records import shipped_tree

pytestmark = pytest.mark.integration


def test_adm_trial_what_would_become_of_a_call_out_is_said_with_why_not(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            out = await admin.ask("GET", "/trials/plan?way=out&number=010-8888 7777")
            assert out.json["denied"] == ""
            assert (out.json["route"], out.json["trunk"]) == ("city", "carrier")
            assert (out.json["shown"], out.json["cap"]) == ("+864008001234", 20)
            for number, code in (
                ("+8610961234", "no_route"),
                ("+441632960000", "no_route"),
                ("110", "no_route"),
            ):
                said = await admin.ask("GET", f"/trials/plan?way=out&number={number[1:]}")
                assert said.json["denied"], (number, said.text)
                assert said.json["denied"] in (code, "no_number")
            for nonsense in ("", "张三", "; DROP"):
                refused = await admin.ask(
                    "GET", "/trials/plan", query_string={"way": "out", "number": nonsense}
                )
                assert refused.json["error"] == "dial_no_number", nonsense
            assert not house.ordered

    run(scenario(), 30.0)


def test_a_called_number_is_walked_to_where_its_caller_must_do_something(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            unpublished = await admin.ask("GET", "/trials/plan?way=in&number=4008001234")
            assert (unpublished.json["tree"], unpublished.json["nodes"]) == ("hotline", [])
            await admin.ask("PUT", "/trees/hotline", json=shipped_tree())
            assert (await admin.ask("POST", "/trees/hotline/publish")).status_code == 200
            came = await admin.ask("GET", "/trials/plan?way=in&number=4008001234")
            assert came.json["known"] is True
            assert came.json["tree"] == "hotline"
            assert came.json["nodes"]
            other = await admin.ask("GET", "/trials/plan?way=in&number=999")
            assert other.json["known"] is False
            ways = (await admin.ask("GET", "/trials")).json
            assert ways["trunks"] == {"carrier": "unknown"}
            assert [one["number"] for one in ways["numbers"]] == ["+864008001234"]
            assert [one["name"] for one in ways["routes"]] == ["city"]

    run(scenario(), 30.0)


def test_a_test_call_is_ordered_told_of_hop_by_hop_audited_and_not_too_often(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            begun = await admin.ask("POST", "/trials", json={"way": "in", "number": "4008001234"})
            assert begun.status_code == 202
            [order] = [one for one in house.ordered if isinstance(one, PlaceTrial)]
            call = CallId(begun.json["call"])
            assert (order.call, order.number) == (call, "4008001234")
            said, at = house.bus.publish, begun.json["at"]
            say = TrialMoved(trial=order.trial, step=TrialStep.DIALLED, at=at)
            said(say)
            said(CallArrived(call=call, at=at + 0.1, key="1", number="99900000001"))
            said(NodeEntered(call=call, at=at + 0.2, key="2", node="welcome"))
            said(QueueJoined(call=call, at=at + 0.3, key="3", queue=SALES))
            path = f"/trials/{begun.json['id']}"
            so_far = (await admin.ask("GET", path)).json
            assert [one["name"] for one in so_far["hops"]] == [
                "dialled",
                "session",
                "tree",
                "queue",
            ]
            assert so_far["nodes"] == ["welcome"]
            assert so_far["over"] is False
            said(CallEnded(call=call, at=at + 0.5, key="4", by=Party.SYSTEM, cause="hung_up"))
            assert (await admin.ask("GET", path)).json["over"] is True
            deeds = [(d.what, d.detail) for d in house.ports.people.deeds(5)]
            assert any(what == "trials.begin" and "4008001234" in d for what, d in deeds)
            wish = {"way": "out", "number": "01088887777"}
            codes = [(await admin.ask("POST", "/trials", json=wish)).status_code for _ in range(6)]
            assert codes == [202] * 5 + [429]

    run(scenario(), 30.0)


def test_what_was_denied_and_who_refused_is_kept_apart(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            wish = {"way": "out", "number": "01088887777"}
            for step, detail, denied, cause in (
                (TrialStep.DENIED, "cap", "cap", 0),
                (TrialStep.REFUSED, "17", "", 17),
            ):
                begun = (await admin.ask("POST", "/trials", json=wish)).json
                house.bus.publish(TrialMoved(trial=begun["id"], step=step, at=1.0, detail=detail))
                found = (await admin.ask("GET", f"/trials/{begun['id']}")).json
                assert (found["denied"], found["cause"]) == (denied, cause)
                assert found["over"] is (step is TrialStep.DENIED)
            assert (await admin.ask("GET", "/trials/none")).status_code == 404

    run(scenario(), 30.0)
