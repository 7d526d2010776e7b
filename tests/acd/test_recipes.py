"""Recipes, conditions for joining and leaving, moving, closing: what is done for those who wait."""

import pytest

from acd.engine import restore
from calls.commands import (
    Announce,
    ChangeCaller,
    OfferCall,
    OfferCallback,
    ReleaseCaller,
    TellPlace,
)
from calls.floor import CallbackRule, Condition, QueueSpec, RecipeStep
from calls.ids import CallId, QueueId
from calls.inputs import CallQueued, FloorConfigured, QueueHours, TimePassed
from calls.words import Closing, NoAnswer, Released, Standing
from tests.acd.scene import EDGE, SERVICE, Scene, agent, floor, needs, places, queue, who

pytestmark = pytest.mark.story


def scene(*steps: RecipeStep, people=(), ready: bool = False, **rules: object) -> Scene:
    """Nobody is ready unless the story says so."""
    plan = floor(*(people or (agent("ann"),)), queues=(queue(recipe=steps, **rules),))
    return Scene(plan, ready=ready)


def said(commands, kind):
    return [one for one in commands if isinstance(one, kind)]


def heard(scene: Scene, by_s: float) -> list[tuple[float, str, str]]:
    """What callers are announced while time goes by: after how long, who, what."""
    begin, found = scene.now, []
    while scene.now < begin + by_s:
        at = scene.engine.next_deadline()
        if at is None or at > begin + by_s:
            break
        scene.now = max(scene.now, at)
        announced = said(scene.tell(TimePassed()), Announce)
        after_s = round(scene.now - begin, 3)
        found += [(after_s, one.call, one.prompt) for one in announced]
    return found


def test_acd_16_steps_act_at_their_wait_once_or_again_and_again():
    story = scene(
        RecipeStep(when=Condition(waited_s=10.0), announce="one-moment"),
        RecipeStep(when=Condition(waited_s=20.0), again_every_s=30.0, announce="all-agents-busy"),
    )
    story.queued("c1")
    assert heard(story, 90.0) == [
        (10.0, "c1", "one-moment"),
        (20.0, "c1", "all-agents-busy"),
        (50.0, "c1", "all-agents-busy"),
        (80.0, "c1", "all-agents-busy"),
    ]


def test_acd_16_time_waited_before_counts():
    story = scene(RecipeStep(when=Condition(waited_s=60.0), announce="one-moment"))
    story.queued("c1", waited_s=55.0)
    assert heard(story, 10.0) == [(5.0, "c1", "one-moment")]


@pytest.mark.parametrize(
    "when",
    [
        Condition(queued_over=2),
        Condition(place_over=2),
        Condition(ratio_over=2.0),
        Condition(queued_over=1, queued_under=4, place_under=4, place_over=2),
    ],
    ids=["queued", "place", "ratio", "between"],
)
def test_acd_16_conditions_on_place_and_size_are_of_the_moment(when):
    story = scene(RecipeStep(when=when, announce="one-moment"), ready=True)
    if when.ratio_over is None:
        story.not_ready("ann")
    else:
        story.answers(story.queued("c0"))
    story.queued("c1")
    story.queued("c2")
    assert heard(story, 20.0) == []
    story.queued("c3")
    told = heard(story, 20.0)
    assert "c3" in {call for _, call, _ in told}
    if when.place_over is not None:
        assert {call for _, call, _ in told} == {"c3"}


def test_acd_16_who_could_take_her_and_who_is_free_are_counted_by_her_skills():
    people = (agent("ann", german=3), agent("ben"))
    story = scene(
        RecipeStep(when=Condition(eligible_under=1), announce="closed"),
        RecipeStep(when=Condition(available_under=1), announce="one-moment"),
        people=people,
        ready=True,
    )
    offer = story.queued("c1", needs=needs(german=2))
    assert who(offer) == "ann"
    story.answers(offer)
    story.queued("c2", needs=needs(german=2))
    assert heard(story, 1.0) == [(0.0, "c2", "one-moment")], "ann can, and is not free"
    story.queued("c3", needs=needs(german=9))
    assert heard(story, 1.0) == [(0.0, "c3", "closed"), (0.0, "c3", "one-moment")]


def test_acd_10_and_acd_16_needs_are_lowered_or_dropped_and_the_agent_is_offered_at_once():
    story = scene(
        RecipeStep(when=Condition(waited_s=10.0), needs=needs(german=2)),
        RecipeStep(when=Condition(waited_s=20.0), needs=needs(german=0)),
        people=(agent("ann", german=2), agent("ben")),
        ready=True,
    )
    busy = story.queued("c0", needs=needs(german=1))
    story.answers(busy)
    assert story.queued("c1", needs=needs(german=5)) is None, "nobody speaks it so well"
    assert said(story.pass_time(15.0), OfferCall) == [], "ann does now, and talks"
    (offer,) = said(story.pass_time(10.0), OfferCall)
    assert (who(offer), offer.call) == ("ben", "c1")


