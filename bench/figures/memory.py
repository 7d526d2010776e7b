"""What the controller weighs with 500 callers on line, and what one more waiting caller adds."""

import time
from collections.abc import Iterator
from functools import partial

from bench import processes
from bench.figure import Effort, Figure, alternating
from bench.floor import OURS, Floor, floor, wait_for
from bench.site import Plan
from bench.tap import channels
from telephony.robots.scenario import Answers

CALLERS = 500
FEW = 100
"""Counted from here, when pools and caches are filled."""
MOST_MB = 150.0
MOST_KB_A_CALLER = 20.0


def measure(effort: Effort) -> Iterator[Figure]:
    with floor(Plan(agents=5), Answers(after_s=0.2, talk_s=0.5)) as place:
        found = alternating(place, (OURS,), effort.runs, partial(_run, place))
    whole, each = ([run[part] for run in found[OURS]] for part in (0, 1))
    yield Figure(
        name=f"memory of the controller, {CALLERS} callers on line",
        unit="MB",
        ours=tuple(whole),
        target=f"under {MOST_MB:g} MB",
        met=max(whole) < MOST_MB,
    )
    yield Figure(
        name="memory a waiting caller",
        unit="kB",
        ours=tuple(each),
        target=f"under {MOST_KB_A_CALLER:g} kB",
        met=max(each) < MOST_KB_A_CALLER,
        note=f"from {FEW} to {CALLERS} callers",
    )


def _run(place: Floor, side: str) -> list[float]:
    """[MB with everybody there, kB each caller after the first hundred adds]."""
    assert place.controller is not None
    place.send_everybody_home()
    sizes = []
    for there in (FEW, CALLERS):
        place.call(side, calls=there - channels(place.ami_port), rate=25)
        wait_for(partial(_are_there, place, there), 60, f"{there} callers are not on line")
        time.sleep(5.0)  # prompts end, first things settle
        sizes.append(processes.resident(place.controller.pid))
    return [sizes[1] / 1e6, (sizes[1] - sizes[0]) / 1e3 / (CALLERS - FEW)]


def _are_there(place: Floor, callers: int) -> bool:
    return channels(place.ami_port) >= callers
