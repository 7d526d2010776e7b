"""Call records in SQL: written once by call id, with their outbox row and the reader's position in
one unit of work; found again by time, number, customer, queue, agent and outcome.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from calls.ids import AgentId, CallId, CustomerId, QueueId
from calls.journal import FACTS
from calls.notices import ContactGlimpse
from calls.record import CallRecord, Leg
from calls.tasks import TASK_WANTED
from calls.words import Outcome
from cti.missed import to_call_back
from cti.record_rows import LegRow, RecordRow
from cti.tallying import count_anew, counted, tally
from storage import outbox
from storage.database import Database
from storage.positions import move_to, position_of

READER = "records"
MAX_PAGE = 500
_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(CallRecord)


_RECORDS = cast(Table, RecordRow.__table__)
_LEGS = cast(Table, LegRow.__table__)
_COLUMNS = [column.name for column in _RECORDS.columns if column.name != "detail"]
_LEG_COLUMNS = [column.name for column in _LEGS.columns if column.name != "call"]


_record_of = _RECORDS.c
_LATEST = (
    select(
        _record_of.call,
        _record_of.started_at,
        _record_of.queue,
        _record_of.agent,
        _record_of.outcome,
    )
    .order_by(_record_of.started_at.desc())
    .limit(bindparam("most"))
)
# Built once: every call asks them, and building costs more than asking.
_LATEST_OF_NUMBER = _LATEST.where(_record_of.number == bindparam("of_number"))
_LATEST_OF_CUSTOMERS = _LATEST.where(
    _record_of.customer.in_(bindparam("customers", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Reached:
    """A talk with somebody of this number, whoever called."""

    call: CallId
    number: str
    at: float
    agent: AgentId


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What to look for; None and '' mean anything."""

    number: str = ""
    customer: CustomerId | None = None
    queue: QueueId | None = None
    queues: tuple[QueueId, ...] | None = None
    """Of these alone."""
    agent: AgentId | None = None
    outcome: Outcome | None = None
    since: float | None = None
    until: float | None = None


