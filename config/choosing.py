"""How a queue chooses its agents: places in it, key customers, last agents; part of floor.yaml."""

from collections.abc import Iterable

from calls.floor import AgentSpec, Membership, QueueSpec
from calls.ids import QueueId
from calls.words import Level
from config.section import Section, guess

PRIORITY_MAX = 1_000
"""Either way; what a tree, a level and a supervisor may give."""


def read_memberships(section: Section, known: frozenset[str]) -> tuple[Membership, ...]:
    """``queue: tier``, or ``queue: {tier: 1, rank: 2, weight: 3, reserved_from: 5}``."""
    for name in section.names():
        if name not in known:
            right = guess(name, known) or "add it under queues"
            section.refuse(name, f"there is no queue {name!r}", right)
    return tuple(_membership(section, name) for name in section.names())


def _membership(queues: Section, name: str) -> Membership:
    if not queues.is_group(name):
        return Membership(queue=QueueId(name), tier=queues.whole(name, 1, 1, 100))
    section = queues.section(name)
    membership = Membership(
        queue=QueueId(name),
        tier=section.whole("tier", 1, 1, 100),
        rank=section.whole("rank", 1, 1, 100),
        weight=section.whole("weight", 1, 1, 100),
        reserved_from=section.maybe_whole("reserved_from", -PRIORITY_MAX, PRIORITY_MAX),
    )
    section.finish()
    return membership


def read_levels(section: Section) -> dict[Level, int]:
    """What is added to the priority of customers of each level."""
    priorities = {
        level: section.whole(level.value, 0, -PRIORITY_MAX, PRIORITY_MAX)
        for level in Level
        if section.has(level.value)
    }
    section.finish()
    return priorities


def refuse_all_reserved(
    queues: Section, specs: Iterable[QueueSpec], staff: Iterable[AgentSpec]
) -> None:
    """A queue every agent of which is kept for somebody would let the others wait for ever."""
    kept_from: dict[QueueId, list[int | None]] = {}
    for agent in staff:
        for member in agent.queues:
            kept_from.setdefault(member.queue, []).append(member.reserved_from)
    for queue in specs:
        kept = kept_from.get(queue.id, [])
        if kept and None not in kept and min(k for k in kept if k is not None) > 0:
            wrong = "every one of its agents is kept for callers of a higher priority than 0"
            queues.refuse(queue.id, wrong, "leave out reserved_from for one agent at least")
