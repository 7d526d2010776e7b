"""Which talks are reviewed, and by whom. Pure: the same plan over the same talks draws the same.

Each talk has a fixed number of its own for a seed and a period; the lowest of each agent are drawn.
Nobody can know hers beforehand without the seed, and nobody's share depends on how others work.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from math import ceil

from calls.ids import AgentId, RecordingId


def drawn(
    talks: Iterable[tuple[RecordingId, AgentId]], share: float, seed: str, period: str
) -> list[RecordingId]:
    """``share``: of each agent's talks, above 0 to 1; at least one of each who has any."""
    by_agent: dict[AgentId, list[RecordingId]] = {}
    for recording, agent in talks:
        by_agent.setdefault(agent, []).append(recording)
    chosen: list[RecordingId] = []
    for agent in sorted(by_agent):
        in_order = sorted(by_agent[agent], key=lambda one: _number(seed, period, one))
        chosen += in_order[: max(1, ceil(share * len(in_order) - 1e-9))]
    return chosen


def reviewers_for(
    agent: AgentId | None,
    load: dict[str, int],
    own_agent: dict[str, AgentId | None],
    count: int,
) -> Sequence[str]:
    """The least busy, by name among equals; never somebody who would judge herself. ``load``:
    reviewer to open reviews, which is counted on. Fewer than ``count`` when there are not so many.
    """
    able = [one for one in load if agent is None or own_agent.get(one) != agent]
    chosen = sorted(able, key=lambda one: (load[one], one))[:count]
    for one in chosen:
        load[one] += 1
    return chosen


def _number(seed: str, period: str, recording: RecordingId) -> str:
    return sha256(f"{seed}\n{period}\n{recording}".encode()).hexdigest()
