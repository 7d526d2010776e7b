"""Calling back: who hangs up keeps her place, and is dialled when an agent is free for her."""

import pytest

from acd.engine import restore
from calls.commands import DialCallback, EndCallback, OfferCall, ReleaseCaller, WithdrawOffer
from calls.floor import CallbackRule
from calls.ids import CallId, QueueId
from calls.inputs import (
    CallbackCancelled,
    CallbackWanted,
    CallerLeft,
    EdgeSynced,
    FloorConfigured,
    OfferAnswered,
    OfferFailed,
    QueueHours,
    TalkEnded,
)
from calls.words import AgentState, LeaveReason, NoAnswer, Party
from tests.acd.scene import EDGE, Scene, agent, floor, given, places, queue, who

pytestmark = pytest.mark.story

NUMBER = "+8613800000000"


class Back(Scene):
    """A scene in which callers are called back."""

    def __init__(self, *people: str, rule: CallbackRule | None = None, **rules: object) -> None:
        rule = rule or CallbackRule(tries=2, retry_s=60.0, ring_s=20.0, expires_s=3600.0)
        plan = floor(*map(agent, people), queues=(queue(callback=rule, **rules),))
        super().__init__(plan)

    def wants(self, call: str, number: str = NUMBER) -> tuple[object, ...]:
        said = CallbackWanted(call=CallId(call), number=number, context=f"context of {call}")
        return self.tell(said)

    def busy(self, *people: str) -> dict[str, OfferCall]:
        """Everybody talks."""
        talks = {}
        for name in people:
            offer = given(self.queued(f"of {name}"))
            self.answers(offer)
            talks[offer.agent] = offer
        return talks

    def dialled(self) -> DialCallback | None:
        found = [one for one in self.last.commands if isinstance(one, DialCallback)]
        assert len(found) <= 1
        return found[0] if found else None

    def fails(self, dial: DialCallback, why: NoAnswer, after_s: float = 20.0) -> None:
        self.tell(OfferFailed(offer=dial.offer, why=why), after_s)

    def comes_back(self, dial: DialCallback, call: str = "again") -> OfferCall | None:
        return self.queued(call, returns=dial.call)


def ended(scene: Scene) -> list[tuple[str, int]]:
    return [(c.end, c.attempts) for c in scene.last.commands if isinstance(c, EndCallback)]


def test_acd_30_and_p33_who_hangs_up_keeps_her_place_and_is_dialled_when_it_is_her_turn():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1"), scene.queued("c2"), scene.queued("c3")
    (word,) = scene.wants("c2")
    assert isinstance(word, ReleaseCaller)
    assert (word.call, word.reason) == ("c2", "callback")
    assert scene.waiting() == ["c1", "c2", "c3"]
    first = scene.ends(talks["ann"])
    assert given(first).call == "c1"
    scene.answers(first)
    assert scene.ends(first) is None
    dial = scene.dialled()
    assert dial is not None
    assert (dial.call, dial.number, dial.agent, dial.attempt) == ("c2", NUMBER, "ann", 1)
    assert (dial.context, dial.ring_s) == ("context of c2", 20.0)
    assert scene.state("ann") is AgentState.OFFERED, "ann is kept for her"
    assert scene.waiting() == ["c3"]


def test_acd_30_who_confirms_gets_the_agent_kept_for_her_with_her_waited_time():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.queued("vip", priority=9)
    scene.leaves("vip")
    scene.ends(talks["ann"])
    dial = given_dial(scene)
    scene.queued("vip2", priority=9)
    offer = scene.comes_back(dial)
    assert (who(offer), given(offer).call, given(offer).attempt) == ("ann", "again", 1)
    assert scene.why().kept
    assert scene.why().waited_s > 60.0
    scene.answers(offer)
    assert scene.state("ann") is AgentState.TALKING
    assert scene.waiting() == ["vip2"]


def given_dial(scene: Back) -> DialCallback:
    dial = scene.dialled()
    assert dial is not None
    return dial


