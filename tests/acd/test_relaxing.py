"""Requirements of one caller that relax by themselves while she waits."""

import pytest

from acd.engine import Engine
from acd.entries import Snapshot, Step, encode
from acd.explain import explain_call
from acd.explain_words import offer_in_words, relaxed_in_words, waits_in_words
from acd.replay import replay
from acd.replay_day import replay_day
from acd.standing import why_waiting
from calls.commands import ChangeCaller, DialCallback, OfferCall
from calls.floor import CallbackRule, Condition, RecipeStep, Relaxation
from calls.ids import CallId, EdgeId, QueueId
from calls.inputs import (
    CallbackWanted,
    CallMoved,
    CallQueued,
    EdgeSynced,
    FloorConfigured,
    OfferFailed,
)
from calls.journal import FLOOR, MemoryJournal
from calls.words import Language, NoAnswer
from tests.acd.scene import EDGE, SALES, SERVICE, Scene, agent, floor, needs, queue, who

pytestmark = pytest.mark.story

ZH, EN = Language.ZH, Language.EN
ENGLISH_FIRST = needs(english=3)
THEN_SOME_THEN_NONE = (
    Relaxation(after_s=20.0, needs=needs(english=1)),
    Relaxation(after_s=40.0, needs=needs(english=0)),
)


def said(commands, kind):
    return [one for one in commands if isinstance(one, kind)]


def waits(scene: Scene, call: str = "c1", name: str = "sales", **rest: object) -> None:
    """She needs english 3, after 20 s english 1, after 40 s none; nobody may take her now."""
    asks: dict[str, object] = {"needs": ENGLISH_FIRST, "relax": THEN_SOME_THEN_NONE, **rest}
    assert scene.queued(call, name, **asks) is None


def changed(commands) -> list[dict[str, int]]:
    """What callers need from then on, as the edge is told."""
    return [
        {need.skill: need.level for need in one.needs}
        for one in said(commands, ChangeCaller)
        if one.needs is not None
    ]


def test_acd_10_needs_of_one_call_relax_at_their_times_without_any_input():
    people = (agent("some", english=1), agent("none"), agent("well", english=3))
    scene = Scene(floor(*people))
    scene.answers(scene.queued("busy", needs=ENGLISH_FIRST))
    waits(scene)
    assert scene.pass_time(19.9) == []
    told = scene.pass_time(0.2)
    assert changed(told) == [{"english": 1}]
    (offer,) = said(told, OfferCall)
    assert who(offer) == "some"
    assert scene.why().relaxed == needs(english=1)
    assert offer.why.endswith("by now needs english 1, 1 passed over")


def test_acd_10_at_the_last_step_whoever_is_there_may_take_her():
    scene = Scene(
        floor(agent("none"), agent("idle", "service"), queues=(queue(), queue("service")))
    )
    waits(scene)
    told = scene.pass_time(39.9)
    assert changed(told) == [{"english": 1}]
    assert said(told, OfferCall) == []
    (offer,) = said(scene.pass_time(0.2), OfferCall)
    assert who(offer) == "none"


def test_acd_10_one_who_relaxes_changes_nothing_for_those_beside_her():
    scene = Scene(floor(agent("some", english=1)), ready=False)
    waits(scene, "c1")
    waits(scene, "strict", relax=())
    scene.pass_time(30.0)
    scene.at_work("some")
    assert scene.offer_of("some").call == "c1"
    assert scene.waiting() == ["strict"]


def test_acd_10_a_step_acts_once_and_an_offer_in_vain_does_not_take_it_back():
    scene = Scene(floor(agent("some", english=1), agent("more", english=1)))
    waits(scene)
    (offer,) = said(scene.pass_time(20.0), OfferCall)
    again = scene.misses(offer, after_s=10.0)
    assert {who(offer), who(again)} == {"some", "more"}
    scene.misses(again)
    assert changed(scene.last.commands) == [{"english": 0}], "it came due while she was rung for"


