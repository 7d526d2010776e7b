"""Over HTTP: tickets read, opened, amended, moved on, handed over and written on."""

from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Reply, speaks
from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.rights import EVERYBODY, allow
from calls.words import Language
from tickets.model import Amendment, Priority, Ticket, TicketKind, TicketState
from tickets.ports import TicketFilter
from tickets.service import Tickets

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
Title = Annotated[str, msgspec.Meta(max_length=120)]


class TicketQuery(Asked, frozen=True):
    state: TicketState | None = None
    kind: TicketKind | None = None
    queue: QueueId | None = None
    assignee: AgentId | None = None
    customer: CustomerId | None = None
    call: CallId | None = None
    """The ticket of this call."""
    due_before: float | None = None
    limit: Limit = 50
    before: TicketId | None = None
    """``next`` of the page before."""


class TicketPage(msgspec.Struct, frozen=True):
    tickets: tuple[Ticket, ...]
    """Newest first, without calls and entries."""
    next: str


class CallNote(Asked, frozen=True):
    """What one agent notes on one call: sent again and again as it is typed, kept once."""

    call: CallId
    text: Annotated[str, msgspec.Meta(max_length=4_000)]


class TicketChange(Asked, frozen=True):
    """What is not sent stays as it is; ``assignee`` null hands it back to nobody."""

    kind: TicketKind | msgspec.UnsetType = msgspec.UNSET
    priority: Priority | msgspec.UnsetType = msgspec.UNSET
    customer: CustomerId | msgspec.UnsetType = msgspec.UNSET
    title: Title | msgspec.UnsetType = msgspec.UNSET
    language: Language = Language.ZH
    """Of the title."""
    state: TicketState | msgspec.UnsetType = msgspec.UNSET
    assignee: AgentId | msgspec.UnsetType | None = msgspec.UNSET
    note: Note | msgspec.UnsetType = msgspec.UNSET
    call_note: CallNote | msgspec.UnsetType = msgspec.UNSET

    def amendment(self) -> Amendment:
        return Amendment(
            kind=self.kind or None,
            priority=self.priority or None,
            customer=self.customer or None,
            titles={} if self.title is msgspec.UNSET else {self.language: self.title},
        )


class TicketWanted(Asked, frozen=True):
    """Opened by an agent for a call that left none by rule."""

    call: CallId
    kind: TicketKind
    title: Title = ""
    language: Language = Language.ZH
    customer: CustomerId | None = None
    number: Annotated[str, msgspec.Meta(max_length=40)] = ""
    queue: QueueId | None = None


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
            call=asked.call,
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

    @routes.post("/tickets")
    @allow(*EVERYBODY)
    @speaks("Open a ticket for a call; the one it has, if it has one.", body=TicketWanted,
            returns=Ticket, status=201)  # fmt: skip
    def open_by_hand() -> Reply:
        asked, who, now = http.body(TicketWanted), http.who(), http.now()
        wanted = Ticket(
            id=TicketId(""),
            kind=asked.kind,
            opened_at=now,
            updated_at=now,
            titles={asked.language: asked.title} if asked.title else {},
            customer=asked.customer,
            number=asked.number,
            queue=asked.queue,
            assignee=who.agent,
        )
        return http.reply(http.wait(tickets.open_by_hand(wanted, asked.call, who.person)), 201)

    @routes.patch("/tickets/<id>")
    @allow(*EVERYBODY)
    @speaks("Amend, note, hand over, move on, in this order.", body=TicketChange, returns=Ticket,
            refuses=(404, 409))  # fmt: skip
    def change(id: str) -> Reply:
        asked, who = http.body(TicketChange), http.who().person
        http.wait(_change(TicketId(id), asked, who))
        return http.reply(http.wait(tickets.get(TicketId(id))))

    async def _change(id: TicketId, asked: TicketChange, who: str) -> None:
        if (amendment := asked.amendment()) != Amendment():
            await tickets.amend(id, amendment, who)
        if asked.call_note is not msgspec.UNSET:
            await tickets.note_on_call(id, asked.call_note.call, asked.call_note.text, who)
        if asked.note is not msgspec.UNSET:
            await tickets.add_note(id, asked.note, who)
        if asked.assignee is not msgspec.UNSET:
            await tickets.assign(id, asked.assignee, who)
        if asked.state is not msgspec.UNSET:
            await tickets.change_state(id, asked.state, who)

    return routes
