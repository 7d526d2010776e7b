"""CPU a served call: Asterisk, and on our side the controller and its workers with it.

Ours does what app_queue does not: menu in a tree, pop, journal, record, ticket; each is counted in
the database before the run ends, so that no work is left out. No recording on either side.
"""

import sqlite3
import time
from collections.abc import Iterator
from functools import partial

from bench import processes, witness
from bench.figure import Effort, Figure, alternating
from bench.floor import OURS, PEER, PRESS, Floor, floor, wait_for
from bench.site import Plan
from telephony.robots.scenario import Answers, StayUntilHungUp

AT_ONCE = 180
RATE = 20.0
TALK = Answers(after_s=0.3, talk_s=7.0)
"""With greeting and key a call takes nearly 9 s: 20 a second are about 180 at once."""
PATIENCE_S = 30.0
ENOUGH = 0.98
"""So many must be served: on a machine this busy a robot may miss a word now and then."""
MOST = 1.2


def measure(effort: Effort) -> Iterator[Figure]:
    calls = effort.scaled(600, 120)
    with floor(Plan(agents=AT_ONCE), TALK) as place:
        found = alternating(place, (OURS, PEER), effort.runs, partial(_run, place, calls))
    asterisk, both = ([run[part] for run in found[OURS]] for part in (0, 1))
    figure = Figure(
        name="CPU a served call, Asterisk and controller",
        unit="ms",
        ours=tuple(both),
        peer=tuple(run[1] for run in found[PEER]),
        target=f"at most {MOST:g} times app_queue's",
        met=False,
        note=f"{calls} calls a run, {RATE:g} new ones a second, {AT_ONCE} at once",
    )
    yield figure.judged(lambda ratio: ratio <= MOST)
    yield Figure(
        name="of it Asterisk alone",
        unit="ms",
        ours=tuple(asterisk),
        peer=tuple(run[0] for run in found[PEER]),
        target="",
        met=None,
    )


def _run(place: Floor, calls: int, side: str) -> list[float]:
    """[ms of Asterisk, ms of everything] a served call."""
    began = time.time()
    written = _written(place)
    before = _spent(place)
    steps = (*PRESS, StayUntilHungUp(PATIENCE_S))
    robot = place.call(side, calls=calls, rate=RATE, at_once=AT_ONCE, steps=steps)
    wait_for(lambda: not robot.running, 60 + 2 * calls / RATE, f"{side}: calls do not end")
    served = witness.count(place.at_phones(began), "hung-up")
    if served < ENOUGH * calls:
        raise RuntimeError(f"{side}: {served} of {calls} calls were served")
    if side == OURS:
        all_written = (written[0] + calls, written[1] + served)
        wait_for(lambda: _all_there(place, all_written), 20, "records or tickets are missing")
    after = _spent(place)
    return [(b - a) * 1000 / served for a, b in zip(before, after, strict=True)]


def _spent(place: Floor) -> tuple[float, float]:
    return processes.cpu_s(place.pids[:1]), processes.cpu_s(place.pids)


def _all_there(place: Floor, wanted: tuple[int, int]) -> bool:
    return all(got >= want for got, want in zip(_written(place), wanted, strict=True))


def _written(place: Floor) -> tuple[int, int]:
    """Call records, and calls with a ticket."""
    url = place.site.configuration.settings.database_url
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        count = "SELECT (SELECT count(*) FROM call_records), (SELECT count(*) FROM ticket_calls)"
        records, tickets = database.execute(count).fetchone()
    return records, tickets
