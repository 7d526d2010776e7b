"""Over HTTP: why a call counts as repeated, or as solved; and what it cost the one who called."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import AgentId, CallId, QueueId
from calls.record import CallRecord
from calls.rights import EVERYBODY, WATCHERS, allow
from cti.contacts import ContactWhy, RepeatFilter, Repetition, SqlContacts
from cti.web import concerns


class RepeatQuery(Asked, frozen=True):
    since: float
    until: float
    queue: QueueId | None = None
    agent: AgentId | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100


class RepeatPage(msgspec.Struct, frozen=True):
    repetitions: tuple[Repetition, ...]
    """Newest first."""


def contacts_blueprint(
    http: Exchange, contacts: SqlContacts, record_of: Callable[[CallId], CallRecord | None]
) -> Blueprint:
    routes = Blueprint("contacts", __name__)

    @routes.get("/calls/<id>/contact")
    @allow(*EVERYBODY)
    @speaks("Which other call shows that this one helped or not, and what it cost her.",
            returns=ContactWhy, refuses=(404,))  # fmt: skip
    def why(id: str) -> Reply:
        record = record_of(CallId(id))
        found = None if record is None else contacts.why(CallId(id))
        if record is None or found is None or not concerns(http.who(), record):
            raise Fault("no_such_call", id=id)
        return http.reply(found)

    @routes.get("/figures/repeats")
    @allow(*WATCHERS)
    @speaks("Calls that were answered and followed by another about the same thing: both.",
            query=RepeatQuery, returns=RepeatPage)  # fmt: skip
    def repeats() -> Reply:
        asked = http.query(RepeatQuery)
        wanted = RepeatFilter(
            since=asked.since, until=asked.until, queue=asked.queue, agent=asked.agent
        )
        return http.reply(RepeatPage(tuple(contacts.repetitions(wanted, asked.limit))))

    return routes