def test_acd_16_a_step_raises_the_priority_and_says_so_to_the_edge():
    story = scene(RecipeStep(when=Condition(waited_s=10.0, place_over=1), priority=5))
    story.queued("c1")
    story.queued("c2")
    (changed,) = said(story.pass_time(12.0), ChangeCaller)
    assert (changed.call, changed.priority, changed.queue) == ("c2", 5, None)
    assert story.waiting() == ["c2", "c1"]


def moving(**rules: object) -> tuple[QueueSpec, ...]:
    step = RecipeStep(when=Condition(waited_s=10.0), queue=SERVICE)
    return (queue("sales", recipe=(step,)), queue("service", **rules))


def test_acd_38_and_39_overflow_into_another_queue_keeps_the_waited_time():
    story = Scene(floor(agent("ann", "service"), queues=moving()), ready=False)
    story.queued("c1")
    story.pass_time(5.0)
    story.queued("c2", "service")
    (changed,) = said(story.pass_time(4.5), ChangeCaller)
    assert (changed.call, changed.queue) == ("c1", "service")
    assert story.waiting("service") == ["c1", "c2"], "she has waited longer"
    story.at_work("ann")
    assert story.offer_of("ann").call == "c1"
    assert story.why().waited_s > 10.0


def test_acd_39_who_does_not_fit_in_stays_and_is_moved_when_there_is_room():
    story = Scene(floor(agent("ann"), queues=moving(max_waiting=1)), ready=False)
    story.queued("full", "service")
    story.queued("c1")
    assert said(story.pass_time(30.0), ChangeCaller) == []
    story.leaves("full")
    assert [one.queue for one in said(story.pass_time(6.0), ChangeCaller)] == ["service"]


def test_p37_a_resumed_session_does_not_take_a_moved_caller_back_to_her_first_queue():
    story = Scene(floor(agent("ann", "service"), queues=moving()), ready=False)
    story.queued("c1")
    story.pass_time(12.0)
    story.queued("c1")
    assert (story.waiting("sales"), story.waiting("service")) == ([], ["c1"])


def test_p37_who_leaves_by_key_and_comes_back_keeps_her_waited_time():
    story = scene()
    story.queued("c1")
    story.queued("c2")
    story.pass_time(60.0)
    story.leaves("c1")
    story.queued("c1", waited_s=62.0)
    assert story.waiting() == ["c1", "c2"]


def test_p38_and_acd_34_no_worse_place_is_told_after_a_move_either():
    queues = (
        queue("sales", announce_every_s=5.0, recipe=(moving()[0].recipe[0],)),
        queue("service", announce_every_s=5.0),
    )
    story = Scene(floor(agent("ann", "service"), queues=queues), ready=False)
    for name in ("s1", "s2", "s3"):
        story.queued(name, "service", waited_s=500.0)
    story.queued("c1")
    told = [one for one in places(story.pass_time(40.0)) if one[0] == "c1"]
    assert told == [("c1", 1)], "first in sales; fourth in service is not said"
    story.leaves("s1"), story.leaves("s2"), story.leaves("s3")
    assert ("c1", 1) in places(story.pass_time(10.0))


def test_p38_the_place_told_before_rides_along_into_another_queue():
    story = scene(announce_every_s=5.0)
    story.queued("c1"), story.queued("c2"), story.queued("c3")
    story.queued("c4", told=2)
    told = [place for call, place in places(story.pass_time(20.0)) if call == "c4"]
    assert told == []


def test_acd_26_she_leaves_after_so_many_offers_in_vain_before_another_phone_rings():
    story = scene(
        RecipeStep(when=Condition(missed_over=1), leave=Released.OVERFLOW),
        people=(agent("ann"), agent("ben"), agent("cai")),
        ready=True,
    )
    offer = story.misses(story.queued("c1"))
    assert story.misses(offer) is None
    (released,) = said(story.last.commands, ReleaseCaller)
    assert (released.reason, released.call) == ("overflow", "c1")
    assert released.step.startswith("sales:1:")