def test_acd_10_both_steps_that_came_due_in_a_gap_act_in_their_order():
    scene = Scene(floor(agent("none")))
    waits(scene)
    commands = scene.tell(EdgeSynced(edge=EDGE, calls=(CallId("c1"),), offers=()), after_s=100.0)
    commands = (*commands, *scene.pass_time(0.0))
    assert changed(commands) == [{"english": 1}, {"english": 0}]
    assert len(said(commands, OfferCall)) == 1


def test_acd_10_her_own_steps_and_the_recipe_of_her_queue_go_on_beside_each_other():
    drops_vip = RecipeStep(when=Condition(waited_s=10.0), needs=needs(vip=0))
    queues = (queue(needs=needs(vip=1), recipe=(drops_vip,)),)
    scene = Scene(floor(agent("some", english=1), queues=queues))
    waits(scene)
    told = scene.pass_time(20.0)
    assert changed(told) == [{"vip": 0}, {"english": 1, "vip": 0}]
    assert len(said(told, OfferCall)) == 1


def test_acd_10_and_39_a_caller_who_is_moved_keeps_the_clock_of_her_needs():
    queues = (queue(), queue("service"))
    scene = Scene(floor(agent("some", "service", english=1), queues=queues))
    waits(scene)
    scene.pass_time(15.0)
    scene.tell(CallMoved(call=CallId("c1"), queue=SERVICE, by="li.na"))
    assert scene.pass_time(4.9) == []
    (offer,) = said(scene.pass_time(0.2), OfferCall)
    assert (who(offer), offer.queue) == ("some", SERVICE)


def test_acd_16_and_39_the_recipe_of_the_queue_she_is_moved_to_by_hand_looks_at_her():
    step = RecipeStep(when=Condition(waited_s=10.0), needs=needs(english=0))
    queues = (queue(), queue("service", needs=needs(english=1), recipe=(step,)))
    scene = Scene(floor(agent("ann", "service"), queues=queues))
    scene.queued("c1")
    scene.tell(CallMoved(call=CallId("c1"), queue=SERVICE, by="li.na"))
    assert len(said(scene.pass_time(10.0), OfferCall)) == 1


def test_acd_10_time_waited_before_counts_and_a_session_that_comes_again_changes_nothing():
    scene = Scene(floor(agent("none")))
    waits(scene, waited_s=30.0)
    assert changed(scene.pass_time(0.0)) == [{"english": 1}]
    waits(scene)
    assert changed(scene.pass_time(8.0)) == [], "the session came again: the step is behind her"
    assert len(said(scene.pass_time(2.0), OfferCall)) == 1


def test_acd_10_another_plan_leaves_what_time_has_given_her():
    scene = Scene(floor(agent("none")))
    waits(scene)
    scene.pass_time(25.0)
    scene.tell(FloorConfigured(floor=floor(agent("none"), agent("some", english=1), version=2)))
    scene.at_work("some")
    assert scene.offer_of("some").call == "c1"


def test_acd_10_and_30_who_will_be_called_back_needs_less_with_time_as_on_the_line():
    drops_all = RecipeStep(when=Condition(waited_s=5.0), needs=needs(english=0), announce="closed")
    queues = (queue(callback=CallbackRule(), recipe=(drops_all,)),)
    scene = Scene(floor(agent("some", english=1), queues=queues))
    waits(scene)
    scene.tell(CallbackWanted(call=CallId("c1"), number="+861"))
    told = scene.pass_time(20.0)
    assert changed(told) == [{"english": 1}], "the recipe is for those on the line"
    (dial,) = said(told, DialCallback)
    assert dial.agent == "some"
    scene.tell(OfferFailed(offer=dial.offer, why=NoAnswer.RANG_OUT), after_s=10.0)
    assert changed(scene.pass_time(30.0)) == [{"english": 0}], "also between two tries"
    scene.pass_time(300.0)
    back = CallQueued(call=CallId("c2"), edge=EDGE, queue=SALES, returns=CallId("c1"))
    assert said(scene.tell(back), OfferCall)


