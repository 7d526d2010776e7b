"""The telephone on the agent's desktop: what its buttons ask for, and when they are there."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calls.commands import ControlTalk
from calls.ids import AgentId
from calls.notices import AgentChanged, PopWithdrawn, TalkChanged
from calls.words import AgentState, TalkAct, TalkStage
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.test_page_desktop import CALL, CHEN, HOSTILE, OFFER, SHE, now, pop, ring, state, talk

pytestmark = pytest.mark.integration
OTHER = AgentId("a8002")


def talks(house: House, tell: Tell, stage: TalkStage = TalkStage.TALKING, **more: Any) -> None:
    changed = TalkChanged(agent=SHE, call=CALL, offer=OFFER, stage=stage, at=now(house), **more)
    tell(changed)


def wanted(house: House) -> list[TalkAct]:
    return [one.do for one in house.ordered if isinstance(one, ControlTalk)]


def buttons(page: Page) -> list[str]:
    """Without the keys on them."""
    return [text.strip() for text in page.locator("#talk .mantine-Button-label").all_inner_texts()]


def test_cti_12_the_buttons_are_those_the_talk_allows_and_a_desk_phone_has_no_more(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, SHE)
        expect(page.locator("#phone")).to_have_text("Desk phone")
        ring(house, tell, pop(matches=(CHEN,)))
        expect(page.locator("#talk")).to_contain_text("Lift the receiver")
        talk(house, tell)
        talks(house, tell, recorded=True)
        bar = page.locator("#talk")
        expect(bar).to_have_attribute("data-stage", "talking")
        assert buttons(page) == ["Hang up", "Hold", "Transfer", "Consult", "Pause recording"]
        talks(house, tell, TalkStage.HELD)
        expect(bar).to_contain_text("The caller hears music")
        assert buttons(page) == ["Hang up", "Back to the caller", "Transfer", "Consult"]
        talks(house, tell, TalkStage.CONSULTED, other="+8613900000000")
        expect(bar).to_contain_text("With +8613900000000; the caller hears music")
        assert buttons(page) == ["Hang up", "Caller alone", "Swap", "Conference", "Hand over"]
        talks(house, tell, TalkStage.CONFERENCE, other=HOSTILE)
        expect(bar).to_contain_text(f"Conference with {HOSTILE}")
        assert buttons(page) == ["Leave, they talk on", "Caller alone"]
        assert page.locator("#talk img").count() == 0
        talks(house, tell, TalkStage.OVER)
        expect(bar).to_have_attribute("data-stage", "none")

    in_browser(run, tmp_path, act)


def test_cti_22_a_talk_by_keyboard_alone(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, SHE)
        tell(AgentChanged(agent=OTHER, state=AgentState.READY, since=now(house)))
        ring(house, tell, pop(matches=(CHEN,)))
        talk(house, tell)
        talks(house, tell)
        expect(page.locator("#talk")).to_have_attribute("data-stage", "talking")
        page.keyboard.press("h")
        talks(house, tell, TalkStage.HELD)
        expect(page.locator("#talk")).to_have_attribute("data-stage", "held")
        page.keyboard.press("h")
        page.keyboard.press("c")
        places = page.get_by_role("option")
        expect(places).to_have_count(1)
        page.keyboard.type("李")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.keyboard.press("x")
        expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
        page.keyboard.type("技术")
        expect(places).to_have_count(0)
        page.get_by_role("textbox").fill("technical")
        expect(places).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.keyboard.press("q")
        page.keyboard.press("?")
        for does in ("Hang up", "Back to the caller", "Transfer", "Consult"):
            expect(page.get_by_role("dialog")).to_contain_text(does)
        assert wanted(house) == [
            TalkAct.HOLD,
            TalkAct.RESUME,
            TalkAct.CONSULT,
            TalkAct.TRANSFER,
            TalkAct.HANG_UP,
        ]
        orders = [one for one in house.ordered if isinstance(one, ControlTalk)]
        assert orders[2].to_agent == OTHER
        assert orders[3].to_queue == "support"

    in_browser(run, tmp_path, act)


def test_cti_13_a_number_is_typed_as_people_write_it_and_what_failed_is_said(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, SHE)
        ring(house, tell, pop())
        talk(house, tell)
        talks(house, tell)
        page.get_by_role("button", name="Transfer").click()
        page.keyboard.type("138 0013 (8000)")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_hidden()
        [order] = [one for one in house.ordered if isinstance(one, ControlTalk)]
        assert (order.do, order.number) == (TalkAct.TRANSFER, "13800138000")
        talks(house, tell, refused="no_route")
        expect(page.locator("#talk").get_by_role("alert")).to_contain_text("may not be dialled")
        talks(house, tell)
        expect(page.locator("#talk").get_by_role("alert")).to_have_count(0)

    in_browser(run, tmp_path, act)


def test_p57_a_recording_that_is_paused_is_said_all_the_time_and_reminded_of(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, SHE)
        ring(house, tell, pop())
        talk(house, tell)
        talks(house, tell, recorded=True)
        expect(page.get_by_role("button", name="Pause recording")).to_be_visible()
        page.keyboard.press("p")
        talks(house, tell, recorded=True, since_recording_paused=now(house) - 58)
        expect(page.locator(".paused")).to_contain_text("The recording is paused")
        expect(page.locator(".mantine-Notification-root")).to_contain_text("for a minute")
        page.keyboard.press("p")
        talks(house, tell, recorded=True)
        expect(page.locator(".paused")).to_have_count(0)
        expect(page.locator(".mantine-Notification-root")).to_have_count(0)
        assert wanted(house) == [TalkAct.PAUSE_RECORDING, TalkAct.RESUME_RECORDING]

    in_browser(run, tmp_path, act)


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "保持过久"), ("en", "On hold for too long")]
)
def test_rings_an_agent_who_holds_too_long_is_told_in_both_languages(
    run: Run, tmp_path: Path, language: str, words: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, SHE)
        ring(house, tell, pop())
        talk(house, tell)
        held = {"stage": TalkStage.HELD, "since_held": now(house) - 75}
        talks(house, tell, **held)
        expect(page.locator("#talk")).to_have_attribute("data-stage", "held")
        expect(page.locator(".held-long")).to_have_count(0)
        talks(house, tell, held_too_long=True, **held)
        expect(page.locator("#talk").get_by_role("alert")).to_contain_text(words)
        page.screenshot(path=tmp_path / "held.png")
        talks(house, tell)
        expect(page.locator(".held-long")).to_have_count(0)

    in_browser(run, tmp_path, act, language=language)


def test_what_was_a_talk_stays_on_the_screen_until_its_wrap_up_is_over(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, SHE)
        ring(house, tell, pop(matches=(CHEN,)))
        talk(house, tell)
        tell(PopWithdrawn(agent=SHE, offer=OFFER, why="over"))
        tell(state(house, AgentState.WRAPPING_UP, until=now(house) + 60))
        expect(page.locator("#wrap-up")).to_be_visible()
        expect(page.locator(".pop-name")).to_have_text("陈明")
        page.reload()
        expect(page.locator(".pop-name")).to_have_text("陈明")
        tell(state(house, AgentState.NOT_READY))
        expect(page.locator("#pop")).to_have_count(0)

    in_browser(run, tmp_path, act)
