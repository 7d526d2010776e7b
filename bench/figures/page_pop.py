"""Is the pop painted before the phone rings, on a real agent's real screen among 500 that listen?

One agent of a real floor sits at a browser; her pop counts from the frame after it stands in the
page, her ring from her phone's own 180. Both clocks are this machine's.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from bench.crowd import crowd
from bench.figure import Effort, Figure, percentile
from bench.figures.pop import leads_s
from bench.floor import OURS, Floor, floor, wait_for
from bench.screens import Shown
from bench.site import Plan
from runtime.local_door import local_client
from telephony.robots.scenario import Answers
from tests.web.page import browsing

SHARE = 99.0
AGENTS, HERS = 8, "a1"
RATE = 5.0
WATCH_POPS = """() => {
  window.pops = [];
  let last = "";
  new MutationObserver(() => {
    const call = document.querySelector("#pop")?.dataset.call ?? "";
    if (call === last) return;
    last = call;
    if (call) requestAnimationFrame(() => setTimeout(() => window.pops.push(Date.now() / 1000)));
  }).observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-call"],
  });
}"""


def measure(effort: Effort) -> Iterator[Figure]:
    calls, screens = effort.scaled(400, 40), effort.scaled(500, 20)
    runs: list[list[float]] = []
    with floor(Plan(agents=AGENTS), Answers(after_s=0.2, talk_s=0.5)) as place:
        settings = place.site.configuration.settings
        for _ in range(effort.runs):
            with (
                place.side(OURS),
                crowd(settings.database_url, settings.web.port, screens),
                _at_her_desk(place) as page,
            ):
                runs.append(_run(place, page, calls))
    leads = [lead for run in runs for lead in run]
    yield Figure(
        name=f"pop painted before the phone's 180, one browser among {screens} clients",
        unit="%",
        ours=tuple(_share(run) for run in runs),
        target=f"{SHARE:g} %",
        met=_share(leads) >= SHARE,
        note=f"painted {percentile(leads, 50) * 1000:.0f} ms (median) before it; "
        f"{len(leads)} calls of hers",
    )


def _share(leads: list[float]) -> float:
    return 100 * sum(lead > 0 for lead in leads) / len(leads)


def _run(place: Floor, page: Page, calls: int) -> list[float]:
    place.warm_up(OURS, AGENTS)
    page.evaluate(WATCH_POPS)
    began = time.time()
    robot = place.call(OURS, calls=calls, rate=RATE)
    wait_for(lambda: not robot.running, 60 + calls, "calls do not end")
    page.wait_for_timeout(500)
    shown = [Shown(HERS, at) for at in page.evaluate("() => window.pops")]
    rings = [one for one in place.at_phones(began) if one.line == HERS.replace("a", "d")]
    return leads_s(shown, rings)


@contextmanager
def _at_her_desk(place: Floor) -> Iterator[Page]:
    """Agent ``HERS`` in front of her desktop."""
    with local_client(place.site) as api:
        name = f"person-{time.time_ns()}"
        person = {"id": name, "name": "Agent", "roles": ["agent"], "agent": HERS}
        password = api.post("/people", person)["password"]
    settings = place.site.configuration.settings
    with browsing(f"http://{settings.web.address}:{settings.web.port}") as page:
        page.fill("#name", name)
        page.fill("#password", password)
        page.keyboard.press("Enter")
        expect(page.locator("#link")).to_have_attribute("data-state", "live")
        yield page
