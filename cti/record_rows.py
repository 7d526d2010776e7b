"""The tables of call records: one row a call, a row for each phone that was rung for it."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class RecordRow(Base):
    """Columns are for finding; ``detail`` is the record itself."""

    __tablename__ = "call_records"

    call: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str] = mapped_column(server_default="")
    dialled: Mapped[str] = mapped_column(server_default="")
    trunk: Mapped[str] = mapped_column(server_default="")
    tree: Mapped[str | None]
    tree_version: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str | None]
    customer: Mapped[str | None]
    level: Mapped[str | None]
    started_at: Mapped[float] = mapped_column(index=True)
    ended_at: Mapped[float]
    ended_by: Mapped[str]
    cause: Mapped[str] = mapped_column(server_default="")
    outcome: Mapped[str]
    queue: Mapped[str | None]
    first_queued_at: Mapped[float | None]
    waited_s: Mapped[float] = mapped_column(server_default="0")
    answered_at: Mapped[float | None]
    agent: Mapped[str | None]
    device: Mapped[str | None]
    ring: Mapped[int | None]
    answer_s: Mapped[float | None]
    talk_s: Mapped[float] = mapped_column(server_default="0")
    within_rule: Mapped[bool | None]
    transferred_to: Mapped[str] = mapped_column(server_default="")
    gaps: Mapped[int] = mapped_column(server_default="0")
    reconciled: Mapped[bool] = mapped_column(server_default="0")
    detail: Mapped[str] = mapped_column(server_default="{}")

    __table_args__ = (
        Index(None, "number", "started_at"),
        Index(None, "customer", "started_at"),
        Index(None, "queue", "started_at"),
        Index(None, "agent", "started_at"),
        Index(None, "outcome", "started_at"),
    )


class LegRow(Base):
    __tablename__ = "call_legs"

    call: Mapped[str] = mapped_column(
        ForeignKey("call_records.call", ondelete="CASCADE"), primary_key=True
    )
    offer: Mapped[str] = mapped_column(primary_key=True)
    queue: Mapped[str | None]
    agent: Mapped[str | None]
    device: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(server_default="1")
    made_at: Mapped[float]
    rang_at: Mapped[float | None]
    answered_at: Mapped[float | None]
    talk_at: Mapped[float | None]
    ended_at: Mapped[float | None]
    missed: Mapped[str | None]
    ring: Mapped[int | None]
    ended_by: Mapped[str | None]

    __table_args__ = (Index(None, "agent", "made_at"),)
