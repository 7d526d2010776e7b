"""Admins see what goes out and what waits, try it again, and try whether it works."""

from pathlib import Path
from typing import Any

import pytest

from storage.outgoing import Letter
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import House, open_house

pytestmark = pytest.mark.integration


async def lines(house: House, admin: Browser, query: str = "") -> list[dict[str, Any]]:
    answer = await admin.ask("GET", f"/outgoing{query}")
    assert answer.json is not None
    return list(answer.json["lines"])


def test_a_letter_that_cannot_go_is_shown_with_its_reason_and_tried_again_by_hand(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            house.ports.outgoing.post("k", Letter(to=("a@b.cn",), subject="秘密", text="秘密"))
            await house.ports.outgoing.step()
            (line,) = await lines(house, admin, "?waiting=true")
            assert (line["to"], line["tries"], line["key"]) == ("mail", 1, "k")
            assert "no mail server" in line["error"]
            assert "秘密" not in str(line)
            again = await admin.ask("POST", f"/outgoing/{line['id']}/again")
            assert again.status_code == 202
            for unknown in ("999", "x", "-1", "9" * 30):
                answer = await admin.ask("POST", f"/outgoing/{unknown}/again")
                assert answer.status_code == 404, unknown

    run(scenario())


@pytest.mark.parametrize("to", ["", "nobody", "a b@c.cn", "a@b.cn\r\nBcc: x@y.cn", "@", "值@"])
def test_a_trial_to_nowhere_is_refused_in_words(run: Run, tmp_path: Path, to: str) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            answer = await admin.ask("POST", "/outgoing/trial", json={"to": to})
            assert answer.status_code == 422
            assert answer.json is not None
            assert (answer.json["error"], answer.json["field"]) == ("no_such_target", "to")

    run(scenario())


def test_a_trial_is_posted_to_a_mail_address(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            answer = await admin.ask("POST", "/outgoing/trial", json={"to": "boss@example.com"})
            assert answer.status_code == 202
            await house.ports.outgoing.step()
            assert answer.json is not None
            assert [line["key"] for line in await lines(house, admin)] == [answer.json["key"]]

    run(scenario())
