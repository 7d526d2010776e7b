"""The log of erasures and exports: who, when, why, and how much; never whose number it was."""

from typing import Any, cast

from sqlalchemy import Row, Table, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from runtime.person.model import Act, Logged
from storage.base import Base, BigId


class ActRow(Base):
    __tablename__ = "personal_acts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    act: Mapped[str]
    at: Mapped[float]
    by: Mapped[str]
    why: Mapped[str] = mapped_column(server_default="")
    customer: Mapped[str]
    calls: Mapped[int]
    recordings: Mapped[int]
    held: Mapped[int]
    tickets: Mapped[int]
    follow_ups: Mapped[int]
    tasks: Mapped[int]
    files: Mapped[int]


_ACTS = cast(Table, ActRow.__table__)
_FIELDS = tuple(column.name for column in _ACTS.columns if column.name != "id")


def write(session: Session, one: Logged) -> int:
    values = {name: getattr(one, name) for name in _FIELDS}
    return int(session.execute(insert(_ACTS).values(values).returning(_ACTS.c.id)).scalar_one())


def read(session: Session, limit: int) -> list[Logged]:
    """Newest first."""
    rows = session.execute(select(_ACTS).order_by(_ACTS.c.id.desc()).limit(limit))
    return [_logged(row) for row in rows]


def _logged(row: Row[Any]) -> Logged:
    return Logged(**dict(row._mapping) | {"act": Act(row.act)})
