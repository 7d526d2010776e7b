"""Three rings, exactly: when does CANCEL reach a phone that nobody lifts?

Counted at the phone, from its own 180 to the CANCEL, against the ringback cycle of the country.
"""

import time
from collections.abc import Iterator
from functools import partial

from bench import witness
from bench.figure import Effort, Figure, Measure, percentile
from bench.floor import OURS, Floor, floor, wait_for
from bench.site import Plan
from config.settings import RING_CYCLES_S
from telephony.robots.scenario import RingsOut

RINGS = 3
LEAST_LEAD_S, MOST_LEAD_S = 0.050, 0.300
AGENTS = 50


def measure(effort: Effort, *, zone: str) -> Iterator[Figure]:
    fourth_ring_s = RINGS * RING_CYCLES_S[zone]
    offers = effort.scaled(200, 50)
    with floor(Plan(agents=AGENTS, zone=zone), RingsOut()) as place, place.side(OURS):
        leads = [fourth_ring_s - rang for rang in _rang_out(place, offers, fourth_ring_s)]
    outside = sum(not LEAST_LEAD_S <= lead <= MOST_LEAD_S for lead in leads)
    shown = [1000 * value for value in (min(leads), percentile(leads, 50), max(leads))]
    yield Figure(
        name=f"missed offers not cancelled 50 to 300 ms before the fourth ring, {zone}",
        unit=f"of {len(leads)}",
        ours=(float(outside),),
        target="none",
        met=not outside,
        note="least {:.0f}, median {:.0f}, most {:.0f} ms before it".format(*shown),
    )


def _rang_out(place: Floor, offers: int, fourth_ring_s: float) -> list[float]:
    began = time.time()
    # Callers come one by one, so that the phones do not ring in step.
    place.call(OURS, calls=AGENTS, rate=10)
    rounds = -(-offers // AGENTS) + 2

    def enough() -> bool:
        return witness.count(place.at_phones(began), "cancelled") >= offers

    wait_for(enough, 30 + rounds * fourth_ring_s, "phones that do not ring")
    return witness.ringing_s(place.at_phones(began))


BY_ZONE: dict[str, Measure] = {zone: partial(measure, zone=zone) for zone in ("cn", "us", "uk")}