def test_acd_31_and_p31_never_more_are_dialled_than_agents_are_free_for_them():
    scene = Back("ann", "ben")
    talks = scene.busy("ann", "ben")
    for n in range(5):
        scene.queued(f"c{n}")
        scene.wants(f"c{n}", f"+861380000000{n}")
    dials = []
    for name in ("ann", "ben"):
        scene.ends(talks[name])
        dials.append(given_dial(scene))
    assert [dial.call for dial in dials] == ["c0", "c1"]
    assert len({dial.agent for dial in dials}) == 2
    assert scene.waiting() == ["c2", "c3", "c4"]
    scene.queued("live")
    assert scene.last.commands == (), "a caller on the line waits for neither of the two kept"


def test_p31_and_p32_a_call_back_goes_by_the_time_she_came_and_not_before_others():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("old"), scene.queued("young")
    scene.wants("young")
    offer = scene.ends(talks["ann"])
    assert given(offer).call == "old"
    assert scene.dialled() is None


def test_p69_an_agent_who_leaves_while_she_is_dialled_does_so_after_the_call():
    scene = Back("ann", "ben")
    talks = scene.busy("ann", "ben")
    scene.queued("c1")
    scene.wants("c1")
    scene.ends(talks["ann"])
    dial = given_dial(scene)
    scene.not_ready("ann")
    assert scene.state("ann") is AgentState.OFFERED
    offer = scene.comes_back(dial)
    assert offer is None, "her wish counts before the talk has begun"
    assert scene.state("ann") is AgentState.NOT_READY
    assert scene.waiting() == ["again"]
    assert given(scene.ends(talks["ben"])).call == "again", "and she is first in line"


def test_acd_31_an_agent_is_free_again_when_the_dial_was_in_vain_without_a_strike():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.ends(talks["ann"])
    scene.fails(given_dial(scene), NoAnswer.RANG_OUT)
    assert scene.state("ann") is AgentState.READY
    assert scene.strikes("ann") == {}
    offer = scene.queued("c2")
    assert who(offer) == "ann", "the next one is served meanwhile"


def test_acd_32_failed_tries_are_repeated_with_pauses_and_then_told():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.ends(talks["ann"])
    scene.fails(given_dial(scene), NoAnswer.BUSY)
    assert scene.pass_time(59.0) == []
    (again,) = scene.pass_time(2.0)
    assert isinstance(again, DialCallback)
    assert again.attempt == 2
    scene.fails(again, NoAnswer.CALLER_LEFT)
    assert ended(scene) == [("failed", 2)]
    assert list(scene.engine.callbacks()) == []


def test_acd_32_what_was_no_fault_of_hers_counts_for_no_try():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.ends(talks["ann"])
    dial = given_dial(scene)
    for _ in range(5):
        scene.fails(dial, NoAnswer.FAILED)
        (dial,) = scene.pass_time(61.0)
        assert dial.attempt == 1


def test_acd_32_a_promise_expires_and_is_told():
    scene = Back("ann", rule=CallbackRule(expires_s=600.0))
    scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    assert scene.pass_time(599.0) == []
    (word,) = scene.pass_time(2.0)
    assert isinstance(word, EndCallback)
    assert (word.end, word.attempts) == ("expired", 0)
    assert word.number == NUMBER
    assert word.context == "context of c1"


def test_acd_32_out_of_hours_nobody_is_called_and_the_place_is_kept():
    scene = Back("ann", calendar="office")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.tell(QueueHours(queue=QueueId("sales"), open=True, callbacks=False))
    scene.queued("c2")
    offer = scene.ends(talks["ann"])
    assert given(offer).call == "c2"
    scene.answers(offer)
    scene.queued("c3")
    scene.tell(QueueHours(queue=QueueId("sales"), open=True, callbacks=True))
    assert scene.ends(offer) is None
    assert given_dial(scene).call == "c1", "before c3"


