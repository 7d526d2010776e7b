"""Editing a tree in a real browser: added, worded, published; nothing lost, whoever else edits."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from calls.events import CallArrived, NodeEntered
from calls.ids import CallId
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.records import shipped_tree
from tests.web.test_page_trees import HOTLINE, opens

pytestmark = pytest.mark.integration

GOODBYE = '[role="treeitem"][data-node="goodbye"]:not([data-link])'


def kept(house: House) -> Any:
    """The draft as the server has it."""
    return json.loads(house.ports.trees.draft(HOTLINE).document)


def saved(page: Page) -> None:
    expect(page.locator(".editor")).to_have_attribute("data-kept", "saved")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_ivr_1_a_node_is_added_by_keyboard_worded_tried_and_published(
    run: Run, tmp_path: Path, language: str
) -> None:
    add, problems, attempt, wordless = {
        "en": ("Add a node", "Problems", "Try", "has no words in"),
        "zh-CN": ("添加节点", "问题", "试拨", "没有 zh-CN 的内容"),
    }[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        page.get_by_role("treeitem").first.focus()
        page.keyboard.press("Home")
        page.keyboard.press("Insert")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(add)
        expect(dialog.locator("select").first).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.type("greeting")
        page.keyboard.press("Enter")
        expect(dialog).to_have_count(0)
        form = page.locator('.node-form[data-node="greeting"]')
        expect(form.get_by_role("alert")).to_contain_text(wordless)
        saved(page)
        made = kept(house)
        assert made["nodes"]["greeting"] == {"kind": "say", "says": ["greeting"], "next": "consent"}
        assert made["nodes"]["language"]["next"] == "greeting"

        page.get_by_role("tab", name=problems).click()
        expect(page.locator('.findings [data-rule="missing_prompt"]')).to_have_count(2)
        page.locator(".findings button").first.click()
        page.locator('.prompt textarea[lang="zh-CN"]').fill("测试问候。")
        page.locator('.prompt textarea[lang="en"]').fill("A greeting.")
        expect(form.get_by_role("alert")).to_have_count(0)
        saved(page)

        page.get_by_role("tab", name=attempt).click()
        page.locator("#sim-call").click()
        page.locator(".sim-keys").get_by_role("button", name="2", exact=True).click()
        expect(page.locator(".sim-log")).to_contain_text("A greeting.")

        inside = CallArrived(call=CallId("c1"), at=1.0, key="a", number="1", tree=HOTLINE)
        tell(inside, NodeEntered(call=CallId("c1"), at=2.0, key="n", node="main"))
        page.locator("#publish").click()
        expect(page.locator("#inside")).to_contain_text("main 1")
        expect(page.locator(".changes")).to_contain_text("greeting")
        assert "greeting" not in house.ports.trees.current(HOTLINE).tree.nodes
        page.locator("#publish-now").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert "greeting" in house.ports.trees.current(HOTLINE).tree.nodes

    in_browser(run, tmp_path, act, language)


def test_ivr_1_nothing_typed_is_lost_while_the_server_is_away(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        away = True

        def door(route: Route) -> None:
            if away and route.request.method == "PUT":
                route.abort()
            else:
                route.continue_()

        page.route("**/api/v1/trees/hotline", door)
        page.locator(GOODBYE).click()
        page.locator('.prompt textarea[lang="en"]').first.fill("Goodbye, and thank you.")
        expect(page.locator("#kept")).to_contain_text("kept in this browser")
        away = False
        page.reload()
        saved(page)
        assert kept(house)["prompts"]["goodbye"]["en"]["text"] == "Goodbye, and thank you."

    in_browser(run, tmp_path, act)


def test_ivr_1_a_draft_whose_answer_was_lost_is_no_conflict_with_oneself(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        lost: list[int] = []

        def door(route: Route) -> None:
            if route.request.method == "PUT" and not lost:
                lost.append(route.fetch().status)
                route.abort()
            else:
                route.continue_()

        page.route("**/api/v1/trees/hotline", door)
        page.locator(GOODBYE).click()
        words = page.locator('.prompt textarea[lang="en"]').first
        words.fill("Taken, never told.")
        expect(page.locator("#kept")).to_contain_text("kept in this browser")
        words.fill("Typed on.")
        saved(page)
        assert lost == [200]
        assert kept(house)["prompts"]["goodbye"]["en"]["text"] == "Typed on."
        expect(page.get_by_role("dialog")).to_have_count(0)

    in_browser(run, tmp_path, act)


def test_ivr_7_the_second_sees_who_edits_takes_over_and_both_changes_are_shown(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house)
        second = page.context.new_page()
        second.goto(f"{house.base}/trees/hotline")
        expect(second.locator("#locked")).to_contain_text("Admin has been editing since")
        expect(second.locator("#publish")).to_be_disabled()
        second.locator("#locked button").click()
        expect(second.locator("#locked")).to_have_count(0)
        # Somebody over the API, between two of this page's own saves.
        theirs = json.dumps(shipped_tree() | {"title": "Theirs"}).encode()
        house.ports.trees.save_draft(HOTLINE, theirs, "li", 2.0)
        second.locator(GOODBYE).click()
        second.locator('.prompt textarea[lang="en"]').first.fill("Mine.")
        conflict = second.locator("#conflict")
        expect(conflict).to_contain_text("Theirs")
        expect(conflict).to_contain_text("Mine.")
        second.get_by_role("button", name="Merge both").click()
        saved(second)
        both = kept(house)
        assert both["title"] == "Theirs"
        assert both["prompts"]["goodbye"]["en"]["text"] == "Mine."

    in_browser(run, tmp_path, act)


def test_a_tree_of_500_nodes_draws_what_is_in_sight(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        house.ports.trees.save_draft(HOTLINE, json.dumps(large(500)).encode(), "li", 1.0)
        sign_in(page)
        page.goto(f"{house.base}/trees/hotline")
        expect(page.locator(".react-flow__node").first).to_be_visible()
        assert page.locator(".react-flow__node").count() < 100
        page.get_by_role("treeitem").first.focus()
        page.keyboard.press("End")
        expect(page.get_by_role("treeitem").last).to_be_focused()
        last = page.get_by_role("treeitem").last.get_attribute("data-node")
        expect(page.locator(f'.node-form[data-node="{last}"]')).to_be_visible()

    in_browser(run, tmp_path, act)


def large(count: int) -> dict[str, Any]:
    """Menus of three, each leading to three more, down to where all hang up."""
    nodes: dict[str, Any] = {"end": {"kind": "hangup"}}
    for n in range(count - 1):
        below = {str(k): f"n{3 * n + k}" for k in (1, 2, 3) if 3 * n + k < count - 1}
        nodes[f"n{n}"] = {
            "kind": "menu",
            "says": ["hello"],
            "keys": below or {"1": "end"},
            "on_timeout": "end",
            "on_invalid": "end",
        }
    return {
        "id": "hotline",
        "title": "Large",
        "languages": ["zh-CN", "en"],
        "root": "n0",
        "nodes": nodes,
        "prompts": {"hello": {"zh-CN": {"text": "您好"}, "en": {"text": "Hello"}}},
    }
