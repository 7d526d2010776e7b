"""Reports made in a process beside the hotline's: calls go on while a month is added up.

The answers are bytes ready to be sent, so that nobody takes them apart again on the way.
"""

import msgspec

from calls.words import Language
from cti.report_export import Form, export
from cti.reports import ReportOrder, ReportRefused, make_report
from cti.tree_paths import PathOrder, tree_paths
from storage.database import Database


class Made(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    body: bytes = b""
    wrong: str = ""
    """The field of the order that must be changed, and why; '' when ``body`` is the report."""
    why: str = ""


def report_json(url: str, order: ReportOrder, zone: str) -> Made:
    """The report as JSON."""
    database = Database(url)
    try:
        return Made(body=msgspec.json.encode(make_report(database, order, zone)))
    except ReportRefused as refused:
        return Made(wrong=refused.field, why=refused.why)
    finally:
        database.dispose()


def report_paths(url: str, order: PathOrder) -> Made:
    """What callers did in a tree, as JSON."""
    database = Database(url)
    try:
        return Made(body=msgspec.json.encode(tree_paths(database, order)))
    finally:
        database.dispose()


def report_file(
    url: str,
    order: ReportOrder,
    zone: str,
    form: Form,
    language: Language,
    names: dict[str, str],
) -> Made:
    """The report as a file for spreadsheets."""
    database = Database(url)
    try:
        return Made(body=export(make_report(database, order, zone), form, language, names))
    except ReportRefused as refused:
        return Made(wrong=refused.field, why=refused.why)
    finally:
        database.dispose()