class SqlRecords:
    """Over a migrated database. Synchronous: runs on threads (storage.offload)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Writing

    def position(self) -> int:
        """After which position of the journal's facts reading must go on."""
        with self._database.reading() as session:
            return position_of(session, READER, FACTS)

    def count_if_never(self) -> int:
        """Make the figures of records that an earlier version left without; how many there were."""
        with self._database.session() as session:
            return 0 if counted(session) else count_anew(session)

    def write(self, records: Sequence[CallRecord], mark: int, at: float) -> list[CallId]:
        """Keep the records and the reader's mark in one unit of work; those of calls not written
        before, whose ids are returned, also ask the desk for a ticket. A record made of less than
        the whole call never replaces what is there: only its recordings are added. The figures
        count each call once, as it was written last."""
        with self._database.session() as session:
            known = _details(session, [record.call for record in records])
            new = [record for record in records if record.call not in known]
            changed = [
                record if record.arrived else _amended(_decoder.decode(known[record.call]), record)
                for record in records
                if record.call in known
            ]
            if new:
                session.execute(insert(_RECORDS), [_columns(record) for record in new])
                asked = [(record.call, _text(record)) for record in new]
                outbox.put(session, outbox.CALL_ENDED, asked, at)
                missed = [task for task in map(to_call_back, new) if task is not None]
                wanted = [(task.key, msgspec.json.encode(task).decode()) for task in missed]
                outbox.put(session, TASK_WANTED, wanted, at)
            for record in changed:
                this = _RECORDS.c.call == record.call
                session.execute(update(_RECORDS).where(this).values(_columns(record)))
            if changed:
                stale = _LEGS.c.call.in_([record.call for record in changed])
                session.execute(delete(_LEGS).where(stale))
            legs = [_leg(record.call, leg) for record in (*new, *changed) for leg in record.legs]
            if legs:
                session.execute(insert(_LEGS), legs)
            tally(session, [_decoder.decode(text) for text in known.values()], [*new, *changed])
            move_to(session, READER, FACTS, mark, at)
        return [record.call for record in new]

    def known(self, calls: Sequence[CallId]) -> set[CallId]:
        """Those of the calls that have a record."""
        with self._database.reading() as session:
            rows = session.scalars(select(RecordRow.call).where(RecordRow.call.in_(calls)))
            return {CallId(row) for row in rows}

    # Reading

    def get(self, call: CallId) -> CallRecord | None:
        """One call with its legs."""
        with self._database.reading() as session:
            row = session.get(RecordRow, call)
            return None if row is None else _record(row)

    def recent(
        self, wanted: RecordFilter, limit: int = 50, before: tuple[float, CallId] | None = None
    ) -> list[CallRecord]:
        """Newest first, at most MAX_PAGE. For the next page pass the last one's
        ``(started_at, call)`` as ``before``."""
        query = select(RecordRow).where(*_conditions(wanted))
        if before is not None:
            at, call = before
            query = query.where(
                RecordRow.started_at <= at,
                or_(RecordRow.started_at < at, RecordRow.call < call),
            )
        query = query.order_by(RecordRow.started_at.desc(), RecordRow.call.desc())
        with self._database.reading() as session:
            return [_record(row) for row in session.scalars(query.limit(min(limit, MAX_PAGE)))]

    def reached(self, numbers: Collection[str], since: float) -> list[Reached]:
        """Talks with these numbers, as records write them, that were answered at ``since`` or
        later; oldest first."""
        row = _RECORDS.c
        asked = (
            select(row.call, row.number, row.answered_at, row.agent)
            .where(
                row.number.in_(numbers),
                row.answered_at >= since,
                row.agent.is_not(None),
                row.talk_s > 0,
            )
            .order_by(row.answered_at)
        )
        with self._database.reading() as session:
            return [
                Reached(CallId(call), number, at, AgentId(agent))
                for call, number, at, agent in session.execute(asked)
            ]

    def last_contacts(
        self, customers: Sequence[CustomerId], number: str, limit: int = 5
    ) -> list[ContactGlimpse]:
        """The last calls of any of these customers or of this number, newest first."""
        # One index each: an OR over both would make SQLite sort all of them.
        ways: list[tuple[Any, dict[str, Any]]] = []
        if customers:
            ways.append((_LATEST_OF_CUSTOMERS, {"customers": list(customers)}))
        if number:
            ways.append((_LATEST_OF_NUMBER, {"of_number": number}))
        found: dict[str, Row[Any]] = {}
        with self._database.asking() as connection:
            for statement, asked in ways:
                for row in connection.execute(statement, asked | {"most": limit}):
                    found[row.call] = row
        newest = sorted(found.values(), key=lambda row: (-row.started_at, row.call))
        return [_glimpse(row) for row in newest[:limit]]


def _conditions(wanted: RecordFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.number:
        conditions.append(RecordRow.number == wanted.number)
    for name in ("customer", "queue", "agent", "outcome"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(RecordRow, name) == value)
    if wanted.queues is not None:
        conditions.append(RecordRow.queue.in_(wanted.queues))
    if wanted.since is not None:
        conditions.append(RecordRow.started_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(RecordRow.started_at < wanted.until)
    return conditions


def _columns(record: CallRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in _COLUMNS} | {"detail": _text(record)}


def _leg(call: CallId, leg: Leg) -> dict[str, object]:
    return {"call": call} | {name: getattr(leg, name) for name in _LEG_COLUMNS}


def _details(session: Session, calls: Sequence[CallId]) -> dict[str, str]:
    """The records there are already."""
    if not calls:
        return {}
    table = _RECORDS.c
    rows = session.execute(select(table.call, table.detail).where(table.call.in_(calls))).all()
    return {row.call: row.detail for row in rows}


def _text(record: CallRecord) -> str:
    return _encoder.encode(record).decode()


def _record(row: RecordRow) -> CallRecord:
    return _decoder.decode(row.detail)


def _amended(record: CallRecord, late: CallRecord) -> CallRecord:
    """``record`` with what ``late`` knows of its audio."""
    audio = {one.recording: one for one in record.recordings}
    for one in late.recordings:
        known = audio.get(one.recording)
        if known is not None:
            one = msgspec.structs.replace(one, offer=known.offer, voicemail=known.voicemail)
        audio[one.recording] = one
    return msgspec.structs.replace(record, recordings=tuple(audio.values()))


def _glimpse(row: Row[Any]) -> ContactGlimpse:
    return ContactGlimpse(
        call=CallId(row.call),
        at=row.started_at,
        queue=row.queue or "",
        agent=row.agent or "",
        outcome=row.outcome,
    )
