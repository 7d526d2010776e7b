"""The app in a real browser: its door, its frame, its stream; what it must never do."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from twisted.web.server import NOT_DONE_YET

from calls.ids import AgentId
from calls.notices import AgentChanged
from calls.words import AgentState
from runtime.web.native import Request
from tests.conftest import Run
from tests.web.house import PASSWORD, House
from tests.web.page import Tell, in_browser, sign_in

pytestmark = pytest.mark.integration


def test_a_wrong_password_is_said_and_what_was_typed_stays(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        page.fill("#name", "boss")
        page.fill("#password", "wrong")
        page.keyboard.press("Enter")
        expect(page.locator("#refused")).to_have_text("Name or password is wrong.")
        expect(page.locator("#name")).to_have_value("boss")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#board")).to_be_visible()

    in_browser(run, tmp_path, act)


def test_adm_13_language_is_chosen_and_stays_chosen(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        expect(page.locator("html")).to_have_attribute("lang", "en")
        sign_in(page)
        expect(page.locator("#queues-title")).to_have_text("Queues")
        page.click("#language")
        expect(page.locator("#queues-title")).to_have_text("队列")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        page.reload()
        expect(page.locator("#queues-title")).to_have_text("队列")
        page.click(".person")
        page.click("#sign-out")
        expect(page.locator("#door h1")).to_have_text("三响热线")

    in_browser(run, tmp_path, act)


def test_a_person_who_chose_no_language_sees_her_own(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "boss")  # Her own language is Chinese, the browser's English.
        expect(page.locator("#queues-title")).to_have_text("队列")

    in_browser(run, tmp_path, act)


def test_text_from_outside_is_only_text(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        hostile = '<img src=x onerror="document.title=1">'
        tell(
            AgentChanged(
                agent=AgentId("a8002"), state=AgentState.NOT_READY, since=1.0, reason=hostile
            )
        )
        sign_in(page)
        note = page.locator('#agents li[data-key="a8002"] .agent-note')
        expect(note).to_have_text(hostile)
        assert page.locator("#agents img").count() == 0

    in_browser(run, tmp_path, act)


def test_p46_a_page_that_is_not_live_says_so_and_recovers_by_itself(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page)
        network(house, away=True)
        expect(page.locator("#stale")).to_be_visible()
        more = page.locator('#agents li[data-key="a8003"] .agent-more')
        expect(more).to_be_disabled()
        tell(AgentChanged(agent=AgentId("a8003"), state=AgentState.READY, since=1.0))
        network(house, away=False)
        expect(page.locator("#stale")).to_be_hidden()
        expect(page.locator('#agents li[data-key="a8003"] .chip-word')).to_have_text("Ready")
        expect(more).to_be_enabled()

    in_browser(run, tmp_path, act)


def test_sup_2_the_tabs_of_a_browser_share_one_stream(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page)
        others = [page.context.new_page() for _ in range(3)]
        for other in others:
            other.goto(house.base)
            expect(other.locator("#board")).to_be_visible()
        assert len(house.server.hub.listeners) == 1
        tell(AgentChanged(agent=AgentId("a8003"), state=AgentState.TALKING, since=1.0))
        for tab in (page, *others):
            expect(tab.locator('#agents li[data-key="a8003"] .chip')).to_contain_text("Talking")
        page.close()  # The one that opened it.
        tell(AgentChanged(agent=AgentId("a8003"), state=AgentState.READY, since=2.0))
        for tab in others:
            expect(tab.locator('#agents li[data-key="a8003"] .chip')).to_contain_text("Ready")

    in_browser(run, tmp_path, act)


def test_who_signs_out_in_one_tab_is_out_in_all_and_the_next_person_sees_her_own_floor(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page)
        other = page.context.new_page()
        other.goto(house.base)
        expect(other.locator("#board")).to_be_visible()
        page.click(".person")
        page.click("#sign-out")
        expect(other.locator("#door")).to_be_visible()
        sign_in(page, "a8001")
        expect(page.locator("#own-state")).to_be_visible()
        assert page.locator("#agents").count() == 0

    in_browser(run, tmp_path, act)


def test_a_face_is_shown_to_its_role_and_to_no_other(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        page.goto(f"{house.base}/board")
        sign_in(page, "a8001")
        expect(page.locator("#own-state")).to_be_visible()
        assert page.locator("#board").count() == 0

    in_browser(run, tmp_path, act)


def network(house: House, *, away: bool) -> None:
    """Every stream is cut, and nobody gets a new one while it is away. (A browser's own switch
    does not reach the worker that listens for all tabs.)"""
    streams = house.server._streams

    def switch() -> None:
        if away:
            streams.render = _gone  # type: ignore[method-assign]
        else:
            del streams.render
        for one in tuple(streams._streams):
            one.cut()

    house.ports.loop.call_soon_threadsafe(switch)


def _gone(request: Request) -> Any:
    request.transport.abortConnection()  # type: ignore[union-attr]
    return NOT_DONE_YET
