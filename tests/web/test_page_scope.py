"""A supervisor of some queues in a real browser: given them, and what her board then shows."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from calls.words import Role
from tests.conftest import Run
from tests.web.house import PASSWORD, SUPPORT, House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.scene import busy_floor
from tests.web.test_page_access import faults

pytestmark = pytest.mark.integration

SHOTS = os.environ.get("THREERING_SHOTS")
"""A folder for pictures to look at; kept nowhere else."""
LOOKS = [
    ("zh-CN", "light", "仅限 技术支持", "负责的队列", "技术支持"),
    ("en", "dark", "Only Technical support", "Looks after", "Technical support"),
]


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.mark.parametrize(("language", "scheme", "only", "after", "support"), LOOKS)
def test_adm_2_queues_are_given_on_the_peoples_page_and_the_board_is_cut_to_them(
    run: Run, tmp_path: Path, language: str, scheme: str, only: str, after: str, support: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        house.server.people.create_person("lead", "组长", PASSWORD, (Role.SUPERVISOR,))
        tell(*busy_floor(house.ports.clock.now()))
        sign_in(page)
        page.goto(f"{house.base}/admin/people")
        page.locator('tr[data-person="lead"]').get_by_role("button").click()
        queues = page.locator("#limits")
        expect(queues).to_contain_text(after)
        queues.get_by_label(support).check()
        # The library's dialogs have a header of their own, which axe takes for the page's.
        assert {rule for rule, _ in faults(page)} <= {
            "landmark-no-duplicate-banner",
            "landmark-unique",
        }
        shot(page, f"scope-person-{language}")
        page.locator("#keep-person").click()
        expect(page.locator('tr[data-person="lead"]')).to_contain_text(only)
        assert faults(page) == []
        page.context.clear_cookies()
        page.goto(house.base)
        sign_in(page, "lead")
        expect(page.locator("#limited")).to_have_text(only)
        expect(page.locator("#queues li")).to_have_count(1)
        expect(page.locator(f'#queues li[data-key="{SUPPORT}"]')).to_be_visible()
        expect(page.locator('#agents li[data-key="a8001"]')).to_have_count(0)
        assert faults(page) == []
        shot(page, f"scope-board-{language}")
        page.goto(f"{house.base}/admin/emergency")
        expect(page.locator("main h1")).to_be_visible()
        expect(page.locator("#throw")).to_have_count(0)

    in_browser(run, tmp_path, act, language, scheme)
