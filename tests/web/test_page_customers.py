"""Customers in a real browser: found, what happened with her, and for admins her erasure."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from calls.ids import CustomerId
from cti.model import Customer
from cti.sql_store import SqlCustomers
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.records import answered, keep, low_score
from tests.web.test_page_access import LOOKS, WCAG, faults

pytestmark = pytest.mark.integration

SHOTS = os.environ.get("THREERING_SHOTS", "")
"""A folder for pictures of what is tested here, for whoever wants to look."""


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_d8_a_customer_is_found_her_timeline_seen_and_she_is_erased_on_confirmation(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        with SqlCustomers(house.database).writing() as rows:
            rows.put([Customer(CustomerId("c3"), "陈明")], 0.0)
        hers = [replace(answered(n), customer=CustomerId("c1"), scores={"q": n}) for n in (1, 2)]
        keep(house, *hers)
        low_score(house, 5)
        sign_in(page)
        page.goto(f"{house.base}/customers")
        page.locator("#customer-search").fill("陈明")
        expect(page.locator("#customers li")).to_have_count(2)
        assert faults(page) == []
        page.locator('#customers a[href="/customers/c1"]').click()
        expect(page.locator("#story li")).to_have_count(4)
        expect(page.locator("#story li").first).to_contain_text(
            "2 分" if language == "zh-CN" else "score 2"
        )
        assert faults(page) == []
        shot(page, f"customer-{language}-{scheme}")
        double = page.locator('[data-double="c3"]')
        double.locator('[data-do="merge"]').click()
        merged = page.locator("[data-merge]")
        expect(merged).to_contain_text("c3")
        merged.locator('[data-do="unmerge"]').click()
        expect(double).to_be_visible()
        expect(merged).to_have_count(0)
        with page.expect_download() as taken:
            page.locator('[data-do="export"]').click()
        assert taken.value.suggested_filename == "c1.zip"
        page.locator('[data-do="erase"]').click()
        dialog = page.get_by_role("dialog")
        dialog.locator("textarea").fill("she asked")
        dialog.locator("input").fill("c2")
        dialog.locator('[data-do="erase-now"]').click()
        expect(dialog).to_contain_text(
            "再次填写客户编号" if language == "zh-CN" else "id once more to confirm"
        )
        assert faults(page, WCAG) == []
        dialog.locator("input").fill("c1")
        dialog.locator('[data-do="erase-now"]').click()
        expect(page.locator("#erased")).to_contain_text("2")

    in_browser(run, tmp_path, act, language, scheme)
