"""Buckets of waits, and who acts for whom with a task."""

import pytest

from calls.ids import AgentId
from calls.rights import Who
from calls.tasks import agent, department, owners_of, person, role
from calls.waits import EDGES, bucket_of, percentile, width_at, within
from calls.words import Role

pytestmark = pytest.mark.unit


def test_nobody_waited_no_percentile() -> None:
    assert percentile({}, 0.9) is None
    assert percentile({3: 0}, 0.9) is None


def test_a_percentile_is_never_too_short() -> None:
    waits = {bucket_of(seconds): 1 for seconds in (0.0, 4.2, 19.9, 20.0, 71.0)}
    assert sum(waits.values()) == 4  # 19.9 and 20.0 share a bucket
    assert percentile(waits, 0.0) == 0.0
    assert percentile(waits, 1.0) == 75.0
    assert percentile({bucket_of(1e6): 2}, 0.5) == EDGES[-1]
    with pytest.raises(AssertionError):
        percentile(waits, 1.5)


def test_a_service_level_is_exact_at_an_edge() -> None:
    waits = {bucket_of(20.0): 3, bucket_of(20.1): 5}
    assert within(waits, 20.0) == 3
    assert within(waits, 21.0) == 8
    assert within(waits, -1.0) == 0


def test_how_far_off_a_percentile_may_be_is_the_width_of_its_bucket() -> None:
    assert [width_at(seconds) for seconds in (0.0, 20.0, 70.0, 1_000.0, 1e9)] == [0, 1, 5, 30, 300]


def test_an_agent_acts_for_herself_as_a_person_by_role_and_on_the_telephone() -> None:
    ann = Who(person="wang.fang", name="王芳", roles=(Role.AGENT,), agent=AgentId("a8001"))
    assert owners_of(ann) == ("person:wang.fang", "role:agent", "agent:a8001")
    boss = Who(person="boss", name="Boss", roles=(Role.SUPERVISOR, Role.ADMIN))
    assert owners_of(boss) == (person("boss"), role(Role.SUPERVISOR), role(Role.ADMIN))
    kinds = {agent(AgentId("x")), person("x"), department("x")}
    assert len(kinds) == 3, "the same name is not the same owner"
