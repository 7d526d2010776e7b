"""REP-19: a plan is read whole, or refused whole with file, line, path and what would be right."""

from pathlib import Path

import pytest

from calls.words import Strategy
from config.plan import read_plan
from config.problems import ConfigRefused

pytestmark = pytest.mark.unit

GOOD = """\
day: 2026-11-24
runs: 3
variants:
  两声:
    rings: 2
  more people:
    agents: +3
    skills: {german: +2}
    calls_percent: -10
    strategy: round_robin
    queues:
      sales: {rings: 4, wrap_up_s: 5}
"""


def plan_of(tmp_path: Path, text: str):
    file = tmp_path / "plan.yaml"
    file.write_text(text)
    return read_plan(file)


def test_rep_19_a_plan_is_read(tmp_path):
    plan = plan_of(tmp_path, GOOD)
    assert (plan.day, plan.runs, plan.load) == ("2026-11-24", 3, ())
    two, more = plan.variants
    assert (two.name, two.rings, two.agents) == ("两声", 2, 0)
    assert (more.agents, more.skills, more.calls_percent) == (3, {"german": 2}, -10.0)
    assert more.strategy is Strategy.ROUND_ROBIN
    assert (more.queues["sales"].rings, more.queues["sales"].wrap_up_s) == (4, 5.0)


def test_a_day_nobody_lived_is_made_of_its_load(tmp_path):
    plan = plan_of(tmp_path, "hours: 2\nload:\n  sales: {calls_an_hour: 60, patience_s: 90}\n")
    (stream,) = plan.load
    assert (stream.queue, stream.calls_an_hour, stream.patience_s) == ("sales", 60.0, 90.0)
    assert (plan.day, plan.hours) == ("", 2.0)


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("", "day", 1),
        ("day: today\nload: {sales: {calls_an_hour: 1}}\n", "day", 1),
        ("day: today\nvariants:\n  x: {rings: 99}\n", "variants.x.rings", 3),
        ("day: today\nvariants:\n  x: {strategy: best}\n", "variants.x.strategy", 3),
        ("day: today\nvariants:\n  x: {agents: some}\n", "variants.x.agents", 3),
        ("day: today\nvariants:\n  x: {ringz: 2}\n", "variants.x.ringz", 3),
        ("day: today\nruns: 0\n", "runs", 2),
        ("load:\n  sales: {talk_s: 3}\n", "load.sales", 2),
        ("day: today\nday: today\n", "day", 2),
    ],
)
def test_a_mistake_is_named_with_line_and_path(tmp_path, text, path, line):
    with pytest.raises(ConfigRefused) as refused:
        plan_of(tmp_path, text)
    found = {(one.path, one.line) for one in refused.value.problems}
    assert (path, line) in found or path in {at for at, _ in found}
    assert all(one.wrong and one.right for one in refused.value.problems)


def test_all_mistakes_at_once(tmp_path):
    with pytest.raises(ConfigRefused) as refused:
        plan_of(tmp_path, "day: today\nruns: x\nvariants:\n  a: {rings: 0}\n  b: {strategy: 9}\n")
    assert len(refused.value.problems) == 3


def test_no_file_and_no_text(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_plan(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigRefused):
        read_plan(tmp_path / "binary.yaml")
