"""REP-15: agents needed for each quarter of an hour, from days that were lived."""

import pytest

from acd.erlang import outlook_a, outlook_c
from acd.simulator.day import read_day
from acd.staffing import staffing
from tests.acd.simulator.days import DAY_S, STARTS, callers_of, live_through, plan_of

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def day():
    journal, _, _ = live_through(plan_of(9, wrap_up_s=15.0), callers_of(7, 170.0))
    return read_day(journal, STARTS, STARTS + DAY_S)


def test_rep_15_each_quarter_gets_the_fewest_agents_who_keep_the_level(day):
    needs = staffing([day], 0.8)
    assert [one.queue for one in needs] == ["sales", "service"]
    for one in needs:
        assert len(one.quarters) > 20
        for at in one.quarters:
            rate = at.calls / 900.0
            enough = outlook_c(at.agents_c, rate, at.handle_s, one.service_level_s)
            fewer = outlook_c(at.agents_c - 1, rate, at.handle_s, one.service_level_s)
            assert fewer.service_level < 0.8 <= enough.service_level
            with_a = outlook_a(at.agents_a, rate, at.handle_s, one.patience_s, one.service_level_s)
            assert with_a.service_level >= 0.8
            assert at.agents_a <= at.agents_c


def test_patience_is_that_of_all_callers_not_of_those_who_gave_up(day):
    """They were made with a mean of 90 s; those seen to give up had far less."""
    gave_up = [one.wait_s for one in day.callers if one.gave_up]
    sales = staffing([day], 0.8)[0]
    assert sum(gave_up) / len(gave_up) < 60.0
    assert sales.patience_s == pytest.approx(90.0, rel=0.25)


def test_several_days_are_their_mean(day):
    one, two = staffing([day], 0.8), staffing([day, day], 0.8)
    assert [at.calls for at in one[0].quarters] == [at.calls for at in two[0].quarters]
    assert two[0].days == 2


@pytest.mark.parametrize("target", [0.0, 1.0, 80.0])
def test_a_target_that_is_none_is_refused(day, target):
    with pytest.raises(ValueError, match="between 0 and 1"):
        staffing([day], target)


def test_no_days_need_nobody():
    assert staffing([], 0.8) == ()
