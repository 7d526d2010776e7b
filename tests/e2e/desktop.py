"""The agent's desktop as the hotline serves it, in a real Chromium whose microphone beeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from tests.e2e.hotline import PASSWORD, Hotline

KEEP_CONNECTIONS = """
  window.heardOn = [];
  const Made = window.RTCPeerConnection;
  window.RTCPeerConnection = function (...given) {
    const made = new Made(...given);
    window.heardOn.push(made);
    return made;
  };
  window.RTCPeerConnection.prototype = Made.prototype;
"""
HEARD = """async () => {
  const seen = {received: 0, sent: 0, energy: 0};
  const live = window.heardOn.findLast((one) => one.connectionState !== "closed");
  if (!live) return seen;
  (await live.getStats()).forEach((one) => {
    if (one.type === "inbound-rtp") {
      seen.received += one.packetsReceived;
      seen.energy += one.totalAudioEnergy || 0;
    }
    if (one.type === "outbound-rtp") seen.sent += one.packetsSent;
  });
  return seen;
}"""


@dataclass
class Desktop:
    page: Page

    def heard(self) -> dict[str, float]:
        """What came in and went out by RTP on the connection that is open now."""
        found: dict[str, float] = self.page.evaluate(HEARD)
        return found

    def goes_ready(self) -> None:
        """By the keys, through the headset check."""
        own = self.page.locator("#own-state")
        expect(self.page.locator("#phone")).to_have_attribute("data-state", "registered")
        if own.get_attribute("data-state") == "logged_out":
            self.page.keyboard.press("l")
        expect(own).to_have_attribute("data-state", "not_ready")
        self.page.keyboard.press("r")
        self.page.locator("#headset-well").click()
        expect(own).to_have_attribute("data-state", "ready")

    def stage(self, wanted: str, timeout_s: float = 20.0) -> None:
        bar = self.page.locator("#talk")
        expect(bar).to_have_attribute("data-stage", wanted, timeout=timeout_s * 1000)

    def takes(self, place: str) -> None:
        """Chooses whom in the dialog that is open."""
        self.page.get_by_role("textbox", name="Name, queue or number").fill(place)
        expect(self.page.get_by_role("option").first).to_contain_text(place)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("dialog")).to_be_hidden()


@contextmanager
def desktop(
    browser: Browser, site: Hotline, person: str, language: str = "en", password: str = PASSWORD
) -> Iterator[Desktop]:
    """Signed in on a page of her own profile; nothing on it may break or be forbidden."""
    context = browser.new_context(ignore_https_errors=True, locale=language)
    context.grant_permissions(["microphone", "notifications"])
    context.add_init_script(KEEP_CONNECTIONS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(20_000)
    page.goto(f"https://127.0.0.1:{site.site.configuration.settings.web.tls_port}/")
    page.fill("#name", person)
    page.fill("#password", password)
    page.keyboard.press("Enter")
    try:
        yield Desktop(page)
        assert errors == [], errors
    finally:
        context.close()
