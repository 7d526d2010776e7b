"""How many new calls a second are all served: the rate grows until one is lost.

Lost is a call that reached no phone, or whose caller did not get through the whole conversation.
"""

import subprocess
import time
from collections.abc import Iterator
from functools import partial

from bench import witness
from bench.figure import Effort, Figure, alternating
from bench.floor import OURS, PEER, PRESS, Floor, floor
from bench.site import Plan
from telephony.robots.scenario import Answers, StayUntilHungUp

AGENTS = 180
TALK = Answers(after_s=0.1, talk_s=1.0)
FIRST, STEP, LAST = 10, 10, 120
SECONDS = 6
PATIENCE_S = 15.0
"""A caller who waits longer than this with agents enough is lost."""


def measure(effort: Effort) -> Iterator[Figure]:
    seconds = effort.scaled(SECONDS, 3)
    with floor(Plan(agents=AGENTS), TALK) as place:
        found = alternating(place, (OURS, PEER), effort.runs, partial(_ramp, place, seconds))
    figure = Figure(
        name="new calls a second with nothing lost",
        unit="calls/s",
        ours=tuple(run[0] for run in found[OURS]),
        peer=tuple(run[0] for run in found[PEER]),
        target="at least app_queue's",
        met=False,
        note=f"{seconds} s at each rate, in steps of {STEP}",
    )
    yield figure.judged(lambda ratio: ratio >= 1)


def _ramp(place: Floor, seconds: int, side: str) -> list[float]:
    served = 0
    for rate in range(FIRST, LAST + 1, STEP):
        if not _all_served(place, side, rate, rate * seconds):
            break
        served = rate
    return [float(served)]


def _all_served(place: Floor, side: str, rate: int, calls: int) -> bool:
    began = time.time()
    steps = (*PRESS, StayUntilHungUp(PATIENCE_S))
    robot = place.call(side, calls=calls, rate=rate, steps=steps)
    try:
        as_scripted = robot.ended(calls / rate + PATIENCE_S + 10) == 0
    except subprocess.TimeoutExpired:
        as_scripted = False
    log = place.at_phones(began)
    served = witness.count(log, "hung-up")
    place.sweep()
    return as_scripted and served == calls