@pytest.mark.parametrize(
    ("call", "number", "why"),
    [
        ("nobody", NUMBER, "call nobody is not waiting"),
        ("offered", NUMBER, "call offered is being offered"),
        ("c1", "", "call c1 named no number"),
        ("twice", NUMBER, "call twice will be called back already"),
    ],
)
def test_acd_32_a_promise_that_cannot_be_is_refused(call, number, why):
    scene = Back("ann")
    scene.queued("offered")
    scene.queued("c1"), scene.queued("twice")
    scene.wants("twice")
    assert scene.refused(CallbackWanted(call=CallId(call), number=number)) == why


def test_acd_32_a_queue_without_the_rule_calls_nobody_back():
    scene = Scene(floor(agent("ann")), ready=False)
    scene.queued("c1")
    said = CallbackWanted(call=CallId("c1"), number=NUMBER)
    assert scene.refused(said) == "queue sales calls nobody back"


def test_acd_30_a_hang_up_after_the_promise_takes_nothing_away():
    scene = Back("ann")
    scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    left = CallerLeft(call=CallId("c1"), reason=LeaveReason.HUNG_UP)
    assert scene.refused(left) == "call c1 will be called back"
    assert scene.waiting() == ["c1"]


def test_acd_30_a_supervisor_cancels_one_and_a_dial_is_taken_back():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.ends(talks["ann"])
    dial = given_dial(scene)
    (word,) = scene.tell(CallbackCancelled(call=CallId("c1"), by="boss"))
    assert isinstance(word, WithdrawOffer)
    assert word.offer == dial.offer
    assert scene.state("ann") is AgentState.READY
    unknown = CallbackCancelled(call=CallId("c1"), by="boss")
    assert scene.refused(unknown) == "nobody is to be called back for call c1"


def test_acd_30_a_dial_nobody_reports_on_gives_the_agent_back():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.ends(talks["ann"])
    words = scene.pass_time(20.0 + 20.0 + 9.0)
    assert words == []
    (word,) = scene.pass_time(2.0)
    assert isinstance(word, WithdrawOffer)
    assert scene.state("ann") is AgentState.READY


def test_acd_30_a_promise_outlives_the_engine_and_the_first_call():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.engine = restore(scene.engine.snapshot())
    scene.engine.take_over(7, scene.now)
    scene.tell(EdgeSynced(edge=EDGE, calls=(), offers=(talks["ann"].offer,)))
    scene.ends(talks["ann"])
    dial = given_dial(scene)
    assert (dial.call, dial.token) == ("c1", 7)


def test_acd_30_a_dial_lost_with_its_controller_is_made_again_soon():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.ends(talks["ann"])
    dial = given_dial(scene)
    scene.tell(EdgeSynced(edge=EDGE, calls=(), offers=()))
    (again,) = scene.pass_time(6.0)
    assert isinstance(again, DialCallback)
    assert again.offer != dial.offer
    assert again.attempt == 1


def test_a_dial_still_going_on_is_not_made_twice():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.ends(talks["ann"])
    dial = given_dial(scene)
    scene.tell(EdgeSynced(edge=EDGE, calls=(), offers=(dial.offer,)))
    assert scene.last.commands == ()
    assert given(scene.comes_back(dial)).agent == "ann"


def test_answers_and_talks_of_a_dial_make_no_sense():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1")
    scene.wants("c1")
    scene.ends(talks["ann"])
    dial = given_dial(scene)
    assert "comes back" in scene.refused(OfferAnswered(offer=dial.offer))
    assert "nobody" in scene.refused(TalkEnded(offer=dial.offer, by=Party.AGENT))


def test_acd_30_a_queue_that_is_gone_breaks_its_promises():
    plan = floor(
        agent("ann", "sales", "service"),
        queues=(queue(callback=CallbackRule()), queue("service")),
    )
    scene = Scene(plan, ready=False)
    scene.queued("c1")
    scene.tell(CallbackWanted(call=CallId("c1"), number=NUMBER))
    scene.tell(FloorConfigured(floor=floor(agent("ann", "service"), queues=plan.queues[1:])))
    assert ended(scene) == [("failed", 0)]


