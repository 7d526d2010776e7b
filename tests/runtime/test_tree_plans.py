"""Plans of trees carried out by the house itself leave a line in the audit."""

import json

import pytest

from agent_softphone_bridge.memory import MemoryPeople
from runtime.tree_plans import carry_out_plans
from tests.ivr.test_rollout import World
from tests.ivr.test_tree_book import TO_SALES, T, publish, written

pytestmark = pytest.mark.unit


def test_adm_3_what_is_published_at_its_time_is_noted_for_who_planned_it() -> None:
    world, people = World(), MemoryPeople()
    old = publish(world.book, written("old"), 1.0)
    world.draft("new")
    plan = world.rollouts.plan(T, "", 100.0, "wang", 10.0)
    assert carry_out_plans(world.rollouts, people, 99.0) == ()
    assert people.deeds(10) == []
    carry_out_plans(world.rollouts, people, 100.5)
    [deed] = people.deeds(10)
    assert (deed.at, deed.who, deed.what, deed.subject) == (
        100.5, "wang", "rollout.carried_out", "t",
    )  # fmt: skip
    assert json.loads(deed.detail) == {"before": old, "after": plan.version}


def test_what_could_not_be_published_is_an_alarm_and_no_deed() -> None:
    world, people = World(), MemoryPeople()
    publish(world.book, written("old"), 1.0)
    world.book.save_draft(T, TO_SALES, "li", 2.0)
    world.rollouts.plan(T, "", 100.0, "li", 10.0)
    world.queues = set()
    [alarm] = carry_out_plans(world.rollouts, people, 100.0)
    assert (alarm.name, alarm.on) == ("tree_plan:t", True)
    assert people.deeds(10) == []
