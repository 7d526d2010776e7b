"""The admin's pages in a real browser: documents by form and by text, people, switch."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pyotp import TOTP

from tests.conftest import Run
from tests.web.house import PASSWORD, House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.test_configuration import FLOOR
from tests.web.test_page_access import LOOKS, WCAG, faults

pytestmark = pytest.mark.integration

LANGUAGES = ["zh-CN", "en"]
WORDS = {
    "zh-CN": ("已保存，已生效。", "第 5 行", "他人已保存"),
    "en": ("Saved, and in force.", "Line 5", "Somebody else"),
}


def opens(page: Page, house: House, part: str) -> None:
    sign_in(page)
    page.goto(f"{house.base}/admin/{part}")
    expect(page.locator("main h1")).to_be_visible()


def on_disk(house: House) -> str:
    return (house.folder / "config" / "floor.yaml").read_text()


def put_on_disk(house: House, text: str) -> None:
    (house.folder / "config" / "floor.yaml").write_text(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_adm_10_rings_changed_by_a_form_are_in_the_text_and_in_force_with_comments_kept(
    run: Run, tmp_path: Path, language: str
) -> None:
    saved, line, _ = WORDS[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        put_on_disk(house, FLOOR)
        opens(page, house, "floor")
        rings = page.locator('[data-path="queues.sales.ring.rings"]')
        expect(rings).to_have_value("3")
        rings.fill("99")
        expect(page.locator("#mistakes")).to_contain_text("queues.sales.ring.rings")
        expect(page.locator("#mistakes")).to_contain_text(line)
        expect(rings).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#save")).to_be_disabled()
        rings.fill("2")
        expect(page.locator("#text")).to_have_value(FLOOR.replace("rings: 3", "rings: 2"))
        page.locator("#save").click()
        expect(page.locator("#kept")).to_have_text(saved)
        assert on_disk(house) == FLOOR.replace("rings: 3", "rings: 2")
        plan = house.brain.engine.floor
        assert plan is not None
        assert plan.queues[0].ring.rings == 2
        page.locator('.history li[data-version="1"] button').click()
        expect(page.locator(".difference ins")).to_contain_text("rings: 3")
        page.locator("#take-back").click()
        expect(rings).to_have_value("3")
        assert on_disk(house) == FLOOR

    in_browser(run, tmp_path, act, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_adm_3_whoever_saves_second_sees_both_and_keeps_what_was_typed(
    run: Run, tmp_path: Path, language: str
) -> None:
    _, _, told = WORDS[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        put_on_disk(house, FLOOR)
        opens(page, house, "floor")
        mine = FLOOR.replace("Support", "Technical help")
        page.locator("#text").fill(mine)
        put_on_disk(house, FLOOR.replace("rings: 3", "rings: 4"))
        expect(page.locator("#save")).to_be_enabled()
        page.locator("#save").click()
        conflict = page.locator(".conflict")
        expect(conflict).to_contain_text(told)
        expect(conflict.locator("del").first).to_contain_text("rings: 4")
        expect(page.locator("#text")).to_have_value(mine)
        assert "rings: 4" in on_disk(house)
        page.locator("#keep-mine").click()
        expect(page.locator("#kept")).to_be_visible()
        assert on_disk(house) == mine

    in_browser(run, tmp_path, act, language)


def test_hostile_names_are_text_on_every_page_of_the_admin(run: Run, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>"

    def act(page: Page, house: House, tell: Tell) -> None:
        house.server.people.create_person("zhao", hostile, PASSWORD, ())
        house.server.people.note("zhao", "people.change", hostile, {"before": hostile})
        put_on_disk(house, FLOOR.replace("王芳", hostile))
        opens(page, house, "floor")
        expect(page.locator('[data-path="agents.a8001.name"]')).to_have_value(hostile)
        for part in ("people", "audit"):
            page.goto(f"{house.base}/admin/{part}")
            expect(page.locator("table")).to_contain_text(hostile)
        assert page.locator("img[src=x]").count() == 0

    in_browser(run, tmp_path, act)


def test_adm_1_somebody_new_is_made_shown_the_password_once_and_switched_off(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house, "people")
        page.locator("#new-person").click()
        page.get_by_label("Signs in as").fill("boss")
        page.locator("#keep-person").click()
        expect(page.get_by_role("dialog")).to_contain_text("boss already")
        page.get_by_label("Signs in as").fill("Zhao")
        page.get_by_label("Shown as").fill("赵敏")
        page.locator("#keep-person").click()
        password = page.locator("#password-once").inner_text()
        cookie, signed_in = house.server.people.sign_in("zhao", password, "127.0.0.1")
        assert signed_in.who.name == "赵敏"
        page.keyboard.press("Escape")
        row = page.locator('tr[data-person="zhao"]')
        row.get_by_role("button").click()
        page.get_by_label("May sign in").click()
        page.locator("#keep-person").click()
        expect(row).to_contain_text("Switched off")
        assert house.server.people.who(cookie) is None
        page.locator('tr[data-person="admin"]').get_by_role("button").click()
        page.get_by_label("May sign in").click()
        page.locator("#keep-person").click()
        expect(page.get_by_role("alert")).to_contain_text("one admin")

    in_browser(run, tmp_path, act)


def test_ivr_20_the_emergency_switch_is_thrown_with_a_reason_everybody_sees(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house, "emergency")
        page.fill("#reason", "机房停电")
        page.locator("#throw").click()
        assert not house.ports.emergency.on
        page.locator("#throw-sure").click()
        expect(page.locator("#emergency-now")).to_have_attribute("data-on", "true")
        assert house.ports.emergency.position.reason == "机房停电"
        assert house.ports.emergency.position.by == "admin"
        page.goto(f"{house.base}/admin/hours")
        expect(page.locator("#hours-moment")).to_contain_text("emergency switch is on")

    in_browser(run, tmp_path, act)


def test_ones_own_password_is_changed_on_the_page_and_it_goes_on(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "a8001")
        page.goto(f"{house.base}/password")
        page.fill("#old", PASSWORD)
        page.fill("#fresh", "another long one")
        page.fill("#again", "another long one")
        page.locator("#change-password").click()
        expect(page.get_by_role("status")).to_contain_text("Changed")
        house.server.people.sign_in("a8001", "another long one", "127.0.0.1")
        page.goto(house.base)
        expect(page.locator("#link")).to_have_attribute("data-state", "live")

    in_browser(run, tmp_path, act)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_adm_14_the_admins_pages(run: Run, tmp_path: Path, language: str, scheme: str) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        put_on_disk(house, FLOOR)
        opens(page, house, "floor")
        page.locator('[data-path="queues.sales.ring.rings"]').fill("99")
        expect(page.locator("#mistakes")).to_be_visible()
        assert faults(page) == []
        for part in ("calendars", "trunks", "tickets", "people", "audit", "hours", "emergency"):
            page.goto(f"{house.base}/admin/{part}")
            expect(page.locator("main h1")).to_be_visible()
            assert faults(page) == [], part
        page.locator("#throw").click()
        expect(page.locator("#throw-sure")).to_be_visible()
        assert faults(page) == []
        page.goto(f"{house.base}/admin/people")
        page.locator("#new-person").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert faults(page, WCAG) == []
        page.goto(f"{house.base}/password")
        expect(page.locator("#old")).to_be_visible()
        assert faults(page) == []

    in_browser(run, tmp_path, act, language, scheme)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_a_telephones_new_password_is_shown_once_and_customers_come_from_a_file(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        opens(page, house, "devices")
        row = page.locator('#devices tr[data-device="d8001"]')
        expect(row).to_contain_text("王芳")
        assert faults(page) == []
        row.get_by_role("button").click()
        page.locator("#change-device").click()
        expect(page.locator("#device-password")).to_have_text("new-d8001")
        page.reload()
        expect(row).to_be_visible()
        expect(page.locator("body")).not_to_contain_text("new-d8001")
        page.goto(f"{house.base}/admin/customers")
        file = {"name": "<b>客户</b>.csv", "mimeType": "text/csv",
                "buffer": "电话\n13812345678\nnone\n".encode()}  # fmt: skip
        page.locator('input[type="file"]').set_input_files(file)  # type: ignore[arg-type]
        one = page.locator("#imports li")
        expect(one).to_have_attribute("data-state", "done", timeout=30_000)
        expect(one).to_contain_text("<b>客户</b>.csv")
        expect(one.locator(".import-bad tr")).to_have_count(1)
        assert faults(page) == []

    in_browser(run, tmp_path, act, language, scheme)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_adm_9_a_second_factor_is_switched_on_and_asked_for_at_the_door(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, "boss")
        page.goto(f"{house.base}/password")
        second = page.locator("#second")
        expect(second).to_have_attribute("data-on", "false")
        assert faults(page) == []
        secret = (page.locator("#second-secret").text_content() or "").replace(" ", "")
        page.fill("#second-password", PASSWORD)
        page.fill("#second-code", "000000")
        page.locator("#second-change").click()
        expect(page.locator("#second-code")).to_have_attribute("aria-invalid", "true")
        page.fill("#second-code", TOTP(secret).at(int(house.ports.clock.now()) - 30))
        page.locator("#second-change").click()
        expect(second).to_have_attribute("data-on", "true")
        page.locator(".person").click()
        page.locator("#sign-out").click()
        page.fill("#name", "boss")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#code")).to_be_focused()
        page.fill("#code", TOTP(secret).at(int(house.ports.clock.now())))
        page.keyboard.press("Enter")
        expect(page.locator("#link")).to_have_attribute("data-state", "live")

    in_browser(run, tmp_path, act, language, scheme)
