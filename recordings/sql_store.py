"""Recordings listed in the SQL database, linked, held, and who heard them."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, select, tuple_, update
from sqlalchemy.orm import Session

from calls.ids import CallId, EdgeId, QueueId, RecordingId
from recordings.chain import Link, link_of
from recordings.listening import Heard, joined
from recordings.model import Place, Recording, Sought, Waiting
from recordings.sql_rows import (
    HeadRow,
    HeardRow,
    LinkRow,
    PeaksRow,
    RecordingRow,
    recording_of,
)
from storage.database import Database

_KEPT = frozenset({"score", "hold_why", "hold_by", "hold_at"})
"""What a retried finish knows nothing of."""
_WITH_AUDIO = ("here", "both", "away")
_Parts = msgspec.json.Decoder(tuple[tuple[float, float], ...])


class SqlRecordings:
    def __init__(self, database: Database) -> None:
        self._database = database

    # The list

    def add(self, recording: Recording, peaks: Sequence[bytes] = ()) -> None:
        fields = set(recording.__struct_fields__) - _KEPT
        columns = {name: getattr(recording, name) for name in fields}
        with self._database.session() as session:
            session.merge(RecordingRow(**columns, tries=0, retry_at=0.0, error=""))
            if peaks:
                session.merge(_peaks(recording.id, peaks))
            _link(session, recording.id, recording.sha256)

    def find(self, id_: RecordingId) -> Recording | None:
        with self._database.reading() as session:
            row = session.get(RecordingRow, id_)
            return recording_of(row) if row else None

    def of_call(self, call: CallId) -> list[Recording]:
        return self._listed(
            select(RecordingRow)
            .where(RecordingRow.call == call)
            .order_by(RecordingRow.made_at, RecordingRow.id)
        )

    def search(
        self, wanted: Sought, limit: int, before: tuple[float, RecordingId] | None = None
    ) -> list[Recording]:
        asked = select(RecordingRow).where(*_conditions(wanted))
        if before is not None:
            asked = asked.where(tuple_(RecordingRow.made_at, RecordingRow.id) < before)
        newest = (RecordingRow.made_at.desc(), RecordingRow.id.desc())
        return self._listed(asked.order_by(*newest).limit(limit))

    def peaks(self, id_: RecordingId) -> tuple[bytes, ...]:
        with self._database.reading() as session:
            row = session.get(PeaksRow, id_)
            if row is None or not row.channels:
                return ()
            each = len(row.peaks) // row.channels
            return tuple(row.peaks[n * each : (n + 1) * each] for n in range(row.channels))

    def keep_peaks(self, id_: RecordingId, peaks: Sequence[bytes]) -> None:
        with self._database.session() as session:
            session.merge(_peaks(id_, peaks))

    # Where audio is

    def made_before(
        self,
        at: float,
        limit: int,
        kind: str,
        queue: QueueId | None = None,
        besides: Collection[QueueId] = (),
    ) -> list[Recording]:
        row = RecordingRow
        asked = select(row).where(
            row.place.in_(_WITH_AUDIO), row.made_at < at, row.kind == kind, row.hold_why == ""
        )
        if queue is not None:
            asked = asked.where(row.queue == queue)
        elif besides:
            asked = asked.where(row.queue.is_(None) | row.queue.not_in(besides))
        return self._listed(asked.order_by(row.made_at, row.id).limit(limit))

    def condemn(self, id_: RecordingId) -> Recording | None:
        with self._database.session() as session:
            row = session.get(RecordingRow, id_, with_for_update=True)
            if row is None or row.hold_why or row.place not in _WITH_AUDIO:
                return None
            known = recording_of(row)
            row.place, row.tries, row.retry_at, row.error = "going", 0, 0.0, ""
            return known

    def move(self, id_: RecordingId, former: Place, place: Place) -> bool:
        changed: dict[str, Any] = {"place": place, "tries": 0, "retry_at": 0.0, "error": ""}
        if not place:
            changed["path"] = ""
        return self._changed(RecordingRow.place == former, id_, **changed)

    def waiting(self, place: Place, now: float, limit: int, edge: EdgeId) -> list[Waiting]:
        row = RecordingRow
        asked = (
            select(row)
            .where(row.place == place, row.retry_at <= now, row.call.startswith(f"{edge}-"))
            .order_by(row.made_at, row.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [_waiting(one) for one in session.scalars(asked)]

    def put_off(self, id_: RecordingId, retry_at: float, error: str) -> None:
        with self._database.session() as session:
            session.execute(
                update(RecordingRow)
                .where(RecordingRow.id == id_)
                .values(tries=RecordingRow.tries + 1, retry_at=retry_at, error=error[:500])
            )

    def backlog(self, place: Place) -> int:
        with self._database.reading() as session:
            counted = select(func.count()).where(RecordingRow.place == place)
            return session.scalar(counted) or 0

    # Hold and score

    def hold(self, id_: RecordingId, why: str, by: str, at: float) -> bool:
        held = {"hold_why": why, "hold_by": by if why else "", "hold_at": at if why else None}
        return self._changed(RecordingRow.place.in_(_WITH_AUDIO), id_, **held)

    def score(self, id_: RecordingId, score: float | None) -> None:
        self._changed(RecordingRow.id == id_, id_, score=score)

    # The chain and who listened

    def links(self, after: int = 0, limit: int = 1000) -> list[Link]:
        asked = (
            select(LinkRow).where(LinkRow.position > after).order_by(LinkRow.position).limit(limit)
        )
        with self._database.reading() as session:
            return [
                Link(row.position, RecordingId(row.recording), row.sha256, row.link)
                for row in session.scalars(asked)
            ]

    def hear(self, heard: Heard) -> None:
        with self._database.session() as session:
            row = _known_play(session, heard) if heard.play else None
            if row is None:
                session.add(_heard_row(heard))
                return
            row.until = max(row.until, heard.until)
            row.parts = _text(joined((*_Parts.decode(row.parts), *heard.parts)))

    def heard(self, id_: RecordingId, limit: int = 200) -> list[Heard]:
        asked = (
            select(HeardRow)
            .where(HeardRow.recording == id_)
            .order_by(HeardRow.at.desc(), HeardRow.id.desc())
            .limit(limit)
        )
        with self._database.reading() as session:
            return [_heard(row) for row in session.scalars(asked)]

    # Inside

    def _listed(self, asked: Any) -> list[Recording]:
        with self._database.reading() as session:
            return [recording_of(row) for row in session.scalars(asked)]

    def _changed(self, which: ColumnElement[bool], id_: RecordingId, **values: Any) -> bool:
        with self._database.session() as session:
            done = session.execute(
                update(RecordingRow).where(RecordingRow.id == id_, which).values(**values)
            )
            return bool(done.rowcount)  # type: ignore[attr-defined]


def _link(session: Session, id_: RecordingId, sha: str) -> None:
    head = session.get_one(HeadRow, 1, with_for_update=True)
    newest = session.scalar(
        select(LinkRow.sha256)
        .where(LinkRow.recording == id_)
        .order_by(LinkRow.position.desc())
        .limit(1)
    )
    if newest == sha:
        return
    head.position, head.link = head.position + 1, link_of(head.link, id_, sha)
    session.add(LinkRow(position=head.position, recording=id_, sha256=sha, link=head.link))


def _conditions(wanted: Sought) -> list[ColumnElement[bool]]:
    return [
        condition(value)
        for name, condition in _CONDITIONS.items()
        if (value := getattr(wanted, name)) is not None and value != ""
    ]


_row = RecordingRow
_CONDITIONS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "calls": lambda calls: _row.call.in_(calls),
    "number": lambda number: _row.number == number,
    "queue": lambda queue: _row.queue == queue,
    "agent": lambda agent: _row.agent == agent,
    "kind": lambda kind: _row.kind == kind,
    "flaw": lambda flaw: _row.flaw != "" if flaw == "any" else _row.flaw == flaw,
    "since": lambda at: _row.made_at >= at,
    "until": lambda at: _row.made_at < at,
    "longer_s": lambda seconds: _row.seconds >= seconds,
    "shorter_s": lambda seconds: _row.seconds <= seconds,
    "score_from": lambda score: _row.score >= score,
    "score_to": lambda score: _row.score <= score,
    "held": lambda held: _row.hold_why != "" if held else _row.hold_why == "",
    "waiting": lambda waiting: _row.place == "here" if waiting else _row.place != "here",
    "queues": lambda queues: _row.queue.in_(queues),
}


def _peaks(id_: RecordingId, peaks: Sequence[bytes]) -> PeaksRow:
    return PeaksRow(recording=id_, channels=len(peaks), peaks=b"".join(peaks))


def _waiting(row: RecordingRow) -> Waiting:
    return Waiting(
        recording=recording_of(row), tries=row.tries, retry_at=row.retry_at, error=row.error
    )


def _known_play(session: Session, heard: Heard) -> HeardRow | None:
    return session.scalar(
        select(HeardRow).where(
            HeardRow.recording == heard.recording,
            HeardRow.who == heard.who,
            HeardRow.how == heard.how,
            HeardRow.play == heard.play,
        )
    )


def _heard_row(heard: Heard) -> HeardRow:
    return HeardRow(
        recording=heard.recording,
        who=heard.who,
        how=heard.how,
        at=heard.at,
        until=heard.until,
        address=heard.address,
        play=heard.play or None,
        parts=_text(heard.parts),
    )


def _heard(row: HeardRow) -> Heard:
    how: Any = row.how
    return Heard(
        recording=RecordingId(row.recording),
        who=row.who,
        how=how,
        at=row.at,
        until=row.until,
        address=row.address,
        play=row.play or "",
        parts=_Parts.decode(row.parts),
    )


def _text(parts: tuple[tuple[float, float], ...]) -> str:
    return msgspec.json.encode(parts).decode()
