"""A tree published at its time and for a share of callers, and real paths, in a real browser."""

from datetime import datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calls.ids import CallId
from calls.record import CallRecord
from calls.words import Outcome, Party
from ivr.findings import Finding, Severity
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser
from tests.web.records import keep
from tests.web.test_page_access import LOOKS, WCAG, faults
from tests.web.test_page_tree_editing import GOODBYE, saved
from tests.web.test_page_trees import HOTLINE, opens

pytestmark = pytest.mark.integration


def reworded(page: Page) -> None:
    """A draft that differs from what callers hear."""
    page.locator(GOODBYE).click()
    page.locator('.prompt textarea[lang="en"]').first.fill("Goodbye, and thank you.")
    saved(page)


def chooses(page: Page, way: str) -> None:
    page.locator("#publish").click()
    page.locator("#publish-when").get_by_text(way, exact=True).click()


def called(
    house: House, at: float, version: str, count: int, outcome: Outcome, *nodes: str
) -> None:
    """Calls begun at that time."""
    keep(
        house,
        *(
            CallRecord(
                call=CallId(f"{version}-{outcome}-{n}"), started_at=at + n / 10_000, arrived=True,
                ended_at=at + 60, ended_by=Party.CALLER, outcome=outcome, tree=HOTLINE,
                tree_version=version, nodes=nodes,
                first_queued_at=at + 9 if outcome is Outcome.ANSWERED else None,
            )
            for n in range(count)
        ),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_ivr_3_a_draft_is_planned_shown_and_the_plan_dropped(
    run: Run, tmp_path: Path, language: str
) -> None:
    later, versions, drop = {
        "en": ("At a time", "Versions", "Do not publish"),
        "zh-CN": ("定时", "版本", "取消定时"),
    }[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        reworded(page)
        chooses(page, later)
        at = page.locator("#publish-at")
        at.fill("2020-01-01T10:00")
        expect(page.locator("#publish-now")).to_be_disabled()
        tomorrow = (datetime.now().astimezone() + timedelta(days=1)).replace(
            second=0, microsecond=0
        )
        at.fill(tomorrow.strftime("%Y-%m-%dT%H:%M"))
        page.locator("#publish-now").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        [plan] = house.ports.rollouts.plans(HOTLINE)
        assert plan.at == tomorrow.timestamp()
        page.get_by_role("tab", name=versions).click()
        expect(page.locator(f'[data-plan="{plan.id}"]')).to_contain_text(plan.version)
        page.goto(f"{house.base}/trees")
        expect(page.locator(".tree-list .chip")).to_have_count(1)
        page.goto(f"{house.base}/trees/hotline")
        page.get_by_role("tab", name=versions).click()
        page.get_by_role("button", name=drop).click()
        expect(page.locator(".plan")).to_have_count(0)
        assert house.ports.rollouts.plans(HOTLINE) == []

    in_browser(run, tmp_path, act, language)


def test_ivr_3_a_plan_that_failed_says_why_until_somebody_has_seen_it(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        reworded(page)
        rollouts, now = house.ports.rollouts, house.ports.clock.now()
        plan = rollouts.plan(HOTLINE, "", now + 3600.0, "li", now)
        mistake = Finding(
            severity=Severity.ERROR, rule="unknown_queue", problem="there is no queue 'sales'",
            advice="add it", where="$.nodes.sales.queue", node="sales",
        )  # fmt: skip
        house.tree_store.fail_plan(plan.id, (mistake,), now)
        page.get_by_role("tab", name="Versions").click()
        failed = page.locator(".plan[data-failed]")
        expect(failed.get_by_role("alert").first).to_contain_text("callers hear what they heard")
        expect(failed).to_contain_text("there is no queue 'sales'")
        failed.get_by_role("button", name="Seen").click()
        expect(failed).to_have_count(0)

    in_browser(run, tmp_path, act)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_ivr_5_two_versions_are_heard_side_by_side_and_b_is_kept(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    words: dict[str, Any] = {
        "en": ("For a share", "Versions", "differs", "30 % hear B", "Change"),
        "zh-CN": ("部分来电", "版本", "有差别", "30% 来电听到 B", "更改"),
    }
    some, versions, differs, now_30, change = words[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        reworded(page)
        chooses(page, some)
        page.locator("#publish-share").fill("20")
        page.locator("#publish-now").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        [trial] = house.ports.rollouts.trials(HOTLINE)
        assert (trial.share, trial.ended_at) == (20, None)
        at = trial.began_at
        called(house, at, trial.a, 80, Outcome.ABANDONED_IN_MENU, "language", "main")
        called(house, at, trial.a, 120, Outcome.ANSWERED, "language", "main", "sales")
        called(house, at, trial.b, 5, Outcome.ABANDONED_IN_MENU, "language", "main")
        called(house, at, trial.b, 45, Outcome.ANSWERED, "language", "main", "sales")
        page.get_by_role("tab", name=versions).click()
        left = page.locator('.trial [data-measure="left"]')
        expect(left).to_contain_text("80")
        expect(left).to_contain_text("40%")
        expect(left).to_contain_text("10%")
        expect(left).to_contain_text(differs)
        assert faults(page, WCAG) == []
        page.locator(".trial-acts input").fill("30")
        page.get_by_role("button", name=change, exact=True).click()
        expect(page.locator(".trial h3")).to_have_text(now_30)
        page.locator("#keep-b").click()
        expect(page.locator(".trial")).to_have_count(0)
        assert house.ports.trees.current(HOTLINE).hash == trial.b
        [over] = house.ports.rollouts.trials(HOTLINE)
        assert (over.kept, over.share) == (trial.b, 30)

    in_browser(run, tmp_path, act, language, scheme)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_ivr_9_real_paths_are_laid_over_the_tree_in_numbers(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    tab, week, hung, came = {
        "en": ("Paths", "7 days", "25 hung up here (25%)", "100 callers · 100%"),
        "zh-CN": ("路径", "7 天", "25 通在此挂断（25%）", "100 通来电 · 100%"),
    }[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        at, version = time() - 600.0, house.ports.trees.current(HOTLINE).hash
        called(house, at, version, 25, Outcome.ABANDONED_IN_MENU, "language", "consent", "main")
        called(house, at, version, 75, Outcome.ANSWERED, "language", "consent", "main", "sales")
        page.get_by_role("tab", name=tab).click()
        page.locator("#paths").get_by_text(week, exact=True).click()
        row = page.locator('[role="treeitem"][data-node="main"]:not([data-link])')
        expect(row).to_contain_text(came)
        expect(row).to_contain_text(hung)
        expect(page.locator(".paths-lost")).to_contain_text("main")
        page.locator(".paths-lost button").first.click()
        card = page.locator('.react-flow__node[data-id="main"] .card-heat')
        expect(card).to_contain_text("100")
        expect(card).to_contain_text("✕ 25")
        expect(page.locator(".react-flow__edge-text").first).to_be_visible()
        assert faults(page, WCAG) == []

    in_browser(run, tmp_path, act, language, scheme)
