"""How many new calls a second are all served: the highest rate at which none is lost.

Lost is a call that reached no phone, or whose caller did not get through the whole conversation.
The rate is found by halving what is left, so that a run ends after four rates at most.
"""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from bench import witness
from bench.figure import Effort, Figure, alternating
from bench.floor import OURS, PEER, PRESS, Floor, floor
from bench.site import Plan
from telephony.robots.scenario import Answers, StayUntilHungUp

AGENTS = 180
TALK = Answers(after_s=0.1, talk_s=1.0)
RATES = range(10, 160, 10)
SECONDS = 6
PATIENCE_S = 8.0
"""A caller who waits longer than this with agents enough is lost."""
TRIES = 2
"""A rate is too high when a call is lost each time: robots on a busy machine miss a word, too."""
ENDED_S = 10.0


def measure(effort: Effort) -> Iterator[Figure]:
    seconds = effort.scaled(SECONDS, 3)
    with floor(Plan(agents=AGENTS), TALK) as place:
        found = alternating(place, (OURS, PEER), effort.runs, partial(_highest, place, seconds))
    figure = Figure(
        name="new calls a second with nothing lost",
        unit="calls/s",
        ours=tuple(run[0] for run in found[OURS]),
        peer=tuple(run[0] for run in found[PEER]),
        target="at least app_queue's",
        met=False,
        note=f"{seconds} s at each rate, from {RATES[0]} to {RATES[-1]} in steps of {RATES.step}",
    )
    yield figure.judged(lambda ratio: ratio >= 1)


def _highest(place: Floor, seconds: int, side: str) -> list[float]:
    def none_lost(rate: int) -> bool:
        return any(_all_served(place, side, rate, rate * seconds) for _ in range(TRIES))

    return [float(highest(RATES, none_lost))]


def highest(rates: Sequence[int], good: Callable[[int], bool]) -> int:
    """The last of the ascending ``rates`` that is good, where all before it are; 0 for none."""
    known, unknown = 0, len(rates)
    while known < unknown:
        tried = (known + unknown + 1) // 2
        if good(rates[tried - 1]):
            known = tried
        else:
            unknown = tried - 1
    return rates[known - 1] if known else 0


def _all_served(place: Floor, side: str, rate: int, calls: int) -> bool:
    began = time.time()
    steps = (*PRESS, StayUntilHungUp(PATIENCE_S))
    robot = place.call(side, calls=calls, rate=rate, steps=steps)
    try:
        as_scripted = robot.ended(calls / rate + PATIENCE_S + ENDED_S) == 0
    except subprocess.TimeoutExpired:
        as_scripted = False
    log = place.at_phones(began)
    served = witness.count(log, "hung-up")
    place.sweep()
    return as_scripted and served == calls
