"""The reports' page in a real browser: figures against targets, drawn, opened, taken away."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from calls.ids import AgentId, CallId, OfferId, QueueId
from calls.record import CallRecord, Leg
from calls.words import NoAnswer, Outcome, Party
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.records import answered, keep
from tests.web.test_page_access import LOOKS, WCAG, faults

pytestmark = pytest.mark.integration

MIDNIGHT = 1_774_972_800.0
"""2026-04-01 in Shanghai."""
DAY = "first=2026-04-01&last=2026-04-01&by=hour"


def busy_day(house: House) -> None:
    """Forty calls from eight to eighteen; each fifth gives up, each fourth answer comes late."""
    house.records.write([_call(n) for n in range(40)], mark=0, at=MIDNIGHT)


def _call(n: int) -> CallRecord:
    at = MIDNIGHT + 8 * 3_600 + n * 900
    known: dict[str, Any] = {"outcome": Outcome.ABANDONED_IN_QUEUE, "waited_s": 44.0}
    if n % 5:
        wait = 42.0 if n % 4 == 0 else 9.0
        agent = AgentId(f"a800{1 + n % 3}")
        leg = Leg(
            offer=OfferId(f"o{n}"), made_at=at, agent=agent, rang_at=at, talk_at=at + wait,
            ended_at=at + wait + 120, talked=True,
        )  # fmt: skip
        missed = Leg(
            offer=OfferId(f"m{n}"), made_at=at, agent=AgentId("a8001"), rang_at=at,
            ended_at=at + 15, missed=NoAnswer.RANG_OUT,
        )  # fmt: skip
        known = {
            "outcome": Outcome.ANSWERED, "answered_at": at + wait, "answer_s": wait, "agent": agent,
            "ring": 1 + n % 4, "within_rule": n % 4 != 3, "waited_s": wait, "talk_s": 120.0,
            "scores": {"satisfaction": 5 if n % 3 else 2},
            "legs": (leg,) if wait < 40 else (missed, leg),
        }  # fmt: skip
    return CallRecord(
        call=CallId(f"main-{n}"), started_at=at, ended_at=at + 300, arrived=True,
        ended_by=Party.CALLER, number=f"+86138000000{n:02}", queue=QueueId("sales"),
        first_queued_at=at, **known,
    )  # fmt: skip


def test_a4_the_day_against_its_targets_and_the_calls_behind_a_number(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        busy_day(house)
        sign_in(page)
        page.goto(f"{house.base}/reports?{DAY}")
        speed = page.locator('[data-card="answer_s"]')
        expect(speed).to_contain_text("17.3 s")
        expect(speed).to_contain_text("Reached · at most 30 s")
        satisfied = page.locator('[data-card="satisfied"]')
        expect(satisfied).to_contain_text("Not reached · at least 90%")
        expect(page.locator(".report-chart canvas")).to_be_visible()
        sales = page.locator('#totals-table tr[data-id="sales"]')
        expect(sales.locator('[data-figure="answered"]')).to_have_text("32")
        sales.locator('[data-figure="abandoned"] button').click()
        expect(page.locator("#behind tbody tr")).to_have_count(8)
        expect(page.locator("#behind tbody tr").first).to_contain_text("Gave up waiting")
        page.keyboard.press("Escape")
        expect(page.locator("#behind")).to_have_count(0)
        page.click("#language")
        expect(speed).to_contain_text("平均应答时间")
        expect(sales).to_contain_text("销售咨询")

    in_browser(run, tmp_path, act)


def test_what_is_asked_stands_in_the_address_and_a_mistake_beside_its_field(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        busy_day(house)
        sign_in(page)
        page.goto(f"{house.base}/reports?{DAY}")
        page.select_option("#report-of", "agent")
        expect(page.locator('#totals-table tr[data-id="a8001"]')).to_contain_text("王芳")
        assert "of=agent" in page.url
        page.fill("#report-first", "2026-05-01")
        expect(page.get_by_text("The last day is before the first one.")).to_be_visible()
        page.fill("#report-last", "2026-05-01")
        expect(page.locator("#nothing")).to_be_visible()
        page.go_back()

    in_browser(run, tmp_path, act)


def test_rep_13_a_report_is_taken_away_as_a_file(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        busy_day(house)
        sign_in(page)
        page.goto(f"{house.base}/reports?{DAY}")
        with page.expect_download() as taken:
            page.get_by_role("link", name="XLSX").click()
        assert taken.value.suggested_filename == "report-queue-2026-04-01-2026-04-01.xlsx"

    in_browser(run, tmp_path, act)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_d7_a_repeated_call_opens_to_the_call_that_followed_and_effort_to_its_reasons(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        first = replace(answered(1), first_queued_at=answered(1).started_at, waited_s=90.0)
        again = replace(answered(2), first_queued_at=answered(2).started_at)
        keep(house, first, again)
        sign_in(page)
        page.goto(f"{house.base}/reports?first=2023-11-14&last=2023-11-15&by=day&of=queue")
        sales = page.locator('#totals-table tr[data-id="sales"]')
        expect(sales.locator('[data-figure="effort"]')).to_have_text("2.5")
        sales.locator('[data-figure="repeated"] button').click()
        pair = page.locator('#repeats tr[data-first="main-1"]')
        expect(pair).to_have_attribute("data-again", "main-2")
        assert faults(page, WCAG) == []
        page.screenshot(path=tmp_path / f"repeats-{language}.png")
        page.keyboard.press("Escape")
        sales.locator('[data-figure="answered"] button').click()
        row = page.locator("#behind tbody tr").last
        row.get_by_role("button").first.click()
        expect(row).to_contain_text("等候超过一分钟" if language == "zh-CN" else "over a minute")
        expect(row).to_contain_text("4 步" if language == "zh-CN" else "4 steps")
        assert faults(page, WCAG) == []
        page.screenshot(path=tmp_path / f"effort-{language}.png")

    in_browser(run, tmp_path, act, language, scheme)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_adm_14_the_reports(run: Run, tmp_path: Path, language: str, scheme: str) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        busy_day(house)
        sign_in(page)
        page.goto(f"{house.base}/reports?{DAY}")
        expect(page.locator(".report-chart canvas")).to_be_visible()
        page.screenshot(path=tmp_path / f"reports-{language}-{scheme}.png", full_page=True)
        assert faults(page) == []
        page.locator('#totals-table [data-figure="answered"] button').first.click()
        expect(page.locator("#behind")).to_be_visible()
        assert faults(page, WCAG) == []

    in_browser(run, tmp_path, act, language, scheme)
