from pathlib import Path

import pytest
from flask import Blueprint

from calls.rights import mark_of
from calls.words import Role
from runtime.web.app import API
from runtime.web.openapi import described
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import PASSWORD, SUPPORT, open_house

pytestmark = pytest.mark.integration

PEOPLE = {
    "": set(),
    "a8001": {"agent"},
    "boss": {"supervisor"},
    "lead": {"supervisor"},
    "admin": {"admin"},
}
LIMITED = "lead"
"""Looks after one queue; what of it she sees is test_scope.py's."""
DENIED = {"not_signed_in", "not_allowed"}


def test_every_route_answers_exactly_those_it_is_marked_for(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            house.server.people.create_person(
                LIMITED, "组长", PASSWORD, (Role.SUPERVISOR,), queues=(SUPPORT,)
            )
            routes = [
                (method.upper(), path.replace("{id}", "x"), mark)
                for path, method, _, mark, _ in described(house.server.app)
            ]
            assert len(routes) > 30
            for name, roles in PEOPLE.items():
                for method, path, mark in routes:
                    browser = await Browser.of(house, name)
                    answer = await browser.ask(method, f"/{path}")
                    error = (answer.json or {}).get("error") if answer.is_json else ""
                    allowed = mark.public or bool({role.value for role in mark.roles} & roles)
                    assert (error not in DENIED) == allowed, (name, method, path, answer.text)
                    if mark.whole and name == LIMITED:
                        assert error == "not_your_queue", (method, path)

    run(scenario(), 60.0)


def test_a_view_nobody_marked_is_answered_to_nobody(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            extra = Blueprint("extra", __name__)
            extra.get("/forgotten")(lambda: "secret")
            house.server.app.register_blueprint(extra, url_prefix=API)
            admin = await Browser.of(house, "admin")
            answer = await admin.ask("GET", "/forgotten")
            assert (answer.status_code, answer.json["error"]) == (403, "not_allowed")

    run(scenario())


def test_every_page_is_marked(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            views = house.server.app.view_functions
            assert [name for name, view in views.items() if mark_of(view) is None] == []

    run(scenario())


def test_an_agent_speaks_for_herself_and_a_supervisor_for_everybody(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang, boss = await Browser.of(house, "a8001"), await Browser.of(house, "boss")
            assert (await wang.ask("POST", "/agents/a8001/log-in")).status_code == 200
            other = await wang.ask("POST", "/agents/a8002/log-in")
            assert (other.status_code, other.json["error"]) == (403, "not_your_agent")
            assert (await boss.ask("POST", "/agents/a8002/log-in")).status_code == 200
            assert (await wang.ask("GET", "/agents/a8002")).status_code == 403

    run(scenario())


def test_what_changes_something_needs_the_pages_token(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            for token in ("", "1", "x" * 32):
                answer = await boss.ask(
                    "PUT", "/emergency", {"X-ThreeRing": token}, json={"on": True}
                )
                assert (answer.status_code, answer.json["error"]) == (403, "no_token")
            assert not house.ports.emergency.on
            nobody = Browser(house)
            body = {"name": "boss", "password": PASSWORD}
            answer = await nobody.ask("POST", "/session", {"X-ThreeRing": ""}, json=body)
            assert answer.json["error"] == "no_token"

    run(scenario())


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_sites_page_changes_nothing(
    run: Run, tmp_path: Path, headers: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            answer = await boss.ask("PUT", "/emergency", headers, json={"on": True})
            assert (answer.status_code, answer.json["error"]) == (403, "other_origin")
            own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
            assert (await boss.ask("PUT", "/emergency", own, json={"on": True})).status_code == 200

    run(scenario())


def test_the_cookie_is_for_this_site_and_no_script(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            body = {"name": "boss", "password": PASSWORD}
            answer = await Browser(house).ask("POST", "/session", json=body)
            cookie = answer.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Secure" not in cookie
            safe = await Browser(house).ask(
                "POST", "/session", json=body, base_url="https://localhost"
            )
            assert "Secure" in safe.headers["Set-Cookie"]

    run(scenario())


def test_a_page_may_run_our_script_and_no_other(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            answer = await Browser(house).ask("GET", "//")
            policy = answer.headers["Content-Security-Policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"

    run(scenario())


def test_who_signs_out_is_out_and_what_was_done_is_noted(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            assert (await boss.ask("GET", "/session")).json["name"] == "班长"
            await boss.ask("POST", "/agents/a8001/log-in")
            assert (await boss.ask("DELETE", "/session")).status_code == 204
            assert (await boss.ask("GET", "/session")).status_code == 401
            deeds = [(deed.who, deed.what, deed.subject) for deed in house.ports.people.deeds(10)]
            assert ("boss", "agents.log_in", "a8001") in deeds
            assert ("boss", "signed_in", "") in deeds

    run(scenario())
