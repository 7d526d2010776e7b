"""Forms and what was filled in, in SQL. A version, once there, is never written again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ForeignKey, Index, Row, Table, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import TicketId
from storage.base import Base, BigId, Work


class VersionRow(Base):
    __tablename__ = "form_versions"

    form: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str]
    at: Mapped[float]
    by: Mapped[str] = mapped_column(server_default="")


class FilledRow(Base):
    __tablename__ = "filled_forms"
    __table_args__ = (Index(None, "ticket"), Index(None, "form", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket: Mapped[int | None] = mapped_column(BigId, ForeignKey("tickets.id", ondelete="CASCADE"))
    form: Mapped[str]
    number: Mapped[int]
    data: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    at: Mapped[float]
    who: Mapped[str] = mapped_column(server_default="")


_VERSIONS = cast(Table, VersionRow.__table__)
_FILLED = cast(Table, FilledRow.__table__)


@dataclass(frozen=True, slots=True)
class FormVersion:
    """One version of a form."""

    id: str
    number: int
    document: dict[str, Any]
    at: float
    by: str


@dataclass(frozen=True, slots=True)
class Filled:
    id: int
    ticket: TicketId | None
    """None: it stands by itself, a day's statistics."""
    form: str
    number: int
    """The version of the form it was filled in on; it stays so."""
    data: dict[str, Any]
    version: int
    at: float
    who: str


class SqlForms:
    """On the connection of whoever began the unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def newest(self) -> list[FormVersion]:
        """Each form's last version, by id."""
        table = _VERSIONS.c
        last = (
            select(table.form, func.max(table.number).label("number")).group_by(table.form)
        ).subquery()
        query = select(_VERSIONS).join(
            last, (table.form == last.c.form) & (table.number == last.c.number)
        )
        return [_form(row) for row in self._work.execute(query.order_by(table.form))]

    def get(self, form: str, number: int | None = None) -> FormVersion | None:
        table = _VERSIONS.c
        query = select(_VERSIONS).where(table.form == form)
        if number is not None:
            query = query.where(table.number == number)
        row = self._work.execute(query.order_by(table.number.desc()).limit(1)).first()
        return None if row is None else _form(row)

    def publish(self, form: FormVersion) -> None:
        """Raises IntegrityError when this number is there already."""
        self._work.execute(
            insert(_VERSIONS).values(
                form=form.id,
                number=form.number,
                document=json.dumps(form.document, ensure_ascii=False),
                at=form.at,
                by=form.by,
            )
        )

    def of_ticket(self, ticket: TicketId) -> list[Filled]:
        query = select(_FILLED).where(_FILLED.c.ticket == int(ticket)).order_by(_FILLED.c.id)
        return [_filled(row) for row in self._work.execute(query)]

    def of_form(self, form: str, limit: int) -> list[Filled]:
        """Those that stand by themselves, newest first."""
        table = _FILLED.c
        query = select(_FILLED).where(table.form == form, table.ticket.is_(None))
        return [
            _filled(row) for row in self._work.execute(query.order_by(table.id.desc()).limit(limit))
        ]

    def filled(self, id_: int) -> Filled | None:
        row = self._work.execute(select(_FILLED).where(_FILLED.c.id == id_)).first()
        return None if row is None else _filled(row)

    def keep(self, filled: Filled) -> int:
        """New where its id is 0; the number of the row."""
        values = {
            "ticket": None if filled.ticket is None else int(filled.ticket),
            "form": filled.form,
            "number": filled.number,
            "data": json.dumps(filled.data, ensure_ascii=False),
            "version": filled.version,
            "at": filled.at,
            "who": filled.who,
        }
        if filled.id:
            self._work.execute(update(_FILLED).where(_FILLED.c.id == filled.id).values(values))
            return filled.id
        statement = insert(_FILLED).values(values).returning(_FILLED.c.id)
        return int(self._work.execute(statement).scalar_one())

    def with_documents(self, ticket: TicketId) -> Sequence[tuple[Filled, FormVersion]]:
        found = []
        for filled in self.of_ticket(ticket):
            form = self.get(filled.form, filled.number)
            if form is not None:
                found.append((filled, form))
        return found


def _form(row: Row[Any]) -> FormVersion:
    return FormVersion(row.form, row.number, json.loads(row.document), row.at, row.by)


def _filled(row: Row[Any]) -> Filled:
    ticket = None if row.ticket is None else TicketId(str(row.ticket))
    data = json.loads(row.data)
    return Filled(row.id, ticket, row.form, row.number, data, row.version, row.at, row.who)
