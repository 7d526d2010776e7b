"""The telephone in an agent's page, and what is wrong with it: said in words, with what to do."""

import dataclasses
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from calls.floor import DeviceSpec
from calls.ids import DeviceId
from calls.words import AgentState, DeviceKind
from tests.conftest import Run
from tests.web.house import PLAN, House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.sip import Registrar
from tests.web.test_page import network
from tests.web.test_page_desktop import CHEN, SHE, pop, ring, state, talk

pytestmark = pytest.mark.integration

HEADSETS = """
  const list = [
    {kind: "audioinput", deviceId: "m1", label: "Built-in", groupId: "g"},
    {kind: "audioinput", deviceId: "m2", label: "USB 耳麦", groupId: "g"},
  ];
  window.refuses = "";
  window.asked = [];
  navigator.mediaDevices.enumerateDevices = async () => list;
  navigator.mediaDevices.getUserMedia = async ({audio}) => {
    window.asked.push(audio.deviceId?.exact ?? "");
    if (window.refuses) throw new DOMException("", window.refuses);
    const context = new AudioContext(), tone = context.createOscillator();
    const out = context.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    return out.stream;
  };
"""
NOTICES = """
  window.told = [];
  window.Notification = class {
    static permission = "granted";
    constructor(title, more) { window.told.push([title, more.body]); }
    close() { window.told.push(["closed"]); }
  };
  window.away = false;
  Object.defineProperty(document, "visibilityState", {
    get: () => window.away ? "hidden" : "visible",
  });
"""


def with_phone(page: Page, house: House) -> Registrar:
    """She has a telephone in the browser, and it is registered."""
    first, *others = PLAN.agents
    browser = DeviceSpec(id=DeviceId("b8001"), kind=DeviceKind.BROWSER)
    floor = replace(PLAN, agents=(replace(first, devices=(browser,)), *others))
    in_force = house.ports.in_force
    in_force.take(dataclasses.replace(in_force.configuration, floor=floor))
    registrar = Registrar()
    registrar.serve(page.context)
    page.add_init_script(HEADSETS)
    page.reload()  # Both are there from a page's beginning on.
    sign_in(page, SHE)
    expect(page.locator("#phone")).to_have_attribute("data-state", "registered")
    return registrar


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            {"NotAllowedError": "allow it", "NotFoundError": "plug", "NotReadableError": "close"},
        ),
        ("zh-CN", {"NotAllowedError": "允许", "NotFoundError": "插好", "NotReadableError": "关闭"}),
    ],
)
def test_a_headset_in_trouble_is_said_before_the_first_call_and_tried_again(
    run: Run, tmp_path: Path, language: str, said: dict[str, str]
) -> None:
    ready, again, well = {
        "en": ("Ready", "Try again", "All is well, ready"),
        "zh-CN": ("示闲", "再试一次", "正常，示闲"),
    }[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        with_phone(page, house)
        tell(state(house, AgentState.NOT_READY))
        trouble = page.locator("#headset").get_by_role("alert")
        opens = page.get_by_role("button", name=ready, exact=True)
        for name, words in said.items():
            page.evaluate("(name) => { window.refuses = name; }", name)
            if page.locator("#headset").count() == 0:
                opens.click()
            else:
                page.get_by_role("button", name=again).click()
            expect(trouble).to_contain_text(words)
        page.evaluate("() => { window.refuses = ''; }")
        page.get_by_role("button", name=again).click()
        expect(trouble).to_have_count(0)
        expect(page.locator(".headset-level")).to_have_attribute("data-heard", "true")
        page.get_by_role("button", name=well).click()
        expect(page.locator("#headset")).to_have_count(0)

    in_browser(run, tmp_path, act, language)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "in another tab"), ("zh-CN", "另一个标签页")]
)
def test_one_tab_holds_the_telephone_and_the_next_takes_it_when_that_closes(
    run: Run, tmp_path: Path, language: str, words: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        registrar = with_phone(page, house)
        before = registrar.registered
        second = page.context.new_page()
        second.goto(house.base)
        sign = second.locator("#phone")
        expect(sign).to_have_attribute("data-state", "elsewhere")
        expect(sign).to_contain_text(words)
        assert registrar.registered == before
        page.close()
        expect(sign).to_have_attribute("data-state", "registered")
        assert registrar.registered > before

    in_browser(run, tmp_path, act, language)


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", ["Call: 陈明", "Sales"]), ("zh-CN", ["来电：陈明", "销售咨询"])],
)
def test_a_call_for_a_page_that_is_hidden_is_told_by_the_computer_itself(
    run: Run, tmp_path: Path, language: str, told: list[str]
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        page.add_init_script(NOTICES)
        page.reload()
        sign_in(page, SHE)
        ring(house, tell, pop(matches=(CHEN,)))
        expect(page.locator(".pop-name")).to_have_text("陈明")
        assert page.evaluate("() => window.told") == [], "she sees it"
        tell(state(house, AgentState.READY))
        page.evaluate("() => { window.away = true; }")
        ring(house, tell, pop(matches=(CHEN,)))
        page.wait_for_function("() => window.told.length > 0")
        assert page.evaluate("() => window.told") == [told]
        talk(house, tell)
        page.wait_for_function("() => window.told.length > 1")
        assert page.evaluate("() => window.told[1]") == ["closed"]

    in_browser(run, tmp_path, act, language)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_while_the_server_is_away_a_banner_says_so_and_what_is_typed_stays(
    run: Run, tmp_path: Path, language: str
) -> None:
    banner, ticket, ready = {
        "en": ("Reconnecting", "Open a ticket", "Not ready"),
        "zh-CN": ("正在重新连接", "新建工单", "示忙"),
    }[language]

    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page, SHE)
        ring(house, tell, pop(matches=(CHEN,)))
        talk(house, tell)
        page.get_by_role("button", name=ticket).click()
        expect(page.locator("#ticket-note")).to_be_visible()
        page.route("**/api/v1/tickets/**", lambda route: route.abort())
        network(house, away=True)
        stale = page.locator("#stale")
        expect(stale).to_be_visible()
        expect(stale).to_contain_text(banner)
        expect(page.get_by_role("button", name=ready)).to_be_disabled()
        page.fill("#ticket-note", "客户要求回电")
        page.unroute("**/api/v1/tickets/**")
        network(house, away=False)
        expect(stale).to_be_hidden()
        expect(page.get_by_role("button", name=ready)).to_be_enabled()
        expect(page.locator("#ticket-note")).to_have_value("客户要求回电")
        expect(page.locator('.kept[data-kept="saved"]')).to_be_visible()

    in_browser(run, tmp_path, act, language)
