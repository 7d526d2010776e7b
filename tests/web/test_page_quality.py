"""Quality scoring in a real browser: a form is made, talks are drawn and judged, an agent is told,
does not agree, and hears what was decided."""

import os
from pathlib import Path
from time import time

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from calls.ids import RecordingId
from recordings.scoring.form import Question, ScoreForm, Section
from recordings.scoring.model import Plan
from recordings.scoring.sql_store import SqlScoring
from recordings.sql_store import SqlRecordings
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.test_page_access import LOOKS, faults
from tests.web.test_page_recordings import R1, given_a_talk

pytestmark = pytest.mark.integration

SHOTS = os.environ.get("THREERING_SHOTS", "")
"""A folder: pictures of the pages are left there."""
FORM = ScoreForm(
    id="calls",
    names={"zh-CN": "通话质检表", "en": "Calls"},
    sections=(
        Section(
            names={"zh-CN": "服务态度", "en": "Manners"},
            questions=(
                Question(id="greets", text={"zh-CN": "按规范问候", "en": "Greets as told"}),
                Question(id="listens", text={"zh-CN": "耐心倾听", "en": "Listens"}),
            ),
        ),
        Section(
            names={"zh-CN": "解决问题", "en": "Answer"},
            weight=3,
            questions=(
                Question(
                    id="right",
                    text={"zh-CN": "答复正确", "en": "The answer is right"},
                    points=10,
                    fatal=True,
                ),
            ),
        ),
    ),
)


def given_talks(house: House) -> SqlScoring:
    given_a_talk(house)
    talk = house.recordings.find(R1)
    assert talk is not None
    store = SqlRecordings(house.database)
    store.add(replace(talk, made_at=time() - 60, score=None))
    scoring = SqlScoring(house.database)
    scoring.put_form(FORM, "admin", 1.0)
    return scoring


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def choose(page: Page, question: str, points: str) -> None:
    group = page.get_by_role("radiogroup", name=question)
    group.get_by_role("radio", name=points, exact=True).check()


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_rec_18_a_talk_is_drawn_scored_disputed_and_decided(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    zh = language == "zh-CN"

    def act(page: Page, house: House, tell: Tell) -> None:
        scoring = given_talks(house)
        plan = Plan(id="weekly", form="calls", share=1.0, seed="s", reviewers=("admin",))
        scoring.put_plan(plan)
        sign_in(page)
        page.goto(f"{house.base}/quality/plans")
        expect(page.locator("#plans li")).to_have_count(1)
        shot(page, f"quality-plans-{language}-{scheme}")
        assert faults(page) == []
        page.locator("#plans button").click()
        page.goto(f"{house.base}/quality")
        expect(page.locator("#reviews tbody tr")).to_have_count(1)
        page.locator("#reviews a").click()
        hand_in = page.locator('.score-sheet button[type="submit"]')
        expect(hand_in).to_be_disabled()
        choose(page, "按规范问候" if zh else "Greets as told", "5")
        choose(page, "耐心倾听" if zh else "Listens", "不适用" if zh else "n/a")
        choose(page, "答复正确" if zh else "The answer is right", "4")
        expect(page.locator(".score-sum b")).to_have_text("55")
        shot(page, f"quality-review-{language}-{scheme}")
        assert faults(page) == []
        hand_in.click()
        expect(page.locator("#reviews tbody tr")).to_contain_text("55")
        [told] = scoring.results()
        assert (told.state, told.score) == ("told", 55.0)
        scoring.dispute(told.id, told.agent or "", "我按规范问候了", time())  # type: ignore[arg-type]
        page.goto(f"{house.base}/quality/results")
        expect(page.locator("#results li")).to_have_count(1)
        shot(page, f"quality-results-{language}-{scheme}")
        assert faults(page) == []
        page.locator("#results a").click()
        expect(page.locator(".quality-dispute")).to_have_text("我按规范问候了")
        expect(page.locator("#beside tbody tr")).to_have_count(5)
        shot(page, f"quality-result-{language}-{scheme}")
        assert faults(page) == []
        page.locator(".quality-decide input").fill("80")
        page.locator(".quality-decide textarea").fill("再听后同意")
        page.locator('.quality-decide button[type="submit"]').click()
        expect(page.locator(".quality-decide")).to_have_count(0)
        [decided] = scoring.results()
        assert (decided.state, decided.score, decided.decided_by) == ("decided", 80.0, "admin")

    in_browser(run, tmp_path, act, language, scheme)


def test_rec_17_an_admin_makes_a_form_and_a_wrong_one_is_said_beside_it(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        sign_in(page)
        page.goto(f"{house.base}/quality/forms")
        page.get_by_label("Short name").fill("sales")
        page.get_by_label("Name (Chinese)").first.fill("销售质检")
        page.get_by_label("Section’s name (Chinese)").fill("开场")
        page.get_by_label("Question (Chinese)").fill("报工号")
        page.get_by_label("Fatal error").check()
        page.get_by_role("button", name="Add a question").click()
        expect(page.locator(".quality-question")).to_have_count(2)
        page.get_by_label("Question (Chinese)").nth(1).fill("确认需求")
        shot(page, "quality-form-en-light")
        assert faults(page) == []
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("Score form")).to_have_value("sales")
        [form] = SqlScoring(house.database).forms()
        assert [(one.id, one.fatal) for one in form.questions] == [("q1", True), ("q2", False)]
        assert form.sections[0].names == {"zh-CN": "开场"}

    in_browser(run, tmp_path, act)


def test_rec_18_an_agent_sees_her_own_scores_and_disputes_one_once(
    run: Run, tmp_path: Path
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        scoring = given_talks(house)
        talk = SqlRecordings(house.database).find(RecordingId("r1"))
        assert talk is not None
        scoring.assign(talk, "calls", ["boss"], "single", 5.0)
        [review] = scoring.reviews_of("boss")
        answers = {"greets": 0, "listens": 5, "right": 10}
        sign_in(page, "a8001")
        page.goto(f"{house.base}/quality")
        expect(page.locator("#results li")).to_have_count(0)
        scoring.submit(review.id, "boss", answers, "", 9.0)
        page.reload()
        expect(page.locator("#results li")).to_contain_text("87.5")
        page.get_by_role("button", name="I do not agree").click()
        page.get_by_label("Why you do not agree").fill("我问候了 <b>客户</b>")
        shot(page, "quality-own-en-light")
        assert faults(page) == []
        page.get_by_role("button", name="Send to the supervisors").click()
        expect(page.locator("#results li")).to_contain_text("我问候了 <b>客户</b>")
        expect(page.get_by_role("button", name="I do not agree")).to_have_count(0)
        page.goto(f"{house.base}/quality/plans")
        expect(page.locator("#plans")).to_have_count(0)

    in_browser(run, tmp_path, act)
