"""An agent is idle and a caller chooses: how long from her key to the phone being called?

By Asterisk's own clock, from the end of the key to the beginning of the dialling.
"""

from collections.abc import Iterator
from functools import partial

from bench.figure import Effort, Figure, alternating, percentile
from bench.floor import OURS, PEER, Floor, floor, wait_for
from bench.site import Plan
from bench.tap import KEY_AND_DIAL, Tap
from telephony.robots.scenario import Answers

TIMES = 2.0


def measure(effort: Effort) -> Iterator[Figure]:
    calls = effort.scaled(60, 10)
    with floor(Plan(agents=20), Answers(after_s=0.1, talk_s=0.2), [KEY_AND_DIAL]) as place:
        found = alternating(place, (OURS, PEER), effort.runs, partial(_run, place, calls))
    ours, theirs = (
        tuple(percentile(waits, 95) * 1000 for waits in found[side]) for side in (OURS, PEER)
    )
    figure = Figure(
        name="idle agent: key to phone called, p95",
        unit="ms",
        ours=ours,
        peer=theirs,
        target=f"at most {TIMES:g} times app_queue's",
        met=False,
        note=f"{calls} calls a run",
    )
    yield figure.judged(lambda ratio: ratio <= TIMES)


def _run(place: Floor, calls: int, side: str) -> list[float]:
    with Tap(place.ami_port, KEY_AND_DIAL) as tap:
        robot = place.call(side, calls=calls, rate=3)
        wait_for(lambda: not robot.running, 60 + calls, f"{side}: calls do not end")
    return key_to_dial(tap.events)


def key_to_dial(events: list[dict[str, str]]) -> list[float]:
    """Seconds, per caller's channel, from its first key to the first phone dialled for it."""
    keys: dict[str, float] = {}
    waits: dict[str, float] = {}
    for event in events:
        channel, at = event.get("Channel", ""), float(event["Timestamp"])
        if event["Event"] == "DTMFEnd" and event.get("Direction") == "Received":
            keys.setdefault(channel, at)
        elif event["Event"] == "DialBegin" and channel in keys:
            waits.setdefault(channel, at - keys[channel])
    return list(waits.values())
