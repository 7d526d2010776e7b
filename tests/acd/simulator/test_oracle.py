"""ACD-53: the simulated engine against what is known exactly: recursions, laws and formulas."""

from math import fsum, sqrt
from random import Random, SystemRandom

import pytest

from acd.engine import Engine
from acd.erlang import outlook_a, outlook_c
from acd.simulator.driver import Driver
from acd.simulator.model import Load
from calls.floor import SkillNeed
from calls.ids import QueueId
from tests.acd.scene import agent, floor, queue
from tests.acd.simulator.floors import (
    Notebook,
    arrivals,
    everybody_ready,
    kiefer_wolfowitz,
    plain_floor,
    simulated,
)

pytestmark = pytest.mark.unit

BATCHES = 40
T_99 = 2.708
"""Two-sided 99 % quantile of Student's t with 39 degrees of freedom."""


def exact_to(count, servers, seed):
    callers = list(arrivals(Random(seed), count, 0.9 * servers / 100.0, 100.0))
    notes = simulated(plain_floor(servers), callers)
    off = max(
        abs(notes.wait_of[caller.said.call] - wait)
        for caller, wait in zip(callers, kiefer_wolfowitz(callers, servers), strict=True)
    )
    assert len(notes.wait_of) == count
    mean = fsum(notes.wait_of.values()) / count
    print(
        f"{servers} servers, {count:,} calls: mean wait {mean:.3f} s, greatest difference {off:g} s"
    )
    assert off <= 1e-6, (off, seed)


@pytest.mark.parametrize("servers", [3, 10, 50])
def test_acd_53_every_wait_is_that_of_kiefer_and_wolfowitz(servers):
    exact_to(100_000, servers, seed=servers)


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("servers", [3, 10, 50])
def test_acd_53_every_wait_of_a_million_is_that_of_kiefer_and_wolfowitz(servers):
    seed = SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    exact_to(1_000_000, servers, seed)


class Watcher(Notebook):
    """Adds up, from the engine's own count of who waits, the area under it."""

    def __init__(self, plan) -> None:
        super().__init__(plan)
        self.area, self._since, self._waiting = 0.0, 0.0, 0

    def looked(self, engine) -> None:
        super().looked(engine)
        now = engine.now
        self.area += self._waiting * (now - self._since)
        self._since, self._waiting = now, len(engine.live.queues[QueueId("sales")].waiting)


def test_littles_law_holds_exactly_on_the_path():
    """Callers times waits is the area under the number waiting, to the last bit: all times are
    multiples of 1/1024 s, which floats add without rounding."""
    by_littles_law(20_000, seed=5)


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_littles_law_holds_exactly_over_a_million_callers():
    seed = SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    by_littles_law(1_000_000, seed)


def by_littles_law(count, seed):
    plan = plain_floor(7)
    callers = list(arrivals(Random(seed), count, 0.08, 100.0, 200.0, grain=1 / 1024))
    notes = Watcher(plan)
    Driver(Engine(), Load(plan, 0.0, callers, tuple(everybody_ready(plan))), notes).run()
    waited = sum(notes.wait_of.values())
    print(f"{count:,} callers waited {waited} s; area under the number waiting {notes.area} s")
    assert len(notes.wait_of) == count
    assert notes.area > 1000
    assert notes.area == waited


def interval(values, warm_up=0.1):
    """Mean and half the width of its 99 % interval, by batch means; the beginning is left out."""
    kept = values[int(len(values) * warm_up) :]
    size = len(kept) // BATCHES
    means = [fsum(kept[n * size : (n + 1) * size]) / size for n in range(BATCHES)]
    mean = fsum(means) / BATCHES
    spread = sqrt(fsum((one - mean) ** 2 for one in means) / (BATCHES - 1))
    return mean, T_99 * spread / sqrt(BATCHES)


