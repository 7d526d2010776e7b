"""ADM-14: every page against the rules of WCAG 2.2 AA that a machine can check (axe)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calls.notices import Match, TalkChanged
from calls.words import AgentState, TalkStage
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import APP, Tell, in_browser, sign_in
from tests.web.scene import busy_floor
from tests.web.test_page_desktop import CALL, CHEN, OFFER, SHE, now, pop, ring, state, talk

pytestmark = pytest.mark.integration

AXE = APP / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HABITS = ["best-practice"]
"""Of pages as a whole; what lies over one (a menu, a dialog) is outside of its landmarks."""
LOOKS = [("zh-CN", "light"), ("en", "dark")]


def faults(page: Page, rules: Sequence[str] = (*WCAG, *HABITS)) -> list[Any]:
    """What axe finds wrong, with the elements it means."""
    page.wait_for_timeout(400)  # Colours of what fades in are not the colours meant.
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", list(rules)
    )
    return [
        (one["id"], [(node["html"][:120], node["failureSummary"]) for node in one["nodes"]][:3])
        for one in found["violations"]
    ]


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_adm_14_the_door_and_the_board(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        assert faults(page) == []
        tell(*busy_floor(now(house)))
        sign_in(page)
        expect(page.locator("#calls")).to_be_visible()
        assert faults(page) == []
        page.locator('#agents li[data-key="a8001"] .agent-more').click()
        expect(page.get_by_role("menu")).to_be_visible()
        assert faults(page, WCAG) == []

    in_browser(run, tmp_path, act, language, scheme)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_adm_14_the_desktop_through_a_call(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "a8001")
        tell(state(house, AgentState.READY))
        expect(page.locator("#own-figures")).to_be_visible()
        assert faults(page) == []
        other = Match(customer=CHEN.customer, name="陈伟", sure=False)
        ring(house, tell, pop(matches=(CHEN, other), keys=("1",)))
        expect(page.locator("#pop")).to_be_visible()
        assert faults(page) == []
        talk(house, tell)
        for stage in (TalkStage.TALKING, TalkStage.CONSULTED, TalkStage.CONFERENCE):
            paused = now(house) - 5 if stage is TalkStage.TALKING else None
            tell(
                TalkChanged(
                    agent=SHE,
                    call=CALL,
                    offer=OFFER,
                    stage=stage,
                    at=now(house),
                    recorded=True,
                    since_recording_paused=paused,
                    other="" if stage is TalkStage.TALKING else "李伟",
                )
            )
            expect(page.locator("#talk")).to_have_attribute("data-stage", stage)
            assert faults(page) == []
        page.locator(".ticket-none button").click()
        page.fill("#ticket-note", "备注")
        tell(state(house, AgentState.WRAPPING_UP, until=now(house) + 15))
        expect(page.locator("#wrap-up")).to_be_visible()
        assert faults(page) == []
        page.locator(".pop-name").click()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert faults(page, WCAG) == []

    in_browser(run, tmp_path, act, language, scheme)
