"""A tree published at its time, and two versions heard side by side."""

from collections.abc import Iterable

import pytest

from calls.ids import CallId, TreeId
from ivr.findings import Finding
from ivr.memory import MemoryTrees
from ivr.model import Tree
from ivr.rollout.model import RolloutRefused, TreeTrial, hears_b
from ivr.rollout.service import LATEST_S, MOST_PLANS, Rollouts
from ivr.service import NoSuchTree, TreeBook, TreesByNumber
from ivr.speech.voices import VoiceMissing
from ivr.validator import Known
from tests.ivr.test_tree_book import TO_SALES, T, publish, written

pytestmark = pytest.mark.unit


class World:
    """One tree in two processes over one store."""

    def __init__(self) -> None:
        self.store = MemoryTrees()
        self.queues: set[str] | None = None
        self.mute = False
        self.book, self.other = self.new_book(), self.new_book()
        self.rollouts = Rollouts(self.book, self.store)

    def new_book(self) -> TreeBook:
        return TreeBook(self.store, lambda: Known(queues=self.queues), self._speak)

    def _speak(self, tree: Tree) -> Iterable[Finding]:
        if self.mute:
            raise VoiceMissing("no voice speaks Chinese here")
        return ()

    def draft(self, reason: str) -> None:
        self.book.save_draft(T, written(reason), "li", 1.0)

    def heard_by(self, calls: int = 1000) -> dict[str, int]:
        """By new callers, as the other process serves them."""
        self.other.refresh()
        doors = TreesByNumber(self.other, lambda dialled: T, T)
        found: dict[str, int] = {}
        for n in range(calls):
            hash = doors.for_number("400", CallId(f"main-{n}")).hash
            found[hash] = found.get(hash, 0) + 1
        return found


@pytest.fixture
def world() -> World:
    return World()


def test_a_plan_is_heard_from_its_time_on_as_the_draft_was_when_it_was_made(world: World) -> None:
    old = publish(world.book, written("old"), 1.0)
    world.draft("holiday")
    plan = world.rollouts.plan(T, "", 100.0, "li", 10.0)
    world.draft("something else")
    assert world.rollouts.look(99.9).carried_out == ()
    assert world.heard_by() == {old: 1000}
    looked = world.rollouts.look(100.0)
    assert [(one.before, one.plan) for one in looked.carried_out] == [(old, plan)]
    assert looked.alarms == ()
    assert world.heard_by() == {plan.version: 1000}
    assert world.rollouts.plans(T) == []
    assert "something else" in world.book.draft(T).document


def test_there_and_back_again_although_nobody_was_awake_at_either_time(world: World) -> None:
    usual = publish(world.book, written("usual"), 1.0)
    world.draft("holiday")
    holiday = world.rollouts.plan(T, "", 100.0, "li", 10.0).version
    world.rollouts.plan(T, usual, 200.0, "li", 11.0)
    again = Rollouts(world.new_book(), world.store)
    assert [one.plan.version for one in again.look(1000.0).carried_out] == [holiday, usual]
    assert world.heard_by() == {usual: 1000}


def test_of_two_processes_that_look_one_carries_it_out(world: World) -> None:
    publish(world.book, written("old"), 1.0)
    world.draft("new")
    world.rollouts.plan(T, "", 100.0, "li", 10.0)
    beside = Rollouts(world.other, world.store)
    done = [len(one.look(100.0).carried_out) for one in (world.rollouts, beside)]
    assert done == [1, 0]


def test_what_the_house_has_no_more_at_that_time_keeps_the_old_one_and_alarms(
    world: World,
) -> None:
    old = publish(world.book, written("old"), 1.0)
    world.queues = {"sales"}
    world.book.save_draft(T, TO_SALES, "li", 2.0)
    plan = world.rollouts.plan(T, "", 100.0, "li", 10.0)
    world.queues = {"support"}
    looked = world.rollouts.look(100.0)
    assert looked.carried_out == ()
    [alarm] = looked.alarms
    assert (alarm.name, alarm.on) == ("tree_plan:t", True)
    assert "sales" in alarm.values["en"]
    assert "sales" in alarm.values["zh-CN"]
    assert alarm.values["en"] != alarm.values["zh-CN"]
    assert world.heard_by() == {old: 1000}
    assert world.rollouts.look(101.0).alarms == (), "it is told once"
    [failed] = world.rollouts.plans(T)
    assert (failed.id, failed.failed_at) == (plan.id, 100.0)
    world.queues = {"sales"}
    assert world.rollouts.look(102.0).carried_out == (), "what failed is tried by people alone"
    restarted = Rollouts(world.new_book(), world.store).look(103.0)
    assert [one.on for one in restarted.alarms] == [True], "it stands after a restart"
    world.rollouts.drop_plan(T, plan.id)
    assert [one.on for one in world.rollouts.look(104.0).alarms] == [False]


def test_a_plan_whose_words_cannot_be_spoken_fails_alike(world: World) -> None:
    old = publish(world.book, written("old"), 1.0)
    world.draft("new")
    world.rollouts.plan(T, "", 100.0, "li", 10.0)
    world.mute = True
    [alarm] = world.rollouts.look(100.0).alarms
    assert "no voice" in alarm.text
    assert world.heard_by() == {old: 1000}


def test_a_plan_that_was_dropped_is_not_carried_out(world: World) -> None:
    old = publish(world.book, written("old"), 1.0)
    world.draft("new")
    plan = world.rollouts.plan(T, "", 100.0, "li", 10.0)
    with pytest.raises(RolloutRefused, match="no_such_plan"):
        world.rollouts.drop_plan(TreeId("other"), plan.id)
    world.rollouts.drop_plan(T, plan.id)
    world.rollouts.look(200.0)
    assert world.heard_by() == {old: 1000}
    with pytest.raises(RolloutRefused, match="no_such_plan"):
        world.rollouts.drop_plan(T, plan.id)


