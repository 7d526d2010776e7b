"""The supervisor's page in a real browser."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from calls.ids import AgentId
from calls.notices import AgentChanged, QueueChanged
from calls.words import AgentState
from tests.conftest import Run
from tests.web.house import PASSWORD, House, open_house
from tests.web.scene import PLAN, SALES, busy_floor

pytestmark = pytest.mark.integration

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-quic"]


@contextmanager
def browsing(base: str, language: str) -> Iterator[Page]:
    """A page of a headless browser, closed when the block ends; fails on any error of a script."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "the page's test needs chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            context = browser.new_context(locale=language, viewport={"width": 1600, "height": 1000})
            page = context.new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.set_default_timeout(8_000)
            page.goto(base)
            yield page
            assert errors == []
        finally:
            browser.close()


def sign_in(page: Page, name: str = "admin") -> None:
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#board")).to_be_visible()


def in_browser(
    run: Run, tmp_path: Path, act: Callable[[Page, House, Callable[..., None]], None],
    language: str = "en",
) -> None:  # fmt: skip
    """``act(page, house, tell)`` on a thread; ``tell(*notices)`` publishes on the loop."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with open_house(tmp_path) as house:
            house.server.hub.furnish(PLAN)

            def tell(*notices: Any) -> None:
                async def publish() -> None:
                    for notice in notices:
                        house.bus.publish(notice)

                asyncio.run_coroutine_threadsafe(publish(), loop).result(5.0)

            def on_thread() -> None:
                with browsing(house.base, language) as page:
                    act(page, house, tell)

            await asyncio.to_thread(on_thread)

    run(scenario(), 60.0)


def test_the_floor_moves_on_the_page_in_both_languages(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Callable[..., None]) -> None:
        now = house.ports.clock.now()
        tell(*busy_floor(now))
        sign_in(page)
        wang = page.locator('#agents li[data-key="a8001"]')
        expect(wang.locator(".chip")).to_have_text("Ringing")
        expect(wang.locator(".rings")).to_contain_text("Ring 2")
        sales = page.locator('#queues li[data-key="sales"]')
        expect(sales.locator("h3")).to_have_text("Sales")
        expect(sales.locator("dd").first).to_have_text("4")
        expect(page.locator("#alarms")).to_contain_text("The journal is slow")
        tell(
            AgentChanged(agent=AgentId("a8001"), state=AgentState.TALKING, since=now),
            QueueChanged(queue=SALES, waiting=3, offered=0, talking=2, ready=0, longest_since=now),
        )
        expect(wang.locator(".chip")).to_have_text("Talking")
        expect(wang.locator(".rings")).to_be_hidden()
        expect(sales.locator("dd").first).to_have_text("3")
        page.click("#language")
        expect(wang.locator(".chip")).to_have_text("通话中")
        expect(sales.locator("h3")).to_have_text("销售咨询")
        page.reload()
        expect(page.locator('#queues li[data-key="sales"] h3')).to_have_text("销售咨询")
        page.click("#sign-out")
        expect(page.locator("#door")).to_be_visible()

    in_browser(run, tmp_path, act)


def test_a_wrong_password_is_said_and_text_from_outside_is_only_text(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Callable[..., None]) -> None:
        page.fill("#name", "boss")
        page.fill("#password", "wrong")
        page.keyboard.press("Enter")
        expect(page.locator("#refused")).to_have_text("Name or password is wrong.")
        hostile = '<img src=x onerror="document.title=1">'
        tell(
            AgentChanged(
                agent=AgentId("a8002"), state=AgentState.NOT_READY, since=1.0, reason=hostile
            )
        )
        sign_in(page)
        expect(page.locator('#agents li[data-key="a8002"] .note')).to_have_text(hostile)
        assert page.locator("#agents img").count() == 0

    in_browser(run, tmp_path, act)


def test_a_page_that_is_not_live_says_so_and_recovers_by_itself(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Callable[..., None]) -> None:
        sign_in(page)
        expect(page.locator("#link")).to_have_attribute("data-state", "live")
        page.context.set_offline(True)
        loop = house.ports.loop
        streams = house.server._streams
        loop.call_soon_threadsafe(lambda: [one.cut() for one in tuple(streams._streams)])
        expect(page.locator("#stale")).to_be_visible()
        tell(AgentChanged(agent=AgentId("a8003"), state=AgentState.READY, since=1.0))
        page.context.set_offline(False)
        expect(page.locator("#stale")).to_be_hidden(timeout=20_000)
        expect(page.locator('#agents li[data-key="a8003"] .chip')).to_have_text("Ready")

    in_browser(run, tmp_path, act)
