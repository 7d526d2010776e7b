"""The app's own telephone (ui/src/phone) in a real Chromium with a microphone that beeps, on a page
that holds nothing else."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.hotline import PASSWORD, PATIENCE_S, Hotline, until

UI = Path(__file__).parents[2] / "ui"
FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-background-networking",
    "--disable-quic",
    "--autoplay-policy=no-user-gesture-required",
]
PAGE = """async ({name, password}) => {
  const ask = async (method, path, body, more = {}) => {
    const answer = await fetch("/api/v1" + path, {
      method, ...more,
      headers: {"Content-Type": "application/json", "X-ThreeRing": window.token || "1"},
      body: method === "GET" ? undefined : JSON.stringify(body || {}),
    });
    if (!answer.ok) throw Object.assign(new Error(path), {code: (await answer.json()).error});
    return answer.status === 204 ? null : answer.json();
  };
  window.ask = ask;
  const known = await ask("GET", "/session").catch(() => null);
  const session = known || await ask("POST", "/session", {name, password});
  window.token = session.token;
  window.phone = new ThreeRing.Telephone({
    login: (page, take) => ask("POST", "/phone", {page, take}),
    here: () => ask("POST", "/phone/here"),
    leaving: () => { ask("POST", "/phone/leaving", {}, {keepalive: true}).catch(() => {}); },
    hangUp: () => ask("POST", "/agents/" + session.agent + "/talk", {do: "hang_up"}),
  });
  phone.unlock();
  phone.start();
}"""


@dataclass
class Telephone:
    page: Page
    site: Hotline
    person: str

    def begins(self) -> None:
        """Registered, signed in as this person (or still so, after a reload)."""
        self.page.add_script_tag(content=bundle())
        self.page.evaluate(PAGE, {"name": self.person, "password": PASSWORD})

    def is_registered(self) -> None:
        until(lambda: self.state()["registration"] == "registered" or None, "it registers")

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("() => phone.now")
        return found

    def stage(self) -> str:
        call = self.state()["call"]
        return str(call["stage"]) if call else ""

    def comes(self, stage: str, tries_s: float = PATIENCE_S) -> None:
        until(lambda: self.stage() == stage or None, f"the call is {stage!r}", tries_s)

    def answers(self) -> None:
        self.comes("ringing")
        self.page.evaluate("() => phone.answer()")
        self.comes("talking")

    def reloads(self) -> None:
        self.page.reload()
        self.begins()

    def received(self) -> dict[str, float]:
        """What came in and went out by RTP so far."""
        found: dict[str, float] = self.page.evaluate(
            """async () => {
              const seen = {received: 0, sent: 0, energy: 0};
              const stats = await phone.session.connection.getStats();
              stats.forEach((one) => {
                if (one.type === "inbound-rtp") {
                  seen.received += one.packetsReceived;
                  seen.energy += one.totalAudioEnergy || 0;
                }
                if (one.type === "outbound-rtp") seen.sent += one.packetsSent;
              });
              return seen;
            }"""
        )
        return found


def bundle() -> str:
    """The telephone as one script."""
    return subprocess.run(
        [
            str(UI / "node_modules/.bin/esbuild"),
            "src/phone/telephone.ts",
            "--bundle",
            "--format=iife",
            "--global-name=ThreeRing",
        ],
        cwd=UI,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *more])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def stopped(mark: str) -> Iterator[None]:
    """All processes of the browser with this flag stand still, and go on when the block ends."""
    roots = [pid for pid, line in _processes() if mark in line]
    pids = {pid for pid, line in _processes() if mark in line or _parent(pid) in roots}
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _processes() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if "chrom" in line.partition(" ")[0]:
                yield int(folder.name), line


def _parent(pid: int) -> int:
    with suppress(OSError, ValueError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def telephone(browser: Browser, site: Hotline, person: str, *, tls: bool = True) -> Telephone:
    """This person's telephone in a browser profile of its own."""
    context: BrowserContext = browser.new_context(ignore_https_errors=True, bypass_csp=True)
    context.grant_permissions(["microphone"])
    page = context.new_page()
    web = site.site.configuration.settings.web
    base = f"https://127.0.0.1:{web.tls_port}" if tls else f"http://127.0.0.1:{web.port}"
    page.goto(f"{base}/api/v1/openapi.json")
    return Telephone(page, site, person)
