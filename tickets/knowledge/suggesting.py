"""Which articles are shown to an agent while she talks, and in which order. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from calls.ids import QueueId
from calls.words import Language
from tickets.knowledge.model import Hit

OF_HER_QUEUE = 1.5
"""An article written for the queue the caller waited in weighs half as much again."""
OF_ANOTHER_QUEUE = 0.7
HER_LANGUAGE = 1.2
LEAST_WEIGHT, MOST_WEIGHT = 0.5, 1.5
"""From an article that never helped to one that always did."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the talk."""

    queue: QueueId | None = None
    language: Language | None = None


def in_order(hits: Iterable[Hit], now: Situation, limit: int) -> Sequence[Hit]:
    """The best ``limit``, best first; equals by id, so that nothing jumps about on screen."""
    weighed = [replace(hit, score=hit.score * _weight(hit, now)) for hit in hits]
    return sorted(weighed, key=lambda hit: (-hit.score, int(hit.article)))[:limit]


def _weight(hit: Hit, now: Situation) -> float:
    weight = LEAST_WEIGHT + (MOST_WEIGHT - LEAST_WEIGHT) * hit.usefulness
    if now.queue is not None and hit.queues:
        weight *= OF_HER_QUEUE if now.queue in hit.queues else OF_ANOTHER_QUEUE
    if now.language is hit.language:
        weight *= HER_LANGUAGE
    return weight
