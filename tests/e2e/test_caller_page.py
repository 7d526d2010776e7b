"""Somebody without a telephone calls from a web page, in a real Chromium with a microphone that
beeps: the hotline's own page, and a frame in another site's."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from telephony.asterisk.ports import free_ports
from telephony.robots.scenario import Answers
from tests.e2e.hotline import Hotline, hotline, until
from tests.e2e.telephone import chromium
from tests.e2e.test_talk_control import happened

pytestmark = pytest.mark.e2e
HEARS = """
  const Kind = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Kind {
    constructor(...given) { super(...given); window.peer = this; }
  };
"""
"""Keeps the connection of the call where the test can ask it what it hears."""
LONG = Answers(after_s=0.5, talk_s=60.0)


@pytest.fixture(scope="module")
def shop() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def open_hotline(shop: int) -> Iterator[Hotline]:
    with hotline() as site:
        allowed = {"web": {"callers": True, "caller_origins": [f"http://localhost:{shop}"]}}
        settings = Path(site.folder / "config" / "threering.yaml")
        settings.write_text(yaml.safe_dump(allowed))
        site.opens()
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def caller(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(ignore_https_errors=True, locale="zh-CN")
    context.grant_permissions(["microphone"])
    context.add_init_script(HEARS)
    yield context
    context.close()


def own_page(context: BrowserContext, site: Hotline) -> Page:
    page = context.new_page()
    page.goto(f"https://127.0.0.1:{site.site.configuration.settings.web.tls_port}/call")
    return page


def calls(page: Page | Frame, number: str = "4008001234") -> str:
    """Dials; under which name, as the page says."""
    page.locator("#number").fill(number)
    page.locator("#call").click()
    expect(page.locator(".caller")).to_have_attribute("data-stage", "talking", timeout=15_000)
    said = re.search(r"web-[0-9a-f]{12}", page.locator(".caller-name").inner_text())
    assert said
    return said[0]


def presses(page: Page | Frame, *keys: str) -> None:
    for key in keys:
        page.locator(".keypad").get_by_role("button", name=key, exact=True).click()
        page.wait_for_timeout(400)


def energy(page: Page | Frame) -> float:
    found: float = page.evaluate(
        """async () => {
          let sum = 0;
          (await window.peer.getStats()).forEach((one) => {
            if (one.type === "inbound-rtp") sum += one.totalAudioEnergy || 0;
          });
          return sum;
        }"""
    )
    return found


def test_who_has_no_telephone_reaches_an_agent_by_the_keys_of_the_page(
    open_hotline: Hotline, caller: BrowserContext
) -> None:
    page = own_page(caller, open_hotline)
    name = calls(page)
    presses(page, "1", "2")
    expect(page.locator("#number")).to_have_value("12")
    until(lambda: happened(open_hotline, name, "QueueJoined") or None, "she waits")
    heard = energy(page)
    until(lambda: energy(page) > heard or None, "she hears music")
    phone = open_hotline.agent_ready("a8002", LONG)
    until(lambda: happened(open_hotline, name, "TalkBegan") or None, "they talk")
    heard = energy(page)
    until(lambda: energy(page) > heard + 0.01 or None, "she hears the agent")
    page.wait_for_timeout(2_000)
    page.locator("#call").click()
    until(lambda: phone.times("released") or None, "the agent's telephone hears her hang up")
    record = open_hotline.record_of(name)
    assert (record["outcome"], record["queue"]) == ("answered", "support")
    assert record["number"] == name
    stored = until(
        lambda: [one for one in open_hotline.record_of(name)["recordings"] if one.get("path")],
        "the recording is stored",
    )
    # Each side has a channel of its own; one without energy would be a flaw.
    assert stored[0].get("flaw", "") == ""
    open_hotline.logged_out("a8002")
    phone.robot.stop()
    # The next time she is the same to the hotline, and to nobody a number.
    assert calls(page) == name
    page.locator("#call").click()
    expect(page.locator(".caller-now")).to_have_text("通话已结束。")


def test_a_page_that_is_closed_leaves_nobody_on_the_line(
    open_hotline: Hotline, caller: BrowserContext
) -> None:
    page = own_page(caller, open_hotline)
    name = calls(page, "1001")
    until(lambda: happened(open_hotline, name, "QueueJoined") or None, "she waits")
    page.close()
    until(lambda: happened(open_hotline, name, "CallEnded") or None, "she is gone")


def test_another_sites_page_carries_the_caller_when_it_is_allowed_to(
    open_hotline: Hotline, caller: BrowserContext, shop: int
) -> None:
    web = open_hotline.site.configuration.settings.web
    hotline_at = f"http://127.0.0.1:{web.port}"
    with site(shop, hotline_at):
        page = caller.new_page()
        page.goto(f"http://localhost:{shop}/")
        page.get_by_role("button", name="联系我们").click()
        frame = framed(page)
        name = calls(frame, "1001")
        until(lambda: happened(open_hotline, name, "QueueJoined") or None, "she waits")
        # Put aside, the call goes on.
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="联系我们")).to_have_attribute(
            "aria-expanded", "false"
        )
        heard = energy(frame)
        until(lambda: energy(frame) > heard or None, "she still hears")
        page.close()
        # The same server under a name that is not among the allowed.
        other = caller.new_page()
        other.goto(f"http://127.0.0.1:{shop}/")
        with other.expect_event("requestfailed") as refused:
            other.get_by_role("button", name="联系我们").click()
        assert refused.value.url == f"{hotline_at}/call?embedded"
        assert refused.value.failure == "net::ERR_BLOCKED_BY_RESPONSE"


def framed(page: Page) -> Frame:
    frame = page.locator("#threering-widget iframe").element_handle().content_frame()
    assert frame
    return frame


@contextmanager
def site(port: int, hotline_at: str) -> Iterator[None]:
    """A shop's page with the one script tag."""
    html = f'<html lang="zh-CN"><title>店</title><script src="{hotline_at}/widget.js"></script>'

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            # Strict, as careful shops are.
            policy = f"default-src 'none'; script-src {hotline_at}; frame-src {hotline_at}"
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Shop)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
