"""How far a reader of the journal has come, kept in the database beside what it made of it."""

from typing import cast

from sqlalchemy import BigInteger, Table, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base


class PositionRow(Base):
    __tablename__ = "reader_positions"

    reader: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[float]


_TABLE = cast(Table, PositionRow.__table__)


def position_of(session: Session, reader: str, stream: str) -> int:
    """The last position this reader need not see again; 0 for a new reader."""
    row = session.get(PositionRow, (reader, stream))
    return 0 if row is None else row.position


def move_to(session: Session, reader: str, stream: str, position: int, at: float) -> None:
    """Remember ``position``; never goes back."""
    table = _TABLE.c
    this = (table.reader == reader, table.stream == stream)
    moved = session.execute(
        update(_TABLE).where(*this, table.position < position).values(position=position, at=at)
    )
    if moved.rowcount:  # type: ignore[attr-defined]
        return
    if session.execute(select(table.position).where(*this)).first() is None:
        row = {"reader": reader, "stream": stream, "position": position, "at": at}
        session.execute(insert(_TABLE).values(row))
