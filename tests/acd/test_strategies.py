"""ACD-2 to ACD-7: how a queue chooses among free agents, and that what it says of it is true."""

from collections import Counter

import pytest

from acd.choose import Reason
from acd.engine import Engine, restore
from acd.invariants import violations
from acd.strategies import chance, drawn, next_in_turn
from calls.floor import Membership
from calls.ids import AgentId, QueueId
from calls.inputs import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentReady,
    FloorConfigured,
    OfferAnswered,
    TalkEnded,
)
from calls.words import Party, Strategy
from tests.acd.scene import Scene, agent, floor, given, queue, said_queued, who

pytestmark = pytest.mark.unit

NAMES = ("ann", "ben", "cai", "dot")


def scene_of(strategy, *people, names=NAMES, **rules):
    plan = people or tuple(agent(name) for name in names)
    return Scene(floor(*plan, queues=(queue(strategy=Strategy(strategy), **rules),)))


def placed(name, **place):
    spec = agent(name)
    member = Membership(queue=QueueId("sales"), **place)
    return type(spec)(
        id=spec.id,
        name=spec.name,
        staff_number=spec.staff_number,
        queues=(member,),
        devices=spec.devices,
    )


def serve(scene, call, talk_s=10.0):
    """One whole call; who had it."""
    offer = scene.queued(call)
    scene.answers(offer, after_s=1.0)
    scene.ends(offer, after_s=talk_s)
    return who(offer)


def test_acd_3_the_longest_idle_goes_first_whichever_queue_the_last_call_was_of():
    plan = floor(
        agent("ann", "sales", "service"),
        agent("ben", "sales", "service"),
        queues=(queue("sales"), queue("service")),
    )
    scene = Scene(plan)
    first = scene.queued("c1", "service")
    scene.answers(first)
    scene.ends(first)
    assert who(scene.queued("c2", "sales")) == "ben"
    assert scene.passed() == {Reason.IDLE_LESS: ("ann",)}


def test_acd_4_fewest_calls_goes_before_longest_idle():
    scene = scene_of("fewest_calls", names=("ann", "ben"))
    long = scene.queued("c1")
    assert who(long) == "ann"
    scene.answers(long)
    assert serve(scene, "c2") == "ben"
    assert serve(scene, "c3") == "ben"
    scene.ends(long)
    assert who(scene.queued("c4")) == "ann"
    why = scene.why()
    assert (why.strategy, why.figure) == (Strategy.FEWEST_CALLS, 1.0)
    assert why.passed == {Reason.MORE_CALLS: ("ben",)}


def test_acd_4_of_as_many_calls_the_longer_idle_goes_first_and_is_not_said_to_have_fewer():
    scene = scene_of("fewest_calls", names=("ann", "ben"))
    assert who(scene.queued("c1")) == "ann"
    assert scene.passed() == {Reason.IDLE_LESS: ("ben",)}


def test_acd_4_least_talk_time_goes_first():
    scene = scene_of("least_talk", names=("ann", "ben"))
    assert serve(scene, "c1", talk_s=300.0) == "ann"
    assert serve(scene, "c2", talk_s=100.0) == "ben"
    assert serve(scene, "c3", talk_s=100.0) == "ben"
    assert who(scene.queued("c4")) == "ben"
    assert scene.why().figure == 200.0
    assert scene.passed() == {Reason.MORE_TALK: ("ann",)}


def test_p4_a_call_told_answered_twice_is_counted_once():
    scene = scene_of("fewest_calls", names=("ann",))
    offer = given(scene.queued("c1"))
    scene.answers(offer)
    scene.refused(OfferAnswered(offer=offer.offer))
    scene.ends(offer)
    scene.refused(TalkEnded(offer=offer.offer, by=Party.CALLER))
    ann = scene.engine.live.state.agents[AgentId("ann")]
    assert (ann.calls, ann.talk_ms) == (1, 60_000)


def test_acd_4_who_logs_in_late_begins_with_the_average_and_is_not_given_every_call():
    scene = Scene(
        floor(
            *(agent(name) for name in ("ann", "ben")),
            queues=(queue(strategy=Strategy.FEWEST_CALLS),),
        ),
        ready=False,
    )
    scene.at_work("ann")
    for number in range(6):
        serve(scene, f"c{number}")
    scene.at_work("ben")
    assert Counter(serve(scene, f"d{number}") for number in range(4)) == {"ann": 2, "ben": 2}
    scene.tell(AgentLoggedOut(agent=AgentId("ann")))
    scene.tell(AgentLoggedIn(agent=AgentId("ann")))
    assert scene.engine.live.state.agents[AgentId("ann")].calls == 8


def test_acd_2_round_robin_goes_round_by_id_and_remembers_where_it_was():
    scene = scene_of("round_robin")
    assert [serve(scene, f"c{n}") for n in range(6)] == [*NAMES, "ann", "ben"]
    scene.engine = restore(scene.engine.snapshot())
    assert who(scene.queued("c9")) == "cai"
    assert scene.passed() == {Reason.NOT_NEXT: ("ann", "ben", "dot")}


def test_acd_2_a_missed_offer_and_a_long_talk_do_not_stop_the_round():
    scene = scene_of("round_robin")
    talk = scene.queued("c1")
    scene.answers(talk)
    missed = scene.queued("c2")
    assert (who(talk), who(missed)) == ("ann", "ben")
    assert who(scene.misses(missed)) == "cai"


