"""How good the voice was, leg by leg, in SQL: written in batches beside the records, read for one
call and for each agent. Synchronous: runs on threads.
"""

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import Index, Row, Table, func, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import AgentId, CallId, DeviceId
from calls.voice import Voice, Way
from storage.base import Base, is_sqlite
from storage.database import Database


class _VoiceRow(Base):
    __tablename__ = "voices"

    call: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[float]
    agent: Mapped[str | None]
    device: Mapped[str | None]
    came_packets: Mapped[int]
    came_loss: Mapped[float]
    came_jitter_ms: Mapped[float]
    came_score: Mapped[float | None]
    went_packets: Mapped[int]
    went_loss: Mapped[float]
    went_jitter_ms: Mapped[float]
    went_score: Mapped[float | None]
    round_trip_ms: Mapped[float | None]
    score: Mapped[float | None]

    __table_args__ = (Index(None, "agent", "at"), Index(None, "at"))


_VOICES = cast(Table, _VoiceRow.__table__)


class AgentVoice(msgspec.Struct, frozen=True, kw_only=True):
    """One agent's telephones over a time."""

    agent: AgentId
    talks: int
    """Those that could be judged."""
    score: float
    """0 to 100, on average; a twentieth of it is the MOS."""
    worst: float
    loss: float
    """Of a hundred packets, on average, the worse way."""
    jitter_ms: float
    round_trip_ms: float | None


class SqlVoices:
    """Over a migrated database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, voices: Sequence[Voice]) -> None:
        """Each leg once, however often it is told."""
        if not voices:
            return
        rows = [_columns(one) for one in voices]
        with self._database.session() as session:
            insert: Any = sqlite_insert if is_sqlite(session) else postgres_insert
            session.execute(insert(_VOICES).on_conflict_do_nothing(), rows)

    def of_call(self, call: CallId) -> tuple[Voice, ...]:
        """In the order their legs ended; the caller's own is among them."""
        asked = select(_VOICES).where(_VOICES.c.call == call).order_by(_VOICES.c.at)
        with self._database.reading() as session:
            return tuple(_voice(row) for row in session.execute(asked.limit(100)))

    def of_agents(self, since: float) -> tuple[AgentVoice, ...]:
        """Worst first, of talks that ended at ``since`` or later."""
        row = _VOICES.c
        worse = {
            name: func.avg(
                func.max(row[f"came_{name}"], row[f"went_{name}"])
                if self._database_is_sqlite
                else func.greatest(row[f"came_{name}"], row[f"went_{name}"])
            )
            for name in ("loss", "jitter_ms")
        }
        asked = (
            select(
                row.agent,
                func.count(),
                func.avg(row.score),
                func.min(row.score),
                worse["loss"],
                worse["jitter_ms"],
                func.avg(row.round_trip_ms),
            )
            .where(row.at >= since, row.agent.is_not(None), row.score.is_not(None))
            .group_by(row.agent)
            .order_by(func.avg(row.score), row.agent)
        )
        with self._database.reading() as session:
            return tuple(_agent(*found) for found in session.execute(asked).all())

    @property
    def _database_is_sqlite(self) -> bool:
        return self._database.url.get_backend_name() == "sqlite"


def _columns(voice: Voice) -> dict[str, object]:
    ways = {"came": voice.came, "went": voice.went}
    return {
        "call": voice.call,
        "channel": voice.channel,
        "at": voice.at,
        "agent": voice.agent,
        "device": voice.device,
        "round_trip_ms": voice.round_trip_ms,
        "score": voice.score,
    } | {
        f"{way}_{name}": getattr(said, name)
        for way, said in ways.items()
        for name in ("packets", "loss", "jitter_ms", "score")
    }


def _voice(row: Row[Any]) -> Voice:
    def way(name: str) -> Way:
        names = ("packets", "loss", "jitter_ms", "score")
        return Way(**{one: row._mapping[f"{name}_{one}"] for one in names})

    return Voice(
        call=CallId(row.call),
        channel=row.channel,
        at=row.at,
        agent=AgentId(row.agent) if row.agent else None,
        device=DeviceId(row.device) if row.device else None,
        came=way("came"),
        went=way("went"),
        round_trip_ms=row.round_trip_ms,
    )


def _agent(
    agent: str,
    talks: int,
    score: float,
    worst: float,
    loss: float,
    jitter_ms: float,
    round_trip_ms: float | None,
) -> AgentVoice:
    return AgentVoice(
        agent=AgentId(agent),
        talks=talks,
        score=round(score, 1),
        worst=round(worst, 1),
        loss=round(loss, 2),
        jitter_ms=round(jitter_ms, 1),
        round_trip_ms=None if round_trip_ms is None else round(round_trip_ms, 1),
    )
