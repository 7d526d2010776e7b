"""What tells from outside whether the hotline is well: checks for /ready, figures for /metrics."""

from collections.abc import Callable, Mapping

from sqlalchemy import text

from acd.brain import Brain
from hotline.edge import Edge
from hotline.reconcile import Reconciler
from runtime.web.counts import Count, counts_of_fields
from storage.database import Database
from storage.journal import Health, SqliteJournal
from telephony.agi.server import AgiServer
from telephony.ami.link import AmiLink


def checks(
    link: AmiLink, journal: SqliteJournal, database: Database
) -> Mapping[str, Callable[[], str]]:
    """What must be well for calls to be served: each gives '' or what is wrong."""

    def reachable() -> str:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
        return ""

    return {
        "asterisk": lambda: "" if link.up else f"the AMI link is {link.state}",
        "journal": lambda: "" if journal.health is Health.OK else f"it is in {journal.health}",
        "database": reachable,
    }


def figures(
    link: AmiLink, agi: AgiServer, brain: Brain, edge: Edge, reconciler: Reconciler
) -> tuple[Count, ...]:
    endings = Count(
        "agi_endings",
        "FastAGI connections, by how they ended",
        lambda: {ending.value: float(count) for ending, count in agi.endings.items()},
        "ending",
    )
    return (
        *counts_of_fields("ami", "AMI link", link.counts),
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
        endings,
        Count("callers", "Callers with a session", lambda: edge.callers, grows=False),
        Count("journal_late", "Commands that left before the journal", lambda: brain.late_journal),
        Count("inputs_refused", "Inputs that made no sense", lambda: brain.refused),
    )
