"""How a queue chooses its agents, as people write it down."""

import pytest

from calls.floor import FloorSpec, Membership
from calls.words import Level, Strategy
from tests.config.test_floor import good, read

pytestmark = pytest.mark.unit

FLOOR = """
priority_s: 60
queues:
  sales:
    strategy: weighted_random
    priority_of: {vip: 5, gold: 1}
    last_agent_days: 30
    prefer_wait_s: 20
    max_talks: 8
agents:
  a1:
    staff_number: "1"
    queues: {sales: {tier: 2, rank: 3, weight: 4, reserved_from: 5}}
  a2:
    staff_number: "2"
    queues: {sales: 2}
"""


def test_acd_7_everything_people_may_say_about_choosing_arrives() -> None:
    floor: FloorSpec = good(FLOOR)
    [queue] = floor.queues
    assert queue.strategy is Strategy.WEIGHTED_RANDOM
    assert queue.priority_of == {Level.VIP: 5, Level.GOLD: 1}
    assert (queue.last_agent_days, queue.prefer_wait_s, queue.max_talks) == (30, 20.0, 8)
    assert [agent.queues for agent in floor.agents] == [
        (Membership(queue="sales", tier=2, rank=3, weight=4, reserved_from=5),),
        (Membership(queue="sales", tier=2),),
    ]
    assert floor.priority_s == 60.0


MISTAKES = [
    (
        "queues: {q: {priority_of: {platinum: 3}}}",
        "floor.yaml:1: queues.q.priority_of.platinum: this key is not known",
    ),
    (
        "queues: {q: {priority_of: {vip: 1001}}}",
        "floor.yaml:1: queues.q.priority_of.vip: '1001' does not fit; write a whole number from",
    ),
    (
        "queues: {q: {last_agent_days: -1}}",
        "floor.yaml:1: queues.q.last_agent_days: '-1' does not fit; write a whole number from 0",
    ),
    (
        "queues: {q: {prefer_wait_s: long}}",
        "floor.yaml:1: queues.q.prefer_wait_s: 'long' does not fit; write seconds from 0 to 3600",
    ),
    ("queues: {q: {max_talks: 0.5}}", "floor.yaml:1: queues.q.max_talks: '0.5' does not fit"),
    ("priority_s: -1", "floor.yaml:1: priority_s: '-1' does not fit; write seconds from 0"),
    (
        "queues: {q: {}}\nagents: {a: {staff_number: 1, queues: {q: {teir: 1}}}}",
        "floor.yaml:2: agents.a.queues.q.teir: this key is not known; did you mean 'tier'?",
    ),
    (
        "queues: {q: {}}\nagents: {a: {staff_number: 1, queues: {q: {weight: 0}}}}",
        "floor.yaml:2: agents.a.queues.q.weight: '0' does not fit; write a whole number from 1",
    ),
    (
        "queues: {q: {}}\nagents: {a: {staff_number: 1, queues: {q: {reserved_from: vip}}}}",
        "floor.yaml:2: agents.a.queues.q.reserved_from: 'vip' does not fit; write a whole number",
    ),
    (
        "queues: {q: {}}\nagents: {a: {staff_number: 1, queues: {q: {reserved_from: 1}}}}",
        "floor.yaml:1: queues.q: every one of its agents is kept for callers of a higher priority",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_each_mistake_has_its_sentence(text: str, sentence: str) -> None:
    _, said = read(text)
    assert len(said) == 1, said
    assert said[0].startswith(sentence), said
