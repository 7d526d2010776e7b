"""Where the figures of calls.tally are kept added up: a row for each quarter of an hour and each
queue, agent or node. Written in the unit of work of what they count, so each call counts once.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Table, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from calls.tally import MEASURES, TIMES, Key, Subject, Tallies, Tally
from storage.base import Base, is_sqlite

_WAITS = msgspec.json.Decoder(tuple[dict[int, int], dict[int, int]])


def _table(subject: Subject) -> Table:
    measures: Iterable[Column[Any]] = (
        Column(name, BigInteger, nullable=False, server_default="0") for name in MEASURES[subject]
    )
    # JSON: how long those answered waited, and those who gave up: two buckets-to-counts.
    waits = (Column("waits", Text, nullable=False, server_default=""),)
    return Table(
        f"figures_{subject}",
        Base.metadata,
        Column("slot", BigInteger, primary_key=True),
        Column("id", Text, primary_key=True),
        *measures,
        *(waits if subject is Subject.QUEUE else ()),
        sqlite_with_rowid=False,
    )


TABLES = {subject: _table(subject) for subject in Subject}


def add(session: Session, told: Tallies) -> None:
    """Add what was counted to what is kept."""
    for subject in TABLES:
        mine = {key: tally for key, tally in told.items() if key.subject is subject}
        if not mine:
            continue
        # In one order, whoever writes: the index is filled page by page.
        rows = [_row(subject, key, mine[key]) for key in sorted(mine)]
        if subject is Subject.QUEUE:
            _add_waits(session, mine, rows)
        session.connection().execute(_UPSERTS[subject, is_sqlite(session)], rows)


def _row(subject: Subject, key: Key, tally: Tally) -> dict[str, Any]:
    return {"slot": key.slot, "id": key.id} | {name: tally[name] for name in MEASURES[subject]}


def _upsert(subject: Subject, sqlite: bool) -> Any:
    table = TABLES[subject]
    insert: Any = (sqlite_insert if sqlite else postgresql_insert)(table)
    sums = {name: table.c[name] + insert.excluded[name] for name in MEASURES[subject]}
    if subject is Subject.QUEUE:
        sums["waits"] = insert.excluded.waits
    return insert.on_conflict_do_update(index_elements=["slot", "id"], set_=sums)


# Built once: every batch of records asks them, and building costs more than asking.
_UPSERTS = {
    (subject, lite): _upsert(subject, lite) for subject in Subject for lite in (True, False)
}


def _add_waits(session: Session, told: Mapping[Key, Tally], rows: list[dict[str, Any]]) -> None:
    """Buckets are no columns: they are read, added up and written again. Nobody writes between."""
    table = TABLES[Subject.QUEUE].c
    slots = sorted({key.slot for key in told})
    kept = {
        (row.slot, row.id): row.waits
        for row in session.execute(
            select(table.slot, table.id, table.waits).where(
                table.slot.in_(slots), table.id.in_(sorted({key.id for key in told}))
            )
        )
    }
    for row in rows:
        key = Key(Subject.QUEUE, row["slot"], row["id"])
        tally = Tally()
        tally.add(told[key])
        hear_waits(tally, kept.get((key.slot, key.id), ""))
        row["waits"] = _waits_of(tally)


def _waits_of(tally: Tally) -> str:
    answered = {bucket: count for bucket, count in tally.answered.items() if count}
    given_up = {bucket: count for bucket, count in tally.given_up.items() if count}
    return msgspec.json.encode((answered, given_up)).decode() if answered or given_up else ""


def hear_waits(tally: Tally, text: str) -> None:
    """Add the waits of one row."""
    if not text:
        return
    answered, given_up = _WAITS.decode(text)
    for bucket, count in answered.items():
        tally.answered[bucket] += count
    for bucket, count in given_up.items():
        tally.given_up[bucket] += count


def forget_calls(session: Session) -> None:
    """All that is made of calls, to be counted anew; how long agents were in which state stays."""
    for subject, table in TABLES.items():
        if subject is Subject.AGENT:
            nought = {name: 0 for name in MEASURES[subject] if name not in TIMES.values()}
            session.execute(table.update().values(nought))
        else:
            session.execute(table.delete())


def read(
    session: Session,
    subject: Subject,
    since: float,
    until: float,
    ids: Sequence[str] | None = None,
    waits: bool = True,
) -> dict[str, Tally]:
    """The figures of calls begun from ``since`` to before ``until``, both where a slot begins, by
    id; None: everybody's. ``waits``: with the buckets of how long people waited."""
    found: dict[str, Tally] = {}
    asked: dict[str, Any] = {"since": int(since), "until": int(until)}
    if ids is not None:
        asked["ids"] = list(ids)
    for row in session.execute(_sums(subject, ids is not None), asked):
        tally = found[row[0]] = Tally()
        for name, count in zip(MEASURES[subject], row[1:], strict=True):
            if count:
                tally.counts[name] = int(count)
    if waits and subject is Subject.QUEUE:
        for id_, text in session.execute(_texts(ids is not None), asked):
            hear_waits(found[id_], text)
    return found


Cut = list[tuple[float, float, dict[str, Tally]]]


def read_slots(
    session: Session,
    subject: Subject,
    periods: Sequence[tuple[float, float]],
    ids: Sequence[str] | None = None,
    most: int = 1_000_000,
) -> Cut:
    """As ``read`` for many periods that follow each other, in one sweep; no more than ``most``
    rows are looked at."""
    cut: Cut = [(since, until, {}) for since, until in periods]
    begins = [since for since, _ in periods]
    asked: dict[str, Any] = {"since": int(begins[0]), "until": int(periods[-1][1])}
    if ids is not None:
        asked["ids"] = list(ids)
    table = TABLES[subject].c
    columns = [table[name] for name in MEASURES[subject]]
    waits = [table.waits] if subject is Subject.QUEUE else []
    query = select(table.slot, table.id, *columns, *waits).where(*_within(subject, ids is not None))
    for row in session.execute(query.limit(most), asked):
        found = cut[bisect_right(begins, row[0]) - 1][2]
        tally = found.setdefault(row[1], Tally())
        for name, count in zip(MEASURES[subject], row[2:], strict=False):
            if count:
                tally.counts[name] += int(count)
        if waits:
            hear_waits(tally, row[-1])
    return cut


def _sums(subject: Subject, some: bool) -> Any:
    table = TABLES[subject].c
    sums = [func.sum(table[name]) for name in MEASURES[subject]]
    query = select(table.id, *sums).where(*_within(subject, some))
    return query.group_by(table.id).order_by(table.id)


def _texts(some: bool) -> Any:
    table = TABLES[Subject.QUEUE].c
    return select(table.id, table.waits).where(*_within(Subject.QUEUE, some), table.waits != "")


def _within(subject: Subject, some: bool) -> list[Any]:
    table = TABLES[subject].c
    conditions: list[Any] = [
        table.slot >= bindparam("since", type_=BigInteger),
        table.slot < bindparam("until", type_=BigInteger),
    ]
    if some:
        conditions.append(table.id.in_(bindparam("ids", expanding=True)))
    return conditions
