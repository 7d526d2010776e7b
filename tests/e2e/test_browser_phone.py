"""An agent telephones in a real browser, over HTTPS and WSS: both sides hear, a reload loses
nothing, and a supervisor who listens cannot be heard."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from calls.words import Role
from telephony.robots.scenario import Speak, StayUntilHungUp
from tests.e2e.hotline import Caller, Hotline, hotline, until
from tests.e2e.telephone import Telephone, chromium, stopped, telephone
from tests.e2e.test_talk_control import everybody_hangs_up, facts_of, happened, stage

pytestmark = pytest.mark.e2e
MARK = f"--user-agent-product=ThreeRingTest{os.getpid()}"
"""By which the processes of this browser are known."""
FLOOR: dict[str, Any] = {
    "queues": {
        "sales": {"names": {"en": "Sales"}, "wrap_up_s": 1, "announce_every_s": 0},
        "support": {},
        "service": {},
    },
    "agents": {
        "a1": {
            "name": "王芳",
            "staff_number": "8001",
            "queues": {"sales": 1},
            "devices": {"b1": "browser"},
        },
        "a2": {
            "name": "李伟",
            "staff_number": "8002",
            "queues": {"sales": 2},
            "devices": {"d2": "desk"},
        },
    },
}


@pytest.fixture(scope="module")
def open_hotline() -> Iterator[Hotline]:
    with hotline(floor=FLOOR) as site:
        site.hires("fang", Role.AGENT, agent="a1")
        site.hires("watcher", Role.SUPERVISOR)
        site.opens()
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(MARK) as running:
        yield running


@pytest.fixture
def phone(open_hotline: Hotline, browser: Browser) -> Iterator[Telephone]:
    made = telephone(browser, open_hotline, "fang")
    made.begins()
    made.is_registered()
    if open_hotline.state("a1") == "logged_out":
        open_hotline.client.post("/agents/a1/log-in", {})
    open_hotline.client.post("/agents/a1/ready", {})
    until(lambda: open_hotline.state("a1") == "ready" or None, "she is ready")
    yield made
    made.page.context.close()
    everybody_hangs_up(open_hotline)
    open_hotline.logged_out("a1")


def calls(site: Hotline, number: str) -> Caller:
    steps = [Speak(str(site.tone)), StayUntilHungUp(120.0)]
    return site.calls(*steps, number=number)


def test_pho_1_an_agent_answers_in_the_browser_and_both_sides_hear(
    open_hotline: Hotline, phone: Telephone
) -> None:
    caller = calls(open_hotline, "13911130001")
    phone.answers()
    until(lambda: happened(open_hotline, "13911130001", "TalkBegan") or None, "they talk")
    until(lambda: phone.received()["received"] > 100 or None, "she hears")
    until(lambda: phone.received()["sent"] > 100 or None, "she is heard")
    assert phone.received()["energy"] > 0
    phone.page.evaluate("() => phone.hangUp()")
    phone.comes("")
    record = open_hotline.record_of("13911130001")
    assert (record["agent"], record["device"]) == ("a1", "b1")
    assert not happened(open_hotline, "13911130001", "AgentLost")
    stored = until(
        lambda: [
            one for one in open_hotline.record_of("13911130001")["recordings"] if one.get("path")
        ],
        "the recording is stored",
    )
    # Each side has a channel of its own; one without energy would be a flaw.
    assert stored[0].get("flaw", "") == ""
    caller.ended()


def test_pho_3_a_reload_in_mid_call_loses_nothing(open_hotline: Hotline, phone: Telephone) -> None:
    caller = calls(open_hotline, "13911130002")
    phone.answers()
    until(lambda: happened(open_hotline, "13911130002", "TalkBegan") or None, "they talk")
    left_at = time.time()
    phone.reloads()
    page_at = time.time()
    until(lambda: happened(open_hotline, "13911130002", "AgentReturned") or None, "she is back")
    [lost] = happened(open_hotline, "13911130002", "AgentLost")
    [back] = happened(open_hotline, "13911130002", "AgentReturned")
    assert lost["at"] - left_at < 3.0
    assert back["at"] - page_at < 5.0
    phone.comes("talking")
    until(lambda: phone.received()["energy"] > 0 or None, "she hears again")
    assert not caller.happened("released")
    phone.page.evaluate("() => phone.hangUp()")
    record = open_hotline.record_of("13911130002")
    assert record["outcome"] == "answered"
    assert len(record["legs"]) == 1
    assert open_hotline.state("a1") != "not_responding"


def test_pho_3_a_browser_that_is_gone_gives_the_caller_to_the_next_agent(
    open_hotline: Hotline, browser: Browser, phone: Telephone
) -> None:
    caller = calls(open_hotline, "13911130003")
    phone.answers()
    until(lambda: happened(open_hotline, "13911130003", "TalkBegan") or None, "they talk")
    left_at = time.time()
    phone.page.context.close()
    until(lambda: happened(open_hotline, "13911130003", "AgentLost") or None, "it is noticed")
    [lost] = happened(open_hotline, "13911130003", "AgentLost")
    assert lost["at"] - left_at < 3.0
    assert not caller.happened("released")
    joined = until(
        lambda: happened(open_hotline, "13911130003", "QueueJoined")[1:], "she waits again", 45.0
    )
    assert 28.0 < joined[0]["at"] - lost["at"] < 33.0
    assert not happened(open_hotline, "13911130003", "OfferMissed")
    assert open_hotline.state("a1") not in ("not_responding", "talking")


def test_pho_4_a_browser_that_is_silent_and_comes_to_again_has_its_caller_back(
    open_hotline: Hotline, phone: Telephone
) -> None:
    """Stopped whole, as by sleep or a cut network: no BYE, no beacon, no closed connection."""
    caller = calls(open_hotline, "13911130006")
    phone.answers()
    until(lambda: happened(open_hotline, "13911130006", "TalkBegan") or None, "they talk")
    with stopped(MARK):
        stopped_at = time.time()
        until(lambda: happened(open_hotline, "13911130006", "AgentLost") or None, "it is noticed")
        [lost] = happened(open_hotline, "13911130006", "AgentLost")
        time.sleep(max(0.0, stopped_at + 7.0 - time.time()))
    awake_at = time.time()
    until(lambda: happened(open_hotline, "13911130006", "AgentReturned") or None, "she is back")
    [back] = happened(open_hotline, "13911130006", "AgentReturned")
    assert lost["at"] - stopped_at < 4.0
    assert back["at"] - awake_at < 8.0
    phone.comes("talking")
    until(lambda: phone.received()["energy"] > 0 or None, "she hears again")
    assert not caller.happened("released")
    phone.page.evaluate("() => phone.hangUp()")
    assert len(open_hotline.record_of("13911130006")["legs"]) == 1


def test_pho_5_a_second_tab_only_looks(open_hotline: Hotline, phone: Telephone) -> None:
    page = phone.page.context.new_page()
    page.goto(phone.page.url)
    second = Telephone(page, open_hotline, "fang")
    second.begins()
    until(lambda: second.state()["registration"] == "elsewhere" or None, "it only looks")
    assert phone.state()["registration"] == "registered"
    phone.page.close()
    second.is_registered()


def test_sup_4_p64_who_listens_opens_no_microphone_and_nobody_hears_her(
    open_hotline: Hotline, browser: Browser, phone: Telephone
) -> None:
    caller = calls(open_hotline, "13911130004")
    phone.answers()
    until(lambda: happened(open_hotline, "13911130004", "TalkBegan") or None, "they talk")
    watcher = telephone(browser, open_hotline, "watcher")
    watcher.begins()
    watcher.is_registered()
    [call] = {one["call"] for one in facts_of(open_hotline, "13911130004")}
    for how, sends in (("listen", False), ("whisper", True), ("barge", True)):
        watcher.page.evaluate(
            """async ([call, how]) => {
              const ticket = await ask("POST", "/calls/" + call + "/watch", {how});
              await phone.dial(ticket.dial, ticket.sends, true);
            }""",
            [call, how],
        )
        watcher.comes("talking")
        until(lambda: watcher.received()["energy"] > 0 or None, f"{how}: she hears")
        assert (watcher.received()["sent"] > 0) is sends
        senders = "() => phone.session.connection.getSenders().filter((s) => s.track).length"
        assert watcher.page.evaluate(senders) == int(sends)
        watcher.page.evaluate("() => phone.hangUp()")
        watcher.comes("")
    watched = [one["how"] for one in happened(open_hotline, "13911130004", "TalkWatched")]
    assert watched == ["listen", "whisper", "barge"]
    assert stage(open_hotline, "a1") == "talking"
    assert not caller.happened("released")
    watcher.page.context.close()


def test_sup_5_a_supervisor_takes_the_caller_over(
    open_hotline: Hotline, browser: Browser, phone: Telephone
) -> None:
    caller = calls(open_hotline, "13911130005")
    phone.answers()
    until(lambda: happened(open_hotline, "13911130005", "TalkBegan") or None, "they talk")
    watcher = telephone(browser, open_hotline, "watcher")
    watcher.begins()
    watcher.is_registered()
    [call] = {one["call"] for one in facts_of(open_hotline, "13911130005")}
    watcher.page.evaluate(
        """async (call) => {
          const ticket = await ask("POST", "/calls/" + call + "/watch", {how: "take_over"});
          await phone.dial(ticket.dial, ticket.sends, true);
        }""",
        call,
    )
    phone.comes("")
    until(lambda: watcher.received()["energy"] > 0 or None, "she hears the caller")
    assert not caller.happened("released")
    caller.hangs_up()
    watcher.comes("")
    record = open_hotline.record_of("13911130005")
    assert [leg["agent"] for leg in record["legs"] if leg.get("talked")] == ["a1", "watcher"]
    watcher.page.context.close()
