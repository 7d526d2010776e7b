"""A report: the figures of a time, cut into periods and by queue, agent or node of a tree.

Read from what is kept added up (cti.tallies_sql); synchronous, on a thread or in a worker process.
"""

from datetime import date
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.orm import Session

from calls.periods import Period, starts
from calls.tally import Subject, Tally
from cti.ratios import TARGETS, Figures, Limits, Targets, figures_of
from cti.tallies_sql import Cut, read, read_slots
from storage.database import Database

ROWS_MOST = 3_000
PERIODS_MOST = 3_700
"""Ten years of days, or a month of quarters of an hour."""
PERIOD_BY_PERIOD = 400
"""Above so many periods their rows are read in one sweep."""


class ReportRefused(ValueError):
    """The report cannot be made as it was asked for. ``field`` says what to change."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


class ReportOrder(msgspec.Struct, frozen=True, kw_only=True):
    first: date
    last: date
    """Days of the centre's own clock, both included."""
    by: Period = Period.DAY
    of: Subject = Subject.QUEUE
    ids: tuple[Annotated[str, msgspec.Meta(max_length=200)], ...] = ()
    """These alone; () means all. A queue called '' is the whole house."""
    limits: Limits = Limits()


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    since: float
    until: float
    id: str
    figures: Figures


class Report(msgspec.Struct, frozen=True, kw_only=True):
    order: ReportOrder
    zone: str
    since: float
    until: float
    rows: tuple[ReportRow, ...]
    """By period, then by id. What nothing happened in is left out."""
    totals: tuple[ReportRow, ...]
    """Each id over all the time; for queues the whole house first."""
    targets: Targets = TARGETS


def make_report(database: Database, order: ReportOrder, zone: str) -> Report:
    """Raises ReportRefused for days in the wrong order and for more than can be shown."""
    begins = _periods(order, zone)
    since, until = begins[0], begins[-1]
    with database.reading() as session:
        cut = list(_cut(session, order, begins))
        totals = _totals(cut)
    if sum(len(found) for _, _, found in cut) > ROWS_MOST:
        raise ReportRefused("by", "too_many_rows")
    return Report(
        order=order,
        zone=zone,
        since=since,
        until=until,
        rows=tuple(
            ReportRow(since=a, until=b, id=id_, figures=figures_of(found[id_], order.limits))
            for a, b, found in cut
            for id_ in sorted(found)
        ),
        totals=tuple(
            ReportRow(
                since=since, until=until, id=id_, figures=figures_of(totals[id_], order.limits)
            )
            for id_ in sorted(totals)
        ),
    )


def _periods(order: ReportOrder, zone: str) -> list[float]:
    if order.last < order.first:
        raise ReportRefused("last", "ends_before_it_begins")
    days = (order.last - order.first).days + 1
    cuts = days * {Period.QUARTER: 96, Period.HOUR: 24}.get(order.by, 1)
    if cuts > PERIODS_MOST:
        raise ReportRefused("by", "too_many_periods")
    return starts(order.first, order.last, order.by, ZoneInfo(zone))


def _cut(session: Session, order: ReportOrder, begins: list[float]) -> Cut:
    ids = order.ids or None
    pairs = list(pairwise(begins))
    if len(pairs) <= PERIOD_BY_PERIOD:
        return [(a, b, read(session, order.of, a, b, ids)) for a, b in pairs]
    return read_slots(session, order.of, pairs, ids)


def _totals(cut: Cut) -> dict[str, Tally]:
    totals: dict[str, Tally] = {}
    for _, _, found in cut:
        for id_, tally in found.items():
            totals.setdefault(id_, Tally()).add(tally)
    return totals
