"""What processes cost, as the kernel counts it: CPU seconds and resident memory. Linux only."""

import os
from dataclasses import dataclass
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Stat:
    pid: int
    parent: int
    cpu_s: float
    """Its own, and of children that have ended."""
    resident: int


def family(pid: int) -> list[Stat]:
    """The process and everything it started, as far as it runs now."""
    everybody = {stat.pid: stat for stat in _all()}
    found = [everybody[pid]] if pid in everybody else []
    for member in found:
        found += [stat for stat in everybody.values() if stat.parent == member.pid]
    return found


def cpu_s(pids: list[int]) -> float:
    """CPU seconds so far of these processes and all they started."""
    return sum(stat.cpu_s for pid in pids for stat in family(pid))


def resident(pid: int) -> int:
    """Bytes of RAM of this one process."""
    return next((stat.resident for stat in _all() if stat.pid == pid), 0)


def _all() -> list[Stat]:
    stats = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue  # it has ended meanwhile
            # The name in brackets may hold spaces; the fields behind it are numbered in proc(5).
            fields = text.rpartition(")")[2].split()
            cpu = sum(int(fields[n]) for n in (11, 12, 13, 14)) * TICK_S
            stats.append(Stat(int(entry.name), int(fields[1]), cpu, int(fields[21]) * PAGE))
    return stats
