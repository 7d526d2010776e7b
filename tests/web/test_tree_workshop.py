"""What the tree editor asks: hashes, who edits, how a call would go, how a text sounds."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from calls.events import CallArrived, CallEnded, NodeEntered
from calls.ids import CallId, TreeId
from calls.words import Party
from ivr.workshop_web import LISTENS_PER_MINUTE
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import House, open_house
from tests.web.records import shipped_tree
from tests.web.test_api import codes

pytestmark = pytest.mark.integration

DONE: dict[str, Any] = {"type": "Done"}


def keys(pressed: str) -> dict[str, str]:
    return {"type": "Keys", "keys": pressed}


def audit(house: House, of: tuple[str, ...] = ("trees", "workshop")) -> list[tuple[str, str]]:
    with house.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT what, detail FROM audit ORDER BY id"))
        return [(what, detail) for what, detail in rows if what.startswith(of)]


def test_ivr_7_a_draft_made_of_an_older_one_is_refused_and_nothing_is_lost(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            li, wang = await Browser.of(house, "admin"), await Browser.of(house, "admin")
            tree = shipped_tree()
            none = await li.ask("PUT", "/trees/hotline", {"If-Match": '"abc"'}, json=tree)
            assert codes(none) == (412, "draft_changed")
            first = await li.ask("PUT", "/trees/hotline", {"If-Match": '""'}, json=tree)
            seen = (await wang.ask("GET", "/trees/hotline")).headers["ETag"]
            assert seen == first.headers["ETag"]
            mine = await li.ask(
                "PUT", "/trees/hotline", {"If-Match": seen}, json={**tree, "title": "Li's"}
            )
            assert mine.status_code == 200
            late = await wang.ask(
                "PUT", "/trees/hotline", {"If-Match": seen}, json={**tree, "title": "Wang's"}
            )
            assert codes(late) == (412, "draft_changed")
            kept = (await wang.ask("GET", "/trees/hotline")).json
            assert kept["title"] == "Li's"
            again = await wang.ask("PUT", "/trees/hotline", json={**tree, "title": "Wang's"})
            assert again.status_code == 200, "without If-Match the last one counts"

    run(scenario())


def test_adm_3_every_change_of_a_tree_is_noted_with_what_was_before_and_after(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin, tree = await Browser.of(house, "admin"), shipped_tree()
            first = (await admin.ask("PUT", "/trees/hotline", json=tree)).headers["ETag"]
            again = {**tree, "title": "Another"}
            second = (await admin.ask("PUT", "/trees/hotline", json=again)).headers["ETag"]
            version = (await admin.ask("POST", "/trees/hotline/publish")).json["version"]
            await admin.ask("POST", "/trees/hotline/simulate", json={})
            await admin.ask("PUT", "/trees/hotline/editing", json={"page": "p"})
            noted = [(what, json.loads(detail)) for what, detail in audit(house)]
            assert noted == [
                ("trees.save", {"before": "", "after": first.strip('"')}),
                ("trees.save", {"before": first.strip('"'), "after": second.strip('"')}),
                ("trees.publish", {"before": "", "after": version}),
            ]

    run(scenario())


def test_ivr_7_the_second_editor_is_told_who_and_may_take_over(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            where = "/trees/hotline/editing"
            first = (await admin.ask("PUT", where, json={"page": "one"})).json
            assert (first["by"], first["yours"]) == ("admin", True)
            second = (await admin.ask("PUT", where, json={"page": "two"})).json
            assert (second["name"], second["yours"]) == ("Admin", False)
            assert second["since"] == first["since"]
            taken = (await admin.ask("PUT", where, json={"page": "two", "take_over": True})).json
            assert taken["yours"]
            assert not (await admin.ask("PUT", where, json={"page": "one"})).json["yours"]
            assert [what for what, _ in audit(house)] == ["workshop.edit"], "taking over is noted"
            await admin.ask("POST", f"{where}/end", json={"page": "one"})
            assert not (await admin.ask("PUT", where, json={"page": "one"})).json["yours"]
            await admin.ask("POST", f"{where}/end", json={"page": "two"})
            assert (await admin.ask("PUT", where, json={"page": "one"})).json["yours"]

    run(scenario())


def test_ivr_8_a_simulated_call_says_what_a_caller_hears(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss, admin = await Browser.of(house, "boss"), await Browser.of(house, "admin")
            await admin.ask("PUT", "/trees/hotline", json=shipped_tree())

            async def walk(*answers: Any, **caller: Any) -> Any:
                body = {"answers": list(answers), "caller": caller}
                return await boss.ask("POST", "/trees/hotline/simulate", json=body)

            begin = (await walk()).json["moments"]
            assert [line["language"] for line in begin[0]["says"]] == ["zh-CN"] * 2 + ["en"] * 2
            assert begin[0]["effect"]["type"] == "Ask"
            english = (await walk(keys("2"))).json["moments"][-1]
            assert (english["language"], english["node"]) == ("en", "consent")
            assert "record" in english["says"][0]["text"]
            emergency = (await walk(emergency=True)).json["moments"][-1]
            assert emergency["node"] == "emergency_note"
            wrong = await walk(keys("2"), keys("9"), {"type": "Found", "values": {}})
            assert codes(wrong) == (422, "unfit")
            assert wrong.json["field"] == "$.answers[2]"
            many = await walk(*[DONE] * 501)
            assert codes(many) == (422, "unfit")
            sent = {**shipped_tree(), "root": "goodbye"}
            body = {"document": json.dumps(sent)}
            told = await boss.ask("POST", "/trees/hotline/simulate", json=body)
            assert [line["prompt"] for line in told.json["moments"][0]["says"]] == ["goodbye"]
            broken = await boss.ask("POST", "/trees/x/simulate", json={"document": "{"})
            assert codes(broken) == (422, "tree_refused")
            assert codes(await boss.ask("POST", "/trees/x/simulate", json={})) == (
                404,
                "no_such_tree",
            )

    run(scenario())


def test_ivr_15_a_text_is_heard_before_it_is_published_and_not_too_often(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            body = {"language": "zh-CN", "text": "您好，欢迎致电三响。"}
            heard = await admin.ask("POST", "/speech", json=body)
            assert (heard.status_code, heard.content_type) == (200, "audio/wav")
            assert heard.data[:4] == b"RIFF"
            assert len(heard.data) > 16_000, "more than a second at 8 kHz"
            for wrong in ("", "  ", "长" * 501):
                answer = await admin.ask("POST", "/speech", json={**body, "text": wrong})
                assert codes(answer) == (422, "unfit")
            short = {"language": "en", "text": "a"}
            answers = [
                (await admin.ask("POST", "/speech", json=short)).status_code
                for _ in range(LISTENS_PER_MINUTE)
            ]
            assert answers[-1] == 429
            assert set(answers[:-1]) == {200}

    run(scenario(), 60.0)


def test_adm_15_callers_inside_each_node_are_counted(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")

            def arrive(call: str, tree: str, *nodes: str) -> None:
                id = CallId(call)
                house.bus.publish(
                    CallArrived(call=id, at=1.0, key="a", number="1", tree=TreeId(tree))
                )
                for index, node in enumerate(nodes):
                    house.bus.publish(NodeEntered(call=id, at=2.0, key=f"n{index}", node=node))

            arrive("c1", "hotline", "language", "main")
            arrive("c2", "hotline", "language")
            arrive("c3", "other", "main")
            found = (await boss.ask("GET", "/trees/hotline/callers")).json
            assert found == {"callers": 2, "nodes": {"main": 1, "language": 1}}
            house.bus.publish(CallEnded(call=CallId("c1"), at=3.0, key="e", by=Party.CALLER))
            await asyncio.sleep(0)
            found = (await boss.ask("GET", "/trees/hotline/callers")).json
            assert found == {"callers": 1, "nodes": {"language": 1}}

    run(scenario())
