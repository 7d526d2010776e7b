"""An agent becomes free while callers wait: how long until the next phone is called?

From the phone's own BYE to the INVITE at the same phone.
"""

import time
from collections.abc import Iterator, Sequence
from functools import partial

from bench import people, witness
from bench.chores import at_work, import_and_report, what_if
from bench.figure import Effort, Figure, alternating, percentile
from bench.floor import OURS, PEER, Floor, floor
from bench.site import ANNOUNCEMENT_S, Plan
from telephony.robots.scenario import Answers, Sometimes

AGENTS = 20
LENGTHS = 15
TALK = Sometimes(
    choices=tuple(
        (1 / (LENGTHS - n), Answers(after_s=0.3, talk_s=1.0 + n * 2.0 / (LENGTHS - 1)))
        for n in range(LENGTHS)
    )
)
"""One to three seconds: were all alike, all agents would hang up in the same moment for ever, and
each wait for the nineteen before."""
CALLERS = 180
TIMES = 100.0
"""So many times ours, app_queue's mean is to be."""
P99_MS = 10.0
P99_LOADED_MS = 20.0


def under_music(effort: Effort) -> Iterator[Figure]:
    yield from _figures(effort, Plan(agents=AGENTS), "callers hear music")


def under_announcement(effort: Effort) -> Iterator[Figure]:
    """Every caller hears an announcement of ten seconds or longer nearly all the time."""
    plan = Plan(agents=AGENTS, announce_every_s=ANNOUNCEMENT_S + 2)
    yield from _figures(effort, plan, "every caller in a 10 s announcement")


def under_load(effort: Effort) -> Iterator[Figure]:
    """While a million customers are imported and reports are made, again and again."""
    rows = effort.scaled(1_000_000, 50_000)
    with floor(Plan(agents=AGENTS), TALK) as place:
        file = place.folder / "people.csv"
        people.write_csv(file, rows)
        chores = import_and_report(place.site, file)
        yield _beside(effort, place, chores, f"{rows:,} rows imported, reports made")


def under_what_if(effort: Effort) -> Iterator[Figure]:
    """While the day so far is played again with more agents."""
    with floor(Plan(agents=AGENTS), TALK) as place:
        yield _beside(effort, place, what_if(place.site), "a what-if runs")


def _beside(effort: Effort, place: Floor, chores: Sequence[Sequence[str]], when: str) -> Figure:
    gaps: list[list[float]] = []
    for _ in range(effort.runs):
        with place.side(OURS):
            place.warm_up(OURS)
            with at_work(chores):
                gaps.append(_run(place, effort.scaled(CALLERS, 60), effort.scaled(25, 8), OURS))
    pooled = percentile([gap for run in gaps for gap in run], 99) * 1000
    return Figure(
        name=f"agent free to next phone called, p99 ({when})",
        unit="ms",
        ours=tuple(percentile(run, 99) * 1000 for run in gaps),
        target=f"{P99_LOADED_MS:g} ms",
        met=pooled <= P99_LOADED_MS,
        note=f"all runs together {pooled:.1f} ms, {sum(map(len, gaps))} times",
    )


def _figures(effort: Effort, plan: Plan, when: str) -> Iterator[Figure]:
    at_once, seconds = effort.scaled(CALLERS, 60), effort.scaled(25, 8)
    with floor(plan, TALK) as place:
        run = partial(_run, place, at_once, seconds)
        found = alternating(place, (OURS, PEER), effort.runs, run)
    ours = [sum(gaps) / len(gaps) * 1000 for gaps in found[OURS]]
    theirs = [sum(gaps) / len(gaps) * 1000 for gaps in found[PEER]]
    figure = Figure(
        name=f"agent free to next phone called, mean ({when})",
        unit="ms",
        ours=tuple(ours),
        peer=tuple(theirs),
        target=f"app_queue's is {TIMES:g} times ours or more",
        met=False,
    )
    yield figure.judged(lambda ratio: ratio * TIMES <= 1)
    worst = [percentile(gaps, 99) * 1000 for gaps in found[OURS]]
    pooled = percentile([gap for gaps in found[OURS] for gap in gaps], 99) * 1000
    count = sum(map(len, found[OURS]))
    yield Figure(
        name=f"agent free to next phone called, p99 ({when})",
        unit="ms",
        ours=tuple(worst),
        peer=tuple(percentile(gaps, 99) * 1000 for gaps in found[PEER]),
        target=f"{P99_MS:g} ms",
        met=pooled <= P99_MS,
        note=f"all runs together {pooled:.1f} ms, {count} times",
    )


def _run(place: Floor, at_once: int, seconds: int, side: str) -> list[float]:
    """Fill the queue, then look for so many seconds."""
    place.call(side, calls=100_000, rate=30, at_once=at_once)
    began = time.time()
    filled = at_once / 30 + 2.0
    time.sleep(filled + seconds)
    log = place.at_phones(began + filled)
    gaps = witness.free_to_called(log)
    if not gaps:
        raise RuntimeError(f"{side}: no agent became free in {seconds} s")
    return gaps
