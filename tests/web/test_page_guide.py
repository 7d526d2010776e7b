"""Beside the call: the queue's script, and what came of it, without which no wrap-up ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from calls.words import AgentState
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.test_page_access import faults
from tests.web.test_page_desktop import SHE, now, pop, ring, state, talk
from tests.web.test_page_talk import talks

pytestmark = pytest.mark.integration

HOSTILE = "<img src=x onerror=alert(1)>"
GUIDE: dict[str, Any] = {
    "queue": "sales",
    "required": True,
    "script": {
        "opening": {"zh-CN": "您好，销售部。", "en": "Sales, good day."},
        "closing": {"zh-CN": f"感谢来电。{HOSTILE}"},
    },
    "dispositions": [
        {"code": "sold", "names": {"zh-CN": "成交", "en": "Sold"}, "below": []},
        {
            "code": "lost",
            "names": {"en": "Lost"},
            "below": [{"code": "price", "names": {"en": HOSTILE}, "below": []}],
        },
    ],
}


def test_cti_17_cti_18_cti_19_script_and_disposition_beside_the_call(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        said: list[str] = []

        def disposed(route: Route) -> None:
            said.append(json.loads(route.request.post_data or "")["code"])
            route.fulfill(json={})

        page.route("**/api/v1/queues/*/guide", lambda route: route.fulfill(json=GUIDE))
        page.route("**/api/v1/agents/*/disposition", disposed)
        sign_in(page, SHE)
        ring(house, tell, pop())
        # The caller's language, not the agent's.
        expect(page.locator("#script")).to_contain_text("您好，销售部。")
        talk(house, tell)
        talks(house, tell)
        page.locator("#script").get_by_text("Closing", exact=True).click()
        expect(page.locator("#script")).to_contain_text(HOSTILE)
        assert page.locator("#script img").count() == 0
        tell(state(house, AgentState.WRAPPING_UP, until=now(house) + 30))
        expect(page.locator("#disposition")).to_have_attribute("data-owed", "true")
        expect(page.get_by_role("button", name="Done, next call")).to_be_disabled()
        assert faults(page) == []
        page.get_by_role("button", name="Lost").click()
        page.get_by_role("button", name=HOSTILE).click()
        assert said == ["lost/price"]
        told = {"until": now(house) + 30, "disposition": "lost/price"}
        tell(state(house, AgentState.WRAPPING_UP, **told))
        expect(page.locator(".disposition-said")).to_have_text(f"Lost › {HOSTILE}")
        expect(page.get_by_role("button", name="Done, next call")).to_be_enabled()
        assert page.locator("#disposition img").count() == 0

    in_browser(run, tmp_path, act)
