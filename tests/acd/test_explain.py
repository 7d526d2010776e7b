"""ACD-52, P22, P63: why each agent was or was not rung, recomputed and held against the journal."""

import pytest

from acd.choose import Reason
from acd.engine import Engine
from acd.entries import Step, decode
from acd.explain import NoSuchCall, agrees, explain_call, watched
from acd.explain_words import HOLDS, REASONS, STRATEGIES, offer_in_words, waits_in_words
from acd.replay_day import replay_day
from acd.standing import CHOSEN, FREE_NOW, Hold, why_waiting
from calls.ids import CallId
from calls.inputs import EdgeLost
from calls.journal import FLOOR, MemoryJournal
from calls.words import AgentState, Language, NoAnswer, Strategy
from tests.acd.scene import EDGE, Scene, agent, floor, needs, queue
from tests.acd.simulator.days import DAY_S, STARTS, callers_of, live_through, plan_of

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def lived():
    return live_through(plan_of(12, wrap_up_s=15.0), callers_of(7, 200.0))


def test_acd_52_everybodys_reason_adds_up_to_what_the_journal_says(lived):
    """The whole day again: for each offer that was chosen, each agent's reason worked out alone
    gives the names and the numbers that were stored."""
    journal, _, _ = lived
    with watched() as seen:
        assert replay_day(journal, STARTS, STARTS + DAY_S).differing == 0
    checked = 0
    for why in _all_whys(journal):
        if why.offer in seen:
            assert agrees(why, seen[why.offer]), (why, seen[why.offer])
            assert seen[why.offer][why.agent] == CHOSEN
            checked += 1
    assert checked > 500


def _all_whys(journal):
    for _, data in journal.read(FLOOR):
        entry = decode(data)
        if isinstance(entry, Step):
            yield from entry.why


@pytest.mark.parametrize("strategy", [Strategy.FEWEST_CALLS, Strategy.ROUND_ROBIN, Strategy.RANDOM])
def test_acd_52_under_each_strategy_the_reasons_agree(strategy):
    plan = plan_of(12, wrap_up_s=5.0, strategy=strategy)
    journal, _, _ = live_through(plan, callers_of(3, 120.0))
    with watched() as seen:
        replay_day(journal, STARTS, STARTS + DAY_S)
    whys = [why for why in _all_whys(journal) if why.offer in seen]
    assert len(whys) > 300
    assert all(agrees(why, seen[why.offer]) for why in whys)


def test_acd_52_a_call_is_explained_offer_by_offer_in_two_languages(lived):
    journal, _, _ = lived
    tried = {}
    for why in _all_whys(journal):
        tried.setdefault(why.call, []).append(why)
    call = max(tried, key=lambda id: len(tried[id]))
    told = explain_call(journal, call)
    assert [one.why for one in told.offers] == tried[call]
    assert len(told.offers) > 1
    assert all(one.same for one in told.offers)
    assert all(agrees(one.why, one.agents) for one in told.offers)
    for one in told.offers:
        zh = "\n".join(offer_in_words(one, told, Language.ZH))
        en = "\n".join(offer_in_words(one, told, Language.EN))
        assert one.why.agent in zh
        assert one.why.agent in en
        assert "第" in zh
        assert "attempt" in en
    second = told.offers[1]
    missed = told.offers[0].why.agent
    assert second.agents[missed] in (
        Reason.NOT_THIS_CALL,
        AgentState.NOT_RESPONDING,
        Reason.RESTING,
    )


def test_a_call_nobody_knows_is_not_explained(lived):
    with pytest.raises(NoSuchCall):
        explain_call(lived[0], CallId("客服-1"))
    with pytest.raises(NoSuchCall):
        explain_call(MemoryJournal(), CallId(""))


def test_p22_p63_why_a_waiting_caller_is_offered_to_nobody():
    """One of each: talking, unskilled, unregistered, at lunch, missed it."""
    people = [agent("tal", german=3), agent("low", german=1), agent("off", german=3)]
    people += [agent("lun", german=3), agent("mis", german=3)]
    scene = Scene(floor(*people, queues=(queue(needs=needs(german=2)),)))
    scene.device("off-desk", "unregistered")
    scene.not_ready("lun")
    scene.not_ready("mis")
    first = scene.queued("c1")
    scene.answers(first)
    assert first.agent == "tal"
    scene.queued("c2")
    found = why_waiting(scene.engine, CallId("c2"))
    assert found.hold is Hold.NOBODY_FREE
    assert found.place == 1
    assert found.agents == {
        "low": Reason.SKILL,
        "lun": AgentState.NOT_READY,
        "mis": AgentState.NOT_READY,
        "off": Reason.NO_DEVICE,
        "tal": AgentState.TALKING,
    }
    assert found.lacks == {"low": ("german 2 (1)",)}
    zh, en = (waits_in_words(found, one, {}) for one in (Language.ZH, Language.EN))
    assert any("没有已注册的话机" in line and "off" in line for line in zh)
    assert any("no telephone that is registered" in line and "off" in line for line in en)


def test_p22_who_missed_her_is_told_so_while_she_waits():
    scene = Scene(floor(agent("ann"), agent("ben")))
    busy = scene.queued("c0")
    scene.answers(busy)
    offer = scene.queued("c1")
    assert scene.misses(offer, NoAnswer.REJECTED) is None
    found = why_waiting(scene.engine, CallId("c1"))
    assert found.agents[offer.agent] in (Reason.RESTING, Reason.NOT_THIS_CALL)


def test_a_caller_of_a_lost_edge_a_ringing_one_and_one_without_agents_are_told_apart():
    scene = Scene(floor(agent("ann"), queues=(queue(), queue("service"))))
    scene.queued("c1")
    assert why_waiting(scene.engine, CallId("c1")).hold is Hold.OFFERED
    scene.queued("c2", "service")
    assert why_waiting(scene.engine, CallId("c2")).hold is Hold.NO_AGENTS
    scene.tell(EdgeLost(edge=EDGE))
    assert why_waiting(scene.engine, CallId("c2")).hold is Hold.EDGE_LOST
    assert why_waiting(Engine(), CallId("c2")) is None


def test_every_reason_has_words_in_both_languages():
    wanted = {*Reason, *AgentState, CHOSEN, FREE_NOW}
    assert set(REASONS) == wanted
    assert set(HOLDS) == set(Hold)
    assert set(STRATEGIES) == set(Strategy)
    for zh, en in (*REASONS.values(), *HOLDS.values(), *STRATEGIES.values()):
        assert zh != en
        assert not zh.isascii()
        assert en.isascii()