def test_p19_the_round_goes_on_when_the_last_in_it_is_unavailable():
    """FreeSWITCH's top-down stopped there."""
    scene = scene_of("round_robin", names=("ann", "ben", "cai"))
    assert [serve(scene, f"c{n}") for n in range(2)] == ["ann", "ben"]
    scene.not_ready("cai")
    assert [serve(scene, f"d{n}") for n in range(3)] == ["ann", "ben", "ann"]
    free = [(1001, 0.0, 0.0, AgentId(name)) for name in ("ann", "ben")]
    assert next_in_turn(free, (), AgentId("zoe")) == free[0]
    assert next_in_turn(free, ("ann", "ben"), AgentId("ann")) is None


def test_acd_5_chance_gives_everybody_a_like_share_and_the_same_again_in_a_replay():
    def day(seed):
        scene = scene_of("random")
        plan = scene.engine.floor
        scene.engine.live.state.floor = type(plan)(
            version=1, queues=plan.queues, agents=plan.agents, ring_cycle_s=5.0, seed=seed
        )
        served = []
        for number in range(600):
            offer = scene.engine.apply(said_queued(f"c{number}"), scene.now).commands[0]
            served.append(offer.agent)
            scene.engine.apply(OfferAnswered(offer=offer.offer), scene.now)
            scene.now += 1.0
            scene.engine.apply(TalkEnded(offer=offer.offer, by=Party.CALLER), scene.now)
        return served

    shares = Counter(day(7))
    assert all(110 < shares[name] < 190 for name in NAMES)
    assert day(7) == day(7) != day(8)


def test_acd_5_weighted_random_gives_shares_by_weight():
    free = [(1001, 0.0, 0.0, AgentId(name)) for name in NAMES]
    weights = {AgentId("ann"): 1, AgentId("ben"): 2, AgentId("cai"): 3, AgentId("dot"): 100}
    counts: Counter[str] = Counter()
    for number in range(3_000):
        spot = drawn(free, ("dot",), chance(1, str(number)), weights)
        assert spot is not None
        counts[spot[3]] += 1
    assert counts["dot"] == 0
    assert 400 < counts["ann"] < 600
    assert 900 < counts["ben"] < 1_100
    assert 1_380 < counts["cai"] < 1_620


def test_acd_5_chance_knows_no_agent_who_is_not_to_be_asked():
    free = [(1001, 0.0, 0.0, AgentId(name)) for name in NAMES]
    for number in range(200):
        spot = drawn(free, ("ann", "cai", "who"), chance(3, str(number)))
        assert spot is not None
        assert spot[3] in ("ben", "dot")
    assert drawn(free, NAMES, chance(3, "x")) is None
    assert drawn([], (), chance(3, "x")) is None


def test_acd_5_who_was_not_drawn_is_named_so():
    scene = scene_of("weighted_random", names=("ann", "ben"))
    drawn_one = who(scene.queued("c1"))
    (other,) = {"ann", "ben"} - {drawn_one}
    assert scene.passed() == {Reason.NOT_DRAWN: (other,)}
    assert given(scene.offers[-1]).why == "tier 1, drawn, 1 passed over"


@pytest.mark.parametrize("strategy", ["longest_idle", "fewest_calls", "round_robin", "random"])
def test_acd_7_tier_goes_before_rank_and_rank_before_the_strategy(strategy):
    scene = scene_of(
        strategy,
        placed("ann", tier=2, rank=1),
        placed("ben", tier=1, rank=2),
        placed("cai", tier=1, rank=1),
        placed("dot", tier=1, rank=2),
    )
    first = scene.queued("c1")
    assert who(first) == "cai"
    assert set(scene.passed()[Reason.LOWER_RANK]) == {"ben", "dot"}
    assert scene.passed()[Reason.LOWER_TIER] == ("ann",)
    assert (scene.why().tier, scene.why().rank) == (1, 1)
    assert {who(scene.queued("c2")), who(scene.queued("c3"))} == {"ben", "dot"}
    assert who(scene.queued("c4")) == "ann"


def test_acd_1_ring_all_and_progressive_choose_the_longest_idle_first():
    for strategy in ("ring_all", "progressive"):
        scene = Scene(
            floor(agent("ann"), agent("ben"), queues=(queue(strategy=Strategy(strategy)),)),
            ready=False,
        )
        for name in ("ben", "ann"):
            scene.tell(AgentLoggedIn(agent=AgentId(name)))
            scene.tell(AgentReady(agent=AgentId(name)), after_s=5.0)
        scene.tell(said_queued("c1"), after_s=1.0)
        assert scene.offers[0].agent == "ben"


def test_acd_4_a_call_that_took_no_time_counts_as_one_all_the_same():
    """Nobody looks between: an agent is free again as of the same moment, with one call more."""
    plan = floor(
        agent("ann"), agent("ben"), queues=(queue("sales", strategy=Strategy.FEWEST_CALLS),)
    )
    engine, now = Engine(), 1000.0
    engine.apply(FloorConfigured(floor=plan), now)
    for one in ("ann", "ben"):
        engine.apply(AgentLoggedIn(agent=AgentId(one)), now)
        engine.apply(AgentReady(agent=AgentId(one)), now)
    (offer,) = engine.apply(said_queued("c1"), now).commands
    assert who(offer) == "ann"
    engine.apply(OfferAnswered(offer=offer.offer), now)
    engine.apply(TalkEnded(offer=offer.offer, by=Party.CALLER), now)
    (offer,) = engine.apply(said_queued("c2"), now).commands
    assert who(offer) == "ben"
    assert violations(engine) == []
