"""A newcomer tries the demo with a browser and no telephone: calls from one window, answers in
another, watches in a third, changes the tree in a fourth; in Chinese, then in English."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.desktop import Desktop, desktop
from tests.e2e.hotline import Hotline, hotline, until
from tests.e2e.telephone import chromium
from tests.e2e.test_caller_page import calls, own_page, presses

pytestmark = [pytest.mark.e2e, pytest.mark.prove]
OWN = "a8009"
TRIES = 8
WRAP_UP = "wrapping_up"
WORDS = {"zh-CN": "再见，祝您愉快。", "en": "Goodbye, and a pleasant day."}


@pytest.fixture(scope="module")
def demo() -> Iterator[Hotline]:
    with hotline() as site:
        site.opens("--demo")
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(f"--user-agent-product=ThreeRingNew{os.getpid()}") as running:
        yield running


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_four_windows_of_one_person_and_no_telephone(
    demo: Hotline, browser: Browser, language: str
) -> None:
    password = _password(demo)
    with (
        desktop(browser, demo, "demo", language, password) as agent,
        _caller(browser, demo, language) as caller,
    ):
        board, trees = _window(agent, "/board"), _window(agent, "/trees/hotline")
        agent.goes_ready()
        tile = board.locator(f'#agents [data-key="{OWN}"]')
        expect(tile).to_have_attribute("data-state", "ready")
        _reaches(demo, agent, caller, language)
        expect(tile).to_have_attribute("data-state", "talking")
        until(lambda: agent.heard()["energy"] > 0 or None, "the agent hears the caller")
        expect(agent.page.locator("#ticket .story-id")).to_be_visible()
        agent.page.keyboard.press("q")
        agent.stage("none")
        expect(tile).to_have_attribute("data-state", WRAP_UP)
        agent.page.keyboard.press("f")
        before = _version(demo)
        _changes_the_goodbye(trees, language)
        assert _version(demo) not in ("", before)
        expect(trees.locator("html")).to_have_attribute("lang", language)
    demo.logged_out(OWN)


def _reaches(site: Hotline, agent: Desktop, page: Page, language: str) -> None:
    """The caller's window rings the agent's, and they talk. Robots call, too: whoever of them is
    quicker is answered and sent home."""
    for _ in range(TRIES):
        name = calls(page)
        presses(page, "1" if language == "zh-CN" else "2", "2")
        got = partial(_whom_she_got, site, agent, name)
        if until(got, "somebody answers her") == OWN:
            return
        page.locator("#call").click()
    raise AssertionError("robots were quicker each time")


def _whom_she_got(site: Hotline, agent: Desktop, name: str) -> str:
    """The agent who talks to the caller of this name; meanwhile ours does her work."""
    calls_now = site.client.get("/floor")["calls"]
    # Numbers are masked on the board; their ends are not.
    got = next((one.get("agent", "") for one in calls_now if _is(one, name)), "")
    if not got:
        doing = agent.page.locator("#talk").get_attribute("data-stage")
        state = agent.page.locator("#own-state").get_attribute("data-state")
        key = {"ringing": "a", "talking": "q"}.get(doing or "", "f" if state == WRAP_UP else "")
        if key:
            agent.page.keyboard.press(key)
    return got


def _is(call: dict[str, Any], name: str) -> bool:
    return call["stage"] == "talking" and call["number"][-4:] == name[-4:]


def _changes_the_goodbye(page: Page, language: str) -> None:
    page.locator('[role="treeitem"][data-node="goodbye"]:not([data-link])').click()
    words = page.locator(f'.prompt textarea[lang="{language}"]').first
    words.fill(WORDS[language])
    expect(page.locator(".editor")).to_have_attribute("data-kept", "saved")
    page.locator("#publish").click()
    page.locator("#publish-now").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def _password(site: Hotline) -> str:
    """As the start printed it."""
    said = (site.folder / "run.log").read_text()
    found = re.search(r"Sign in as demo with (\S+)", said)
    assert found, said
    return found[1].rstrip(".,;:")


def _version(site: Hotline) -> str:
    """What callers hear of the tree we ship."""
    trees = {one["tree"]: one["current"] for one in site.client.get("/trees")["trees"]}
    return str(trees["hotline"])


def _window(agent: Desktop, face: str) -> Page:
    """One more window of hers; the telephone stays in the first."""
    page = agent.page.context.new_page()
    page.set_default_timeout(20_000)
    page.goto(agent.page.url.rstrip("/") + face)
    expect(page.locator("main")).to_be_visible()
    return page


@contextmanager
def _caller(browser: Browser, site: Hotline, language: str) -> Iterator[Page]:
    context = browser.new_context(ignore_https_errors=True, locale=language)
    context.grant_permissions(["microphone"])
    try:
        yield own_page(context, site)
    finally:
        context.close()
