"""Keeps the figures in step with the records, in the unit of work that writes them; and makes them
anew of all records there are.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.record import CallRecord
from calls.tally import (
    REPEAT_S,
    Contact,
    Subject,
    Tallies,
    contact_of,
    count,
    count_repeated,
    repeated,
    tallies,
)
from cti.record_rows import RecordRow
from cti.tallies_sql import TABLES, add, forget_calls

COUNTED_AT_ONCE = 2_000

_decoder = msgspec.json.Decoder(CallRecord)


def tally(session: Session, was: Sequence[CallRecord], now: Sequence[CallRecord]) -> None:
    """The records ``was`` have become, or been joined by, ``now``; rows and figures of all others
    stand in the database."""
    told = tallies()
    for record in was:
        count(told, record, -1)
    for record in now:
        count(told, record)
    _count_contacts(session, told, was, now)
    add(session, told)


def _count_contacts(
    session: Session, told: Tallies, was: Sequence[CallRecord], now: Sequence[CallRecord]
) -> None:
    """Who calls again tells of an earlier call that it did not help."""
    former, latter = _contacts(was), _contacts(now)
    if former == latter:
        return
    changed = {record.call for record in (*was, *now)}
    others = {one for one in near(session, former | latter) if one.call not in changed}
    before, after = set(repeated(others | former)), set(repeated(others | latter))
    for contact in before - after:
        count_repeated(told, contact, -1)
    for contact in after - before:
        count_repeated(told, contact)


def _contacts(records: Iterable[CallRecord]) -> set[Contact]:
    return {contact for record in records if (contact := contact_of(record)) is not None}


def near(session: Session, contacts: set[Contact]) -> Iterable[Contact]:
    """All calls of these numbers that one of these could be the repetition of, or repeat."""
    times = [contact.started_at for contact in contacts]
    rows = session.execute(
        select(
            RecordRow.call,
            RecordRow.number,
            RecordRow.queue,
            RecordRow.started_at,
            RecordRow.answered_at,
            RecordRow.agent,
        ).where(
            RecordRow.number.in_(sorted({contact.number for contact in contacts})),
            RecordRow.started_at >= min(times) - REPEAT_S,
            RecordRow.started_at <= max(times) + REPEAT_S,
            RecordRow.queue.is_not(None),
            RecordRow.first_queued_at.is_not(None),
        )
    ).all()
    for row in rows:
        yield Contact(
            row.call, row.number, row.queue, row.started_at, row.answered_at is not None,
            row.agent or "",
        )  # fmt: skip


def counted(session: Session) -> bool:
    """False where there are records and no figures of them."""
    if session.execute(select(TABLES[Subject.QUEUE].c.slot).limit(1)).first() is not None:
        return True
    return session.execute(select(RecordRow.call).limit(1)).first() is None


def count_anew(session: Session) -> int:
    """Forget all figures of calls and count every record again; how many there were. It holds the
    database as long as it takes, a minute for some 300,000 records."""
    forget_calls(session)
    # In the order in which who calls again stands behind her earlier call.
    query = select(RecordRow.detail).order_by(RecordRow.number, RecordRow.started_at)
    texts = iter(session.execute(query.execution_options(yield_per=COUNTED_AT_ONCE)))
    many = 0
    open_ones: list[Contact] = []
    while rows := list(islice(texts, COUNTED_AT_ONCE)):
        records = [_decoder.decode(row.detail) for row in rows]
        told = tallies()
        for record in records:
            count(told, record)
        contacts = [one for record in records if (one := contact_of(record)) is not None]
        last = contacts[-1].number if contacts else ""
        for contact in repeated(one for one in (*open_ones, *contacts) if one.number != last):
            count_repeated(told, contact)
        open_ones = [one for one in (*open_ones, *contacts) if one.number == last]
        add(session, told)
        many += len(records)
    told = tallies()
    for contact in repeated(open_ones):
        count_repeated(told, contact)
    add(session, told)
    return many
