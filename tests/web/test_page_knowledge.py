"""The knowledge base in a real browser: written, published, found, judged."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.test_page_access import LOOKS, faults

pytestmark = pytest.mark.integration

HOSTILE = "<img src=x onerror=alert(1)>"


def opens(page: Page, house: House, person: str) -> None:
    sign_in(page, person)
    page.goto(f"{house.base}/knowledge")
    expect(page.locator("main h1")).to_be_visible()


def part(page: Page, number: int) -> None:
    page.locator(".knowledge-head label").nth(number).click()


def write(page: Page, title: str, body: str) -> None:
    page.locator("#new-article").click()
    page.fill("#article-title", title)
    page.fill("#article-body", body)
    page.locator("#publish-article").click()
    expect(page.locator("table.lines")).to_contain_text(title)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_d6_an_article_is_written_published_found_by_a_callers_words_and_judged(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house, "boss")
        assert faults(page) == []
        part(page, 1)
        write(page, "宽带断线怎么办", f"先看光猫的灯。\n\n红灯亮：报修。{HOSTILE}")
        assert faults(page) == []
        part(page, 0)
        page.fill("#knowledge-text", "客户说宽带断线了")
        reading = page.locator("article[data-article='1']")
        expect(reading).to_contain_text("红灯亮")
        expect(reading).to_contain_text(HOSTILE)
        assert page.locator("img[src=x]").count() == 0
        helped = reading.locator("fieldset button").first
        helped.click()
        expect(helped).to_have_attribute("aria-pressed", "true")
        assert faults(page) == []
        reading.locator("> button").click()
        reading.locator("textarea").first.fill("还要看路由器")
        reading.locator("button[type=submit]").click()
        expect(reading.get_by_role("status")).to_be_visible()
        part(page, 2)
        expect(page.locator("[data-remark]")).to_contain_text("还要看路由器")
        assert faults(page) == []

    in_browser(run, tmp_path, act, language, scheme)


def test_who_saves_an_article_second_sees_the_others_and_keeps_what_was_typed(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house, "boss")
        part(page, 1)
        write(page, "Refund", "Three days.")
        page.locator("tr[data-article='1'] button").click()
        page.fill("#article-body", "Mine: four days.")
        other = page.context.new_page()
        other.goto(f"{house.base}/knowledge")
        part(other, 1)
        other.locator("tr[data-article='1'] button").click()
        other.fill("#article-body", "Theirs: five days.")
        other.locator("#keep-article").click()
        expect(other.locator("table.lines")).to_be_visible()
        page.locator("#keep-article").click()
        expect(page.locator(".conflict")).to_contain_text("Theirs: five days.")
        expect(page.locator("#article-body")).to_have_value("Mine: four days.")
        page.locator(".conflict button").click()
        page.locator("#publish-article").click()
        expect(page.locator("table.lines")).to_be_visible()
        part(page, 0)
        page.fill("#knowledge-text", "refund")
        expect(page.locator("article")).to_contain_text("Mine: four days.")

    in_browser(run, tmp_path, act)


def test_an_agent_reads_and_does_not_write(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house, "a8001")
        assert page.locator("#new-article").count() == 0
        assert page.locator(".knowledge-head label").count() == 0
        page.fill("#knowledge-text", "nobody wrote of this")
        expect(page.get_by_role("status")).to_contain_text("Nothing fits")

    in_browser(run, tmp_path, act)
