"""The desk's pages in a real browser: a ticket taken, answered, closed; what is late; own tasks."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calls.ids import AgentId, TicketId
from calls.tasks import TaskKind, TaskWanted
from calls.words import Role
from tests.conftest import Run
from tests.web.house import ALWAYS, PASSWORD, House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.test_page_access import faults
from tickets.changes import Change
from tickets.departments import usual
from tickets.handling import Handling
from tickets.model import Priority, Ticket, TicketKind
from tickets.tasks.model import task_from
from tickets.timekeeping import Timekeeper

pytestmark = pytest.mark.integration

LANGUAGES = ["zh-CN", "en"]
HOUR = 3_600.0
SHOTS = os.environ.get("THREERING_SHOTS", "")


def furnish(house: House) -> None:
    """Three tickets: one late, one soon, one fresh; and a person of the technology department."""
    people = house.server.people
    people.create_person("zhao", "赵敏", PASSWORD, (Role.DEPARTMENT,), departments=("technology",))
    now = house.ports.clock.now()
    handling = Handling(house.tickets, Timekeeper(usual, lambda name: ALWAYS))
    for call, age, kind, zh, en in (
        ("main-1", 60 * HOUR, TicketKind.TECHNICAL, "宽带三天不能上网", "No broadband"),
        ("main-2", 1.7 * HOUR, TicketKind.TECHNICAL, "路由器反复重启", "Router restarts"),
        ("main-3", 60.0, TicketKind.SALES, "询问企业套餐价格", "Asks for a price"),
    ):  # fmt: skip
        wanted = Ticket(
            TicketId(""),
            kind,
            now - age,
            now - age,
            priority=Priority.HIGH if age > HOUR else Priority.NORMAL,
            titles={"zh-CN": zh, "en": en},
            number="+8613812345678",
            customer="c1",  # type: ignore[arg-type]
            assignee=AgentId("a8001"),
        )
        handling.open_by_hand(wanted, call, "a8001", now - age)  # type: ignore[arg-type]


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def desk(run: Run, folder: Path, act: Any, language: str = "en", **more: Any) -> None:
    def furnished(page: Page, house: House, tell: Tell) -> None:
        furnish(house)
        act(page, house, tell)

    in_browser(run, folder, furnished, language, **more)


def opens(page: Page, house: House, path: str, who: str = "zhao") -> None:
    sign_in(page, who)
    page.goto(f"{house.base}{path}")
    expect(page.locator("main h1")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_d3_a_department_takes_answers_and_closes_a_ticket(
    run: Run, tmp_path: Path, language: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "zhao")
        expect(page).to_have_url(f"{house.base}/desk")
        rows = page.locator("#tickets tr")
        expect(rows).to_have_count(2)  # hers; sales has its own
        expect(page.locator('[data-ticket="1"] [data-look="late"]')).to_be_visible()
        expect(page.locator('[data-ticket="2"] [data-look="soon"]')).to_be_visible()
        shot(page, f"desk-list-{language}")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.locator("#ticket-title")).to_contain_text("#2")
        page.keyboard.press("a")
        expect(page.locator("#owner")).to_have_value("zhao")
        expect(page.locator("#ticket-state")).to_have_attribute("data-state", "in_progress")
        page.locator("#to-closed").click()
        expect(page.locator("#refused")).to_be_visible()
        page.keyboard.press("r")
        page.keyboard.type("换了新路由器，已恢复")
        page.keyboard.press("Control+Enter")
        expect(page.locator('#timeline [data-kind="reply"]')).to_contain_text("换了新路由器")
        expect(page.locator('[data-clock="answer"]')).to_have_attribute("data-look", "answered")
        page.keyboard.press("Escape")
        page.locator("#to-closed").click()
        expect(page.locator("#ticket-state")).to_have_attribute("data-state", "closed")
        shot(page, f"desk-ticket-{language}")

    desk(run, tmp_path, act, language)


def test_a_copy_that_grew_old_shows_both_versions_and_loses_nothing(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house, "/desk/ticket/1")
        handling = Handling(house.tickets, Timekeeper(usual, lambda name: ALWAYS))
        handling.change(TicketId("1"), Change(owner="boss"), "boss", house.ports.clock.now())
        page.locator("#owner").fill("zhao")
        page.locator("#keep-owner").click()
        clash = page.locator("#clash")
        expect(clash).to_contain_text("boss")
        expect(clash).to_contain_text("zhao")
        shot(page, "desk-clash")
        page.locator("#keep-mine").click()
        expect(page.locator("#owner")).to_have_value("zhao")
        expect(clash).to_have_count(0)
        expect(page.locator("#timeline")).to_contain_text("boss")

    desk(run, tmp_path, act)


def test_what_is_typed_is_still_there_after_a_reload(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house, "/desk/ticket/1")
        page.locator("#say").fill("half an answ")
        page.reload()
        expect(page.locator("#say")).to_have_value("half an answ")

    desk(run, tmp_path, act)


def test_tasks_are_done_with_what_came_of_them(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        with house.tickets.writing() as rows:
            wanted = TaskWanted(
                key="chase:1",
                kind=TaskKind.CHASE,
                owner="agent:a8001",
                titles={"en": "Ask Technology", "zh-CN": "催办技术部"},
                ticket=TicketId("1"),
                due_at=house.ports.clock.now() - 60,
            )
            rows.tasks.add(task_from(wanted, house.ports.clock.now()))
        opens(page, house, "/desk/tasks", "a8001")
        task = page.locator("#tasks .task")
        expect(task).to_have_attribute("data-late", "true")
        shot(page, "desk-tasks")
        task.locator("input").fill("called, she is calm")
        task.locator('[data-do="done"]').click()
        expect(task).to_have_count(0)
        page.locator("#tasks-state").select_option("done")
        expect(task).to_contain_text("called, she is calm")

    desk(run, tmp_path, act)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/desk", "/desk/ticket/1", "/desk/tasks", "/desk/answers"])
def test_the_desk_is_for_everybody(run: Run, tmp_path: Path, path: str, scheme: str) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house, path, "boss")
        assert faults(page) == []
        shot(page, f"axe{path.replace('/', '-')}-{scheme}")

    desk(run, tmp_path, act, scheme=scheme)
