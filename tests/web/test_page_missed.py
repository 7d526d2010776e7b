"""Missed calls in a real browser: seen, taken, done with an outcome, found again by range."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from calls.commands import PlaceCall
from calls.words import Outcome
from tests.conftest import Run
from tests.web.house import WANG, House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.records import answered, keep
from tests.web.test_page_access import LOOKS, faults
from tests.web.test_page_followups import with_telephone

pytestmark = pytest.mark.integration

WORDS = {
    "zh-CN": ("等候中放弃，请回电", "我来处理", "完成", "已完成"),
    "en": ("Gave up waiting: call back", "Take it", "Done", "Done"),
}
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_sup_16_a_missed_call_is_taken_and_done_with_an_outcome(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    title, take, done, state = WORDS[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        gone = replace(answered(1), outcome=Outcome.ABANDONED_IN_QUEUE, agent=None, legs=())
        served = answered(2)
        keep(house, gone, served)
        house.ports.tasks.step(house.ports.clock.now())
        sign_in(page)
        page.goto(f"{house.base}/missed")
        item = page.locator("#missed li")
        expect(item).to_have_count(1)
        expect(item).to_contain_text(title)
        expect(item).to_contain_text(gone.number)
        assert faults(page) == []
        item.get_by_role("button", name=take).click()
        expect(item).to_contain_text("admin")
        item.get_by_role("textbox").fill(HOSTILE)
        item.get_by_role("button", name=done, exact=True).click()
        expect(item).to_have_count(0)
        page.locator(".missed-ask select").nth(1).select_option(label=state)
        expect(item).to_contain_text(HOSTILE)
        page.locator('.missed-ask input[type="date"]').nth(1).fill("2001-01-01")
        expect(item).to_have_count(0)

    in_browser(run, tmp_path, act, language, scheme)


def test_tic_6_who_takes_a_missed_call_calls_back_from_the_list(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        gone = replace(answered(1), outcome=Outcome.ABANDONED_IN_QUEUE, agent=None, legs=())
        keep(house, gone)
        house.ports.tasks.step(house.ports.clock.now())
        with_telephone(house)
        sign_in(page, WANG)
        page.goto(f"{house.base}/missed")
        item = page.locator("#missed li")
        expect(item.locator('[data-do="call"]')).to_have_count(0)
        item.get_by_role("button", name="Take it").click()
        with page.expect_response("**/dial"):
            item.locator('[data-do="call"]').click()
        [placed] = [one for one in house.decided if isinstance(one, PlaceCall)]
        assert (placed.agent, placed.number) == (WANG, gone.number)

    in_browser(run, tmp_path, act)