# --- journal and explanation ----------------------------------------------------------------


def told_to_journal(scene: Scene, *, snapshots: bool = False) -> MemoryJournal:
    """Live through what this scene was told once more, into a journal; ``snapshots``: after each
    step."""
    journal, engine = MemoryJournal(), Engine()
    for one, now in scene.said:
        decision = engine.apply(one, now)
        step = Step(now=now, input=one, commands=decision.commands, why=decision.why)
        journal.append(FLOOR, encode(step))
        if snapshots:
            journal.append(FLOOR, encode(Snapshot(state=engine.live.state)))
    return journal


def relaxed_story() -> Scene:
    scene = Scene(floor(agent("some", english=1), agent("none")))
    waits(scene)
    (offer,) = said(scene.pass_time(25.0), OfferCall)
    scene.misses(offer, after_s=16.0)
    return scene


def test_acd_10_a_replay_does_the_steps_again_and_decides_the_same_byte_for_byte():
    scene = relaxed_story()
    journal = told_to_journal(scene)
    assert replay(journal).engine.snapshot() == scene.engine.snapshot()
    again = replay_day(journal, 0.0, scene.now + 1.0)
    assert (again.steps > 5, again.differing) == (True, 0)


def test_acd_10_and_52_the_explanation_tells_each_step_and_what_was_asked_of_the_one_chosen():
    told = explain_call(told_to_journal(relaxed_story()), CallId("c1"))
    assert [relaxed_in_words(one, EN) for one in told.relaxed] == [
        "after 20 s a step of her own asks for: english 1",
        "after 41 s a step of her own asks for: english no more",
    ]
    assert [relaxed_in_words(one, ZH) for one in told.relaxed] == [
        "等候 20 秒，来电自带的步骤放宽要求为：english 1",
        "等候 41 秒，来电自带的步骤放宽要求为：english 不再要求",
    ]
    first, second = told.offers
    assert "by now needs english 1" in offer_in_words(first, told, EN)[0]
    assert "要求已放宽为：english 不再要求" in offer_in_words(second, told, ZH)[0]
    assert first.agents["none"] == "skill"


def test_acd_52_snapshots_between_her_steps_change_nothing_in_the_explanation():
    scene = relaxed_story()
    plain, among = told_to_journal(scene), told_to_journal(scene, snapshots=True)
    told, again = (explain_call(journal, CallId("c1")) for journal in (plain, among))
    assert again.relaxed == told.relaxed
    assert [(one.why, one.agents) for one in again.offers] == [
        (one.why, one.agents) for one in told.offers
    ]


def test_acd_10_and_52_who_waits_is_explained_with_what_she_needs_now_and_will_need():
    scene = Scene(floor(agent("some", english=1)))
    waits(scene)
    found = why_waiting(scene.engine, CallId("c1"))
    assert "needs now: english 3" in waits_in_words(found, EN, {})
    assert "after 20 s needs: english 1" in waits_in_words(found, EN, {})
    assert "等候满 40 秒后要求：english 不再要求" in waits_in_words(found, ZH, {})
    assert found.lacks == {"some": ("english 3 (1)",)}


def test_acd_10_a_hundred_who_relax_together_are_looked_at_and_nobody_else():
    people = [agent(f"a{n}") for n in range(3)]
    scene = Scene(floor(*people), ready=False)
    for n in range(100):
        waits(scene, f"c{n}", edge=EdgeId("east"))
    scene.queued("plain")
    scene.pass_time(50.0)
    changes = [call for call in scene.engine.live.state.calls.values() if call.done]
    assert len(changes) == 100
    assert scene.waiting(QueueId("sales"))[-1] == "plain"
