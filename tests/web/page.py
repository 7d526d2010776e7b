"""A page of the app in a real browser, in front of a house whose floor a test moves by notices."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from tests.conftest import Run
from tests.web.house import PASSWORD, House, open_house
from tests.web.scene import PLAN

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-quic"]
APP = Path(__file__).parents[2] / "ui"
REFUSED_AND_ADOPTED = ("fF0LBso7Nz75zaFRDBUefBDvPe19hjaiDnnc8lt+2Js=",)
"""Styles of libraries that our policy refuses, and that our own script gives to the page instead:
the wave's drawing (ui/src/recordings/Player.tsx)."""
OFFLINE = "net::ERR"
"""How a browser reports what a test that cuts the network wants to happen."""

PATIENCE_MS = 30_000
"""No test is timed: a busy machine draws late."""
expect.set_options(timeout=PATIENCE_MS)

Tell = Callable[..., None]
Act = Callable[[Page, House, Tell], None]


@contextmanager
def browsing(base: str, language: str = "en", scheme: Any = "light") -> Iterator[Page]:
    """A page of a headless browser, closed when the block ends; fails on any error of a script and
    on anything the page's own policy forbade."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "the page's test needs chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            context = browser.new_context(
                locale=language, color_scheme=scheme, viewport={"width": 1600, "height": 1000}
            )
            page = context.new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda said: errors.append(said.text) if _bad(said) else None)
            page.set_default_timeout(PATIENCE_MS)
            page.goto(base)
            yield page
            assert errors == [], errors
        finally:
            browser.close()


def _bad(said: Any) -> bool:
    if any(f"sha256-{known}" in said.text for known in REFUSED_AND_ADOPTED):
        return False
    return said.type == "error" and "Content Security Policy" in said.text


def sign_in(page: Page, name: str = "admin") -> None:
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#link")).to_have_attribute("data-state", "live")


def in_browser(
    run: Run, folder: Path, act: Act, language: str = "en", scheme: str = "light"
) -> None:
    """``act(page, house, tell)`` on a thread; ``tell(*notices)`` publishes on the loop."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        async with open_house(folder) as house:
            house.server.hub.furnish(PLAN)

            def tell(*notices: Any) -> None:
                async def publish() -> None:
                    for notice in notices:
                        house.bus.publish(notice)

                asyncio.run_coroutine_threadsafe(publish(), loop).result(5.0)

            def on_thread() -> None:
                with browsing(house.base, language, scheme) as page:
                    act(page, house, tell)

            await asyncio.to_thread(on_thread)

    run(scenario(), 280.0)
