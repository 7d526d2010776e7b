"""What a day came to, counted the same way for the real day and for a simulated one. Values and a
witness that gathers them."""

from array import array
from collections.abc import Mapping, Sequence
from math import ceil, fsum

from acd.engine import Engine
from acd.simulator.model import Caller
from calls.floor import FloorSpec, Value
from calls.ids import AgentId, QueueId
from calls.words import AgentState, NoAnswer

QUARTER_S = 900.0
PERCENTILES = (50, 90, 95, 99)
BUSY = (AgentState.OFFERED, AgentState.TALKING, AgentState.WRAPPING_UP)
AT_WORK = (*BUSY, AgentState.READY)


class Quarter(Value, frozen=True):
    """One quarter of an hour, by when callers came."""

    at: float
    calls: float
    """A mean, where several runs of a day were gathered; so below."""
    answered: float
    within: float
    abandoned: float
    wait_s: float
    """Mean, of those answered."""


class QueueFigures(Value, frozen=True):
    """Of one queue, or of all together. Times in seconds, shares from 0 to 1; None: of nobody."""

    queue: QueueId | None
    service_level_s: float | None
    """None for all together: each queue counts with its own."""
    calls: int
    answered: int
    abandoned: int
    sent_on: int
    """Left without an agent by the house's own rule: full, closed, called back, exit key."""
    service_level: float | None
    """Answered within the queue's limit, of all who were answered or gave up."""
    abandon_share: float | None
    wait_s: float | None
    """Mean until answered."""
    longest_s: float | None
    percentiles_s: dict[int, float]
    abandon_s: float | None
    """Mean until they gave up."""
    talk_s: float | None
    quarters: tuple[Quarter, ...] = ()


class DayFigures(Value, frozen=True):
    queues: tuple[QueueFigures, ...]
    all: QueueFigures
    occupancy: float | None
    """Ringing, talking and wrapping up, of the time agents took calls."""
    staffed_h: float
    """Hours in which agents took calls, all together."""
    misses: dict[NoAnswer, int]


