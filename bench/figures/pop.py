"""Is the pop there before the phone rings, with a million customers in the database?

The pop counts from when a listener had read it off the live stream, which is later than when it was
written; the ring from the phone's own 180. Both clocks are this machine's.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import people
from bench.figure import Effort, Figure, percentile
from bench.floor import OURS, Floor, floor, wait_for
from bench.screens import Screen, Shown
from bench.site import Plan
from telephony.robots.scenario import Answers
from telephony.robots.sipp import Logged

SHARE = 99.9


def measure(effort: Effort) -> Iterator[Figure]:
    customers, calls = effort.scaled(1_000_000, 10_000), effort.scaled(400, 40)
    shares: list[float] = []
    leads: list[float] = []
    with floor(Plan(agents=40), Answers(after_s=0.2, talk_s=0.5)) as place:
        url = place.site.configuration.settings.database_url
        people.fill(Path(url.removeprefix("sqlite:///")), customers)
        for _ in range(effort.runs):
            with place.side(OURS):
                found = _run(place, calls)
            shares.append(100 * sum(lead > 0 for lead in found) / calls)
            leads += found
    yield Figure(
        name=f"pop on the live stream before the phone's 180, {customers:,} customers",
        unit="%",
        ours=tuple(shares),
        target=f"{SHARE:g} %",
        met=100 * sum(lead > 0 for lead in leads) / (calls * effort.runs) >= SHARE,
        note=f"read by a screen {percentile(leads, 50) * 1000:.1f} ms (median) before it, at least "
        f"{min(leads) * 1000:.1f} ms; {len(leads)} calls",
    )


def _run(place: Floor, calls: int) -> list[float]:
    screen = Screen(place.site)
    screen.start()
    place.warm_up(OURS)
    began = time.time()
    robot = place.call(OURS, calls=calls, rate=8)
    wait_for(lambda: not robot.running, 60 + calls / 4, "calls do not end")
    return leads_s(screen.shown, place.at_phones(began))


def leads_s(shown: Sequence[Shown], log: Sequence[Logged]) -> list[float]:
    """For each ring, how many seconds before it the agent's screen had that call; minus when it
    came later, or not at all."""
    found = []
    last: dict[str, float] = {}
    for ring in (line for line in log if line.word == "rang"):
        agent = ring.line.replace("d", "a")
        before = last.get(agent, 0.0)
        times = [s.at for s in shown if s.agent == agent and before < s.at <= ring.at]
        found.append(ring.at - times[-1] if times else -1.0)
        last[agent] = ring.at
    return found
