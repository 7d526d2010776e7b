"""How callers wait, as floor.yaml says it: what it becomes, and each mistake with its sentence."""

from pathlib import Path

import pytest

from calls.floor import Condition, RecipeStep, SkillNeed
from calls.ids import QueueId
from calls.words import Closing, Released, Standing
from config.folder import open_folder
from config.outbound import may_dial, number_to_call
from config.problems import ConfigRefused
from tests.config.test_floor import good, read

pytestmark = pytest.mark.unit

AGENTS = """
agents:
  a1: {staff_number: "1", queues: {sales: 1}, skills: {english: 3}, devices: {d1: desk}}
"""
WHOLE = """
queues:
  sales:
    join_empty: [logged_out, not_ready]
    leave_empty: [logged_out]
    calendar: office
    closing: callback
    keep_place_s: 90
    callback: {key: "2", tries: 5, retry_s: 120, ring_s: 20, expires_s: 7200, calendar: hotline,
               abandoned_after_s: 15}
    recipe:
      - when: {waited_s: 30, queued_over: 4, available_under: 1, ratio_over: 1.5, closed: false}
        again_every_s: 60
        do: {announce: all-agents-busy}
      - {when: {waited_s: 60}, do: {needs: {english: 0}, priority: 5, queue: other}}
      - {when: {missed_over: 2}, do: {leave: overflow}}
      - {when: {expected_over_s: 300}, do: {offer_callback: true}}
  other: {}
"""


def test_everything_people_may_say_of_waiting_arrives() -> None:
    sales, other = good(WHOLE + AGENTS).queues
    assert sales.join_empty == (Standing.LOGGED_OUT, Standing.NOT_READY)
    assert sales.leave_empty == (Standing.LOGGED_OUT,)
    assert (sales.calendar, sales.closing, sales.keep_place_s) == ("office", Closing.CALLBACK, 90.0)
    rule = sales.callback
    assert rule is not None
    assert (rule.key, rule.tries, rule.retry_s, rule.ring_s) == ("2", 5, 120.0, 20.0)
    assert (rule.expires_s, rule.calendar, rule.abandoned_after_s) == (7200.0, "hotline", 15.0)
    first, second, third, fourth = sales.recipe
    assert first == RecipeStep(
        when=Condition(
            waited_s=30.0, queued_over=4, available_under=1, ratio_over=1.5, closed=False
        ),
        again_every_s=60.0,
        announce="all-agents-busy",
    )
    assert second.needs == (SkillNeed(skill="english", level=0),)
    assert (second.priority, second.queue) == (5, QueueId("other"))
    assert third.leave is Released.OVERFLOW
    assert third.when.missed_over == 2
    assert fourth.offer_callback
    assert fourth.when.expected_over_s == 300.0
    assert (other.recipe, other.callback, other.closing) == ((), None, Closing.SERVE)


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ("recipe: [{when: {waitd_s: 3}, do: {priority: 1}}]", "did you mean 'waited_s'?"),
        ("recipe: [{when: {waited_s: 3}}]", "recipe[1].do: this step does nothing"),
        ("recipe: [{do: {queue: sale}}]", "there is no queue 'sale'; did you mean 'sales'?"),
        ("recipe: [{do: {announce: all-agents-bussy}}]", "did you mean 'all-agents-busy'?"),
        ("recipe: [{do: {offer_callback: true}}]", "this queue calls nobody back"),
        ("recipe: [{do: {leave: full}}]", "full is not for recipes"),
        ("recipe: [{do: {leave: overflow}, again_every_s: 9}]", "nobody moves or leaves twice"),
        ("recipe: [{do: {priority: 1}, again_every_s: 0.1}]", "is too often; 1 s or more"),
        ("recipe: [{do: {needs: {klingon: 2}}}]", "step 1: no agent has the skill 'klingon'"),
        (
            "recipe: [{when: {place_over: 3, place_under: 4}, do: {priority: 1}}]",
            "nothing is over 3 and under 4; write more than 4",
        ),
        ("recipe: hold the line", "recipe[1]: 'hold the line' is not a group of keys"),
        ("recipe: [{when: {ratio_over: -1}, do: {priority: 1}}]", "write callers an agent from 0"),
        ("join_empty: [asleep]", "choose one of logged_out"),
        ("closing: now", "choose one of serve, callback, voicemail, leave"),
        ("callback: {tries: 0}", "write a whole number from 1 to 20"),
        ("callback: {key: 22}", 'write one key in quotes, as "2"'),
        ("keep_place_s: 回来", "write seconds from 0 to"),
    ],
)
def test_acd_16_each_mistake_is_named_with_its_path_and_what_would_be_right(
    rules: str, sentence: str
) -> None:
    _floor, problems = read(f"queues:\n  sales:\n    {rules}\n{AGENTS}")
    assert len(problems) == 1, problems
    assert "queues.sales." in problems[0], problems[0]
    assert sentence in problems[0], problems[0]


def test_ivr_21_a_calendar_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "floor.yaml").write_text(
        "queues: {sales: {calendar: offce, callback: {calendar: nights}}}"
    )
    with pytest.raises(ConfigRefused) as refused:
        open_folder(tmp_path, {})
    told = str(refused.value)
    assert "queues.sales.calendar: there is no calendar 'offce'; did you mean 'office'?" in told
    assert "queues.sales.callback.calendar: there is no calendar 'nights'" in told


TRUNKS = """
trunks: {line: {kind: address, host: 127.0.0.2}}
routes:
  city: {trunk: line, allow: ["+86138"], deny: ["+861389"], hours: "00:00-00:01", daily_cap: 5}
do_not_call: ["13800000009"]
"""


def test_acd_32_a_number_is_called_back_only_over_a_route_and_never_when_it_asked_not_to_be(
    tmp_path: Path,
) -> None:
    (tmp_path / "trunks.yaml").write_text(TRUNKS)
    plan = open_folder(tmp_path, {}).trunks
    assert number_to_call(plan, "138 0000 0001") == "+8613800000001", "at some hour"
    assert number_to_call(plan, "+8613900000001") == "", "no route"
    assert number_to_call(plan, "13890000001") == "", "denied"
    assert number_to_call(plan, "13800000009") == "", "do not call"
    assert number_to_call(plan, "") == number_to_call(plan, "#99") == ""
    denied = may_dial(plan, "+8613800000009", 0.0, {})
    assert "asked not to be called" in denied.reason


def test_acd_32_a_do_not_call_list_with_a_mistake_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trunks.yaml").write_text("do_not_call: [not a number]")
    with pytest.raises(ConfigRefused) as refused:
        open_folder(tmp_path, {})
    assert "do_not_call" in str(refused.value)
    assert "+8613800000000" in str(refused.value)
