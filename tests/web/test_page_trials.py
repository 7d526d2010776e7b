"""The page of test calls in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from calls.commands import PlaceTrial
from calls.events import CallArrived, NodeEntered
from calls.notices import TrialMoved
from calls.words import TrialStep
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.test_page_access import faults
from tests.web.test_page_scope import shot

pytestmark = pytest.mark.integration

LOOKS = [
    ("zh-CN", "light", "对方忙", "已结束", "没有呼出路由"),
    ("en", "dark", "Busy", "Over.", "No outbound route"),
]


def ordered(house: House, many: int) -> PlaceTrial:
    found = [one for one in house.ordered if isinstance(one, PlaceTrial)]
    assert len(found) == many
    return found[-1]


@pytest.mark.parametrize(("language", "scheme", "busy", "over", "no_route"), LOOKS)
def test_a_test_call_is_placed_and_told_hop_by_hop_with_why_it_was_refused(
    run: Run, tmp_path: Path, language: str, scheme: str, busy: str, over: str, no_route: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page)
        page.goto(f"{house.base}/admin/trials")
        expect(page.locator('[data-route="city"]')).to_contain_text("+8610")
        page.fill("#trial-number", "+44 1632 960000")
        page.locator("#trial-out").click()
        expect(page.locator("#trial-plan")).to_contain_text(no_route)
        expect(page.locator("#trial-begin")).to_have_count(0)
        page.fill("#trial-number", "张三")
        page.keyboard.press("Enter")
        expect(page.locator("#trial").get_by_role("alert")).to_be_visible()
        page.fill("#trial-number", "010 8888 7777")
        page.keyboard.press("Enter")
        expect(page.locator("#trial-plan")).to_contain_text("carrier")
        page.locator("#trial-begin").click()
        expect(page.locator("#trial-hops")).to_be_visible()
        out, at = ordered(house, 1), house.ports.clock.now()
        tell(
            TrialMoved(trial=out.trial, step=TrialStep.DIALLED, at=at + 0.02, detail="carrier"),
            TrialMoved(trial=out.trial, step=TrialStep.RANG, at=at + 0.4),
            TrialMoved(trial=out.trial, step=TrialStep.REFUSED, at=at + 2.0, detail="17"),
            TrialMoved(trial=out.trial, step=TrialStep.OVER, at=at + 2.1),
        )
        expect(page.locator("#trial-refused")).to_contain_text(busy)
        expect(page.locator("#trial-begin")).to_be_enabled()
        assert faults(page) == []
        shot(page, f"trial-out-{language}")
        page.locator('[data-number="+864008001234"]').get_by_role("button").click()
        page.locator("#trial-begin").click()
        expect(page.locator("#trial-hops")).to_be_visible()
        came = ordered(house, 2)
        tell(
            TrialMoved(trial=came.trial, step=TrialStep.DIALLED, at=at + 0.01),
            CallArrived(call=came.call, at=at + 0.1, key="1", number="99900000001"),
            NodeEntered(call=came.call, at=at + 0.2, key="2", node="welcome"),
            NodeEntered(call=came.call, at=at + 2.2, key="3", node="menu"),
            TrialMoved(trial=came.trial, step=TrialStep.OVER, at=at + 20.0, detail="limit"),
        )
        expect(page.locator("#trial-nodes")).to_contain_text("welcome → menu")
        expect(page.locator("#trial-over")).to_contain_text(over)
        assert faults(page) == []
        shot(page, f"trial-in-{language}")

    in_browser(run, tmp_path, act, language, scheme)