def test_acd_38_overflow_on_size_and_wait_and_expected_wait():
    by_size = scene(RecipeStep(when=Condition(queued_over=2), leave=Released.OVERFLOW))
    gone = []
    for name in ("c1", "c2", "c3"):
        by_size.queued(name)
        gone += said(by_size.pass_time(0.0), ReleaseCaller)
    assert [one.call for one in gone] == ["c3"], "who comes last, at once"
    by_wait = scene(RecipeStep(when=Condition(waited_s=30.0), leave=Released.VOICEMAIL))
    by_wait.queued("c1")
    assert said(by_wait.pass_time(29.0), ReleaseCaller) == []
    (left,) = said(by_wait.pass_time(2.0), ReleaseCaller)
    assert left.reason == "voicemail"


def test_acd_38_overflow_on_the_expected_wait():
    step = RecipeStep(when=Condition(expected_over_s=100.0), leave=Released.OVERFLOW)
    story = scene(step, ready=True)
    offer = story.queued("c0")
    for name in ("a", "b", "c", "d", "e", "f", "g"):
        story.queued(name)
    while offer is not None and len(story.waiting()) > 1:
        story.answers(offer, after_s=1.0)
        offer = story.ends(offer, after_s=60.0)
    for name in ("x1", "x2", "x3"):
        story.queued(name)
    gone = said(story.pass_time(1.0), ReleaseCaller)
    assert [one.call for one in gone] == ["x1", "x2", "x3"], "one a minute is answered"


@pytest.mark.parametrize(
    ("empty", "do", "lets_in"),
    [
        ((Standing.LOGGED_OUT,), "leave work", False),
        ((Standing.LOGGED_OUT,), "pause", True),
        ((Standing.LOGGED_OUT, Standing.NOT_READY), "pause", False),
        ((Standing.NO_DEVICE,), "unplug", False),
        ((Standing.TALKING,), "talk", False),
        ((Standing.NOT_RESPONDING, Standing.TALKING), "half talk", True),
    ],
)
def test_acd_40_join_conditions_are_fine(empty, do, lets_in):
    story = scene(join_empty=empty, people=(agent("ann"), agent("ben")), ready=True)
    for name in ("ann",) if do == "half talk" else ("ann", "ben"):
        match do:
            case "leave work":
                story.logs_out(name)
            case "pause":
                story.not_ready(name)
            case "unplug":
                story.device(f"{name}-desk", "unregistered")
            case _:
                story.answers(story.queued(f"of {name}"))
    if do == "half talk":
        story.not_ready("ben")
    story.queued("c1")
    assert story.waiting() == (["c1"] if lets_in else [])
    if not lets_in:
        (refused,) = said(story.last.commands, ReleaseCaller)
        assert refused.reason == "nobody"


def test_acd_40_those_waiting_leave_with_the_last_agent_and_not_before():
    people = (agent("ann"), agent("ben"))
    story = scene(leave_empty=(Standing.LOGGED_OUT,), people=people, ready=True)
    story.not_ready("ann"), story.not_ready("ben")
    story.queued("c1"), story.queued("c2")
    story.logs_out("ann")
    assert said(story.pass_time(60.0), ReleaseCaller) == []
    story.logs_out("ben")
    gone = said(story.pass_time(0.0), ReleaseCaller)
    assert [(one.call, one.reason) for one in gone] == [("c1", "nobody"), ("c2", "nobody")]


def test_acd_40_a_queue_nobody_belongs_to_lets_nobody_in_when_it_says_so():
    story = Scene(floor(queues=(queue(join_empty=(Standing.LOGGED_OUT,)),)))
    story.queued("c1")
    assert story.waiting() == []


def test_acd_41_the_length_counts_callers_on_the_line_only():
    story = scene(max_waiting=1, callback=CallbackRule())
    story.queued("c1")
    story.queued("c2")
    assert story.waiting() == ["c1"]
    (full,) = said(story.last.commands, ReleaseCaller)
    assert full.reason == "full"


def hours(story: Scene, *, open: bool, callbacks: bool = True) -> list:
    begun = story.tell(QueueHours(queue=QueueId("sales"), open=open, callbacks=callbacks))
    return [*begun, *story.pass_time(0.0)]


@pytest.mark.parametrize(
    ("closing", "reasons"),
    [
        (Closing.SERVE, []),
        (Closing.LEAVE, ["closed", "closed"]),
        (Closing.VOICEMAIL, ["voicemail", "voicemail"]),
    ],
)
def test_ivr_21_closing_time_for_those_already_waiting(closing, reasons):
    story = scene(closing=closing, calendar="office")
    story.queued("c1"), story.queued("c2")
    assert [one.reason for one in said(hours(story, open=False), ReleaseCaller)] == reasons
    story.queued("late")
    assert [one.reason for one in said(story.last.commands, ReleaseCaller)] == ["closed"]
    if closing is Closing.SERVE:
        story.at_work("ann")
        assert story.offer_of("ann").call == "c1"
    hours(story, open=True)
    story.queued("early")
    assert "early" in story.waiting()


