"""followups.yaml: what it becomes, and each mistake with its sentence in both languages."""

from collections.abc import Sequence
from importlib.resources import files

import pytest

from calls.words import Language, Level
from config.document import read_document
from config.followups import read_follow_ups
from config.phrases import PHRASES
from config.problems import Problem
from config.section import Section
from tickets.followups.model import DAY_S, FollowUpCause, FollowUpPlan, Pool

pytestmark = pytest.mark.unit

QUEUES = ("sales", "服务")
MONDAY_9 = 1_704_675_600.0
HOUR = 3_600.0


def read(text: str) -> tuple[FollowUpPlan, list[Problem]]:
    problems: list[Problem] = []
    node = read_document(text.encode(), "followups.yaml", problems)
    section = Section(node, "followups.yaml", problems)
    return read_follow_ups(section, QUEUES, "Asia/Shanghai"), problems


def test_d5_the_plan_we_ship_follows_up_complaints_low_scores_key_customers_and_a_share() -> None:
    plan, problems = read(
        files("config").joinpath("defaults/followups.yaml").read_text(encoding="utf-8")
    )
    assert problems == []
    assert [(rule.after, rule.levels, rule.share, rule.score_below) for rule in plan.rules] == [
        (FollowUpCause.COMPLAINT, (), 1.0, None),
        (FollowUpCause.LOW_SCORE, (), 1.0, 3),
        (FollowUpCause.RESOLUTION, (Level.GOLD, Level.VIP), 1.0, None),
        (FollowUpCause.RESOLUTION, (), 0.1, None),
    ]
    assert (plan.due_s, plan.tries, plan.again_s) == (3 * DAY_S, 3, 7_200.0)
    assert plan.rules[1].by is Pool.SUPERVISORS
    at = [plan.hours.is_open(MONDAY_9 + hour * HOUR) for hour in (-1, 0, 3, 4, 5, 10, 11)]
    assert at == [False, True, False, False, True, True, False]


def test_d5_nothing_written_follows_nobody_up() -> None:
    plan, problems = read("")
    assert (plan.rules, problems) == ((), [])


MISTAKES: dict[str, tuple[str, str, str]] = {
    "rules: {a: {after: resolved}}": (
        "rules.a.after",
        "'resolved' is not known",
        "没有 'resolved'",
    ),
    "rules: {a: {}}": ("rules.a", "'after' is missing", "缺少 'after'"),
    "rules: {a: {after: call, queues: [sale]}}": (
        "rules.a.queues",
        "there is no queue 'sale'",
        "没有队列 'sale'",
    ),
    "rules: {a: {after: call, score_below: 3}}": (
        "rules.a.score_below",
        "only a low score has one",
        "只有 low_score 才有此项",
    ),
    "rules: {a: {after: call, share_percent: 101}}": (
        "rules.a.share_percent",
        "'101' does not fit",
        "'101' 不合要求",
    ),
    "call_hours: {week: {mon: nine}}": ("call_hours.week.mon", "'nine' does not fit", "不合要求"),
    "call_hours: {week: {mon: []}}": (
        "call_hours",
        "customers may never be called",
        "客户永远不能被致电",
    ),
    "tries: 0": ("tries", "'0' does not fit", "'0' 不合要求"),
    "due_in_day: 3": ("due_in_day", "this key is not known", "没有这个键"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_d5_each_mistake_is_named_with_its_path_in_both_languages(text: str) -> None:
    path, en, zh = MISTAKES[text]
    _, problems = read(text)
    (problem,) = _of(problems, path)
    assert en in problem.wrong
    said = PHRASES.say(problem.wrong, Language.ZH)
    assert zh in said
    assert not said.isascii()


def _of(problems: Sequence[Problem], path: str) -> list[Problem]:
    return [one for one in problems if one.path == path]
