"""What tells from outside whether the hotline is well: checks for /ready, figures for /metrics.

Asked of the process with the web; an edge in another process is seen by its lease alone.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import text

from runtime.brain_role import BrainRole
from runtime.edge_role import EdgeRole
from runtime.ground import Ground
from runtime.web.counts import Count, counts_of_fields
from storage.journal import Health

MOST_WAITING = 100
"""Entries not yet in Redis: more than any busy moment makes."""


def checks(
    ground: Ground, edge: EdgeRole | None, brain: BrainRole | None
) -> Mapping[str, Callable[[], str]]:
    """What must be well for calls to be served: each gives '' or what is wrong."""
    journal = ground.journal

    def reachable() -> str:
        with ground.database.reading() as session:
            session.execute(text("SELECT 1"))
        return ""

    found: dict[str, Callable[[], str]] = {
        "journal": lambda: "" if journal.health is Health.OK else f"it is in {journal.health}",
        "database": reachable,
    }
    if edge is not None:
        link = edge.link
        found["asterisk"] = lambda: "" if link.up else f"the AMI link is {link.state}"
    lines, between = brain.lines if brain else None, ground.between
    if lines is not None:
        found["edges"] = lambda: f"lost: {', '.join(sorted(lines.lost))}" if lines.lost else ""
    if between is not None:
        streams = between.streams
        found["redis"] = lambda: (
            f"{streams.waiting} entries wait for it" if streams.waiting > MOST_WAITING else ""
        )
    return found


def figures(ground: Ground, edge: EdgeRole | None, brain: BrainRole | None) -> tuple[Count, ...]:
    return (
        *(_of_brain(brain) if brain is not None else ()),
        *(_of_edge(edge) if edge is not None else ()),
        *_of_redis(ground, brain),
    )


def _of_brain(role: BrainRole) -> tuple[Count, ...]:
    engine = role.brain
    return (
        Count("journal_late", "Commands that left before the journal", lambda: engine.late_journal),
        Count("inputs_refused", "Inputs that made no sense", lambda: engine.refused),
        Count(
            "invariants_broken",
            "What must never be and was found",
            lambda: dict(engine.sentry.watch.found),
            "invariant",
        ),
        Count("floor_healed", "Times the floor was put right", lambda: engine.sentry.healed),
    )


def _of_edge(role: EdgeRole) -> tuple[Count, ...]:
    agi, edge, reconciler = role.agi, role.edge, role.reconciler
    return (
        *counts_of_fields("ami", "AMI link", role.link.counts),
        *counts_of_fields("edge", "Edge", edge.counts),
        *counts_of_fields("reconciler", "Reconciler", reconciler.counts),
        Count(
            "reconciler_waiting",
            "Calls over and not reconciled yet",
            lambda: reconciler.waiting,
            grows=False,
        ),
        Count(
            "reconciler_lag_seconds",
            "Age of what is read of Asterisk's own log",
            lambda: reconciler.lag_s,
            grows=False,
        ),
        Count(
            "agi_endings",
            "FastAGI connections, by how they ended",
            lambda: {ending.value: float(count) for ending, count in agi.endings.items()},
            "ending",
        ),
        Count("callers", "Callers with a session", lambda: edge.callers, grows=False),
    )


def _of_redis(ground: Ground, brain: BrainRole | None) -> tuple[Count, ...]:
    between, lines = ground.between, brain.lines if brain else None
    if between is None:
        return ()
    link, streams = between.link, between.streams
    return (
        Count("redis_cuts", "Times Redis was found out of reach", lambda: link.cuts),
        Count("redis_lost", "Entries dropped while it was", lambda: streams.lost),
        Count("redis_waiting", "Entries not yet there", lambda: streams.waiting, grows=False),
        *(
            (Count("edges_lost", "Edges not heard of", lambda: len(lines.lost), grows=False),)
            if lines is not None
            else ()
        ),
    )
