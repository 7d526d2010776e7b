"""Follow-ups in a real browser: called from the list, written down, left alone in rest time."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace as with_fields
from playwright.sync_api import Page, expect

from calls.commands import PlaceCall
from calls.ids import EdgeId
from calls.inputs import AgentLoggedIn, DeviceChanged
from calls.words import DeviceState
from tests.conftest import Run
from tests.web.house import ALWAYS, PLAN, WANG, House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.records import low_score
from tests.web.test_page_access import LOOKS, faults
from tickets.followups.model import FollowUpCause, FollowUpPlan, FollowUpRule

pytestmark = pytest.mark.integration

SHOTS = os.environ.get("THREERING_SHOTS", "")
"""A folder for pictures of what is tested here, for whoever wants to look."""
AGENTS = FollowUpPlan(
    (FollowUpRule("low", FollowUpCause.LOW_SCORE, score_below=3),), ALWAYS, again_s=60.0
)
HOSTILE = "<img src=x onerror=alert(1)> 还是坏的"


def plan(house: House, one: FollowUpPlan) -> None:
    in_force = house.ports.in_force
    in_force.take(replace(in_force.configuration, follow_ups=one))


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def with_telephone(house: House) -> None:
    [device] = PLAN.agents[0].devices
    for said in (
        DeviceChanged(edge=EdgeId("main"), device=device.id, state=DeviceState.IDLE),
        AgentLoggedIn(agent=WANG),
    ):
        house.ports.loop.call_soon_threadsafe(house.brain.tell, said)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_d5_an_agent_calls_from_the_list_and_writes_down_what_came_of_it(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        plan(house, AGENTS)
        task = low_score(house, 1)
        low_score(house, 2, score=1)
        with_telephone(house)
        sign_in(page, WANG)
        page.goto(f"{house.base}/followups")
        item = page.locator(f'[data-task="{task}"]')
        expect(page.locator("#follow-ups > li")).to_have_count(2)
        expect(item).to_contain_text("+86 138 1234 0001")
        assert faults(page) == []
        item.locator('[data-do="call"]').click()
        form = item.locator("form")
        expect(form).to_be_visible()
        [placed] = [one for one in house.decided if isinstance(one, PlaceCall)]
        assert (placed.agent, placed.number) == (WANG, "+8613812340001")
        expect(item).to_contain_text(WANG)
        form.locator("textarea").fill(HOSTILE)
        form.locator('[data-do="save"]').click()
        expect(form).to_contain_text("完整" if language == "zh-CN" else "complete record")
        expect(form.locator("textarea")).to_have_value(HOSTILE)
        assert faults(page) == []
        shot(page, f"followups-{language}-{scheme}")
        form.locator('input[value="no"]').check()
        form.locator('input[value="2"]').check()
        form.locator('[data-do="save"]').click()
        expect(page.locator("#follow-ups > li")).to_have_count(1)
        page.locator("#follow-over").select_option(value="over")
        expect(item).to_contain_text(HOSTILE)

    in_browser(run, tmp_path, act, language, scheme)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_d5_in_rest_time_nobody_can_be_called_and_leaders_see_how_well_it_is_kept(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        today = ALWAYS.date_at(house.ports.clock.now())
        closed = frozenset((today, today + timedelta(days=1)))
        plan(house, replace(AGENTS, hours=with_fields(ALWAYS, closed=closed)))
        task = low_score(house, 1)
        sign_in(page, "boss")
        page.goto(f"{house.base}/followups")
        item = page.locator(f'[data-task="{task}"]')
        expect(item.locator('p[data-obstacle="rest"]')).to_be_visible()
        expect(page.locator('[data-figure="waiting"] dd')).to_have_text("1")
        expect(item.locator('[data-do="call"]')).to_have_count(0)
        assert faults(page) == []
        shot(page, f"followups-rest-{language}-{scheme}")

    in_browser(run, tmp_path, act, language, scheme)
