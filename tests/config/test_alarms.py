"""alarms.yaml: from when on something is an alarm, and each mistake in it by its place."""

from math import inf
from pathlib import Path

import pytest

from calls.ids import QueueId
from config.alarms import AlarmPlan, QueueLimits, read_alarms
from config.folder import read_one
from config.problems import ConfigRefused

pytestmark = pytest.mark.unit

SALES = QueueId("sales")


def read(tmp_path: Path, text: str) -> AlarmPlan:
    file = tmp_path / "alarms.yaml"
    file.write_text(text, encoding="utf-8")
    return read_one(file, lambda top: read_alarms(top, ["sales", "support"]))


def test_a_queue_in_its_own_way_keeps_what_every_queue_has(tmp_path: Path) -> None:
    plan = read(
        tmp_path,
        "every_queue: {waiting: 10, abandoned: 5, hold_s: 90}\n"
        "queues: {sales: {waiting: 20}, support: {hold_s: 30}}\n"
        "agents: {not_responding_s: never, hold_s: 60}\ntrunk_lost_s: never\n",
    )
    assert plan.limits_of(SALES) == QueueLimits(waiting=20, abandoned=5, hold_s=90.0)
    support = QueueLimits(waiting=10, abandoned=5, hold_s=30.0)
    assert plan.limits_of(QueueId("support")) == support
    assert (plan.agents.not_responding_s, plan.agents.hold_s) == (None, 60.0)
    assert plan.trunk_lost_s is None


def test_rings_a_queue_may_want_no_alarm_for_holding_although_agents_have_one(
    tmp_path: Path,
) -> None:
    plan = read(tmp_path, "queues: {sales: {hold_s: never}}\nagents: {hold_s: 60}\n")
    assert plan.limits_of(SALES).hold_s == inf
    assert plan.limits_of(QueueId("support")).hold_s is None


def test_without_the_file_only_what_is_always_wrong_is_an_alarm(tmp_path: Path) -> None:
    plan = read(tmp_path, "")
    assert plan.limits_of(SALES) == QueueLimits()
    assert (plan.agents.not_responding_s, plan.trunk_lost_s) == (0.0, 30.0)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("queues: {sale: {waiting: 1}}", "queues.sale"),
        ("queues: {sales: {waiting: many}}", "queues.sales.waiting"),
        ("every_queue: {service_level: 120}", "every_queue.service_level"),
        ("agents: {hold_s: -1}", "agents.hold_s"),
        ("tell: {mail: [nobody]}", "tell.mail[1]"),
        ("tell: {language: fr}", "tell.language"),
        ("waiting: 3", "waiting"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, text: str, path: str) -> None:
    with pytest.raises(ConfigRefused) as caught:
        read(tmp_path, text)
    assert path in [problem.path for problem in caught.value.problems]
