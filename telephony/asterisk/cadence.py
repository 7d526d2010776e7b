"""The ringback cadence of a tone zone, read from Asterisk's own indications.conf.

One cycle is the unit of the three-ring rule: cn 5.0 s, us 6.0 s, uk 3.0 s, jp 3.0 s. Pure.
"""

import re

_SECTION = re.compile(r"\[([a-z]{2,})\]")
_CADENCE = re.compile(r"ringcadence\s*=>?\s*([0-9]+(?:\s*,\s*[0-9]+)*)")


def ring_cycles(indications: str) -> dict[str, float]:
    """Seconds of one ringback cycle of every zone in the text of an indications.conf."""
    cycles: dict[str, float] = {}
    zone = ""
    for raw in indications.splitlines():
        line = raw.partition(";")[0].strip()
        if section := _SECTION.match(line):
            zone = section.group(1)
        elif zone and (cadence := _CADENCE.fullmatch(line)):
            cycles.setdefault(zone, sum(map(int, cadence.group(1).split(","))) / 1000)
    return cycles


def ring_cycle_s(indications: str, zone: str) -> float:
    """Raises ValueError, naming the zones there are, when this one is not among them."""
    cycles = ring_cycles(indications)
    if zone not in cycles:
        raise ValueError(f"tone zone {zone} is unknown; there are {', '.join(sorted(cycles))}")
    return cycles[zone]


def with_country(indications: str, zone: str) -> str:
    """The same text with ``country=`` set to this zone."""
    ring_cycle_s(indications, zone)
    return re.sub(r"(?m)^country\s*=.*$", f"country={zone}", indications, count=1)
