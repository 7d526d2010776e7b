"""ADM-1, ADM-3: people and roles over the API; everything of it is in the audit."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import PASSWORD, open_house

pytestmark = pytest.mark.integration

ZHAO = {"id": "Zhao", "name": "赵敏", "roles": ["agent"], "agent": "a8001", "language": "zh-CN"}


def test_adm_1_somebody_new_signs_in_with_the_password_shown_once(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            welcome = (await admin.ask("POST", "/people", json=ZHAO)).json
            assert welcome["person"]["id"] == "zhao"
            body = {"name": "zhao", "password": welcome["password"]}
            signed_in = await Browser(house).ask("POST", "/session", json=body)
            assert signed_in.json["agent"] == "a8001"  # type: ignore[index]
            listed = await admin.ask("GET", "/people")
            assert welcome["password"] not in listed.text
            assert "hash" not in listed.text
            again = await admin.ask("POST", "/people", json=ZHAO)
            assert (again.status_code, again.json["error"], again.json["field"]) == (  # type: ignore[index]
                *(409, "person_exists", "id"),
            )
            reset = (await admin.ask("POST", "/people/zhao/password")).json
            assert reset["password"] != welcome["password"]
            assert (await Browser(house).ask("POST", "/session", json=body)).status_code == 401
            for deed in house.ports.people.deeds(20):
                assert welcome["password"] not in deed.detail
                assert reset["password"] not in deed.detail

    run(scenario())


def test_adm_1_a_change_is_in_the_audit_before_and_after(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            changed = {
                "name": "班长",
                "roles": ["supervisor", "admin", "admin"],
                "agent": None,
                "language": None,
                "active": True,
            }
            answer = await admin.ask("PUT", "/people/boss", json=changed)
            assert answer.json["roles"] == ["supervisor", "admin"]  # type: ignore[index]
            (deed,) = (await admin.ask("GET", "/audit?limit=1&who=admin")).json["deeds"]
            assert (deed["what"], deed["subject"]) == ("people.change", "boss")
            assert '"roles":["supervisor"]' in deed["before"]
            assert '"roles":["supervisor","admin"]' in deed["after"]
            older = (await admin.ask("GET", f"/audit?before={deed['id']}")).json["deeds"]
            assert all(one["id"] < deed["id"] for one in older)

    run(scenario())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**ZHAO, "id": "   "}, "bad_name"),
        ({**ZHAO, "id": "x" * 61}, "bad_name"),
        ({**ZHAO, "name": "a  b\n"}, "bad_shown_name"),
        ({**ZHAO, "name": "名" * 500}, "bad_shown_name"),
        ({**ZHAO, "roles": ["root"]}, "unfit"),
        ({**ZHAO, "password": "mine"}, "unfit"),
    ],
)
def test_what_is_no_person_is_refused_beside_its_field(
    run: Run, tmp_path: Path, body: dict[str, object], code: str
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            answer = await admin.ask("POST", "/people", json=body)
            assert (answer.status_code, answer.json["error"]) == (422, code)  # type: ignore[index]
            assert len(house.ports.people.people()) == 4

    run(scenario())


def test_ones_own_password_is_changed_and_this_page_goes_on(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang, elsewhere = await Browser.of(house, "a8001"), await Browser.of(house, "a8001")
            wrong = await wang.ask("PUT", "/session/password", json={"old": "x", "new": "y" * 12})
            assert (wrong.status_code, wrong.json["field"]) == (422, "old")  # type: ignore[index]
            body = {"old": PASSWORD, "new": "another long password"}
            session = (await wang.ask("PUT", "/session/password", json=body)).json
            wang.token = session["token"]
            assert (await wang.ask("POST", "/agents/a8001/log-in")).status_code == 200
            assert (await elsewhere.ask("GET", "/session")).status_code == 401

    run(scenario())
