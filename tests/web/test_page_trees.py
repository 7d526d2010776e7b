"""The tree editor in a real browser: a tree is changed in its outline by keys alone, tried, and put
before callers."""

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from calls.ids import TreeId
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.test_page_access import LOOKS, WCAG, faults

pytestmark = pytest.mark.integration

HOTLINE = TreeId("hotline")


def opens(page: Page, house: House) -> None:
    """The shipped tree in the editor, in front of an admin."""
    document = files("config").joinpath("trees").joinpath("hotline.json").read_bytes()
    house.ports.trees.install(document, "test", 1_700_000_000.0)
    sign_in(page)
    page.goto(f"{house.base}/trees/{HOTLINE}")
    expect(page.get_by_role("tree")).to_be_visible()


def test_ivr_1_a_node_taken_away_by_keys_is_missed_where_it_was_named(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        before = page.get_by_role("treeitem").count()
        page.get_by_role("treeitem").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Delete")
        expect(page.get_by_role("treeitem")).not_to_have_count(before)
        page.get_by_role("tab", name="Problems").click()
        expect(page.locator(".findings")).to_contain_text("consent")
        draft = house.ports.trees.draft(HOTLINE)
        assert '"consent": {' not in draft.document
        assert house.ports.trees.current(HOTLINE) is not None

    in_browser(run, tmp_path, act)


def test_ivr_8_a_call_is_tried_before_anybody_hears_the_tree(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        page.get_by_role("tab", name="Try").click()
        page.locator("#sim-call").click()
        heard = page.get_by_role("log")
        expect(heard).to_contain_text("您好")
        expect(heard).to_contain_text("中文服务请按1")

    in_browser(run, tmp_path, act)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_adm_14_the_tree_editor(run: Run, tmp_path: Path, language: str, scheme: str) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        assert faults(page, WCAG) == []

    in_browser(run, tmp_path, act, language, scheme)