def outside(count, load, patience_s, seed, servers=10, talk_s=100.0, limit_s=20.0):
    """Which figures fall outside the interval; '' for none."""
    rate = load * servers / talk_s
    callers = list(arrivals(Random(seed), count, rate, talk_s, patience_s))
    notes = simulated(plain_floor(servers), callers)
    waits = [notes.wait_of[caller.said.call] for caller in callers]
    if patience_s is None:
        truth = outlook_c(servers, rate, talk_s, limit_s)
    else:
        truth = outlook_a(servers, rate, talk_s, patience_s, limit_s)
    gone = [caller.said.call in notes.gave_up for caller in callers]
    in_time = [w <= limit_s and not g for w, g in zip(waits, gone, strict=True)]
    found = {
        "wait": (waits, truth.wait_s),
        "waits at all": ([float(w > 0) for w in waits], truth.waits),
        "service level": ([float(one) for one in in_time], truth.service_level),
        "abandons": ([float(one) for one in gone], truth.abandons),
    }
    said = []
    for name, (values, expected) in found.items():
        mean, half = interval(values)
        print(f"load {load} seed {seed} {name}: {mean:.5f} ± {half:.5f}, formula {expected:.5f}")
        if abs(mean - expected) > half:
            said.append(f"{name}: {mean} ± {half}, not {expected}")
    return ", ".join(said)


@pytest.mark.parametrize("load", [0.7, 0.85])
@pytest.mark.parametrize("patience_s", [None, 150.0], ids=["erlang_c", "erlang_a"])
def test_rep_15_the_engine_gives_what_the_formulas_say(load, patience_s):
    assert outside(20_000, load, patience_s, seed=1) == ""


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("load", [0.7, 0.85])
@pytest.mark.parametrize("patience_s", [None, 150.0], ids=["erlang_c", "erlang_a"])
def test_rep_15_the_engine_gives_what_the_formulas_say_with_fresh_seeds(load, patience_s):
    """One figure in a hundred falls outside its interval by chance: then a fresh seed must not."""
    fresh = SystemRandom()
    first = outside(200_000, load, patience_s, fresh.randrange(2**32))
    if first:
        assert outside(400_000, load, patience_s, fresh.randrange(2**32)) == "", first


def test_all_agents_with_all_skills_are_one_pool():
    """Two queues whose agents can do everything wait as one queue would, caller by caller."""
    chance = Random(3)
    callers = []
    for n, caller in enumerate(arrivals(chance, 20_000, 0.09, 100.0)):
        said = caller.said
        if n % 2:
            said = type(said)(call=said.call, edge=said.edge, queue=QueueId("service"))
        callers.append(type(caller)(caller.at, said, caller.talk_s))
    notes = simulated(plain_floor(10, "sales", "service"), callers)
    for caller, wait in zip(callers, kiefer_wolfowitz(callers, 10), strict=True):
        assert notes.wait_of[caller.said.call] == pytest.approx(wait, abs=1e-6)


def test_skills_that_nobody_shares_are_separate_queues():
    """One queue, two languages, nobody with both: each waits as if the other were not there."""
    people = [agent(f"g{n}", german=5) for n in range(4)]
    people += [agent(f"e{n}", english=5) for n in range(6)]
    plan = floor(*people, queues=(queue("sales"),))
    german = list(
        arrivals(Random(1), 8_000, 0.03, 100.0, name="sales", needs=(SkillNeed(skill="german"),))
    )
    english = [
        type(one)(
            one.at,
            type(one.said)(
                call=f"e{one.said.call}",
                edge=one.said.edge,
                queue=one.said.queue,
                needs=(SkillNeed(skill="english"),),
            ),
            one.talk_s,
        )
        for one in arrivals(Random(2), 12_000, 0.05, 100.0)
    ]
    notes = simulated(plan, sorted([*german, *english], key=lambda one: one.at))
    for callers, servers in ((german, 4), (english, 6)):
        for caller, wait in zip(callers, kiefer_wolfowitz(callers, servers), strict=True):
            assert notes.wait_of[caller.said.call] == pytest.approx(wait, abs=1e-6)
