"""Over HTTP: tickets read, moved on, handed over and written on."""

from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Reply, speaks
from calls.ids import AgentId, CustomerId, QueueId, TicketId
from calls.rights import EVERYBODY, allow
from tickets.model import Ticket, TicketKind, TicketState
from tickets.ports import TicketFilter
from tickets.service import Tickets

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]


class TicketQuery(Asked, frozen=True):
    state: TicketState | None = None
    kind: TicketKind | None = None
    queue: QueueId | None = None
    assignee: AgentId | None = None
    customer: CustomerId | None = None
    due_before: float | None = None
    limit: Limit = 50
    before: TicketId | None = None
    """``next`` of the page before."""


class TicketPage(msgspec.Struct, frozen=True):
    tickets: tuple[Ticket, ...]
    """Newest first, without calls and entries."""
    next: str


class TicketChange(Asked, frozen=True):
    """What is not sent stays as it is; ``assignee`` null hands it back to nobody."""

    state: TicketState | msgspec.UnsetType = msgspec.UNSET
    assignee: AgentId | msgspec.UnsetType | None = msgspec.UNSET
    note: Note | msgspec.UnsetType = msgspec.UNSET


def blueprint(http: Exchange, tickets: Tickets) -> Blueprint:
    routes = Blueprint("tickets", __name__)

    @routes.get("/tickets")
    @allow(*EVERYBODY)
    @speaks("Tickets, newest first.", query=TicketQuery, returns=TicketPage)
    def find() -> Reply:
        asked = http.query(TicketQuery)
        wanted = TicketFilter(
            states=(asked.state,) if asked.state else (),
            kind=asked.kind,
            queue=asked.queue,
            assignee=asked.assignee,
            customer=asked.customer,
            due_before=asked.due_before,
        )
        found = http.wait(tickets.find(wanted, asked.limit, asked.before))
        more = found[-1].id if len(found) == asked.limit else ""
        return http.reply(TicketPage(tuple(found), more))

    @routes.get("/tickets/<id>")
    @allow(*EVERYBODY)
    @speaks("One ticket with its calls and entries.", returns=Ticket, refuses=(404,))
    def ticket(id: str) -> Reply:
        return http.reply(http.wait(tickets.get(TicketId(id))))

    @routes.patch("/tickets/<id>")
    @allow(*EVERYBODY)
    @speaks("Note, hand over, move on, in this order.", body=TicketChange, returns=Ticket,
            refuses=(404, 409))  # fmt: skip
    def change(id: str) -> Reply:
        asked, who = http.body(TicketChange), http.who().person
        http.wait(_change(TicketId(id), asked, who))
        return http.reply(http.wait(tickets.get(TicketId(id))))

    async def _change(id: TicketId, asked: TicketChange, who: str) -> None:
        if asked.note is not msgspec.UNSET:
            await tickets.add_note(id, asked.note, who)
        if asked.assignee is not msgspec.UNSET:
            await tickets.assign(id, asked.assignee, who)
        if asked.state is not msgspec.UNSET:
            await tickets.change_state(id, asked.state, who)

    return routes