def test_what_cannot_be_planned_is_refused_by_name(world: World) -> None:
    publish(world.book, written("old"), 1.0)

    def refused(at: float, version: str = "") -> str:
        with pytest.raises(RolloutRefused) as error:
            world.rollouts.plan(T, version, at, "li", 10.0)
        return error.value.code

    assert refused(10.0) == "plan_in_the_past"
    assert refused(11.0 + LATEST_S) == "plan_too_far"
    world.rollouts.plan(T, "", 100.0, "li", 10.0)
    assert refused(100.0) == "planned_already"
    for n in range(1, MOST_PLANS):
        world.rollouts.plan(T, "", 100.0 + n, "li", 10.0 + n)
    assert refused(1000.0) == "too_many_plans"
    with pytest.raises(NoSuchTree):
        world.rollouts.plan(T, "no such version", 100.0, "li", 10.0)


@pytest.mark.parametrize("share", [1, 10, 50, 99])
def test_a_share_of_callers_hears_b_and_the_same_one_always_the_same(share: int) -> None:
    trial = TreeTrial(id="t1", tree=T, a="a", b="b", share=share, by="li", began_at=0.0)
    calls = [CallId(f"main-{n}.{n % 7}") for n in range(20_000)]
    hears = [hears_b(trial, call) for call in calls]
    assert hears == [hears_b(trial, call) for call in calls]
    assert sum(hears) / len(calls) == pytest.approx(share / 100, abs=0.012)


def test_whoever_heard_b_at_a_small_share_hears_it_at_a_large_one(world: World) -> None:
    a = publish(world.book, written("a"), 1.0)
    world.draft("b")
    trial = world.rollouts.begin_trial(T, "", 10, "li", 10.0)
    few = world.heard_by()
    assert few.keys() == {a, trial.b}
    assert few[trial.b] == pytest.approx(100, abs=40)
    before, now = world.rollouts.change_share(T, 60)
    assert (before.share, now.share) == (10, 60)
    assert world.heard_by()[trial.b] == pytest.approx(600, abs=60)
    for n in range(1000):
        assert hears_b(before, CallId(f"{n}")) <= hears_b(now, CallId(f"{n}"))


def test_whoever_is_inside_b_finishes_on_it_when_a_is_kept_for_all(world: World) -> None:
    a = publish(world.book, written("a"), 1.0)
    world.draft("b")
    b = world.rollouts.begin_trial(T, "", 50, "li", 10.0).b
    world.heard_by()
    ended = world.rollouts.end_trial(T, False, "wang", 20.0)
    assert (ended.kept, ended.ended_by, ended.ended_at) == (a, "wang", 20.0)
    assert world.heard_by() == {a: 1000}
    assert world.other.version(b).hash == b


def test_b_for_all_makes_it_current(world: World) -> None:
    publish(world.book, written("a"), 1.0)
    world.draft("b")
    b = world.rollouts.begin_trial(T, "", 5, "li", 10.0).b
    ended = world.rollouts.end_trial(T, True, "wang", 20.0)
    assert (ended.kept, ended.share) == (b, 5)
    assert world.heard_by() == {b: 1000}
    assert world.book.current(T).hash == b
    with pytest.raises(RolloutRefused, match="no_trial"):
        world.rollouts.end_trial(T, True, "wang", 21.0)


def test_b_that_may_not_be_published_any_more_is_not_kept_for_all(world: World) -> None:
    a = publish(world.book, written("a"), 1.0)
    world.book.save_draft(T, TO_SALES, "li", 2.0)
    b = world.rollouts.begin_trial(T, "", 50, "li", 10.0).b
    world.queues = set()
    with pytest.raises(ValueError, match="sales"):
        world.rollouts.end_trial(T, True, "li", 20.0)
    assert world.heard_by().keys() == {a, b}, "the trial goes on"


def test_a_trial_ends_when_another_version_is_published(world: World) -> None:
    publish(world.book, written("a"), 1.0)
    world.draft("b")
    world.rollouts.begin_trial(T, "", 50, "li", 10.0)
    third = publish(world.book, written("third"), 20.0)
    [trial] = world.rollouts.trials(T)
    assert (trial.kept, trial.ended_at) == (third, 20.0)
    assert world.heard_by() == {third: 1000}


def test_a_trial_goes_on_after_a_restart(world: World) -> None:
    publish(world.book, written("a"), 1.0)
    world.draft("b")
    world.rollouts.begin_trial(T, "", 50, "li", 10.0)
    before = world.heard_by()
    world.other = world.new_book()
    world.other.load()
    assert world.heard_by() == before


def test_what_cannot_be_tried_is_refused_by_name(world: World) -> None:
    world.draft("a")

    def refused(version: str = "") -> str:
        with pytest.raises(RolloutRefused) as error:
            world.rollouts.begin_trial(T, version, 50, "li", 10.0)
        return error.value.code

    assert refused() == "nothing_to_compare"
    a = publish(world.book, written("a"), 1.0)
    assert refused() == "trial_of_the_same"
    assert refused(a) == "trial_of_the_same"
    world.draft("b")
    world.rollouts.begin_trial(T, "", 50, "li", 10.0)
    world.draft("c")
    assert refused() == "trial_goes_on"
    with pytest.raises(RolloutRefused, match="no_trial"):
        world.rollouts.change_share(TreeId("other"), 5)
