"""Quality scoring (质检): totals by properties, fair samples, and the life of an assessment."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.ids import AgentId, CallId, QueueId, RecordingId
from calls.tasks import TASK_WANTED, TaskWanted
from recordings.model import Recording
from recordings.scoring.daily import draw_samples, yesterday
from recordings.scoring.form import Question, ScoreForm, Section, mistakes, spread, total, twins
from recordings.scoring.model import Plan
from recordings.scoring.sampling import drawn, reviewers_for
from recordings.scoring.sql_store import NotNow, NotThere, SqlScoring, Unfit
from recordings.sql_store import SqlRecordings
from storage import outbox
from storage.database import Database
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract

FORM = ScoreForm(
    id="calls",
    names={"zh-CN": "通话质检", "en": "Calls"},
    sections=(
        Section(
            names={"zh-CN": "礼貌", "en": "Manners"},
            weight=1,
            questions=(
                Question(id="greets", text={"zh-CN": "问候"}, points=5),
                Question(id="listens", text={"zh-CN": "倾听"}, points=5),
            ),
        ),
        Section(
            names={"zh-CN": "解决", "en": "Answer"},
            weight=3,
            questions=(Question(id="right", text={"zh-CN": "正确"}, points=10, fatal=True),),
        ),
    ),
)
FULL = {"greets": 5, "listens": 5, "right": 10}
WANG, LI = AgentId("wang"), AgentId("li")


def test_rec_17_sections_weigh_by_their_weight_and_a_fatal_error_is_nought() -> None:
    assert total(FORM, FULL).score == 100.0
    assert total(FORM, {**FULL, "greets": 0, "listens": 0}).score == 75.0
    assert total(FORM, {**FULL, "right": 5}).score == 62.5
    found = total(FORM, {**FULL, "right": 0})
    assert (found.score, found.fatal) == (0.0, True)


def test_what_does_not_apply_counts_for_neither_side() -> None:
    assert total(FORM, {"greets": None, "listens": None, "right": 5}).score == 50.0
    assert total(FORM, dict.fromkeys(FULL)).score == 100.0


@given(st.fixed_dictionaries({one.id: st.none() | st.integers(0, one.points)
                              for one in FORM.questions}))  # fmt: skip
def test_a_total_is_between_nought_and_a_hundred_and_more_points_are_never_worse(
    answers: dict[str, int | None],
) -> None:
    found = total(FORM, answers).score
    assert 0.0 <= found <= 100.0
    for one in FORM.questions:
        points = answers[one.id]
        if points is not None and points < one.points:
            assert total(FORM, {**answers, one.id: points + 1}).score >= found


def test_an_unfit_answer_is_named() -> None:
    assert mistakes(FORM, {"greets": 6, "listens": -1, "odd": 1}) == (
        "right", "greets", "listens", "odd")  # fmt: skip
    twin = ScoreForm(id="x", names={"en": "x"}, sections=(FORM.sections[0], FORM.sections[0]))
    assert twins(twin) == ("greets", "listens")


@given(st.integers(1, 60), st.integers(1, 30), st.floats(0.01, 1.0), st.text(min_size=1))
def test_rec_18_a_sample_is_fair_and_the_same_whoever_draws_it(
    wangs: int, lis: int, share: float, seed: str
) -> None:
    talks = [(RecordingId(f"w{n}"), WANG) for n in range(wangs)]
    talks += [(RecordingId(f"l{n}"), LI) for n in range(lis)]
    chosen = drawn(talks, share, seed, "2026-W48")
    assert chosen == drawn(reversed(talks), share, seed, "2026-W48")
    for count, letter in ((wangs, "w"), (lis, "l")):
        mine = [one for one in chosen if one.startswith(letter)]
        assert max(1, share * count - 1) <= len(mine) <= share * count + 1
        assert len(set(mine)) == len(mine)


def test_nobody_reviews_herself_and_the_least_busy_is_next() -> None:
    load = {"boss": 3, "anna": 0, "li": 0}
    own = {"boss": None, "anna": None, "li": LI}
    assert reviewers_for(LI, load, own, 1) == ["anna"]
    assert reviewers_for(LI, load, own, 2) == ["anna", "boss"]
    assert load == {"boss": 4, "anna": 2, "li": 0}
    assert reviewers_for(None, {"li": 0}, own, 2) == ["li"]


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.scoring, self.recordings = SqlScoring(database), SqlRecordings(database)
        self.scoring.put_form(FORM, "admin", 1.0)

    def talk(self, n: int, agent: AgentId = WANG) -> Recording:
        made = Recording(
            id=RecordingId(f"r{n}"),
            call=CallId(f"a-{n}"),
            path="x.wav",
            place="here",
            seconds=60.0,
            made_at=100.0 + n,
            queue=QueueId("sales"),
            agent=agent,
        )
        self.recordings.add(made)
        return made

    def hands_in(self, reviewer: str, answers: dict[str, int | None], now: float = 9.0) -> str:
        [one] = [r for r in self.scoring.reviews_of(reviewer) if r.done_at is None]
        return self.scoring.submit(one.id, reviewer, answers, "", now).state

    def wanted(self) -> list[TaskWanted]:
        with self.database.reading() as session:
            waiting = outbox.pending(session, TASK_WANTED, 10)
        return [msgspec.json.decode(one.payload, type=TaskWanted) for one in waiting]

    def score_of(self, id_: str) -> float | None:
        found = self.recordings.find(RecordingId(id_))
        return found.score if found else None


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, new_database: NewDatabase) -> Desk:
    database = new_database(request.param)
    return Desk(database)


def test_one_review_is_told_to_the_agent_and_marks_the_recording(desk: Desk) -> None:
    id_ = desk.scoring.assign(desk.talk(1), "calls", ["boss"], "single", 5.0)
    assert desk.scoring.results(WANG) == []
    assert desk.hands_in("boss", {**FULL, "right": 5}) == "told"
    [told] = desk.scoring.results(WANG)
    assert (told.id, told.score, told.told_at) == (id_, 62.5, 9.0)
    assert desk.score_of("r1") == 62.5
    assert desk.scoring.results(LI) == []


def test_two_are_blind_to_each_other_and_agree_by_their_mean(desk: Desk) -> None:
    id_ = desk.scoring.assign(desk.talk(1), "calls", ["boss", "anna"], "double", 5.0)
    assert desk.hands_in("boss", FULL) == "open"
    assert desk.scoring.behind(id_)[1] == []
    [theirs] = desk.scoring.reviews_of("anna")
    with pytest.raises(NotThere):
        desk.scoring.review(theirs.id, "boss")
    assert desk.hands_in("anna", {**FULL, "greets": 3}) == "told"
    assert desk.score_of("r1") == 97.5


def test_two_who_are_too_far_apart_need_a_third(desk: Desk) -> None:
    id_ = desk.scoring.assign(desk.talk(1), "calls", ["boss", "anna"], "double", 5.0)
    desk.hands_in("boss", FULL)
    assert desk.hands_in("anna", {**FULL, "right": 2}) == "differs"
    assert desk.scoring.results(WANG) == []
    assert len(desk.scoring.behind(id_)[1]) == 2
    assert desk.scoring.settle(id_, 80.0, "admin", "heard it again", 12.0).state == "told"
    assert desk.score_of("r1") == 80.0
    with pytest.raises(NotNow):
        desk.scoring.settle(id_, 90.0, "admin", "again", 13.0)


def test_rec_18_an_agent_disputes_once_and_hears_what_was_decided(desk: Desk) -> None:
    id_ = desk.scoring.assign(desk.talk(1), "calls", ["boss"], "single", 5.0)
    with pytest.raises(NotNow):
        desk.scoring.dispute(id_, WANG, "too early", 10.0)
    desk.hands_in("boss", {**FULL, "right": 0})
    with pytest.raises(NotThere):
        desk.scoring.dispute(id_, LI, "not mine", 10.0)
    assert desk.scoring.dispute(id_, WANG, "我问候了客户", 10.0).state == "disputed"
    with pytest.raises(NotNow):
        desk.scoring.dispute(id_, WANG, "again", 11.0)
    assert desk.scoring.decide(id_, 88.0, "admin", "she is right").state == "decided"
    [told] = desk.scoring.results(WANG)
    assert (told.score, told.fatal, told.decision) == (88.0, False, "she is right")
    assert desk.score_of("r1") == 88.0
    [figures] = desk.scoring.figures(0.0)
    assert (figures.count, figures.mean, figures.disputed) == (1, 88.0, 1)


def test_rec_18_a_low_score_and_a_dispute_become_one_task_each(desk: Desk) -> None:
    id_ = desk.scoring.assign(desk.talk(1), "calls", ["boss"], "single", 5.0)
    desk.hands_in("boss", {**FULL, "right": 2})
    assert [one.key for one in desk.wanted()] == [f"low_quality:{id_}"]
    desk.scoring.dispute(id_, WANG, "我问候了客户", 10.0)
    with pytest.raises(NotNow):
        desk.scoring.dispute(id_, WANG, "again", 11.0)
    low, dispute = desk.wanted()
    assert (low.kind, low.owner, low.call) == ("quality", "role:supervisor", "a-1")
    assert (dispute.key, dispute.due_at) == (f"dispute:{id_}", 10.0 + 3 * 86_400)
    assert "wang" in low.titles["en"]
    assert "异议" in dispute.titles["zh-CN"]


def test_a_good_score_asks_nobody_for_anything(desk: Desk) -> None:
    desk.scoring.assign(desk.talk(1), "calls", ["boss"], "single", 5.0)
    desk.hands_in("boss", FULL)
    assert desk.wanted() == []


def test_rec_18_each_day_every_plan_draws_from_the_day_before(desk: Desk) -> None:
    period, since, until = yesterday(1_704_675_600.0, "Asia/Shanghai")
    assert (period, until - since) == ("2024-01-07", 86_400.0)
    assert until == 1_704_675_600.0 - 9 * 3600
    spring = yesterday(1_711_972_800.0, "Europe/Berlin")
    assert (spring[0], spring[2] - spring[1]) == ("2024-03-31", 23 * 3600.0)
    for n in range(4):
        desk.talk(n)
    plan = Plan(id="daily", form="calls", share=0.5, seed="s", reviewers=("anna",))
    desk.scoring.put_plan(plan)
    next_day = 86_400.0 + 3600
    assert draw_samples(desk.scoring, "UTC", next_day, {"anna": None}) == 2
    assert draw_samples(desk.scoring, "UTC", next_day + 3600, {"anna": None}) == 0
    assert len(desk.scoring.reviews_of("anna")) == 2


def test_rec_18_a_calibration_shows_the_spread_and_tells_no_agent(desk: Desk) -> None:
    id_ = desk.scoring.assign(desk.talk(1), "calls", ["boss", "anna", "cai"], "calibration", 5.0)
    for who, points in (("boss", 10), ("anna", 8), ("cai", 4)):
        state = desk.hands_in(who, {**FULL, "right": points})
    assert state == "compared"
    assessment, reviews = desk.scoring.behind(id_)
    apart = spread([one.score or 0.0 for one in reviews], [one.answers for one in reviews])
    assert (apart.least, apart.most, apart.questions) == (55.0, 100.0, {"right": (4, 10)})
    assert assessment.score == pytest.approx(80.0, abs=0.1)
    assert desk.scoring.results(WANG) == []
    assert desk.score_of("r1") is None


def test_a_plan_draws_each_period_once_and_spreads_the_work(desk: Desk) -> None:
    for n in range(20):
        desk.talk(n, WANG if n < 15 else LI)
    plan = Plan(id="weekly", form="calls", share=0.2, double_share=0.5, seed="s",
                reviewers=("anna", "boss", "li"))  # fmt: skip
    desk.scoring.put_plan(plan)
    own = {"anna": None, "boss": None, "li": LI}
    assert desk.scoring.draw("weekly", "2026-W48", 0.0, 999.0, 5.0, own) == 4
    assert desk.scoring.draw("weekly", "2026-W48", 0.0, 999.0, 5.0, own) == 0
    found = desk.scoring.results()
    assert sorted((one.agent, one.kind) for one in found)[0][0] == "li"
    assert len({one.recording for one in found}) == 4
    assert sum(one.kind == "double" for one in found) == 2
    assert not [one for one in found if one.agent == LI
                for review in desk.scoring.reviews_of("li")
                if review.recording == one.recording]  # fmt: skip
    with pytest.raises(NotThere):
        desk.scoring.draw("other", "2026-W48", 0.0, 999.0, 5.0, own)


def test_what_is_handed_in_stays_and_must_fit_its_form(desk: Desk) -> None:
    desk.scoring.assign(desk.talk(1), "calls", ["boss"], "single", 5.0)
    [one] = desk.scoring.reviews_of("boss")
    for bad in ({}, {**FULL, "right": 11}, {**FULL, "x": 1}):
        with pytest.raises(Unfit):
            desk.scoring.submit(one.id, "boss", bad, "", 6.0)
    with pytest.raises(NotThere):
        desk.scoring.submit(one.id, "anna", FULL, "", 6.0)
    changed = ScoreForm(id="calls", names=FORM.names, sections=FORM.sections[:1])
    assert desk.scoring.put_form(changed, "admin", 6.0) == 2
    assert desk.scoring.submit(one.id, "boss", FULL, "好", 7.0).score == 100.0
    with pytest.raises(NotNow):
        desk.scoring.submit(one.id, "boss", FULL, "", 8.0)
