"""ACD-53, REP-19: a real day out of the journal, lived again, and lived otherwise."""

from math import inf

import msgspec
import pytest

from acd.simulator.change import Change, ChangeRefused, QueueChange
from acd.simulator.day import NoSuchDay, read_day
from acd.simulator.model import AtOnce
from acd.simulator.rehearsal import Rehearsal
from acd.simulator.study import study
from acd.simulator.survival import Survival
from calls.ids import QueueId
from calls.journal import MemoryJournal
from calls.words import NoAnswer, Strategy
from tests.acd.simulator.days import (
    DAY_S,
    STARTS,
    callers_of,
    live_through,
    plan_of,
)

pytestmark = pytest.mark.story

ENDS = STARTS + DAY_S


@pytest.fixture(scope="module")
def lived():
    return live_through(plan_of(9, wrap_up_s=15.0), callers_of(7, 170.0))


@pytest.fixture(scope="module")
def day(lived):
    return read_day(lived[0], STARTS, ENDS)


def test_acd_53_the_journal_tells_the_day_as_it_was(lived, day):
    """Every figure read back is the one counted while it happened."""
    _, witnessed, _ = lived
    figures, truth = day.real.figures(), witnessed.figures()
    for read, seen in zip(figures.queues, truth.queues, strict=True):
        assert read.talk_s == pytest.approx(seen.talk_s)
        assert read == msgspec.structs.replace(seen, talk_s=read.talk_s)
    assert (figures.misses, figures.occupancy) == (truth.misses, truth.occupancy)
    assert figures.staffed_h == truth.staffed_h
    assert figures.all.abandoned > 20
    assert figures.misses[NoAnswer.RANG_OUT] > 5
    assert figures.misses[NoAnswer.REJECTED] > 5
    assert 0.5 < figures.occupancy < 1.0
    assert figures.all.percentiles_s[50] <= figures.all.percentiles_s[95]


def test_talk_wrap_up_and_patience_of_each_caller_are_read(lived, day):
    told = {caller.said.call: caller for caller in callers_of(7, 170.0)}
    for one in day.callers:
        truth = told[one.said.call]
        assert one.at == truth.at
        if one.gave_up:
            assert one.wait_s == pytest.approx(truth.patience_s, abs=1e-5)
        elif one.talk_s is not None:
            assert one.talk_s == pytest.approx(truth.talk_s, abs=1e-5)
            assert one.wait_s <= truth.patience_s + 1e-5
        if one.wrap_up_s and not one.wrap_up_timed:
            assert one.wrap_up_s == pytest.approx(truth.wrap_up_s, abs=1e-5)


def test_a_part_of_a_day_is_read_from_the_snapshot_before_it(lived):
    noon = STARTS + DAY_S / 2
    later = read_day(lived[0], noon, ENDS)
    assert {caller.at >= noon for caller in later.callers} == {True}
    assert later.told[0].at == noon
    assert later.real.figures().staffed_h == pytest.approx(9 * 4 - 0.5, rel=0.05)


def test_a_day_nobody_kept_is_no_day(lived):
    with pytest.raises(NoSuchDay):
        read_day(MemoryJournal(), STARTS, ENDS)
    with pytest.raises(NoSuchDay):
        read_day(lived[0], ENDS + 86_400, ENDS + 2 * 86_400)


def test_acd_53_without_a_change_the_same_day_comes_out():
    """Telephones that are picked up at once leave nothing to chance: every wait is the same."""
    journal, _, _ = live_through(plan_of(9, wrap_up_s=15.0), callers_of(8, 170.0, None), AtOnce())
    day = read_day(journal, STARTS, ENDS)
    again = study(day, (), runs=1, seed=1).variants[0].figures
    real = day.real.figures()
    assert again.all.calls == real.all.calls
    assert again.all.abandoned == pytest.approx(real.all.abandoned, abs=3)
    assert again.all.wait_s == pytest.approx(real.all.wait_s, rel=0.05)
    assert again.occupancy == pytest.approx(real.occupancy, rel=0.02)


def test_with_slow_fingers_the_simulated_day_is_close_to_the_real_one(day):
    again = study(day, (), runs=5, seed=1).variants[0]
    real = day.real.figures()
    assert again.figures.all.service_level == pytest.approx(real.all.service_level, abs=0.06)
    assert again.figures.all.abandon_share == pytest.approx(real.all.abandon_share, abs=0.04)
    assert again.figures.occupancy == pytest.approx(real.occupancy, abs=0.03)
    assert again.lowest_service_level <= again.figures.all.service_level
    assert again.highest_service_level >= again.figures.all.service_level