def test_acd_33_who_gives_up_after_long_enough_is_called_back():
    rule = CallbackRule(abandoned_after_s=20.0)
    scene = Back("ann", rule=rule)
    talks = scene.busy("ann")
    scene.queued("short", number="+8613800000001")
    scene.queued("hidden", waited_s=100.0)
    scene.queued("long", waited_s=19.0, number="+8613800000002")
    scene.leaves("short"), scene.leaves("hidden")
    scene.pass_time(5.0)
    scene.leaves("long")
    assert [call.id for call in scene.engine.callbacks()] == ["long"]
    scene.ends(talks["ann"])
    assert given_dial(scene).number == "+8613800000002"


def test_acd_33_who_leaves_by_key_has_not_given_up():
    scene = Back("ann", rule=CallbackRule(abandoned_after_s=1.0))
    scene.busy("ann")
    scene.queued("c1", waited_s=60.0, number=NUMBER)
    scene.tell(CallerLeft(call=CallId("c1"), reason=LeaveReason.EXIT_KEY))
    assert list(scene.engine.callbacks()) == []


def test_acd_48_and_ivr_24_who_calls_again_soon_has_her_old_place():
    scene = Back("ann", keep_place_s=120.0)
    scene.busy("ann")
    scene.queued("c1", number=NUMBER), scene.queued("c2")
    scene.leaves("c1")
    scene.pass_time(100.0)
    scene.queued("c3")
    scene.queued("c1-again", number=NUMBER)
    assert scene.waiting() == ["c1-again", "c2", "c3"]


def test_acd_48_after_the_time_or_under_another_number_or_none_it_is_gone():
    scene = Back("ann", keep_place_s=120.0)
    scene.busy("ann")
    scene.queued("c1", number=NUMBER), scene.queued("h1"), scene.queued("c2")
    scene.leaves("c1"), scene.leaves("h1")
    scene.queued("other", number="+8613811111111")
    scene.queued("h2")
    scene.pass_time(121.0)
    scene.queued("late", number=NUMBER)
    assert scene.waiting() == ["c2", "other", "h2", "late"]


def test_acd_48_the_place_is_given_back_once():
    scene = Back("ann", keep_place_s=120.0)
    scene.busy("ann")
    scene.queued("c1", number=NUMBER), scene.queued("c2")
    scene.leaves("c1")
    scene.queued("again", number=NUMBER)
    scene.queued("twin", number=NUMBER)
    assert scene.waiting() == ["again", "c2", "twin"]


def test_acd_48_who_calls_before_she_is_called_back_is_served_and_not_called():
    scene = Back("ann")
    talks = scene.busy("ann")
    scene.queued("c1", number=NUMBER), scene.queued("c2")
    scene.wants("c1")
    scene.queued("again", number=NUMBER)
    assert scene.waiting() == ["again", "c2"]
    assert list(scene.engine.callbacks()) == []
    assert given(scene.ends(talks["ann"])).call == "again"


def test_the_board_tells_who_waits_from_who_will_be_called():
    scene = Back("ann")
    scene.busy("ann")
    scene.queued("c1"), scene.queued("c2")
    scene.wants("c1")
    told = scene.engine.live.queues[QueueId("sales")].changed()
    assert (told.waiting, told.callbacks) == (1, 1)
    assert told.longest_since == scene.now - 0.0


def test_acd_34_a_place_counts_those_who_will_be_called_back_too():
    scene = Back("ann", announce_every_s=10.0)
    scene.busy("ann")
    scene.queued("c1"), scene.queued("c2")
    scene.wants("c1")
    assert places(scene.pass_time(10.0)) == [("c2", 2)], "and c1 is told nothing"
