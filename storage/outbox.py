"""What one room's committed change asks of another: written in the same unit of work as the change,
done in the same unit of work as its consequence. So it happens once, whoever dies in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import (
    Connection,
    Index,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, BigId

CALL_ENDED = "call_ended"
"""Key: the call's id. Payload: its calls.record.CallRecord as JSON."""


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index(None, "kind", "done_at", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    payload: Mapped[str]
    made_at: Mapped[float]
    done_at: Mapped[float | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(server_default="")


_TABLE = cast(Table, OutboxRow.__table__)
# Tables, not mapped objects: a few of these statements run for every call.


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    """Never used twice."""
    kind: str
    key: str
    payload: str
    tries: int


def put(
    session: Session | Connection, kind: str, messages: Sequence[tuple[str, str]], at: float
) -> None:
    """Ask, each with key and payload. Raises IntegrityError when a key was asked before."""
    rows = [{"kind": kind, "key": key, "payload": text, "made_at": at} for key, text in messages]
    if rows:
        session.execute(insert(_TABLE), rows)


def pending(session: Session | Connection, kind: str, limit: int, after: int = 0) -> list[Message]:
    """What is not done yet, oldest first."""
    table = _TABLE.c
    rows = session.execute(
        select(table.id, table.kind, table.key, table.payload, table.tries)
        .where(table.kind == kind, table.done_at.is_(None), table.id > after)
        .order_by(table.id)
        .limit(limit)
    ).all()
    return [Message(*row) for row in rows]


def claim(session: Session | Connection, messages: Sequence[int], at: float) -> set[int]:
    """Mark as done; those that nobody had done before are returned."""
    table = _TABLE.c
    rows = session.execute(
        update(_TABLE)
        .where(table.id.in_(messages), table.done_at.is_(None))
        .values(done_at=at, error="")
        .returning(table.id)
    ).all()
    return {row.id for row in rows}


def put_off(session: Session | Connection, message: int, error: str) -> None:
    """Doing it failed in a way that is its own fault; it stays, and says why."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == message)
        .values(tries=OutboxRow.tries + 1, error=error[:500])
    )


def backlog(session: Session | Connection, kind: str) -> int:
    """How many wait to be done."""
    counted = session.scalar(
        select(func.count()).where(OutboxRow.kind == kind, OutboxRow.done_at.is_(None))
    )
    return counted or 0


def forget_what_was_said(session: Session | Connection, kind: str, keys: Sequence[str]) -> None:
    """Drop what was done of these: their payloads speak of somebody who is to be forgotten."""
    table = _TABLE.c
    asked = (table.kind == kind, table.key.in_(keys), table.done_at.is_not(None))
    session.execute(delete(_TABLE).where(*asked))


def forget_done(session: Session | Connection, before: float) -> int:
    """Drop what was done before that time; returns how many rows."""
    gone = session.execute(delete(OutboxRow).where(OutboxRow.done_at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]
