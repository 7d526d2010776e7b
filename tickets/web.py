"""Over HTTP: tickets read, opened, amended, moved on, handed over and written on."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, speaks
from calls.exchange import Reply as Answer
from calls.ids import AgentId, CallId, CustomerId, QueueId, TicketId
from calls.rights import DESK, EVERYBODY, Who, allow
from calls.words import Language
from tickets.changes import Change, Nobody, Reply, scope_of
from tickets.departments import Department, Departments
from tickets.model import (
    LIVE,
    Amendment,
    Channel,
    Priority,
    Ticket,
    TicketKind,
    TicketState,
)
from tickets.ports import AnswerFigures, TicketFilter
from tickets.service import Tickets

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
Short = Annotated[str, msgspec.Meta(max_length=60)]
Title = Annotated[str, msgspec.Meta(max_length=120)]


class TicketQuery(Asked, frozen=True):
    text: Annotated[str, msgspec.Meta(max_length=400)] = ""
    """Words that title, notes, replies, forms, number or customer must have, all of them."""
    state: TicketState | None = None
    kind: TicketKind | None = None
    queue: QueueId | None = None
    assignee: AgentId | None = None
    customer: CustomerId | None = None
    call: CallId | None = None
    """The ticket of this call."""
    due_before: float | None = None
    live: bool = False
    """Only open ones and those in progress."""
    department: str | None = None
    owner: str | None = None
    """'' is nobody's."""
    watched: bool = False
    """By who asks."""
    late: bool = False
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


class SaidReply(Asked, frozen=True):
    """An answer to the customer, given on this channel."""

    channel: Channel
    text: Annotated[str, msgspec.Meta(max_length=8_000)] = ""
    call: CallId | None = None
    """Where it was said on one of the ticket's calls."""


class TicketChange(Asked, frozen=True):
    """What is not sent stays as it is; ``assignee`` null and ``owner`` '' hand it back to nobody.
    All of it is done, or nothing."""

    version: int | None = None
    """Of the ticket as it was seen: 412 when somebody has changed it since."""
    kind: TicketKind | msgspec.UnsetType = msgspec.UNSET
    priority: Priority | msgspec.UnsetType = msgspec.UNSET
    customer: CustomerId | msgspec.UnsetType = msgspec.UNSET
    title: Title | msgspec.UnsetType = msgspec.UNSET
    language: Language = Language.ZH
    """Of the title."""
    department: Short | msgspec.UnsetType = msgspec.UNSET
    assignee: AgentId | msgspec.UnsetType | None = msgspec.UNSET
    owner: Short | msgspec.UnsetType = msgspec.UNSET
    watching: bool | msgspec.UnsetType = msgspec.UNSET
    note: Note | msgspec.UnsetType = msgspec.UNSET
    call_note: CallNote | msgspec.UnsetType = msgspec.UNSET
    reply: SaidReply | msgspec.UnsetType = msgspec.UNSET
    pause: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    """Why the clocks stand still."""
    resume: bool = False
    state: TicketState | msgspec.UnsetType = msgspec.UNSET

    def change(self) -> Change:
        amendment = Amendment(
            kind=self.kind or None,
            priority=self.priority or None,
            customer=self.customer or None,
            titles={} if self.title is msgspec.UNSET else {self.language: self.title},
        )
        if self.assignee is msgspec.UNSET:
            assignee: AgentId | Nobody | None = None
        else:
            assignee = Nobody() if self.assignee is None else self.assignee
        note, reply = self.call_note, self.reply
        return Change(
            amendment=amendment,
            department=self.department or "",
            assignee=assignee,
            owner=None if self.owner is msgspec.UNSET else self.owner,
            watching=None if self.watching is msgspec.UNSET else self.watching,
            call_note=None if note is msgspec.UNSET else (note.call, note.text),
            note=self.note or "",
            reply=Reply(reply.channel, reply.text.strip(), reply.call) if reply else None,
            pause=self.pause or "",
            resume=self.resume,
            state=self.state or None,
            version=self.version,
        )


class AnswersAsked(Asked, frozen=True):
    since: float
    until: float


class AnswersPage(msgspec.Struct, frozen=True):
    departments: tuple[AnswerFigures, ...]


