"""Recordings listed in the SQL database; the mapping never leaves this file."""

from sqlalchemy import BigInteger, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import AgentId, CallId, OfferId, QueueId, RecordingId
from recordings.model import Kind, Recording
from storage.base import Base
from storage.database import Database


class _Row(Base):
    __tablename__ = "recordings"
    __table_args__ = (
        Index(None, "call"),
        Index(None, "made_at"),
        Index(None, "agent", "made_at"),
        Index(None, "kind", "made_at"),
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


class SqlRecordings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, recording: Recording) -> None:
        columns = {name: getattr(recording, name) for name in recording.__struct_fields__}
        with self._database.session() as session:
            session.merge(_Row(**columns))

    def find(self, id_: RecordingId) -> Recording | None:
        with self._database.reading() as session:
            row = session.get(_Row, id_)
            return _recording(row) if row else None

    def of_call(self, call: CallId) -> list[Recording]:
        wanted = select(_Row).where(_Row.call == call).order_by(_Row.made_at, _Row.id)
        with self._database.reading() as session:
            return [_recording(row) for row in session.scalars(wanted)]

    def made_before(self, at: float, limit: int) -> list[Recording]:
        wanted = (
            select(_Row)
            .where(_Row.made_at < at, _Row.path != "")
            .order_by(_Row.made_at, _Row.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [_recording(row) for row in session.scalars(wanted)]


def _recording(row: _Row) -> Recording:
    kind: Kind = "voicemail" if row.kind == "voicemail" else "talk"
    return Recording(
        id=RecordingId(row.id),
        call=CallId(row.call),
        kind=kind,
        path=row.path,
        seconds=row.seconds,
        bytes=row.bytes,
        sha256=row.sha256,
        flaw=row.flaw,
        made_at=row.made_at,
        queue=QueueId(row.queue) if row.queue else None,
        agent=AgentId(row.agent) if row.agent else None,
        offer=OfferId(row.offer) if row.offer else None,
    )
