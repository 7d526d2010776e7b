"""Who is followed up, and when she may be called: the plan alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.calendar import Hours, WorkCalendar
from calls.words import Level
from tests.tickets.house import HOUR, MONDAY_9
from tickets.followups.model import (
    DAY_S,
    FollowUpCause,
    FollowUpPlan,
    FollowUpRule,
    Occasion,
    falls_in,
)

pytestmark = pytest.mark.unit

CALL_HOURS = WorkCalendar(
    zone="Asia/Shanghai",
    weekly=((Hours(opens="09:00", closes="12:00"), Hours(opens="14:00", closes="20:00")),) * 7,
)
PLAN = FollowUpPlan(
    (
        FollowUpRule("complaints", FollowUpCause.COMPLAINT),
        FollowUpRule("low", FollowUpCause.LOW_SCORE, score_below=3),
        FollowUpRule("key", FollowUpCause.RESOLUTION, levels=(Level.GOLD, Level.VIP)),
        FollowUpRule("rest", FollowUpCause.RESOLUTION, share=0.1),
    ),
    CALL_HOURS,
)


def resolved(number: int, level: Level | None = None) -> Occasion:
    key = f"resolution:{number}:1"
    return Occasion(key, FollowUpCause.RESOLUTION, MONDAY_9, number="+861380000", level=level)


def test_d5_every_key_customer_is_followed_up_and_a_share_of_the_others() -> None:
    chosen = {
        level: sum(PLAN.rule_for(resolved(n, level)) is not None for n in range(1_000))
        for level in (Level.VIP, Level.GOLD, Level.SILVER, None)
    }
    assert (chosen[Level.VIP], chosen[Level.GOLD]) == (1_000, 1_000)
    assert 60 < chosen[Level.SILVER] < 140
    assert chosen[None] == chosen[Level.SILVER]


@given(st.text(max_size=40), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_d5_the_share_is_stable_and_a_larger_one_has_all_of_a_smaller(
    key: str, one: float, other: float
) -> None:
    assert falls_in(one, key) == falls_in(one, key)
    assert not falls_in(0.0, key)
    assert falls_in(1.0, key)
    if falls_in(min(one, other), key):
        assert falls_in(max(one, other), key)


@pytest.mark.parametrize(("score", "rule"), [(1, "low"), (2, "low"), (3, None), (None, None)])
def test_b6_a_score_below_the_limit_asks_for_a_follow_up(
    score: int | None, rule: str | None
) -> None:
    found = PLAN.rule_for(Occasion("low_score:c1", FollowUpCause.LOW_SCORE, MONDAY_9, score=score))
    assert (found.name if found else None) == rule


def test_d5_it_is_due_within_three_days_but_never_without_hours_to_call() -> None:
    assert PLAN.due_at(MONDAY_9) == MONDAY_9 + 3 * DAY_S
    closed = frozenset(CALL_HOURS.date_at(MONDAY_9 + day * DAY_S) for day in range(7))
    holidays = replace_hours(closed)
    assert holidays.due_at(MONDAY_9) == MONDAY_9 + 7 * DAY_S + 6 * HOUR


def test_d5_the_next_try_falls_into_call_hours() -> None:
    assert PLAN.next_try_at(MONDAY_9) == MONDAY_9 + 2 * HOUR
    assert PLAN.next_try_at(MONDAY_9 + 2 * HOUR) == MONDAY_9 + 5 * HOUR
    evening = MONDAY_9 + 10.5 * HOUR
    assert PLAN.next_try_at(evening) == MONDAY_9 + DAY_S
    assert PLAN.callable_from(MONDAY_9 + HOUR) == MONDAY_9 + HOUR


def replace_hours(closed: frozenset[object]) -> FollowUpPlan:
    hours = WorkCalendar(
        zone=CALL_HOURS.zone,
        weekly=CALL_HOURS.weekly,
        closed=closed,  # type: ignore[arg-type]
    )
    return replace(PLAN, hours=hours)
