"""Figures for /metrics: read when somebody asks, from counters the house keeps anyway."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from agent_softphone_bridge.push import Hub
from calls.bus import Bus
from calls.events import CallAnswered, CallEnded, OfferMade, OfferMissed

Figure = float | Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Count:
    """One figure. ``name`` without prefix and suffix; ``read`` may be called on any thread and
    gives a number, or numbers by value of ``label``."""

    name: str
    about: str
    read: Callable[[], Figure]
    label: str = ""
    grows: bool = True
    """Only ever grows: a counter; else a gauge."""


def counts_of_fields(prefix: str, about: str, counters: Any) -> tuple[Count, ...]:
    """One Count for each field of a dataclass of integers."""
    return tuple(
        Count(f"{prefix}_{one.name}", f"{about}: {one.name}", _reader(counters, one.name))
        for one in fields(counters)
    )


def _reader(counters: Any, name: str) -> Callable[[], float]:
    return lambda: float(getattr(counters, name))


class OfferCounts:
    """What became of offers and calls, counted as their facts are told."""

    def __init__(self, bus: Bus) -> None:
        self.made = 0
        self.ended = 0
        self.answered: Counter[str] = Counter()
        """By ring; 'unknown' when nobody saw it."""
        self.missed: Counter[str] = Counter()
        bus.subscribe(OfferMade, self._make)
        bus.subscribe(CallAnswered, self._answer)
        bus.subscribe(OfferMissed, self._miss)
        bus.subscribe(CallEnded, self._end)

    def counts(self) -> tuple[Count, ...]:
        return (
            Count("offers_made", "Phones rung", lambda: self.made),
            Count("offers_answered", "Answered, by ring", lambda: dict(self.answered), "ring"),
            Count("offers_missed", "Not answered, by reason", lambda: dict(self.missed), "why"),
            Count("calls_ended", "Calls that are over", lambda: self.ended),
        )

    def _make(self, _: OfferMade) -> None:
        self.made += 1

    def _answer(self, fact: CallAnswered) -> None:
        self.answered["unknown" if fact.ring is None else str(fact.ring)] += 1

    def _miss(self, fact: OfferMissed) -> None:
        self.missed[fact.why] += 1

    def _end(self, _: CallEnded) -> None:
        self.ended += 1


def floor_counts(hub: Hub) -> tuple[Count, ...]:
    board = hub.board

    def by_queue(name: str) -> Callable[[], Figure]:
        return lambda: {str(line.id): float(getattr(line, name)) for line in board.queues()}

    def by_state() -> Figure:
        return Counter(line.state.value for line in board.agents())

    return (
        Count("queue_waiting", "Callers waiting", by_queue("waiting"), "queue", grows=False),
        Count("queue_offered", "Phones ringing", by_queue("offered"), "queue", grows=False),
        Count("queue_talking", "Talks", by_queue("talking"), "queue", grows=False),
        Count("queue_ready", "Agents free", by_queue("ready"), "queue", grows=False),
        Count("queue_callbacks", "To be called back", by_queue("callbacks"), "queue", grows=False),
        Count("waits_promised", "Answered who were told a range", by_queue("promised"), "queue"),
        Count("waits_kept", "Answered within the range told", by_queue("kept"), "queue"),
        Count("waits_late", "Waited longer than the range told", by_queue("late"), "queue"),
        Count(
            "wait_error_seconds",
            "By how much ranges not kept were missed, on average",
            by_queue("off_s"),
            "queue",
            grows=False,
        ),
        Count("agents", "Agents by state", by_state, "state", grows=False),
        Count("alarms", "Alarms on", lambda: board.alarms_on, grows=False),
        Count("push_notices", "Notices told to screens", lambda: hub.told),
        Count("push_streams", "Screens listening", lambda: len(hub.listeners), grows=False),
        Count("push_replays", "Screens that came back and missed nothing", lambda: hub.replays),
        Count("push_resets", "Screens that began anew", lambda: hub.resets),
    )


class Metrics:
    """A registry of our own: nothing another library registers appears in it."""

    def __init__(self, counts: Iterable[Count]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Collector(tuple(counts)))

    def text(self) -> bytes:
        return generate_latest(self._registry)


class _Collector:
    def __init__(self, counts: Sequence[Count]) -> None:
        self._counts = counts

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: figures are read only when somebody asks."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        for count in self._counts:
            kind = CounterMetricFamily if count.grows else GaugeMetricFamily
            labels = [count.label] if count.label else []
            family = kind(f"threering_{count.name}", count.about, labels=labels)
            figure = count.read()
            values = figure if isinstance(figure, Mapping) else {"": figure}
            for value, number in values.items():
                family.add_metric([value] if labels else [], float(number))
            yield family
