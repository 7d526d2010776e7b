"""The agent's desktop in a real browser."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from calls.ids import AgentId, CallId, CustomerId, OfferId, QueueId
from calls.notices import (
    AgentChanged,
    CallRinging,
    ContactGlimpse,
    Match,
    Pop,
    PopPatched,
    PopShown,
    PopWithdrawn,
    TicketGlimpse,
)
from calls.words import AgentState, Level, NoAnswer
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.records import answered, keep
from tickets.model import TicketState

pytestmark = pytest.mark.integration

SHE, SALES, OFFER, CALL = AgentId("a8001"), QueueId("sales"), OfferId("o9"), CallId("main-77")
CHEN = Match(customer=CustomerId("c1"), name="陈明", level=Level.GOLD, company="明达贸易")
HOSTILE = "<img src=x onerror=alert(1)>"


def pop(**known: Any) -> Pop:
    return Pop(call=CALL, number="+8613812345678", **known)


def now(house: House) -> float:
    return house.ports.clock.now()


def state(house: House, name: AgentState, **more: Any) -> AgentChanged:
    return AgentChanged(agent=SHE, state=name, since=now(house), queue=SALES, **more)


def ring(house: House, tell: Tell, shown: Pop, rang_before_s: float = 0.0) -> None:
    """An offer with its pop, before the telephone rings and then ringing."""
    tell(PopShown(agent=SHE, offer=OFFER, queue=SALES, pop=shown))
    tell(state(house, AgentState.OFFERED, offer=OFFER, call=CALL))
    tell(CallRinging(agent=SHE, offer=OFFER, at=now(house) - rang_before_s, cycle_s=5.0))


def talk(house: House, tell: Tell) -> None:
    tell(state(house, AgentState.TALKING, offer=OFFER, call=CALL))


def ask(house: House, work: Any) -> Any:
    return asyncio.run_coroutine_threadsafe(work, house.ports.loop).result(5.0)


def test_cti_1_who_calls_is_on_the_screen_and_the_ring_is_counted(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "a8001")
        tell(state(house, AgentState.READY))
        expect(page.locator("#own-state")).to_have_attribute("data-state", "ready")
        at = now(house)
        ring(
            house,
            tell,
            pop(
                matches=(CHEN,),
                keys=("1", "2"),
                waited_s=47,
                tickets=(
                    TicketGlimpse(
                        id="1042",  # type: ignore[arg-type]
                        kind="service",
                        state="in_progress",
                        title="发票抬头",
                        opened_at=at,
                    ),
                ),
                contacts=(
                    ContactGlimpse(
                        call=CallId("m-1"), at=at, queue="sales", agent="a8003", outcome="voicemail"
                    ),
                ),
            ),
            rang_before_s=5.5,
        )
        shown = page.locator("#pop")
        for said in ("陈明", "Gold", "明达贸易", "+86 138 1234 5678", "0:47", "1 › 2", "Mandarin"):
            expect(shown).to_contain_text(said)
        for said in ("#1042", "发票抬头", "In progress", "left a message"):
            expect(shown).to_contain_text(said)
        expect(shown.locator(".rings")).to_have_attribute("data-ring", "2")
        expect(shown.locator(".rings .rung")).to_have_count(2)
        expect(shown.locator(".rings")).to_have_attribute("data-ring", "3")
        talk(house, tell)
        expect(shown.locator(".rings")).to_have_count(0)
        expect(page).to_have_title(re.compile("^Talking"))

    in_browser(run, tmp_path, act)


def test_cti_6_what_comes_late_is_filled_in_and_a_missed_call_takes_its_pop_along(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "a8001")
        ring(house, tell, pop(late=True))
        expect(page.locator(".pop-name")).to_have_text("Unknown caller")
        expect(page.locator("#pop")).to_contain_text("More is coming")
        tell(PopPatched(agent=SHE, offer=OFFER, pop=pop(matches=(CHEN,))))
        expect(page.locator(".pop-name")).to_have_text("陈明")
        expect(page.locator("#pop")).not_to_contain_text("More is coming")
        tell(PopWithdrawn(agent=SHE, offer=OFFER, why="rang_out"))
        expect(page.locator("#pop")).to_have_count(0)
        tell(state(house, AgentState.NOT_RESPONDING, strikes=2, missed=NoAnswer.RANG_OUT))
        expect(page.get_by_role("alert")).to_contain_text("2 calls in a row")
        expect(page.get_by_role("button", name="Ready", exact=True)).to_be_enabled()

    in_browser(run, tmp_path, act)


def test_cti_4_the_agent_picks_who_it_is_by_key_and_the_ticket_knows(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "a8001")
        maybe = Match(customer=CustomerId("c2"), name=HOSTILE, sure=False)
        first = Match(customer=CustomerId("c1"), name="陈明", sure=False)
        ring(house, tell, pop(matches=(first, maybe)))
        expect(page.locator(".pop-name")).to_have_text("Who is it?")
        page.keyboard.press("2")
        expect(page.locator(".pop-name")).to_have_text(HOSTILE)
        assert page.locator("#pop img").count() == 0
        talk(house, tell)
        page.get_by_role("button", name="Open a ticket").click()
        expect(page.locator("#ticket")).to_contain_text("#1")
        assert ask(house, house.ports.tickets.get("1")).customer == "c2"
        page.locator(".pop-name").click()
        page.keyboard.press("1")
        expect(page.locator(".pop-name")).to_have_text("陈明")
        page.reload()
        expect(page.locator(".pop-name")).to_have_text("陈明")
        assert ask(house, house.ports.tickets.get("1")).customer == "c1"

    in_browser(run, tmp_path, act)


def test_cti_20_what_was_typed_survives_a_browser_and_a_server_that_die(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "a8001")
        ring(house, tell, pop())
        talk(house, tell)
        page.get_by_role("button", name="Open a ticket").click()
        page.fill("#ticket-note", "first")
        expect(page.locator(".kept")).to_have_text("Saved")
        notes = [e for e in ask(house, house.ports.tickets.get("1")).entries if e.kind == "note"]
        assert [(one.text, one.who, one.call) for one in notes] == [("first", "a8001", CALL)]
        page.route("**/api/v1/tickets/**", lambda route: route.abort())
        page.fill("#ticket-note", "first, and 第二")
        expect(page.locator(".kept")).to_have_text("Kept in this browser")
        page.unroute("**/api/v1/tickets/**")
        page.reload()  # Before it could be sent again.
        expect(page.locator("#ticket-note")).to_have_value("first, and 第二")
        expect(page.locator(".kept")).to_have_text("Saved")
        notes = [e for e in ask(house, house.ports.tickets.get("1")).entries if e.kind == "note"]
        assert [one.text for one in notes] == ["first, and 第二"]

    in_browser(run, tmp_path, act)


def test_a_ticket_is_amended_beside_the_call(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "a8001")
        ring(house, tell, pop())
        talk(house, tell)
        page.get_by_role("button", name="Open a ticket").click()
        page.get_by_label("About").fill("发票 <b>x</b>")
        for field, value in (("Kind", "Sales"), ("Priority", "Urgent"), ("State", "In progress")):
            page.get_by_role("combobox", name=field).click()
            page.get_by_role("option", name=value).click()
            expect(page.get_by_role("combobox", name=field)).to_have_value(value)
        expect(page.locator(".kept")).to_have_text("Saved")
        ticket = ask(house, house.ports.tickets.get("1"))
        assert (ticket.kind, ticket.priority, ticket.state) == (
            "sales",
            "urgent",
            TicketState.IN_PROGRESS,
        )
        assert ticket.titles == {"en": "发票 <b>x</b>"}

    in_browser(run, tmp_path, act)


def test_cti_22_a_shift_by_keyboard_alone(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        """The engine itself answers here: states come back as it took them."""
        sign_in(page, "a8001")
        own = page.locator("#own-state")
        expect(own).to_have_attribute("data-state", "logged_out")
        page.keyboard.press("l")
        expect(own).to_have_attribute("data-state", "not_ready")
        page.keyboard.press("r")
        expect(own).to_have_attribute("data-state", "ready")
        page.keyboard.press("n")
        expect(page.get_by_role("menuitem", name="Meal")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(own).to_have_attribute("data-state", "not_ready")
        expect(own).to_contain_text("Meal")
        page.keyboard.press("?")
        sheet = page.get_by_role("dialog")
        expect(sheet).to_contain_text("Ready")
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()

    in_browser(run, tmp_path, act)


def test_the_wrap_up_clock_runs_is_extended_and_finished(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.post_data or "") if _wrap(one) else None)
        sign_in(page, "a8001")
        ring(house, tell, pop(matches=(CHEN,)))
        talk(house, tell)
        tell(state(house, AgentState.WRAPPING_UP, until=now(house) + 15))
        clock = page.locator(".wrap-up-clock")
        expect(clock).to_have_text(re.compile("0:1[0-4]"))
        expect(page.locator(".pop-name")).to_have_text("陈明")
        page.keyboard.press("e")
        page.keyboard.press("f")
        expect(page.locator(".mantine-Notification-root").first).to_be_visible()
        assert [("extend" in said, "finish" in said) for said in asked] == [
            (True, False),
            (False, True),
        ]

    in_browser(run, tmp_path, act)


def test_cti_21_her_own_figures_of_today(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        today = replace(answered(1), started_at=now(house) - 1.0, within_rule=True)
        keep(house, today)
        sign_in(page, "a8001")
        figures = page.locator("#own-figures")
        expect(figures.locator("dd").nth(0)).to_have_text("1")
        expect(figures.locator("dd").nth(1)).to_have_text("100 %")

    in_browser(run, tmp_path, act)


def _wrap(request: Any) -> bool:
    return request.method == "POST" and request.url.endswith("/wrap-up")
