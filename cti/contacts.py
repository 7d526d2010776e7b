"""Why a contact counts as it does: which other call shows that it did not help, and what it cost.

Decided by the same code that counts (calls.tally, calls.effort). Synchronous: runs on threads.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from calls.effort import LEAST, Cost, called_again, costs
from calls.ids import AgentId, CallId, QueueId
from calls.record import CallRecord
from calls.tally import REPEAT_S, Contact, contact_of, repeated
from cti.record_rows import RecordRow
from cti.tallying import near
from storage.database import Database

_decoder = msgspec.json.Decoder(CallRecord)


class Repetition(msgspec.Struct, frozen=True, kw_only=True):
    """``first`` was answered and did not help: ``again`` came to the same queue within the time."""

    first: Contact
    again: Contact


class ContactWhy(msgspec.Struct, frozen=True, kw_only=True):
    """What one call counts as, and why."""

    call: CallId
    within_s: float = REPEAT_S
    repeats: Contact | None = None
    """The earlier call that this one shows not to have helped."""
    repeated_by: Contact | None = None
    """The later call that shows this one not to have helped."""
    effort: int = LEAST
    """In steps; 1 is the least."""
    costs: tuple[Cost, ...] = ()


class RepeatFilter(msgspec.Struct, frozen=True, kw_only=True):
    since: float
    until: float
    queue: QueueId | None = None
    agent: AgentId | None = None


class SqlContacts:
    """Over a migrated database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def why(self, call: CallId) -> ContactWhy | None:
        """None where there is no record of it."""
        with self._database.reading() as session:
            row = session.get(RecordRow, call)
            if row is None:
                return None
            record = _decoder.decode(row.detail)
            contact = contact_of(record)
            pairs = {} if contact is None else repeated({contact, *near(session, {contact})})
        by = pairs.get(contact) if contact is not None else None
        of = next((one for one, again in pairs.items() if again == contact), None)
        paid = (*costs(record), *((called_again(),) if by is not None else ()))
        return ContactWhy(
            call=call,
            repeats=of,
            repeated_by=by,
            effort=LEAST + sum(cost.steps for cost in paid),
            costs=paid,
        )

    def repetitions(self, wanted: RepeatFilter, limit: int) -> list[Repetition]:
        """Those whose first call began in that time, newest first, each with the next call."""
        with self._database.reading() as session:
            firsts = _candidates(session, wanted, limit)
            pairs = repeated({*firsts, *near(session, set(firsts))}) if firsts else {}
        return [Repetition(first=one, again=pairs[one]) for one in firsts if one in pairs]


def _candidates(session: Session, wanted: RepeatFilter, limit: int) -> Sequence[Contact]:
    """Answered calls after which the same number came to the same queue."""
    one, later = RecordRow, aliased(RecordRow)
    behind = or_(
        later.started_at > one.started_at,
        and_(later.started_at == one.started_at, later.call > one.call),
    )
    again = exists().where(
        later.number == one.number,
        later.queue == one.queue,
        later.first_queued_at.is_not(None),
        later.started_at >= one.started_at,
        later.started_at <= one.started_at + REPEAT_S,
        behind,
    )
    query = select(one.detail).where(
        one.started_at >= wanted.since,
        one.started_at < wanted.until,
        one.number != "",
        one.answered_at.is_not(None),
        one.first_queued_at.is_not(None),
        again,
    )
    if wanted.queue is not None:
        query = query.where(one.queue == wanted.queue)
    if wanted.agent is not None:
        query = query.where(one.agent == wanted.agent)
    rows = session.execute(query.order_by(one.started_at.desc(), one.call.desc()).limit(limit))
    found = (contact_of(_decoder.decode(row.detail)) for row in rows)
    return [contact for contact in found if contact is not None]
