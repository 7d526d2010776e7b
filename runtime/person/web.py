"""Over HTTP: one customer's timeline; for admins, her export and her erasure, and their log."""

from collections.abc import Coroutine, Iterator
from typing import IO, Annotated, Any

import msgspec
from flask import Blueprint, Response

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import CustomerId
from calls.rights import EVERYBODY, WATCHERS, allow
from calls.words import Role
from runtime.person.model import CustomerMoment, Logged, Merge, MergeRefused
from runtime.person.service import CHUNK, Persons


class TimelineQuery(Asked, frozen=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100
    before: float | None = None
    """``next`` of the page before."""


class TimelinePage(msgspec.Struct, frozen=True):
    moments: tuple[CustomerMoment, ...]
    """Newest first."""
    next: float | None


class ErasureAsked(Asked, frozen=True):
    confirm: str
    """The customer's id once more: nothing of hers can be brought back."""
    why: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class CustomerMerge(Asked, frozen=True):
    into: CustomerId


class MergePage(msgspec.Struct, frozen=True):
    merges: tuple[Merge, ...]


class ActsQuery(Asked, frozen=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100


class ActsPage(msgspec.Struct, frozen=True):
    acts: tuple[Logged, ...]
    """Newest first."""


def person_blueprint(http: Exchange, persons: Persons) -> Blueprint:
    routes = Blueprint("person", __name__)

    @routes.get("/customers/<id>/timeline")
    @allow(*EVERYBODY)
    @speaks("Calls, tickets, answers, surveys, follow-ups and tasks of a customer, newest first.",
            query=TimelineQuery, returns=TimelinePage, refuses=(404,))  # fmt: skip
    def timeline(id: str) -> Reply:
        asked = http.query(TimelineQuery)
        found = http.wait(persons.timeline(CustomerId(id), asked.limit, asked.before))
        more = found[-1].at if len(found) == asked.limit else None
        return http.reply(TimelinePage(tuple(found), more))

    @routes.get("/customers/<id>/merges")
    @allow(*EVERYBODY)
    @speaks("Entries that were found to be this customer, too, newest first.", returns=MergePage)
    def merges(id: str) -> Reply:
        return http.reply(MergePage(tuple(http.wait(persons.merges(CustomerId(id))))))

    @routes.post("/customers/<id>/merge")
    @allow(*WATCHERS)
    @speaks("This entry is that customer, too: numbers, tickets and tasks go there.",
            body=CustomerMerge, returns=Merge, refuses=(404, 409))  # fmt: skip
    def merge(id: str) -> Reply:
        asked = http.body(CustomerMerge)
        return http.reply(
            http.wait(_merging(persons.merge(CustomerId(id), asked.into, http.who())))
        )

    @routes.post("/customer-merges/<id>/undo")
    @allow(*WATCHERS)
    @speaks("They are two again, each as it was.", returns=Merge, refuses=(404, 409))
    def undo(id: str) -> Reply:
        number = int(id) if id.isascii() and id.isdigit() and len(id) < 19 else 0
        return http.reply(http.wait(_merging(persons.unmerge(number))))

    @routes.post("/customers/<id>/export")
    @allow(Role.ADMIN)
    @speaks("Everything known of a customer as a ZIP of JSON and audio.", refuses=(404,))
    def export(id: str) -> Reply:
        made = http.wait(persons.export(CustomerId(id), http.who()))
        return Response(
            _parts(made),
            content_type="application/zip",
            headers={"Content-Disposition": 'attachment; filename="customer.zip"'},
        )

    @routes.post("/customers/<id>/erase")
    @allow(Role.ADMIN)
    @speaks("Erase a customer: name, numbers, words and audio, for good. Figures stay.",
            body=ErasureAsked, returns=Logged, refuses=(404, 422))  # fmt: skip
    def erase(id: str) -> Reply:
        asked = http.body(ErasureAsked)
        if asked.confirm != id:
            raise Fault("not_confirmed", "confirm")
        return http.reply(http.wait(persons.erase(CustomerId(id), asked.why, http.who())))

    @routes.get("/personal-acts")
    @allow(Role.ADMIN)
    @speaks("Who exported or erased whom, when and why, newest first.", query=ActsQuery,
            returns=ActsPage)  # fmt: skip
    def acts() -> Reply:
        found = http.wait(persons.acts(http.query(ActsQuery).limit))
        return http.reply(ActsPage(tuple(found)))

    return routes


async def _merging(work: Coroutine[Any, Any, Merge]) -> Merge:
    try:
        return await work
    except MergeRefused as refused:
        raise Fault(refused.why) from refused


def _parts(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while part := made.read(CHUNK):
            yield part
