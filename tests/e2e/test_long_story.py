"""What becomes of a call, from the first ring to the figures: a caller complains, the agent files
it, the department is late, it is chased and she is called with an apology, the
answer goes out, she is called again and asked how it went, and the report counts her once.

A real Asterisk, SIP phones for those outside, and the browsers of an agent and of a department.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from calls.words import Role
from telephony.robots.scenario import Answers, Speak, StayUntilHungUp
from tests.e2e.desktop import Desktop, desktop
from tests.e2e.hotline import PASSWORD, Hotline, hotline, until
from tests.e2e.telephone import chromium
from tests.e2e.test_browser_phone import FLOOR
from tests.e2e.trees import queue, tree

pytestmark = [pytest.mark.e2e, pytest.mark.prove]

NUMBER = "13811180001"
TREE = {
    "id": "quick",
    "title": "Long story",
    "languages": ["zh-CN", "en"],
    "prompts": {"short": {"zh-CN": {"text": "好"}, "en": {"text": "Yes"}}},
    **tree(
        "consent",
        consent={"kind": "consent", "says": ["short"], "next": "wait"},
        wait=queue("sales"),
    ),
}
DEPARTMENTS = {
    "care": {
        "name": {"zh-CN": "客户关怀部", "en": "Care"},
        "kinds": ["technical", "service", "sales", "other"],
        "calendar": "hotline",
        "reach_in_minutes": 1,
    }
}
FOLLOW_UPS = {
    "call_hours": {"week": {"mon-sun": "00:00-24:00"}},
    "rules": {"complaints": {"after": "complaint"}},
}


@pytest.fixture(scope="module")
def open_hotline() -> Iterator[Hotline]:
    with hotline(floor=FLOOR) as site:
        site.may_dial("+86138")
        _writes(site, departments=DEPARTMENTS, followups=FOLLOW_UPS)
        (site.folder / "tree.json").write_text(json.dumps(TREE))
        site.publishes(site.folder / "tree.json")
        site.hires("fang", Role.AGENT, agent="a1")
        site.hires("zhao", Role.DEPARTMENT, departments=["care"])
        site.opens()
        site.beyond_the_trunk(Answers(after_s=0.3, talk_s=120.0))
        yield site


def _writes(site: Hotline, **files: Any) -> None:
    for name, content in files.items():
        written = yaml.safe_dump(content, allow_unicode=True)
        (site.folder / "config" / f"{name}.yaml").write_text(written)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(f"--user-agent-product=ThreeRingStory{os.getpid()}") as running:
        yield running


def test_d1_d3_d4_d5_from_a_complaint_to_the_figures(
    open_hotline: Hotline, browser: Browser
) -> None:
    with desktop(browser, open_hotline, "fang") as agent, _office(browser, open_hotline) as office:
        agent.goes_ready()
        ticket = _complains(open_hotline, agent)
        _is_chased(open_hotline, agent, ticket)
        _is_answered(open_hotline, office, ticket)
        _is_followed_up(agent)
        _is_counted_once(open_hotline, ticket)


def _complains(site: Hotline, agent: Desktop) -> str:
    """She calls, the agent answers and files a complaint. The ticket's number."""
    caller = site.calls(
        Speak(str(site.tone)),
        StayUntilHungUp(120.0),
        number=NUMBER,
    )
    page = agent.page
    agent.stage("ringing")
    page.keyboard.press("a")
    agent.stage("talking")
    number = page.locator("#ticket .story-id").inner_text().strip("#")
    page.get_by_label("About").fill("宽带三天不能上网，投诉")
    _goes(page, "/desk")
    page.locator(f'[data-ticket="{number}"] a').click()
    page.locator("#complain").click()
    expect(page.locator("#complaint-state")).to_have_attribute("data-state", "received")
    _goes(page, "/")
    agent.stage("talking")
    page.keyboard.press("q")
    agent.stage("none")
    record = site.record_of(NUMBER)
    assert record["outcome"] == "answered"
    caller.ended()
    return number


def _is_chased(site: Hotline, agent: Desktop, ticket: str) -> None:
    """Nobody of the department takes it within the minute it has: the agent is told, calls her with
    an apology, and writes down that she did."""
    page = agent.page
    _goes(page, "/desk")
    page.get_by_role("link", name="My tasks").click()
    chase = page.locator('#tasks [data-kind="chase"]')
    expect(chase).to_have_count(1, timeout=150_000)
    expect(chase).to_contain_text(f"#{ticket}")
    _goes(page, "/")
    _calls_her(agent)
    _goes(page, "/desk")
    page.get_by_role("link", name="My tasks").click()
    chase.get_by_role("textbox").fill("已催办并致歉")
    chase.locator('[data-do="done"]').click()
    expect(chase).to_have_count(0)


