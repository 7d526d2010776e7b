"""What a choice may not cost: counted in calls of functions, not in seconds."""

import sys

import pytest

from acd.engine import Engine
from calls.ids import AgentId
from calls.inputs import AgentLoggedIn, AgentReady, FloorConfigured, OfferAnswered, TalkEnded
from calls.words import Party, Strategy
from tests.acd.scene import agent, floor, needs, queue, said_queued

pytestmark = pytest.mark.unit


def opened(*people, strategy=Strategy.LONGEST_IDLE, **rules):
    engine = Engine()
    plan = floor(*people, queues=(queue("sales", strategy=strategy, **rules),))
    engine.apply(FloorConfigured(floor=plan), 0.0)
    for at, one in enumerate(people):
        engine.apply(AgentLoggedIn(agent=one.id), float(at))
        engine.apply(AgentReady(agent=one.id), float(at))
    return engine


def calls_of(act) -> int:
    """Functions called, those of C among them."""
    count = 0

    def counted(frame, event, arg) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("strategy", list(Strategy))
def test_a_choice_costs_the_same_beside_many_free_agents(strategy):
    costs = []
    for count in (40, 2_000):
        people = [agent(f"a{n:05}", **({"german": 1} if n % 2 else {})) for n in range(count)]
        engine = opened(*people, strategy=strategy)
        engine.apply(said_queued("first", needs=needs(german=1)), 9_000.0)

        def one_call(engine=engine) -> None:
            said = said_queued("c1", needs=needs(german=1), not_to=(AgentId("a00003"),))
            decision = engine.apply(said, 9_001.0)
            offer = decision.commands[-1].offer
            engine.apply(OfferAnswered(offer=offer), 9_002.0)
            engine.apply(TalkEnded(offer=offer, by=Party.CALLER), 9_003.0)

        costs.append(calls_of(one_call))
    assert costs[1] < 1.5 * costs[0]


def test_an_agent_who_comes_free_does_not_look_at_callers_kept_for_others():
    costs = []
    for count in (10, 1_000):
        people = [agent(f"a{n:05}") for n in range(count)]
        engine = opened(*people, prefer_wait_s=600.0)
        offers = []
        for n in range(count):
            decision = engine.apply(said_queued(f"talk{n}"), 9_000.0)
            offers.append(decision.commands[0].offer)
            engine.apply(OfferAnswered(offer=offers[-1]), 9_000.0)
        for n in range(1, count):
            engine.apply(said_queued(f"c{n}", prefer=(f"a{n:05}",)), 9_001.0)
        free = engine.live.state.agents[AgentId("a00000")].offer
        end = TalkEnded(offer=free, by=Party.CALLER)
        costs.append(calls_of(lambda engine=engine, end=end: engine.apply(end, 9_002.0)))
        assert len(engine.live.queues["sales"].waiting) == count - 1
    assert costs[1] < 1.5 * costs[0]
