"""Two entries that are one person become one, and two again: in one unit of work over the rooms.

What was told of calls stays as it was written: a timeline reads them under both ids. Tickets and
tasks that are hers go along, and come back. Synchronous.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import msgspec
from sqlalchemy import Index, Table, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from calls.ids import CustomerId
from calls.words import Level
from cti.model import Customer, CustomerNumber
from cti.service import UnknownCustomer
from cti.sql_store import SqlRows
from runtime.person.model import Merge, MergeRefused
from storage.base import Base, BigId

_RANK = list(Level)


class MergeRow(Base):
    __tablename__ = "customer_merges"
    __table_args__ = (Index(None, "stays"), Index(None, "gone"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    gone: Mapped[str]
    stays: Mapped[str]
    at: Mapped[float]
    by: Mapped[str]
    undone_at: Mapped[float | None]
    was: Mapped[str]
    """JSON: both entries as they were, and which tickets and tasks went along."""


class _Was(msgspec.Struct, frozen=True, kw_only=True):
    gone: Customer
    stays: Customer
    moved: dict[str, list[int]]


_MERGES = cast(Table, MergeRow.__table__)
_MOVING = ("tickets", "tasks")


def merge(session: Session, gone: CustomerId, stays: CustomerId, by: str, at: float) -> Merge:
    """Raises UnknownCustomer, MergeRefused."""
    if gone == stays:
        raise MergeRefused("same_customer")
    rows = SqlRows(session.connection())
    known = rows.get([gone, stays])
    for id_ in (gone, stays):
        if id_ not in known:
            raise UnknownCustomer(id_)
    moved = {name: _move(session, name, gone, stays) for name in _MOVING}
    was = _Was(gone=known[gone], stays=known[stays], moved=moved)
    rows.remove(gone)
    rows.put([joined(known[stays], known[gone])], at)
    values = {"gone": gone, "stays": stays, "at": at, "by": by}
    text = msgspec.json.encode(was).decode()
    query = insert(_MERGES).values(values | {"was": text}).returning(_MERGES.c.id)
    return Merge(id=int(session.execute(query).scalar_one()), gone=gone, stays=stays, at=at, by=by)


def undo(session: Session, id_: int, at: float) -> Merge:
    """Both as they were; what was added to the one that stayed since then stays with it. Raises
    MergeRefused."""
    row = session.execute(select(_MERGES).where(_MERGES.c.id == id_)).first()
    if row is None or row.undone_at is not None:
        raise MergeRefused("no_such_merge")
    was = msgspec.json.decode(row.was, type=_Was)
    rows = SqlRows(session.connection())
    known = rows.get([was.gone.id, was.stays.id])
    if was.gone.id in known or was.stays.id not in known:
        raise MergeRefused("merge_stays")
    rows.put([parted(known[was.stays.id], was.stays, was.gone), was.gone], at)
    for name, ids in was.moved.items():
        _give_back(session, name, ids, was.stays.id, was.gone.id)
    session.execute(update(_MERGES).where(_MERGES.c.id == id_).values(undone_at=at))
    return _merge(row)


def merges_into(session: Session, stays: CustomerId) -> list[Merge]:
    """Those in force, newest first, with what was merged into the merged."""
    found: list[Merge] = []
    ids: Sequence[str] = [stays]
    while ids:
        query = select(_MERGES).where(_MERGES.c.stays.in_(ids), _MERGES.c.undone_at.is_(None))
        new = [_merge(row) for row in session.execute(query.order_by(_MERGES.c.id.desc()))]
        ids = [one.gone for one in new if one not in found]
        found += [one for one in new if one not in found]
    return found


def merged_into(session: Session, gone: CustomerId) -> CustomerId | None:
    query = select(_MERGES.c.stays).where(_MERGES.c.gone == gone, _MERGES.c.undone_at.is_(None))
    row = session.execute(query.limit(1)).first()
    return None if row is None else CustomerId(row.stays)


def forget_merges(session: Session, ids: Sequence[CustomerId]) -> None:
    """Of somebody who is erased: her former entries stand in them."""
    session.execute(_MERGES.delete().where(_MERGES.c.stays.in_(ids)))


def joined(stays: Customer, gone: Customer) -> Customer:
    """What the one that stays says wins; the better level holds; numbers of both."""
    numbers = {one.number: one for one in (*gone.numbers, *stays.numbers)}
    return replace(
        stays,
        name=stays.name or gone.name,
        company=stays.company or gone.company,
        level=max(stays.level, gone.level, key=_RANK.index),
        language=stays.language or gone.language,
        region=stays.region or gone.region,
        note="\n".join(filter(None, dict.fromkeys((stays.note, gone.note)))),
        numbers=tuple(numbers[number] for number in sorted(numbers)),
    )


def parted(now: Customer, stays: Customer, gone: Customer) -> Customer:
    """``now`` without what only ``gone`` brought; what people changed meanwhile stays."""
    whole = joined(stays, gone)
    fields = ("name", "company", "level", "language", "region", "note")
    back: dict[str, Any] = {
        name: getattr(stays, name) for name in fields if getattr(now, name) == getattr(whole, name)
    }
    own = {one.number for one in stays.numbers}
    theirs = {one.number for one in gone.numbers} - own
    numbers: list[CustomerNumber] = [one for one in now.numbers if one.number not in theirs]
    return replace(now, **back, numbers=tuple(numbers))


def _move(session: Session, table: str, gone: CustomerId, stays: CustomerId) -> list[int]:
    rows = Base.metadata.tables[table]
    hers = rows.c.customer == gone
    ids = list(session.execute(select(rows.c.id).where(hers)).scalars())
    session.execute(update(rows).where(hers).values(customer=stays))
    return ids


def _give_back(
    session: Session, table: str, ids: Sequence[int], stays: CustomerId, gone: CustomerId
) -> None:
    rows = Base.metadata.tables[table]
    these = (rows.c.id.in_(ids), rows.c.customer == stays)
    session.execute(update(rows).where(*these).values(customer=gone))


def _merge(row: Any) -> Merge:
    return Merge(
        id=row.id, gone=CustomerId(row.gone), stays=CustomerId(row.stays), at=row.at, by=row.by
    )
