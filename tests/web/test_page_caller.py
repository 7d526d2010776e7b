"""The caller's page: what is wrong is said in words with what to do, in both languages; axe."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser
from tests.web.test_page_access import LOOKS, faults

pytestmark = pytest.mark.integration

HAS_MICROPHONE = """() => {
  const sound = new AudioContext().createMediaStreamDestination();
  navigator.mediaDevices.getUserMedia = async () => sound.stream;
}"""
REFUSES = """(name) => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", name); };
}"""
TAKE_A_LINE = """() => fetch("/api/v1/call", {
  method: "POST",
  headers: {"Content-Type": "application/json", "X-ThreeRing": "1"},
  body: JSON.stringify({number: "1001"}),
}).then((answer) => answer.status)"""


def opened(page: Page, house: House, how: str = "") -> None:
    page.goto(f"{house.base}/call{how}")
    expect(page.locator("#number")).to_have_value("4008001234")


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
@pytest.mark.parametrize("how", ["", "?embedded"])
def test_adm_14_the_callers_page(
    run: Run, tmp_path: Path, language: str, scheme: str, how: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opened(page, house, how)
        assert faults(page) == []
        page.evaluate(REFUSES, "NotAllowedError")
        page.locator("#call").click()
        expect(page.locator("#trouble")).not_to_be_empty()
        assert faults(page) == []

    in_browser(run, tmp_path, act, language, scheme)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            {"NotAllowedError": "allow it", "NotFoundError": "plug", "NotReadableError": "close"},
        ),
        ("zh-CN", {"NotAllowedError": "允许", "NotFoundError": "插好", "NotReadableError": "关闭"}),
    ],
)
def test_a_microphone_that_is_refused_missing_or_in_use_is_said_with_what_to_do(
    run: Run, tmp_path: Path, language: str, said: dict[str, str]
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opened(page, house)
        for name, words in said.items():
            page.evaluate(REFUSES, name)
            page.locator("#call").click()
            expect(page.locator("#trouble")).to_contain_text(words)
        assert house.ordered == []
        # The way out that was told works: nothing has to be loaded anew.
        page.evaluate(HAS_MICROPHONE)
        page.locator("#call").click()
        expect(page.locator(".caller-name")).to_contain_text("web-")

    in_browser(run, tmp_path, act, language)


@pytest.mark.parametrize(
    ("language", "full", "lost", "none"),
    [
        ("en", "All lines are busy", "network", "recent Chrome"),
        ("zh-CN", "线路全忙", "检查网络", "新版"),
    ],
)
def test_a_full_house_a_lost_line_and_an_old_browser_are_said(
    run: Run, tmp_path: Path, language: str, full: str, lost: str, none: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opened(page, house)
        page.evaluate(HAS_MICROPHONE)
        # Asterisk is away in this house: the line cannot be opened.
        page.locator("#call").click()
        expect(page.locator("#trouble")).to_contain_text(lost)
        expect(page.locator("#call")).to_be_enabled()
        assert [page.evaluate(TAKE_A_LINE) for _ in range(4)][-1] == 503
        page.locator("#call").click()
        expect(page.locator("#trouble")).to_contain_text(full)
        page.evaluate("() => { delete window.RTCPeerConnection; }")
        page.locator("#call").click()
        expect(page.locator("#trouble")).to_contain_text(none)

    in_browser(run, tmp_path, act, language)


def test_a_number_is_dialled_by_keys_and_an_unknown_one_refused(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opened(page, house)
        page.get_by_role("button", name="1001").click()
        expect(page.locator("#number")).to_have_value("1001")
        for key in ("2", "Star", "Hash"):
            page.locator(".keypad").get_by_role("button", name=key, exact=True).click()
        expect(page.locator("#number")).to_have_value("10012*#")
        page.evaluate(HAS_MICROPHONE)
        page.locator("#number").press("Enter")
        expect(page.locator("#trouble")).to_contain_text("cannot be called")
        page.locator("#number").fill("")
        expect(page.locator("#call")).to_be_disabled()
        assert house.ordered == []

    in_browser(run, tmp_path, act)


def test_where_nobody_may_call_the_page_says_so(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        page.route(
            "**/api/v1/call",
            lambda route: route.fulfill(
                status=404,
                json={
                    "error": "no_page_callers",
                    "message": "Nobody can call from a web page here.",
                },
            ),
        )
        page.goto(f"{house.base}/call")
        expect(page.locator("#trouble")).to_contain_text("Nobody can call")
        expect(page.locator("#call")).to_be_disabled()

    in_browser(run, tmp_path, act)
