"""What stands beside a ticket, in SQL: clocks, watchers, links, files, and its words for search."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ForeignKey, Index, Row, Table, delete, insert, or_, select, text
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import TicketId
from storage.base import Base, BigId, Work, is_sqlite
from storage.search_index import SearchIndex
from tickets.clocks import Clock, ClockKind
from tickets.model import Attachment, Link, LinkKind
from tickets.ports import Unindexed

WORDS = SearchIndex("ticket_words")
MOST_WORDS_OF = 50_000
"""Characters of one ticket that are made findable."""


class ClockRow(Base):
    __tablename__ = "ticket_clocks"

    ticket: Mapped[int] = mapped_column(
        BigId, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[float]
    budget_s: Mapped[float]
    warn_s: Mapped[float]
    used_s: Mapped[float] = mapped_column(server_default="0")
    since: Mapped[float | None]
    cause: Mapped[str] = mapped_column(server_default="")
    due_at: Mapped[float | None] = mapped_column(index=True)
    warn_at: Mapped[float | None] = mapped_column(index=True)
    stopped_at: Mapped[float | None]
    warned_at: Mapped[float | None]
    late_at: Mapped[float | None]


class WatcherRow(Base):
    __tablename__ = "ticket_watchers"

    ticket: Mapped[int] = mapped_column(
        BigId, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True
    )
    who: Mapped[str] = mapped_column(primary_key=True, index=True)


class LinkRow(Base):
    __tablename__ = "ticket_links"

    ticket: Mapped[int] = mapped_column(
        BigId, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True
    )
    other: Mapped[int] = mapped_column(
        BigId, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str]
    who: Mapped[str] = mapped_column(server_default="")
    at: Mapped[float]


class FileRow(Base):
    __tablename__ = "ticket_files"
    __table_args__ = (Index(None, "ticket"), Index(None, "sha256"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket: Mapped[int] = mapped_column(BigId, ForeignKey("tickets.id", ondelete="CASCADE"))
    name: Mapped[str]
    kind: Mapped[str]
    bytes: Mapped[int]
    sha256: Mapped[str]
    at: Mapped[float]
    who: Mapped[str] = mapped_column(server_default="")


class MarkRow(Base):
    """Tickets whose words changed since they were indexed; ``mark`` counts the changes."""

    __tablename__ = "ticket_unindexed"

    ticket: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    mark: Mapped[int] = mapped_column(server_default="1")


CLOCKS = cast(Table, ClockRow.__table__)
WATCHERS = cast(Table, WatcherRow.__table__)
_LINKS = cast(Table, LinkRow.__table__)
_FILES = cast(Table, FileRow.__table__)
_MARKS = cast(Table, MarkRow.__table__)
_CLOCK_FIELDS = tuple(c.name for c in CLOCKS.columns if c.name != "ticket")
_CLOCK_KEY = ("ticket", "kind", "round")
_TEXTS = text(
    "SELECT m.ticket, m.mark, t.titles, t.number, t.customer, t.department FROM ticket_unindexed m"
    " JOIN tickets t ON t.id = m.ticket ORDER BY m.ticket LIMIT :most"
)
_WRITTEN = text(
    "SELECT text FROM ticket_entries WHERE ticket = :ticket AND kind IN ('note', 'reply', 'form')"
    " UNION ALL SELECT name FROM ticket_files WHERE ticket = :ticket"
)


def _insert(table: Table, sqlite: bool) -> Any:
    """One that knows what to do about a row that is there already."""
    return sqlite_insert(table) if sqlite else postgres_insert(table)


def _keep_clocks(sqlite: bool) -> Any:
    statement = _insert(CLOCKS, sqlite)
    changed = {n: statement.excluded[n] for n in _CLOCK_FIELDS if n not in _CLOCK_KEY}
    return statement.on_conflict_do_update(index_elements=_CLOCK_KEY, set_=changed)


def _mark(sqlite: bool) -> Any:
    more = {"mark": _MARKS.c.mark + 1}
    return _insert(_MARKS, sqlite).on_conflict_do_update(index_elements=("ticket",), set_=more)


# By whether it is SQLite. Every ticket asks them; building them costs more than running them.
_KEEP_CLOCKS = {sqlite: _keep_clocks(sqlite) for sqlite in (True, False)}
_MARK = {sqlite: _mark(sqlite) for sqlite in (True, False)}


class RowsBeside:
    """Part of tickets.ports.TicketRows."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def keep_clocks(self, ticket: TicketId, clocks: Sequence[Clock]) -> None:
        self.keep_all_clocks({ticket: clocks})

    def keep_all_clocks(self, clocks: Mapping[TicketId, Sequence[Clock]]) -> None:
        rows = [
            {name: getattr(clock, name) for name in _CLOCK_FIELDS} | {"ticket": int(ticket)}
            for ticket, its in clocks.items()
            for clock in its
        ]
        if rows:
            self._work.execute(_KEEP_CLOCKS[is_sqlite(self._work)], rows)

    def clocks(self, tickets: Sequence[TicketId]) -> dict[TicketId, tuple[Clock, ...]]:
        found: dict[TicketId, tuple[Clock, ...]] = {}
        table = CLOCKS.c
        query = select(CLOCKS).where(table.ticket.in_([int(one) for one in tickets]))
        for row in self._work.execute(query.order_by(table.ticket, table.round, table.kind)):
            id_ = TicketId(str(row.ticket))
            found[id_] = (*found.get(id_, ()), _clock(row))
        return found

    def due(self, now: float, limit: int) -> list[TicketId]:
        table = CLOCKS.c
        late = (table.due_at <= now, table.late_at.is_(None))
        warned = (table.warn_at <= now, table.warned_at.is_(None), table.late_at.is_(None))
        found: dict[int, None] = {}
        for conditions in (late, warned):
            query = select(table.ticket).where(*conditions).order_by(table.ticket).limit(limit)
            found |= dict.fromkeys(self._work.execute(query).scalars())
        return [TicketId(str(number)) for number in list(found)[:limit]]

    def running(self, limit: int, after: TicketId) -> list[TicketId]:
        table = CLOCKS.c
        query = select(table.ticket).where(table.since.is_not(None), table.ticket > int(after))
        rows = self._work.execute(query.distinct().order_by(table.ticket).limit(limit))
        return [TicketId(str(number)) for number in rows.scalars()]

    def watch(self, ticket: TicketId, who: str, watching: bool) -> None:
        if watching:
            statement = _insert(WATCHERS, is_sqlite(self._work)).values(ticket=int(ticket), who=who)
            self._work.execute(statement.on_conflict_do_nothing())
            return
        table = WATCHERS.c
        self._work.execute(delete(WATCHERS).where(table.ticket == int(ticket), table.who == who))

    def join(self, one: TicketId, other: TicketId, kind: LinkKind, who: str, at: float) -> None:
        statement = _insert(_LINKS, is_sqlite(self._work))
        upsert = statement.on_conflict_do_update(
            index_elements=("ticket", "other"), set_={"kind": statement.excluded.kind}
        )
        for a, b in ((one, other), (other, one)):
            values = {"ticket": int(a), "other": int(b), "kind": kind, "who": who, "at": at}
            self._work.execute(upsert, values)

    def part(self, one: TicketId, other: TicketId) -> None:
        table = _LINKS.c
        a, b = int(one), int(other)
        self._work.execute(
            delete(_LINKS).where(
                or_(
                    (table.ticket == a) & (table.other == b),
                    (table.ticket == b) & (table.other == a),
                )
            )
        )

    def attach(self, ticket: TicketId, file: Attachment) -> int:
        values = {
            "ticket": int(ticket),
            "name": file.name,
            "kind": file.kind,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "at": file.at,
            "who": file.who,
        }
        statement = insert(_FILES).values(values).returning(_FILES.c.id)
        return int(self._work.execute(statement).scalar_one())

    def file(self, id_: int) -> tuple[TicketId, Attachment] | None:
        row = self._work.execute(select(_FILES).where(_FILES.c.id == id_)).first()
        return None if row is None else (TicketId(str(row.ticket)), _file(row))

    def mark(self, ticket: TicketId) -> None:
        self.mark_all([ticket])

    def mark_all(self, tickets: Sequence[TicketId]) -> None:
        rows = [{"ticket": int(ticket), "mark": 1} for ticket in tickets]
        self._work.execute(_MARK[is_sqlite(self._work)], rows)

    def unindexed(self, limit: int) -> list[Unindexed]:
        found = []
        for row in self._work.execute(_TEXTS, {"most": limit}).all():
            written = self._work.execute(_WRITTEN, {"ticket": row.ticket}).scalars()
            titles = json.loads(row.titles).values()
            number = row.number.removeprefix("+")
            said = "\n".join((*titles, number, number[-8:], row.customer or "", *written))
            id_ = TicketId(str(row.ticket))
            found.append(Unindexed(id_, row.mark, said[:MOST_WORDS_OF], row.department))
        return found

    def index(self, ticket: Unindexed, words: Sequence[str]) -> None:
        number = int(ticket.ticket)
        own = [f"#{number}", str(number)]
        WORDS.put(self._work, number, [*words, *own, department_word(ticket.department)])
        table = _MARKS.c
        self._work.execute(delete(_MARKS).where(table.ticket == number, table.mark == ticket.mark))

    def beside(self, number: int) -> dict[str, Any]:
        """Watchers, links and files, by the names they have on a ticket."""
        read = self._work.execute
        watchers = read(
            select(WATCHERS.c.who).where(WATCHERS.c.ticket == number).order_by(WATCHERS.c.who)
        )
        links = read(select(_LINKS).where(_LINKS.c.ticket == number).order_by(_LINKS.c.other))
        files = read(select(_FILES).where(_FILES.c.ticket == number).order_by(_FILES.c.id))
        return {
            "watchers": tuple(watchers.scalars()),
            "links": tuple(Link(TicketId(str(row.other)), LinkKind(row.kind)) for row in links),
            "files": tuple(map(_file, files)),
        }


def department_word(department: str) -> str:
    """Stands among a ticket's words; a text is cut at the colon, so that none can pass for it."""
    return f"@department:{department}"


def _clock(row: Row[Any]) -> Clock:
    values = {name: getattr(row, name) for name in _CLOCK_FIELDS}
    return Clock(**values | {"kind": ClockKind(row.kind)})


def _file(row: Row[Any]) -> Attachment:
    return Attachment(row.id, row.name, row.kind, row.bytes, row.sha256, row.at, row.who)