class _Counts:
    def __init__(self) -> None:
        self.waits = array("d")
        self.gave_up = array("d")
        self.calls = self.sent_on = self.within = self.talks = 0
        self.talk_s = 0.0
        self.quarters: dict[int, list[float]] = {}
        """Calls, answered, within, abandoned, wait."""

    def quarter(self, at: float) -> list[float]:
        return self.quarters.setdefault(int(at // QUARTER_S), [0, 0, 0, 0, 0.0])


class Tally:
    """A driver.Witness. Waits count from when a caller came to the queue."""

    def __init__(self, floor: FloorSpec, ends_at: float) -> None:
        """Agents' time counts until ``ends_at``."""
        self.misses: dict[NoAnswer, int] = {}
        self.times = AgentTimes(ends_at)
        self.within_s: dict[QueueId, float] = {}
        self.plan(floor)
        self._queues: dict[QueueId, _Counts] = {}

    def plan(self, floor: FloorSpec) -> None:
        """Another floor plan, with its own limits."""
        self.within_s |= {queue.id: queue.service_level_s for queue in floor.queues}

    def queued(self, caller: Caller) -> None:
        counts = self._of(caller.said.queue)
        counts.calls += 1
        counts.quarter(caller.at)[0] += 1

    def answered(self, caller: Caller, now: float) -> None:
        counts, wait_s = self._of(caller.said.queue), now - caller.at
        counts.waits.append(wait_s)
        quarter = counts.quarter(caller.at)
        quarter[1] += 1
        quarter[4] += wait_s
        if wait_s <= self.within_s.get(caller.said.queue, 0.0):
            counts.within += 1
            quarter[2] += 1

    def abandoned(self, caller: Caller, now: float) -> None:
        counts = self._of(caller.said.queue)
        counts.gave_up.append(now - caller.at)
        counts.quarter(caller.at)[3] += 1

    def sent_on(self, caller: Caller, now: float) -> None:
        self._of(caller.said.queue).sent_on += 1

    def talked(self, caller: Caller, now: float) -> None:
        self.talk(caller.said.queue, caller.talk_s)

    def talk(self, queue: QueueId, talk_s: float) -> None:
        counts = self._of(queue)
        counts.talks += 1
        counts.talk_s += talk_s

    def missed(self, caller: Caller, kind: NoAnswer) -> None:
        self.misses[kind] = self.misses.get(kind, 0) + 1

    def looked(self, engine: Engine) -> None:
        self.times.looked(engine)

    def waits(self, queue: QueueId) -> Sequence[float]:
        """Of everybody answered, in the order of the answers."""
        return self._of(queue).waits

    def done(self) -> tuple[int, int]:
        """Callers answered within their queue's limit, and callers answered or gone."""
        every = self._queues.values()
        ended = sum(len(counts.waits) + len(counts.gave_up) for counts in every)
        return sum(counts.within for counts in every), ended

    def figures(self, runs: int = 1) -> DayFigures:
        """Of one day; where several ``runs`` of it were gathered, their mean."""
        busy_s, staffed_s = self.times.sums()
        queues = tuple(
            _figures(id, self.within_s.get(id), [counts], runs)
            for id, counts in sorted(self._queues.items())
        )
        return DayFigures(
            queues=queues,
            all=_figures(None, None, list(self._queues.values()), runs),
            occupancy=busy_s / staffed_s if staffed_s > 0 else None,
            staffed_h=staffed_s / 3600.0 / runs,
            misses={kind: round(n / runs) for kind, n in sorted(self.misses.items())},
        )

    def _of(self, queue: QueueId) -> _Counts:
        counts = self._queues.get(queue)
        if counts is None:
            counts = self._queues[queue] = _Counts()
        return counts


class AgentTimes:
    """How long agents were in each state, from what each input changed."""

    def __init__(self, ends_at: float) -> None:
        """What happens after ``ends_at`` does not count."""
        self._ends_at = ends_at
        self._last: dict[AgentId, tuple[AgentState, float]] = {}
        self._busy_s = self._staffed_s = 0.0

    def looked(self, engine: Engine) -> None:
        last, now = self._last, engine.live.state.now
        for id, seat in engine.live.turn.agents.items():
            state = seat.agent.state
            before = last.get(id)
            if before is None:
                last[id] = (state, now)
            elif before[0] is not state:
                self._add(before[0], before[1], now)
                last[id] = (state, now)

    def begin(self, engine: Engine, at: float) -> None:
        """Everybody's state counts from ``at``; what was before does not."""
        self._last = {id: (agent.state, at) for id, agent in engine.live.state.agents.items()}

    def end_run(self) -> None:
        """The day is over; another run of it may begin."""
        for state, since in self._last.values():
            self._add(state, since, self._ends_at)
        self._last = {}

    def sums(self) -> tuple[float, float]:
        """Seconds busy, and seconds at work, of the runs that have ended."""
        return self._busy_s, self._staffed_s

    def _add(self, state: AgentState, since: float, until: float) -> None:
        if state in AT_WORK:
            for_s = max(0.0, min(until, self._ends_at) - since)
            self._staffed_s += for_s
            if state is not AgentState.READY:
                self._busy_s += for_s


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Nearest rank: the smallest value that so many percent do not exceed. Not of nothing."""
    return ordered[max(0, ceil(len(ordered) * percent / 100.0) - 1)]


def _figures(
    queue: QueueId | None, service_level_s: float | None, of: Sequence[_Counts], runs: int
) -> QueueFigures:
    waits = sorted(wait for counts in of for wait in counts.waits)
    gave_up = [wait for counts in of for wait in counts.gave_up]
    done = len(waits) + len(gave_up)
    talks = sum(counts.talks for counts in of)
    return QueueFigures(
        queue=queue,
        service_level_s=service_level_s,
        calls=round(sum(counts.calls for counts in of) / runs),
        answered=round(len(waits) / runs),
        abandoned=round(len(gave_up) / runs),
        sent_on=round(sum(counts.sent_on for counts in of) / runs),
        service_level=sum(counts.within for counts in of) / done if done else None,
        abandon_share=len(gave_up) / done if done else None,
        wait_s=fsum(waits) / len(waits) if waits else None,
        longest_s=waits[-1] if waits else None,
        percentiles_s={p: percentile(waits, p) for p in PERCENTILES} if waits else {},
        abandon_s=fsum(gave_up) / len(gave_up) if gave_up else None,
        talk_s=sum(counts.talk_s for counts in of) / talks if talks else None,
        quarters=_quarters([counts.quarters for counts in of], runs),
    )


def _quarters(of: Sequence[Mapping[int, list[float]]], runs: int) -> tuple[Quarter, ...]:
    sums: dict[int, list[float]] = {}
    for quarters in of:
        for number, values in quarters.items():
            sums[number] = [a + b for a, b in zip(sums.get(number, [0.0] * 5), values, strict=True)]
    return tuple(
        Quarter(
            at=number * QUARTER_S,
            calls=calls / runs,
            answered=answered / runs,
            within=within / runs,
            abandoned=abandoned / runs,
            wait_s=wait_s / answered if answered else 0.0,
        )
        for number, (calls, answered, within, abandoned, wait_s) in sorted(sums.items())
    )
