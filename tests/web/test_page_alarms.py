"""Alarms in a real browser: on the board in words, their limits and ways out changed by forms."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from calls.notices import Alarm
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.test_page_access import LOOKS, faults

pytestmark = pytest.mark.integration

WORDS = {
    "zh-CN": ("等候人数过多 (销售咨询)", "12 人等候，上限 10", "已保存，已生效。"),
    "en": ("Too many callers wait (Sales)", "12 wait, limit 10", "Saved, and in force."),
}


@pytest.mark.parametrize("language", list(WORDS))
def test_sup_3_an_alarm_is_on_the_board_in_the_persons_words_until_it_is_over(
    run: Run, tmp_path: Path, language: str
) -> None:
    title, detail, _ = WORDS[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page)
        values = {"now": "12", "limit": "10"}
        tell(Alarm(name="queue_waiting:sales", on=True, values=values, at=1.0))
        tell(Alarm(name="trunk_lost:<img src=x onerror=alert(1)>", on=True, at=1.0))
        alarms = page.locator("#alarms")
        expect(alarms).to_contain_text(title)
        expect(alarms).to_contain_text(detail)
        expect(alarms).to_contain_text("<img src=x onerror=alert(1)>")
        tell(Alarm(name="queue_waiting:sales", on=False, at=2.0))
        expect(alarms).not_to_contain_text(title)

    in_browser(run, tmp_path, act, language)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_limits_and_ways_out_are_changed_by_forms_and_a_trial_shows_why_it_waits(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    saved = WORDS[language][2]

    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page)
        page.goto(f"{house.base}/admin/alarms")
        page.locator('[data-path="every_queue.waiting"]').fill("many")
        expect(page.locator("#mistakes")).to_contain_text("every_queue.waiting")
        page.locator('[data-path="every_queue.waiting"]').fill("10")
        page.locator("#save").click()
        expect(page.locator("#kept")).to_have_text(saved)
        assert house.ports.in_force.alarms.every_queue.waiting == 10
        assert faults(page) == []
        house.ports.loop.call_soon_threadsafe(house.ports.outgoing.start)
        page.goto(f"{house.base}/admin/outgoing")
        page.locator("#trial-to").fill("nobody")
        page.keyboard.press("Enter")
        expect(page.locator("#trial-to")).to_have_attribute("aria-invalid", "true")
        page.locator("#trial-to").fill("lead@example.com")
        page.keyboard.press("Enter")
        row = page.locator("#outgoing tr")
        expect(row).to_contain_text("no mail server", timeout=20_000)
        assert faults(page) == []

    in_browser(run, tmp_path, act, language, scheme)
