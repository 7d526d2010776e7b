"""Who takes the call, and the reason for each one who does not."""

import pytest

from acd.choose import NAMED, Passed, Reason, able
from calls.floor import SkillNeed
from calls.ids import AgentId
from calls.words import Strategy
from tests.acd.scene import Scene, agent, floor, needs, queue, who

pytestmark = pytest.mark.unit

ANN, BEN, CAI, DOT = AgentId("ann"), AgentId("ben"), AgentId("cai"), AgentId("dot")
ONE, TWO = 1001, 2001
"""Tier 1 and tier 2, both rank 1."""


def passed(free, chosen, strategy=Strategy.LONGEST_IDLE, not_to=()):
    found = Passed()
    found.for_another(free, chosen, strategy, not_to)
    return found.named, found.more


def test_those_behind_are_less_idle_or_of_a_later_rank_or_tier():
    free = [
        (1001, 0.0, 10.0, ANN),
        (1001, 0.0, 50.0, BEN),
        (1002, 0.0, 1.0, CAI),
        (2001, 0.0, 1.0, DOT),
    ]
    assert passed(free, free[0]) == (
        {Reason.IDLE_LESS: (BEN,), Reason.LOWER_RANK: (CAI,), Reason.LOWER_TIER: (DOT,)},
        {},
    )


def test_of_a_figure_it_is_said_who_has_more_and_who_only_idles_less():
    free = [(ONE, 2.0, 10.0, ANN), (ONE, 2.0, 50.0, BEN), (ONE, 3.0, 1.0, CAI)]
    assert passed(free, free[0], Strategy.FEWEST_CALLS)[0] == {
        Reason.MORE_CALLS: (CAI,),
        Reason.IDLE_LESS: (BEN,),
    }
    assert Reason.MORE_TALK in passed(free, free[0], Strategy.LEAST_TALK)[0]


def test_without_an_order_everybody_else_of_the_level_was_passed_over_alike():
    free = [(ONE, 0.0, 0.0, ANN), (ONE, 0.0, 0.0, BEN), (ONE, 0.0, 0.0, CAI), (TWO, 0.0, 0.0, DOT)]
    assert passed(free, free[1], Strategy.ROUND_ROBIN)[0] == {
        Reason.NOT_NEXT: (ANN, CAI),
        Reason.LOWER_TIER: (DOT,),
    }
    assert passed(free, free[2], Strategy.RANDOM)[0][Reason.NOT_DRAWN] == (ANN, BEN)


def test_who_is_not_to_be_asked_is_not_said_to_be_less_idle():
    free = [(ONE, 0.0, 1.0, ANN), (ONE, 0.0, 2.0, BEN), (ONE, 0.0, 3.0, CAI)]
    assert passed(free, free[0], not_to=(free[1],))[0] == {Reason.IDLE_LESS: (CAI,)}


def test_many_are_named_in_part_and_counted_in_full():
    free = [(ONE, 0.0, float(n), AgentId(f"a{n}")) for n in range(5_000)]
    named, more = passed(free, free[0], not_to=(free[3], free[4_000]))
    assert named[Reason.IDLE_LESS] == tuple(f"a{n}" for n in (1, 2, 4, 5, 6, 7, 8, 9))
    assert more == {Reason.IDLE_LESS: 5_000 - 3 - NAMED}


def test_a_skill_counts_only_at_its_level():
    german_3 = (SkillNeed(skill="german", level=3),)
    assert able({"german": 3}, german_3)
    assert able({"german": 9}, german_3)
    assert not able({"german": 2}, german_3)
    assert not able({}, german_3)
    assert able({}, ())


def test_acd_9_who_lacks_the_level_is_named_with_that_reason():
    scene = Scene(
        floor(agent("ann"), agent("ben", german=2), agent("cai", german=3), agent("dot", german=9))
    )
    assert who(scene.queued("c1", needs=needs(german=3))) == "cai"
    assert scene.passed() == {Reason.SKILL: (ANN, BEN), Reason.IDLE_LESS: (DOT,)}


def test_who_missed_this_call_is_passed_over_by_that_name_wherever_she_stands():
    scene = Scene(floor(agent("ann"), agent("ben"), agent("cai")))
    assert who(scene.queued("c1", not_to=(ANN,))) == "ben"
    assert scene.passed() == {Reason.NOT_THIS_CALL: (ANN,), Reason.IDLE_LESS: (CAI,)}
    scene = Scene(floor(agent("ann"), agent("ben"), agent("cai")))
    assert who(scene.queued("c1", not_to=(CAI,))) == "ann"
    assert scene.passed() == {Reason.NOT_THIS_CALL: (CAI,), Reason.IDLE_LESS: (BEN,)}


def test_ties_are_broken_by_id():
    plan = floor(agent("ben"), agent("ann"), queues=(queue(),))
    scene = Scene(plan, ready=False)
    for name in ("ben", "ann"):
        scene.at_work(name)
        scene.now = 1000.0
    assert who(scene.queued("c1")) in ("ann", "ben")