class DepartmentLine(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    names: dict[str, str]
    kinds: tuple[TicketKind, ...]
    reach_s: float
    answer_days: float


class DepartmentPage(msgspec.Struct, frozen=True):
    departments: tuple[DepartmentLine, ...]


class TicketWanted(Asked, frozen=True):
    """Opened by an agent for a call that left none by rule."""

    call: CallId
    kind: TicketKind
    title: Title = ""
    language: Language = Language.ZH
    customer: CustomerId | None = None
    number: Annotated[str, msgspec.Meta(max_length=40)] = ""
    queue: QueueId | None = None


def blueprint(
    http: Exchange, tickets: Tickets, departments: Callable[[], Departments]
) -> Blueprint:
    routes = Blueprint("tickets", __name__)

    @routes.get("/tickets")
    @allow(*DESK)
    @speaks("Tickets, newest first.", query=TicketQuery, returns=TicketPage)
    def find() -> Answer:
        asked, who = http.query(TicketQuery), http.who()
        wanted = _filter(asked, who)
        if asked.text:
            found = http.wait(tickets.search(asked.text, wanted, asked.limit, asked.before))
        else:
            found = http.wait(tickets.find(wanted, asked.limit, asked.before))
        more = found[-1].id if len(found) == asked.limit else ""
        return http.reply(TicketPage(tuple(found), more))

    @routes.get("/tickets/<id>")
    @allow(*DESK)
    @speaks("One ticket with all that stands beside it.", returns=Ticket, refuses=(404,))
    def ticket(id: str) -> Answer:
        return http.reply(http.wait(tickets.get(TicketId(id), scope_of(http.who()))))

    @routes.post("/tickets")
    @allow(*EVERYBODY)
    @speaks("Open a ticket for a call; the one it has, if it has one.", body=TicketWanted,
            returns=Ticket, status=201)  # fmt: skip
    def open_by_hand() -> Answer:
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
    @allow(*DESK)
    @speaks("Amend, move, hand over, note, answer, pause, move on, in this order, all or nothing.",
            body=TicketChange, returns=Ticket, refuses=(404, 409, 412))  # fmt: skip
    def change(id: str) -> Answer:
        asked, who = http.body(TicketChange), http.who()
        wanted = asked.change()
        if wanted.department and departments().get(wanted.department) is None:
            raise Fault("no_such_department", "department", id=wanted.department)
        _refuse_empty(wanted, who)
        return http.reply(
            http.wait(tickets.change(TicketId(id), wanted, who.person, scope_of(who)))
        )

    @routes.get("/departments")
    @allow(*DESK)
    @speaks("Who answers tickets.", returns=DepartmentPage)
    def all_departments() -> Answer:
        return http.reply(DepartmentPage(tuple(map(_line, departments().all))))

    @routes.get("/figures/answers")
    @allow(*DESK)
    @speaks("Of tickets opened in a time, per department: how many were answered, and in time.",
            query=AnswersAsked, returns=AnswersPage)  # fmt: skip
    def answers() -> Answer:
        asked, scope = http.query(AnswersAsked), scope_of(http.who())
        found = http.wait(tickets.share_answered(asked.since, asked.until, scope))
        return http.reply(AnswersPage(tuple(found)))

    return routes


def _filter(asked: TicketQuery, who: Who) -> TicketFilter:
    states = tuple(sorted(LIVE)) if asked.live else ()
    return TicketFilter(
        states=(asked.state,) if asked.state else states,
        kind=asked.kind,
        queue=asked.queue,
        assignee=asked.assignee,
        customer=asked.customer,
        call=asked.call,
        due_before=asked.due_before,
        department=asked.department,
        owner=asked.owner,
        watcher=who.person if asked.watched else None,
        late=asked.late,
        scope=scope_of(who),
    )


def _refuse_empty(wanted: Change, who: Who) -> None:
    """An answer says something, or that it was said on a call; that nobody can be answered is for
    those who lead to say, with the reason."""
    reply = wanted.reply
    if reply is None:
        return
    if not reply.text and (reply.call is None or reply.channel is Channel.UNREACHABLE):
        raise Fault("no_text", "reply.text")
    if reply.channel is Channel.UNREACHABLE and not who.sees_all():
        raise Fault("not_allowed", "reply.channel")


def _line(one: Department) -> DepartmentLine:
    return DepartmentLine(
        id=one.id,
        names=one.names,
        kinds=one.kinds,
        reach_s=one.reach_s,
        answer_days=one.answer_days,
    )