def test_ivr_21_at_closing_time_a_call_back_is_offered_and_who_wants_none_leaves():
    story = scene(closing=Closing.CALLBACK, callback=CallbackRule(), calendar="office")
    story.queued("c1")
    (asked,) = said(hours(story, open=False), OfferCallback)
    assert asked.call == "c1"
    assert said(story.pass_time(80.0), ReleaseCaller) == []
    assert [one.reason for one in said(story.pass_time(20.0), ReleaseCaller)] == ["closed"]


def test_ivr_21_who_is_being_rung_for_at_closing_time_is_not_cut_off():
    story = scene(closing=Closing.LEAVE, people=(agent("ann"), agent("ben")), ready=True)
    story.logs_out("ben")
    offer = story.queued("c1")
    assert said(hours(story, open=False), ReleaseCaller) == []
    story.answers(offer)
    assert story.state("ann") == "talking"


def test_ivr_21_a_call_missed_after_closing_time_leaves():
    story = scene(closing=Closing.LEAVE, people=(agent("ann"), agent("ben")), ready=True)
    offer = story.queued("c1")
    hours(story, open=False)
    assert story.misses(offer, NoAnswer.REJECTED) is None
    assert [one.reason for one in said(story.last.commands, ReleaseCaller)] == ["closed"]


def test_a_queue_without_rules_sets_no_deadline_for_its_callers():
    story = scene(announce_every_s=0.0)
    story.queued("c1")
    assert story.engine.next_deadline() is None


def test_what_a_recipe_has_done_outlives_a_restart_and_another_plan():
    step = RecipeStep(when=Condition(waited_s=10.0), announce="one-moment", priority=3)
    story = scene(step)
    story.queued("c1")
    assert len(said(story.pass_time(11.0), Announce)) == 1
    story.engine = restore(story.engine.snapshot())
    story.tell(FloorConfigured(floor=floor(agent("ann"), queues=(queue(recipe=(step,)),))))
    assert said(story.pass_time(60.0), Announce) == []
    assert next(story.engine.callers(QueueId("sales"))).priority == 3


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        (
            RecipeStep(queue=QueueId("gone")),
            "queue sales, step 2 of the recipe: unknown queue gone",
        ),
        (
            RecipeStep(leave=Released.OVERFLOW, again_every_s=5.0),
            "queue sales, step 2 of the recipe: nobody moves or leaves twice",
        ),
    ],
)
def test_a_recipe_with_a_mistake_is_refused_whole_and_the_running_one_stays(step, fault):
    good = RecipeStep(when=Condition(waited_s=10.0), announce="one-moment")
    story = scene(good)
    plan = floor(agent("ann"), queues=(queue(recipe=(good, step)),), version=2)
    assert story.refused(FloorConfigured(floor=plan)) == fault
    story.queued("c1")
    assert len(said(story.pass_time(11.0), Announce)) == 1


def test_two_queues_that_move_to_each_other_pass_a_caller_round_once():
    there = RecipeStep(when=Condition(waited_s=5.0), queue=SERVICE)
    back = RecipeStep(when=Condition(waited_s=5.0), queue=QueueId("sales"))
    plan = floor(agent("ann"), queues=(queue(recipe=(there,)), queue("service", recipe=(back,))))
    story = Scene(plan, ready=False)
    story.queued("c1")
    moves = said(story.pass_time(600.0), ChangeCaller)
    assert [one.queue for one in moves] == ["service", "sales"]


def test_thousands_are_told_a_few_at_a_time():
    story = Scene(floor(agent("ann"), queues=(queue(closing=Closing.LEAVE),)), ready=False)
    for n in range(600):
        story.engine.apply(
            CallQueued(call=CallId(f"c{n}"), edge=EDGE, queue=QueueId("sales")), story.now
        )
    story.tell(QueueHours(queue=QueueId("sales"), open=False))
    released = [len(said(story.tell(TimePassed()), ReleaseCaller)) for _ in range(3)]
    assert released == [256, 256, 88]


def test_tell_place_is_not_said_to_who_was_just_released():
    story = scene(
        RecipeStep(when=Condition(waited_s=10.0), leave=Released.OVERFLOW), announce_every_s=10.0
    )
    story.queued("c1")
    commands = story.pass_time(10.0)
    assert said(commands, TellPlace) == []
    assert len(said(commands, ReleaseCaller)) == 1
