"""A call on the agent's desktop, by its own buttons and keys: real Asterisk, real browser."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from telephony.robots.scenario import Speak, StayUntilHungUp
from tests.e2e.desktop import Desktop, desktop
from tests.e2e.hotline import Caller, Hotline, until
from tests.e2e.telephone import chromium
from tests.e2e.test_browser_phone import open_hotline as open_hotline
from tests.e2e.test_talk_control import LONG, everybody_hangs_up, happened

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(f"--user-agent-product=ThreeRingDesk{os.getpid()}") as running:
        yield running


@pytest.fixture
def desk(open_hotline: Hotline, browser: Browser) -> Iterator[Desktop]:
    with desktop(browser, open_hotline, "fang") as made:
        made.goes_ready()
        yield made
    everybody_hangs_up(open_hotline)
    open_hotline.logged_out("a1", "a2")


def calls(site: Hotline, number: str) -> Caller:
    return site.calls(Speak(str(site.tone)), StayUntilHungUp(120.0), number=number)


def answered(site: Hotline, desk: Desktop, number: str) -> Caller:
    """A caller, whom she has answered by the key."""
    caller = calls(site, number)
    desk.stage("ringing")
    desk.page.keyboard.press("a")
    desk.stage("talking")
    until(lambda: happened(site, number, "TalkBegan") or None, "they hear each other")
    return caller


def test_pho_1_cti_14_a_call_through_hold_consultation_swap_and_conference_by_the_buttons(
    open_hotline: Hotline, desk: Desktop
) -> None:
    colleague = open_hotline.agent_ready("a2", LONG)
    open_hotline.client.post("/agents/a2/not-ready", {"reason": "meal"})
    number, page = "13911170001", desk.page
    caller = answered(open_hotline, desk, number)
    until(lambda: desk.heard()["energy"] > 0 or None, "she hears")
    until(lambda: desk.heard()["sent"] > 100 or None, "she is heard")
    page.keyboard.press("h")
    desk.stage("held")
    page.get_by_role("button", name="Back to the caller").click()
    desk.stage("talking")
    page.keyboard.press("c")
    desk.takes("李伟")
    desk.stage("consulted")
    expect(page.locator("#talk")).to_contain_text("With 李伟; the caller hears music")
    before = desk.heard()["energy"]
    page.get_by_role("button", name="Swap").click()
    desk.stage("swapped")
    until(lambda: desk.heard()["energy"] > before or None, "she hears the caller again")
    page.get_by_role("button", name="Swap").click()
    desk.stage("consulted")
    page.get_by_role("button", name="Conference").click()
    desk.stage("conference")
    page.get_by_role("button", name="Caller alone").click()
    desk.stage("talking")
    until(lambda: colleague.times("released") or None, "the colleague is let go")
    assert not caller.happened("released")
    page.keyboard.press("q")
    desk.stage("none")
    # The wrap-up has the caller's pop and ticket still.
    expect(page.locator("#pop")).to_be_visible()
    record = open_hotline.record_of(number)
    assert record["outcome"] == "answered"
    stored = until(
        lambda: [one for one in open_hotline.record_of(number)["recordings"] if one.get("path")],
        "the recording is stored",
    )
    assert len(stored) == 1
    assert stored[0].get("flaw", "") == ""
    caller.ended()


def test_cti_13_a_swapped_caller_is_handed_over(open_hotline: Hotline, desk: Desktop) -> None:
    open_hotline.agent_ready("a2", LONG)
    open_hotline.client.post("/agents/a2/not-ready", {"reason": "meal"})
    number = "13911170002"
    caller = answered(open_hotline, desk, number)
    desk.page.get_by_role("button", name="Consult").click()
    desk.takes("李伟")
    desk.stage("consulted")
    desk.page.keyboard.press("s")
    desk.stage("swapped")
    desk.page.keyboard.press("g")
    desk.stage("none")
    until(
        lambda: [
            one for one in happened(open_hotline, number, "CallAnswered") if one["agent"] == "a2"
        ],
        "the colleague has her",
    )
    assert not caller.happened("released")
    caller.hangs_up()
    record = open_hotline.record_of(number)
    assert [leg["agent"] for leg in record["legs"] if leg.get("talked")] == ["a1", "a2"]


def test_pho_3_of_two_browsers_the_later_has_the_telephone_until_it_is_taken_back(
    open_hotline: Hotline, desk: Desktop, browser: Browser
) -> None:
    sign = desk.page.locator("#phone")
    with desktop(browser, open_hotline, "fang") as later:
        theirs = later.page.locator("#phone")
        expect(theirs).to_have_attribute("data-state", "registered")
        expect(sign).to_have_attribute("data-state", "taken", timeout=20_000)
        calls(open_hotline, "13911170004")
        later.stage("ringing")
        later.page.keyboard.press("a")
        later.stage("talking")
        later.page.keyboard.press("q")
        later.stage("none")
        desk.page.locator("#take-phone").click()
        expect(sign).to_have_attribute("data-state", "registered")
        expect(theirs).to_have_attribute("data-state", "taken", timeout=20_000)


def test_pho_3_the_desktop_reloaded_in_mid_call_goes_on(
    open_hotline: Hotline, desk: Desktop
) -> None:
    number = "13911170003"
    caller = answered(open_hotline, desk, number)
    desk.page.reload()
    until(lambda: happened(open_hotline, number, "AgentReturned") or None, "she is back")
    desk.stage("talking")
    until(lambda: desk.heard()["energy"] > 0 or None, "she hears again")
    expect(desk.page.locator("#pop")).to_be_visible()
    assert not caller.happened("released")
    desk.page.keyboard.press("q")
    desk.stage("none")
    assert len(open_hotline.record_of(number)["legs"]) == 1


def test_sup_4_sup_5_a_supervisor_listens_whispers_joins_and_takes_over_from_the_board(
    open_hotline: Hotline, browser: Browser, desk: Desktop
) -> None:
    number = "13911170009"
    caller = answered(open_hotline, desk, number)
    with desktop(browser, open_hotline, "watcher") as board:
        page = board.page
        bar = page.locator("#watching")
        page.locator('#agents li[data-key="a1"]').get_by_role("button").click()
        page.get_by_role("menuitem", name="Listen").click()
        expect(bar).to_contain_text("Nobody hears you: no microphone is open.")
        until(lambda: board.heard()["energy"] > 0 or None, "listening, she hears")
        assert board.heard()["sent"] == 0
        for way, words in (("Whisper", "The agent alone hears you"), ("Join", "Both hear you")):
            bar.get_by_role("button", name=way).click()
            expect(bar).to_contain_text(words)
            until(lambda: board.heard()["sent"] > 50 or None, f"{way}: she is heard")
            until(lambda: board.heard()["energy"] > 0 or None, f"{way}: she hears")
        bar.get_by_role("button", name="Leave").click()
        expect(bar).to_have_count(0)
        desk.stage("talking")
        page.locator('#agents li[data-key="a1"]').get_by_role("button").click()
        page.get_by_role("menuitem", name="Take over").click()
        expect(bar).to_contain_text("You talk to the caller.")
        desk.stage("none")
        until(lambda: board.heard()["energy"] > 0 or None, "she hears the caller")
        assert not caller.happened("released")
        caller.hangs_up()
        expect(bar).to_have_count(0)
    watched = [one["how"] for one in happened(open_hotline, number, "TalkWatched")]
    assert watched[:3] == ["listen", "whisper", "barge"]


def test_pho_8_how_good_the_voice_was_is_kept_with_the_call_and_of_the_agent(
    open_hotline: Hotline, desk: Desktop
) -> None:
    number = "13911170010"
    caller = answered(open_hotline, desk, number)
    until(lambda: desk.heard()["sent"] > 300 or None, "they talk for some seconds")
    desk.page.keyboard.press("q")
    desk.stage("none")
    caller.ended()
    call = open_hotline.record_of(number)["call"]

    def both() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = open_hotline.client.get(f"/calls/{call}")["voices"]
        return found if len(found) >= 2 else None

    voices = until(both, "both telephones are measured")
    own = next(one for one in voices if one["device"] == "b1")
    hers = next(one for one in voices if one["device"] is None)
    assert own["agent"] == "a1"
    assert own["came"]["packets"] > 200
    assert own["came"]["score"] > 60
    assert hers["went"]["packets"] > 200
    worst = open_hotline.client.get("/figures/voice?since=0")["agents"]
    assert [one["agent"] for one in worst] == ["a1"]
    assert 3.0 < worst[0]["mos"] <= 5.0
