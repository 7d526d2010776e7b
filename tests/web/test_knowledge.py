"""The knowledge base over HTTP."""

from pathlib import Path
from typing import Any

import pytest

from calls.ids import TicketId
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import open_house
from tickets.model import Entry, EntryKind, Ticket, TicketKind

pytestmark = pytest.mark.integration

ARTICLE: dict[str, Any] = {
    "title": "宽带断线怎么办",
    "body": "先请客户看光猫的灯。\n\n红灯亮：报修。",
    "language": "zh-CN",
    "keywords": ["上不了网"],
    "queues": ["support"],
}


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]


async def published(boss: Browser, **changes: Any) -> str:
    article = (await boss.ask("POST", "/knowledge/articles", json=ARTICLE | changes)).json
    path = f"/knowledge/articles/{article['id']}/publish"
    assert (await boss.ask("POST", path, json={"version": 1})).status_code == 200
    return str(article["id"])


def test_d6_an_agent_finds_reads_uses_and_judges_what_a_supervisor_wrote(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss, wang = await Browser.of(house, "boss"), await Browser.of(house, "a8001")
            id_ = await published(boss)
            hits = (await wang.ask("GET", "/knowledge?text=客户上不了网")).json["hits"]
            assert [(hit["article"], hit["title"]) for hit in hits] == [(id_, ARTICLE["title"])]
            read = (await wang.ask("GET", f"/knowledge/articles/{id_}")).json
            assert (read["number"], read["wording"]["body"]) == (1, ARTICLE["body"])
            use = {"call": "main-7", "verdict": "helped"}
            for _ in range(2):
                answer = await wang.ask("PUT", f"/knowledge/articles/{id_}/use", json=use)
                assert answer.status_code == 200, answer.text
            said = {"text": "还要看路由器"}
            told = await wang.ask("POST", f"/knowledge/articles/{id_}/remarks", json=said)
            assert told.status_code == 201
            (remark,) = (await boss.ask("GET", "/knowledge/remarks?owner=boss")).json["remarks"]
            assert (remark["text"], remark["who"]) == ("还要看路由器", "a8001")
            assert (
                await boss.ask("POST", f"/knowledge/remarks/{remark['id']}/settle")
            ).status_code == 200
            assert (await boss.ask("GET", "/knowledge/remarks")).json["remarks"] == []
            (listed,) = (await boss.ask("GET", "/knowledge/articles")).json["articles"]
            assert listed["tally"] == {"opened": 1, "used": 1, "helped": 1, "did_not": 0}

    run(scenario())


def test_d6_what_stands_on_the_ticket_of_a_talk_suggests_its_answer(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss, wang = await Browser.of(house, "boss"), await Browser.of(house, "a8001")
            id_ = await published(boss)
            await published(boss, title="退款多久到账", body="三天。", keywords=[])
            with house.tickets.writing() as rows:
                ticket = rows.add(
                    Ticket(TicketId(""), TicketKind.TECHNICAL, 1.0, 1.0, titles={"zh-CN": "报障"})
                )
                rows.write(ticket, Entry(2.0, "a8001", EntryKind.NOTE, "宽带从昨天开始断线"))
            path = f"/knowledge/suggestions?ticket={ticket}&queue=support&language=zh-CN"
            hits = (await wang.ask("GET", path)).json["hits"]
            assert [hit["article"] for hit in hits] == [id_]
            assert codes(await wang.ask("GET", "/knowledge/suggestions?ticket=999")) == (
                404,
                "no_such_ticket",
            )

    run(scenario())


def test_a_draft_is_not_shown_to_agents_and_a_stale_copy_is_refused(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss, wang = await Browser.of(house, "boss"), await Browser.of(house, "a8001")
            draft = (await boss.ask("POST", "/knowledge/articles", json=ARTICLE)).json["id"]
            path = f"/knowledge/articles/{draft}"
            assert codes(await wang.ask("GET", path)) == (404, "no_such_article")
            assert codes(await wang.ask("POST", "/knowledge/articles", json=ARTICLE)) == (
                403,
                "not_allowed",
            )
            newer = ARTICLE | {"title": "宽带", "over": 1}
            assert (await boss.ask("PUT", path, json=newer)).json["latest"]["number"] == 2
            stale = await boss.ask("PUT", path, json=ARTICLE | {"title": "别的", "over": 1})
            assert codes(stale) == (412, "article_changed")
            assert "boss" in stale.json["message"]
            assert codes(await boss.ask("POST", f"{path}/publish", json={"version": 1})) == (
                412,
                "article_changed",
            )
            kept = (await boss.ask("GET", f"{path}/draft")).json
            assert kept["latest"]["wording"]["title"] == "宽带"

    run(scenario())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "$.title"),
        ({"title": "长" * 121}, "$.title"),
        ({"body": ""}, "$.body"),
        ({"body": "x" * 20_001}, "$.body"),
        ({"language": "fr"}, "$.language"),
        ({"keywords": ["k"] * 31}, "$.keywords"),
        ({"keywords": [""]}, "$.keywords[0]"),
        ({"unknown": 1}, ""),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    run: Run, tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            answer = await boss.ask("POST", "/knowledge/articles", json=ARTICLE | changes)
            assert codes(answer) == (422, "unfit")
            assert answer.json.get("field", "") == field
            assert (await boss.ask("GET", "/knowledge/articles")).json["articles"] == []

    run(scenario())