def test_rep_19_what_if_moves_the_figures_the_right_way(day):
    changes = (
        Change(name="more", agents=3),
        Change(name="fewer", agents=-2),
        Change(name="one ring", rings=1),
        Change(name="busier", calls_percent=20.0),
        Change(name="no wrap-up", wrap_up_s=0.0),
    )
    shares = []
    found = study(day, changes, runs=2, seed=3, done=shares.append)
    base, more, fewer, one_ring, busier, no_wrap = (one.figures for one in found.variants)
    assert more.all.service_level > base.all.service_level + 0.05
    assert more.occupancy < base.occupancy
    assert fewer.all.service_level < base.all.service_level - 0.05
    assert one_ring.misses[NoAnswer.RANG_OUT] > 2 * base.misses[NoAnswer.RANG_OUT]
    assert busier.all.calls == pytest.approx(1.2 * base.all.calls, rel=0.05)
    assert busier.all.abandoned > base.all.abandoned
    assert no_wrap.all.service_level > base.all.service_level
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_same_seed_gives_the_same_study(day):
    change = Change(name="more", agents=1, strategy=Strategy.LONGEST_IDLE)
    assert study(day, (change,), 1, 5) == study(day, (change,), 1, 5)
    assert study(day, (change,), 1, 5).variants != study(day, (change,), 1, 6).variants


def test_a_skill_is_taught_and_forgotten(day):
    rehearsal = Rehearsal(day)
    plan = rehearsal.load(Change(name="x", skills={"german": 2}), 0).floor
    assert sum("german" in one.skills for one in plan.agents) == 5
    plan = rehearsal.load(Change(name="x", skills={"german": -3}), 0).floor
    assert not any("german" in one.skills for one in plan.agents)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (Change(name="x", rings=0), "rings"),
        (Change(name="x", rings=21), "rings"),
        (Change(name="x", wrap_up_s=-1.0), "wrap_up_s"),
        (Change(name="x", agents=-9), "agents"),
        (Change(name="x", agents=10**6), "agents"),
        (Change(name="x", skills={"klingon": 1}), "skills.klingon"),
        (Change(name="x", skills={"german": 7}), "skills.german"),
        (Change(name="x", calls_percent=-100.0), "calls"),
        (Change(name="x", calls_percent=float("nan")), "calls"),
        (Change(name="x", queues={QueueId("客服"): QueueChange(rings=2)}), "queues.客服"),
        (Change(name="x", queues={QueueId("sales"): QueueChange(rings=99)}), "queues.sales.rings"),
    ],
)
def test_a_change_with_a_mistake_is_refused_with_path_and_reason(day, change, path):
    with pytest.raises(ChangeRefused) as refused:
        study(day, (Change(name="fine"), change), 1, 0)
    (fault,) = refused.value.faults
    assert fault.path == f"variants[2].{path}"
    assert fault.wrong
    assert fault.right


def test_a_variant_of_one_queue_leaves_the_other_as_it_was(day):
    change = Change(name="x", rings=2, queues={QueueId("sales"): QueueChange(rings=4)})
    plan = Rehearsal(day).load(change, 0).floor
    assert {one.id: one.ring.rings for one in plan.queues} == {"sales": 4, "service": 2}


# --- patience


def test_kaplan_meier_is_the_textbook_example():
    """Six patients, seen to 6, 6, 6, 7, 10 weeks: the 6-MP arm begins so (Freireich 1963)."""
    ended, censored = True, False
    seen = [(6, ended)] * 3 + [
        (6, censored),
        (7, ended),
        (9, censored),
        (10, ended),
        (10, censored),
    ]
    seen += [(11, censored), (13, ended), (16, ended), (17, censored), (19, censored)]
    seen += [(20, censored), (22, ended), (23, ended), (25, censored), (32, censored)]
    seen += [(32, censored), (34, censored), (35, censored)]
    curve = Survival((float(time), ends) for time, ends in seen)
    shares = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for time, share in shares.items():
        assert curve.share(time) == pytest.approx(share, abs=0.0006)
    assert curve.share(5.9) == 1.0
    assert curve.mean_s == pytest.approx(359 / 9)


def test_who_was_answered_is_not_called_impatient():
    """Ninety waited 5 s and were answered; ten gave up after 60 s: half are not gone after 60."""
    curve = Survival([(5.0, False)] * 90 + [(60.0, True)] * 5 + [(60.0, False)] * 5)
    assert curve.draw(0.1) == 60.0
    assert curve.draw(0.9) == inf
    assert curve.draw_on(0.9) > 60.0
    assert Survival([]).draw_on(0.5) == inf
    assert Survival([(3.0, False)]).draw_on(0.5, beyond=2.0) == inf


def test_patience_already_shown_is_not_taken_back():
    curve = Survival([(float(n), True) for n in range(1, 101)])
    for beyond in (0.0, 1.0, 50.5, 99.0):
        drawn = [curve.draw_on(u / 100, beyond) for u in range(100)]
        assert min(drawn) > beyond
        assert drawn == sorted(drawn)


def test_the_figures_travel_as_json(day):
    found = study(day, (Change(name="两声", rings=2),), 1, 0)
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found
