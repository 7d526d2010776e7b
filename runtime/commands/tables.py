"""`threering calls` and `threering tickets`: the newest, as a table or as JSON lines."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from calls.record import CallRecord
from calls.text import mask_number
from calls.words import Language
from cti.records_sql import RecordFilter, SqlRecords
from runtime.site import Site
from storage.database import Database
from tickets.model import Ticket
from tickets.ports import TicketFilter
from tickets.sql_store import SqlTickets


def show_calls(site: Site, limit: int, *, as_json: bool, console: Console) -> None:
    """The last calls: who, how long waited, who answered on which ring."""
    with _database(site) as database:
        records = SqlRecords(database).recent(RecordFilter(), limit)
    if as_json:
        _lines(records, console)
        return
    table = Table("began", "from", "queue", "waited", "agent", "ring", "talk", "outcome", "call")
    for one in records:
        table.add_row(*_call(one, _zone(site)))
    console.print(table)


def show_tickets(site: Site, limit: int, *, as_json: bool, console: Console) -> None:
    """The newest tickets: what, whose, due when."""
    with _database(site) as database, SqlTickets(database).reading() as rows:
        tickets = rows.find(TicketFilter(), limit, None)
    if as_json:
        _lines(tickets, console)
        return
    language = site.configuration.settings.languages[0]
    table = Table("ticket", "kind", "state", "title", "assignee", "due")
    for one in tickets:
        table.add_row(*_ticket(one, language, _zone(site)))
    console.print(table)


def _call(one: CallRecord, zone: ZoneInfo) -> Sequence[str]:
    return (
        _time(one.started_at, zone),
        mask_number(one.number) or "hidden",
        ", ".join(one.queues),
        f"{one.waited_s:.0f} s" if one.queues else "",
        one.agent or "",
        str(one.ring or "?") if one.answered_at else "",
        f"{one.talk_s:.0f} s" if one.answered_at else "",
        one.outcome or "",
        one.call,
    )


def _ticket(one: Ticket, language: Language, zone: ZoneInfo) -> Sequence[str]:
    return (
        str(one.id),
        one.kind,
        one.state,
        escape(one.title(language)),
        one.assignee or "",
        _time(one.due_at, zone) if one.due_at else "",
    )


def _lines(rows: Iterable[object], console: Console) -> None:
    for row in rows:
        console.out(msgspec.json.encode(row, order="deterministic").decode(), highlight=False)


def _time(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%m-%d %H:%M:%S")


def _zone(site: Site) -> ZoneInfo:
    return ZoneInfo(site.configuration.settings.time_zone)


@contextmanager
def _database(site: Site) -> Iterator[Database]:
    """A migrated database for the length of one command."""
    database = Database(site.configuration.settings.database_url)
    try:
        database.migrate()
        yield database
    finally:
        database.dispose()
