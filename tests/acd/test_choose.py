"""Who takes the call, and the reason for each one who does not."""

import pytest

from acd.choose import Reason, choose_agent, reason_against, somebody_else_left
from calls.floor import SkillNeed
from calls.ids import AgentId

pytestmark = pytest.mark.unit

ANN, BEN, CAI, DOT = AgentId("ann"), AgentId("ben"), AgentId("cai"), AgentId("dot")
GERMAN_3 = (SkillNeed(skill="german", level=3),)
SKILLS = {ANN: {}, BEN: {"german": 2}, CAI: {"german": 3}, DOT: {"german": 9}}


def choose(free, needs=(), not_to=(), lifted=False):
    choice = choose_agent(free, SKILLS, needs, not_to, lifted)
    return choice.agent, choice.passed


def test_a_lower_tier_goes_before_a_longer_idle_time():
    free = [(1, 90.0, ANN), (2, 10.0, BEN)]
    assert choose(free) == (ANN, {Reason.LOWER_TIER: (BEN,)})


def test_within_a_tier_the_longest_idle_goes_first():
    free = [(1, 10.0, CAI), (1, 50.0, ANN), (1, 60.0, BEN)]
    assert choose(free) == (CAI, {Reason.IDLE_LESS: (ANN, BEN)})


def test_ties_are_broken_by_id():
    assert choose(sorted([(1, 10.0, BEN), (1, 10.0, ANN)]))[0] == ANN


def test_a_skill_counts_only_at_its_level():
    free = [(1, 1.0, ANN), (1, 2.0, BEN), (1, 3.0, CAI), (1, 4.0, DOT)]
    assert choose(free, GERMAN_3) == (CAI, {Reason.SKILL: (ANN, BEN), Reason.IDLE_LESS: (DOT,)})


def test_who_missed_this_call_is_passed_over_by_that_name_wherever_she_stands():
    free = [(1, 1.0, ANN), (1, 2.0, BEN), (1, 3.0, CAI)]
    assert choose(free, not_to=(ANN,)) == (
        BEN,
        {Reason.NOT_THIS_CALL: (ANN,), Reason.IDLE_LESS: (CAI,)},
    )
    assert choose(free, not_to=(CAI,)) == (
        ANN,
        {Reason.IDLE_LESS: (BEN,), Reason.NOT_THIS_CALL: (CAI,)},
    )


def test_a_lifted_exclusion_excludes_nobody():
    assert choose([(1, 1.0, ANN)], not_to=(ANN,), lifted=True) == (ANN, {})


def test_nobody_is_chosen_when_nobody_may_and_each_has_a_reason():
    free = [(1, 1.0, ANN), (1, 2.0, CAI)]
    assert choose(free, GERMAN_3, not_to=(CAI,)) == (
        None,
        {Reason.SKILL: (ANN,), Reason.NOT_THIS_CALL: (CAI,)},
    )
    assert choose([]) == (None, {})


def test_the_choice_is_the_first_against_whom_there_is_no_reason():
    free = [(tier, idle, agent) for tier in (1, 2) for idle, agent in enumerate(SKILLS)]
    for needs in ((), GERMAN_3):
        for not_to in ((), (CAI,), (ANN, DOT)):
            allowed = [
                rank[2]
                for rank in free
                if reason_against(rank[2], SKILLS[rank[2]], needs, not_to, False) is None
            ]
            assert choose(free, needs, not_to)[0] == (allowed[0] if allowed else None)


def test_somebody_else_is_left_only_if_able_and_not_excluded_as_well():
    staying = [(ANN, SKILLS[ANN]), (CAI, SKILLS[CAI])]
    assert somebody_else_left(staying, (), (ANN,))
    assert not somebody_else_left(staying, (), (ANN, CAI))
    assert not somebody_else_left(staying, GERMAN_3, (CAI,))
