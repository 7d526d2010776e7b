"""The supervisor's board in a real browser."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Locator, Page, expect

from calls.ids import AgentId, CallId, EdgeId
from calls.inputs import AgentLoggedIn, AgentReady, CallQueued, DeviceChanged
from calls.notices import AgentChanged, CallChanged, QueueChanged
from calls.words import AgentState, DeviceState
from tests.conftest import Run
from tests.web.house import PLAN as HOUSE_PLAN
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.records import answered, keep
from tests.web.scene import SALES, busy_floor
from tests.web.test_page_access import WCAG, faults

pytestmark = pytest.mark.integration


def test_sup_1_the_floor_moves_on_the_page_in_both_languages(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        now = house.ports.clock.now()
        tell(*busy_floor(now))
        sign_in(page)
        wang = page.locator('#agents li[data-key="a8001"]')
        expect(wang.locator(".chip-word")).to_have_text("Ringing")
        expect(wang.locator(".rings")).to_contain_text(re.compile("Ring [2-9]"))
        sales = page.locator('#queues li[data-key="sales"]')
        expect(sales.locator("h3")).to_contain_text("Sales")
        expect(sales.locator('[data-figure="waiting"]')).to_have_text("4")
        expect(sales).to_have_attribute("data-mood", "late")
        expect(page.locator('#queues li[data-key="support"]')).to_contain_text("Nobody free")
        expect(page.locator("#alarms")).to_contain_text("The journal is slow")
        expect(page.locator('#agents li[data-key="a8005"]')).to_contain_text("rang out · 2 missed")
        tell(
            AgentChanged(agent=AgentId("a8001"), state=AgentState.TALKING, since=now),
            QueueChanged(queue=SALES, waiting=3, offered=0, talking=2, ready=0, longest_since=now),
        )
        expect(wang.locator(".chip-word")).to_have_text("Talking")
        expect(wang.locator(".rings")).to_have_count(0)
        expect(sales.locator('[data-figure="waiting"]')).to_have_text("3")
        page.click("#language")
        expect(wang.locator(".chip-word")).to_have_text("通话中")
        expect(sales.locator("h3")).to_contain_text("销售咨询")

    in_browser(run, tmp_path, act)


def test_sup_9_a_supervisor_forces_states_and_the_engine_takes_them(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "boss")
        tile = page.locator('#agents li[data-key="a8001"]')
        for item, state in (
            ("上班签入", "not_ready"),
            ("示闲", "ready"),
            ("用餐", "not_ready"),
            ("下班签出", "logged_out"),
        ):
            tile.get_by_role("button").click()
            page.get_by_role("menuitem", name=item).click()
            expect(tile).to_have_attribute("data-state", state)
            if item == "用餐":
                expect(tile).to_contain_text("用餐")

    in_browser(run, tmp_path, act)


def test_why_this_agent_is_answered_beside_the_call(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        loop = house.ports.loop

        def floor() -> None:
            for agent, device in (("a8001", "d8001"), ("a8002", "d8002")):
                house.brain.tell(AgentLoggedIn(agent=AgentId(agent)))
                house.brain.tell(AgentReady(agent=AgentId(agent)))
                house.brain.tell(
                    DeviceChanged(edge=EdgeId("main"), device=device, state=DeviceState.IDLE)  # type: ignore[arg-type]
                )
            house.brain.tell(CallQueued(call=CallId("main-1"), edge=EdgeId("main"), queue=SALES))
            house.bus.publish(
                CallChanged(call=CallId("main-1"), stage="offered", at=house.ports.clock.now(),
                            number="138****5678", queue=SALES, agent=AgentId("a8001"))
            )  # fmt: skip

        loop.call_soon_threadsafe(floor)
        sign_in(page)
        row = page.locator('#calls tr[data-key="main-1"]')
        expect(row).to_contain_text("138****5678")
        row.get_by_role("button", name="Why?").click()
        why = page.locator("#why")
        expect(why).to_contain_text("Offer 1: 王芳 8001")
        expect(why).to_contain_text("Of a later tier")
        expect(why).to_contain_text("李伟 8002")

    in_browser(run, tmp_path, act)


def test_sup_1_figures_of_today_come_when_a_call_has_ended(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page)
        level = page.locator('#queues li[data-key="sales"] [data-figure="level"]')
        expect(level).to_have_text("–")
        now = house.ports.clock.now()
        good = replace(
            answered(1), started_at=now - 5, first_queued_at=now - 4, answer_s=3.0, within_rule=True
        )
        late = replace(good, call=CallId("main-2"), answer_s=40.0, within_rule=False, legs=())
        keep(house, good, late)
        tell(CallChanged(call=CallId("main-2"), stage="ended", at=now, queue=SALES))
        expect(level).to_have_text("50 %")
        rule = page.locator('#queues li[data-key="sales"] [data-figure="rule"]')
        expect(rule).to_have_text("50 %")

    in_browser(run, tmp_path, act)


def test_the_big_screen_is_large_and_is_left_again(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        tell(*busy_floor(house.ports.clock.now()))
        sign_in(page)
        expect(page.locator("#calls")).to_be_visible()
        size = "getComputedStyle(document.querySelector('.totals dd')).fontSize"
        before = float(page.evaluate(size)[:-2])
        page.keyboard.press("b")
        expect(page.locator("#board")).to_have_class("board board-big")
        assert float(page.evaluate(size)[:-2]) > 1.2 * before
        expect(page.locator("#calls")).to_have_count(0)
        page.get_by_role("button", name="Leave the big screen").click()
        expect(page.locator("#calls")).to_be_visible()

    in_browser(run, tmp_path, act)


def test_sup_10_the_queues_an_agent_serves_are_changed_from_the_board(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        loop = house.ports.loop
        loop.call_soon_threadsafe(house.server.hub.furnish, HOUSE_PLAN)
        loop.call_soon_threadsafe(house.brain.tell, AgentLoggedIn(agent=AgentId("a8002")))
        sign_in(page)
        tile = page.locator('#agents li[data-key="a8002"]')
        tile.get_by_role("button").click()
        sales = page.get_by_role("menuitemcheckbox", name="Sales")
        expect(sales).to_have_attribute("aria-checked", "true")
        sales.click()
        expect(sales).to_have_attribute("aria-checked", "false")
        expect(tile).to_contain_text("not in 1 queue")
        sales.click()
        expect(sales).to_have_attribute("aria-checked", "true")
        expect(tile).not_to_contain_text("not in 1 queue")

    in_browser(run, tmp_path, act)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_sup_10_an_agents_skills_are_changed_from_the_board_and_taken_back(
    run: Run, tmp_path: Path, language: str
) -> None:
    zh = language == "zh-CN"

    def act(page: Page, house: House, tell: Tell) -> None:
        loop = house.ports.loop
        loop.call_soon_threadsafe(house.server.hub.furnish, HOUSE_PLAN)
        loop.call_soon_threadsafe(house.brain.tell, AgentLoggedIn(agent=AgentId("a8002")))
        sign_in(page)
        tile = page.locator('#agents li[data-key="a8002"]')

        def opens() -> Locator:
            tile.get_by_role("button").click()
            page.get_by_role("menuitem", name="技能" if zh else "Skills").click()
            return page.locator("#skills")

        form = opens()
        level = form.get_by_label("english")
        expect(level).to_have_value("3")
        assert faults(page, WCAG) == []
        level.fill("7")
        form.locator('button[type="submit"]').click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(tile).to_contain_text("技能已调整" if zh else "skills changed")
        expect(opens().get_by_label("english")).to_have_value("7")
        page.get_by_role("button", name="恢复计划" if zh else "As on the plan").click()
        expect(tile).not_to_contain_text("技能已调整" if zh else "skills changed")

    in_browser(run, tmp_path, act, language)


def test_sup_11_a_waiting_caller_is_moved_and_given_from_the_board(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        now = house.ports.clock.now()

        def floor() -> None:
            for call in ("main-1", "main-2"):
                queued = CallQueued(call=CallId(call), edge=EdgeId("main"), queue=SALES)
                house.brain.tell(queued)
                house.bus.publish(
                    CallChanged(call=CallId(call), stage="waiting", at=now, queue=SALES)
                )

        house.ports.loop.call_soon_threadsafe(floor)
        sign_in(page)
        row = page.locator('#calls tr[data-key="main-2"]')
        row.get_by_role("button").last.click()
        page.get_by_role("menuitem", name="To the head of the queue").click()
        expect(page.locator(".mantine-Notification-root")).to_contain_text("Done.")
        assert [one.id for one in house.brain.engine.callers(SALES)] == ["main-2", "main-1"]

    in_browser(run, tmp_path, act)


def test_sup_4_the_ways_to_be_with_a_talk_are_on_the_tile_and_the_bar_says_which(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        now = house.ports.clock.now()
        tell(
            AgentChanged(
                agent=AgentId("a8002"), state=AgentState.TALKING, since=now, queue=SALES,
                call=CallId("main-1"),
            ),
            AgentChanged(agent=AgentId("a8003"), state=AgentState.READY, since=now),
        )  # fmt: skip
        sign_in(page, "boss")
        page.locator('#agents li[data-key="a8003"]').get_by_role("button").click()
        expect(page.get_by_role("menuitem", name="监听")).to_have_count(0)
        page.keyboard.press("Escape")
        page.locator('#agents li[data-key="a8002"]').get_by_role("button").click()
        page.get_by_role("menuitem", name="监听").click()
        bar = page.locator("#watching")
        expect(bar).to_have_attribute("data-how", "listen")
        expect(bar.get_by_role("button", name="监听")).to_have_attribute("aria-pressed", "true")
        assert faults(page) == []
        bar.get_by_role("button", name="加入").click()
        expect(bar).to_have_attribute("data-how", "barge")
        bar.get_by_role("button").last.click()
        expect(bar).to_have_count(0)

    in_browser(run, tmp_path, act)
