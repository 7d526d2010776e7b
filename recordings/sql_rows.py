"""The tables of recordings, and their rows as values. Known to the rooms' SQL stores alone."""

from typing import cast, get_args

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import AgentId, CallId, OfferId, QueueId, RecordingId
from recordings.model import Kind, Place, Recording
from storage.base import Base, BigId


class RecordingRow(Base):
    __tablename__ = "recordings"
    __table_args__ = (
        Index(None, "call"),
        Index(None, "made_at"),
        Index(None, "agent", "made_at"),
        Index(None, "kind", "made_at"),
        Index(None, "queue", "made_at"),
        Index(None, "number", "made_at"),
        Index(None, "place", "made_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    call: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="talk")
    path: Mapped[str] = mapped_column(server_default="")
    seconds: Mapped[float] = mapped_column(server_default="0")
    bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    sha256: Mapped[str] = mapped_column(server_default="")
    flaw: Mapped[str] = mapped_column(server_default="")
    made_at: Mapped[float]
    queue: Mapped[str | None]
    agent: Mapped[str | None]
    offer: Mapped[str | None]
    number: Mapped[str] = mapped_column(server_default="")
    place: Mapped[str] = mapped_column(server_default="")
    score: Mapped[float | None]
    hold_why: Mapped[str] = mapped_column(server_default="")
    hold_by: Mapped[str] = mapped_column(server_default="")
    hold_at: Mapped[float | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    retry_at: Mapped[float] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(server_default="")


class PeaksRow(Base):
    __tablename__ = "recording_peaks"

    recording: Mapped[str] = mapped_column(primary_key=True)
    channels: Mapped[int]
    peaks: Mapped[bytes] = mapped_column(LargeBinary)


class LinkRow(Base):
    __tablename__ = "recording_links"
    __table_args__ = (Index(None, "recording", "position"),)

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    recording: Mapped[str]
    sha256: Mapped[str]
    link: Mapped[str]


class HeadRow(Base):
    """One row: who adds to the chain holds it."""

    __tablename__ = "recording_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    link: Mapped[str]


class HeardRow(Base):
    __tablename__ = "recording_heard"
    __table_args__ = (
        Index(None, "recording", "at"),
        Index(None, "who", "at"),
        UniqueConstraint("recording", "who", "how", "play"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recording: Mapped[str]
    who: Mapped[str]
    how: Mapped[str]
    at: Mapped[float]
    until: Mapped[float]
    address: Mapped[str] = mapped_column(server_default="")
    play: Mapped[str | None]
    """None where no player said one: such lines are never the same."""
    parts: Mapped[str] = mapped_column(server_default="[]")


def recording_of(row: RecordingRow) -> Recording:
    kind: Kind = "voicemail" if row.kind == "voicemail" else "talk"
    place = cast(Place, row.place if row.place in get_args(Place) else "")
    return Recording(
        id=RecordingId(row.id),
        call=CallId(row.call),
        kind=kind,
        path=row.path,
        place=place,
        seconds=row.seconds,
        bytes=row.bytes,
        sha256=row.sha256,
        flaw=row.flaw,
        made_at=row.made_at,
        queue=QueueId(row.queue) if row.queue else None,
        agent=AgentId(row.agent) if row.agent else None,
        offer=OfferId(row.offer) if row.offer else None,
        number=row.number,
        score=row.score,
        hold_why=row.hold_why,
        hold_by=row.hold_by,
        hold_at=row.hold_at,
    )