def _calls_her(agent: Desktop) -> None:
    """From the desktop, over the outbound route: they hear each other, the agent hangs up."""
    page = agent.page
    dial = page.get_by_role("textbox", name="Number to call")
    expect(dial).to_be_visible()
    dial.fill(NUMBER)
    dial.press("Enter")
    agent.stage("talking", 30.0)
    until(lambda: agent.heard()["energy"] > 0 or None, "the agent hears her")
    page.keyboard.press("q")
    agent.stage("none")


def _is_answered(site: Hotline, office: Page, ticket: str) -> None:
    """The department takes it, and the complaint goes its way; other eyes approve."""
    office.goto(f"{_base(site)}/desk/ticket/{ticket}")
    office.locator("#take").click()
    expect(office.locator("#owner")).to_have_value("zhao")
    for step, words in (
        ("accept", ""),
        ("judge_stands", "确实三天没有修好"),
        ("classify", ""),
        ("assign", ""),
        ("investigate", "交换机端口损坏"),
        ("propose", "换端口，退三天的费用"),
    ):
        _takes_step(office, step, words)
    said = office.locator("#complaint-state")
    expect(said).to_have_attribute("data-state", "proposed")
    complaint = site.client.get(f"/tickets/{ticket}/complaint")["complaint"]
    approval = {"version": complaint["version"], "step": "approve", "text": "同意"}
    site.client.post(f"/tickets/{ticket}/complaint/steps", approval)
    office.reload()
    _takes_step(office, "answer", "端口已换，费用已退")
    # What the complaint is answered with, the customer was told: it is the ticket's answer, too.
    expect(office.locator('#timeline [data-kind="reply"]')).to_contain_text("端口已换")
    office.locator("#to-resolved").click()
    expect(office.locator("#ticket-state")).to_have_attribute("data-state", "resolved")


def _goes(page: Page, face: str) -> None:
    """By the page's own links, as people do: the telephone goes on."""
    page.locator(f'nav.faces a[href="{face}"]').click()


def _takes_step(office: Page, step: str, words: str) -> None:
    before = office.locator("#complaint-state").get_attribute("data-state")
    office.locator("#step").select_option(step)
    if words:
        office.locator("#step-text").fill(words)
    office.locator("#take-step").click()
    expect(office.locator("#complaint-state")).not_to_have_attribute("data-state", str(before))


def _is_followed_up(agent: Desktop) -> None:
    """She is on the call list, is called from it, and is content now."""
    page = agent.page
    _goes(page, "/followups")
    item = page.locator("#follow-ups > li")
    expect(item).to_have_count(1, timeout=30_000)
    item.locator('[data-do="call"]').click()
    _goes(page, "/")
    agent.stage("talking", 30.0)
    page.keyboard.press("q")
    agent.stage("none")
    _goes(page, "/followups")
    item.locator('[data-do="write"]').click()
    item.locator('input[value="yes"]').check()
    item.locator('input[value="5"]').check()
    item.locator("textarea").fill("已恢复，客户满意")
    item.locator('[data-do="save"]').click()
    expect(item).to_have_count(0)


def _is_counted_once(site: Hotline, ticket: str) -> None:
    """One record, one ticket, one complaint, and one call in the report of the day."""
    zone = ZoneInfo(site.site.configuration.settings.time_zone)
    today = datetime.now(zone).date()
    report = site.client.get("/reports", first=f"{today}", last=f"{today}")
    [whole, *_] = report["totals"]
    assert whole["figures"]["offered"] == 1
    month = f"{today:%Y-%m}"
    trends = site.client.get("/figures/complaints", first=month, last=month)["trends"]
    assert [(one["stands"], one["count"]) for one in trends] == [(True, 1)]
    mine = [one for one in site.tickets() if NUMBER in one["number"]]
    assert [one["id"] for one in mine] == [ticket]


@contextmanager
def _office(browser: Browser, site: Hotline) -> Iterator[Page]:
    """Whoever answers for the department, signed in on a browser of her own."""
    context = browser.new_context(ignore_https_errors=True, locale="en")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{_base(site)}/")
    page.fill("#name", "zhao")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{_base(site)}/desk")
    try:
        yield page
    finally:
        context.close()


def _base(site: Hotline) -> str:
    return f"https://127.0.0.1:{site.site.configuration.settings.web.tls_port}"
