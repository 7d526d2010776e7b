"""How many of Asterisk's events the controller is sent for one answered call."""

import time
from collections import Counter
from collections.abc import Iterator
from functools import partial

from bench.figure import Effort, Figure, alternating
from bench.floor import OURS, PEER, Floor, floor, wait_for
from bench.site import Plan
from bench.tap import EVERYTHING, Tap
from telephony.robots.scenario import Answers

MOST = 15


def measure(effort: Effort) -> Iterator[Figure]:
    calls = effort.scaled(40, 10)
    plan, talk = Plan(agents=20), Answers(after_s=0.2, talk_s=0.5)
    with floor(plan, talk, [EVERYTHING], like_us=True) as place:
        found = alternating(place, (OURS, PEER), effort.runs, partial(_run, place, calls))
    heard, all_ = ([run[part] for run in found[OURS]] for part in (0, 1))
    yield Figure(
        name="AMI events taken a call",
        unit="events",
        ours=tuple(heard),
        target=f"{MOST} or fewer",
        met=max(heard) <= MOST,
        note=f"counted by a second listener with the controller's filters, {calls} calls a run",
    )
    yield Figure(
        name="AMI events Asterisk has to tell a call",
        unit="events",
        ours=tuple(all_),
        peer=tuple(run[1] for run in found[PEER]),
        target="",
        met=None,
    )


def _run(place: Floor, calls: int, side: str) -> list[float]:
    """[events the controller's filters let through, all events] a call."""
    assert place.like_us is not None
    with Tap(place.ami_port, place.like_us) as heard, Tap(place.ami_port, EVERYTHING) as everything:
        robot = place.call(side, calls=calls, rate=4)
        wait_for(lambda: not robot.running, 60 + calls, f"{side}: calls do not end")
        time.sleep(0.5)
    return [_of_calls(tap.kinds) / calls for tap in (heard, everything)]


def _of_calls(kinds: Counter[str]) -> int:
    """Telephones asked whether they are still there are no part of a call."""
    return kinds.total() - sum(kinds[kind] for kind in ("ContactStatus", "FullyBooted"))
