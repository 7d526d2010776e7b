"""One person's calls and her entry among the customers: found, and forgotten, in somebody's unit of
work. What was counted of her calls stays counted; whose they were is gone.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from calls.ids import CallId, CustomerId
from calls.record import CallRecord
from cti.record_rows import RecordRow
from cti.sql_store import CustomerRow, NumberRow

_decoder = msgspec.json.Decoder(CallRecord)
_encoder = msgspec.json.Encoder(order="deterministic")


def calls_of(
    session: Session,
    customers: Sequence[CustomerId],
    numbers: Sequence[str],
    limit: int,
    before: float | None = None,
) -> list[CallRecord]:
    """Calls of any of these customers, and of their numbers that are nobody else's, newest first;
    ``before``: begun before then."""
    mine: ColumnElement[bool] = RecordRow.customer.in_(customers)
    if numbers:
        hers = RecordRow.number.in_(numbers)
        mine = or_(mine, hers & RecordRow.customer.is_(None))
    query = select(RecordRow.detail).where(mine)
    if before is not None:
        query = query.where(RecordRow.started_at < before)
    rows = session.scalars(query.order_by(RecordRow.started_at.desc()).limit(limit))
    return [_decoder.decode(text) for text in rows]


def forget_calls(session: Session, calls: Sequence[CallId]) -> None:
    """Who called, from where, and what she keyed in and said to the tree."""
    for call in calls:
        row = session.get(RecordRow, call)
        if row is None:
            continue
        record = msgspec.structs.replace(
            _decoder.decode(row.detail),
            number="",
            name="",
            customer=None,
            keys=(),
            variables={},
            transferred_to="",
        )
        session.execute(
            update(RecordRow)
            .where(RecordRow.call == call)
            .values(
                number="",
                name="",
                customer=None,
                transferred_to="",
                detail=_encoder.encode(record).decode(),
            )
        )


def forget_customer(session: Session, id_: CustomerId) -> None:
    session.execute(delete(NumberRow).where(NumberRow.customer == id_))
    session.execute(delete(CustomerRow).where(CustomerRow.id == id_))
