"""Over HTTP: tickets linked, merged, taken apart and split; files put on them and read."""

from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import CallId, TicketId
from calls.rights import DESK, allow
from calls.words import Language
from tickets.beside import Beside
from tickets.file_kinds import MOST_BYTES
from tickets.model import LinkKind, Ticket

Id = Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]{0,18}$")]


class LinkAsked(Asked, frozen=True):
    ticket: Id
    kind: LinkKind | None = LinkKind.RELATED
    """null parts them."""


class MergeAsked(Asked, frozen=True):
    into: Id


class SplitAsked(Asked, frozen=True):
    calls: tuple[CallId, ...] = ()
    """Those that go to the new ticket."""
    title: Annotated[str, msgspec.Meta(max_length=120)] = ""
    """'': the old one's."""
    language: Language = Language.ZH


class FileAsked(Asked, frozen=True):
    name: Annotated[str, msgspec.Meta(max_length=300)] = ""


def beside_blueprint(http: Exchange, beside: Beside) -> Blueprint:
    routes = Blueprint("beside_tickets", __name__)

    @routes.put("/tickets/<id>/links")
    @allow(*DESK)
    @speaks("Link two tickets, or part them.", body=LinkAsked, returns=Ticket,
            refuses=(404, 409))  # fmt: skip
    def link(id: str) -> Reply:
        asked = http.body(LinkAsked)
        other = TicketId(asked.ticket)
        return http.reply(http.wait(beside.link(TicketId(id), other, asked.kind, http.who())))

    @routes.post("/tickets/<id>/merge")
    @allow(*DESK)
    @speaks("Everything of this ticket goes on under another, which is given back.",
            body=MergeAsked, returns=Ticket, refuses=(404, 409))  # fmt: skip
    def merge(id: str) -> Reply:
        into = TicketId(http.body(MergeAsked).into)
        return http.reply(http.wait(beside.merge(TicketId(id), into, http.who())))

    @routes.post("/tickets/<id>/unmerge")
    @allow(*DESK)
    @speaks("Take this ticket out of the one it was merged into.", returns=Ticket,
            refuses=(404, 409))  # fmt: skip
    def unmerge(id: str) -> Reply:
        return http.reply(http.wait(beside.unmerge(TicketId(id), http.who())))

    @routes.post("/tickets/<id>/split")
    @allow(*DESK)
    @speaks("A new ticket for some of its calls, or for one more matter.", body=SplitAsked,
            returns=Ticket, status=201, refuses=(404, 409))  # fmt: skip
    def split(id: str) -> Reply:
        asked = http.body(SplitAsked)
        titles: dict[str, str] = {asked.language: asked.title} if asked.title else {}
        made = beside.split(TicketId(id), asked.calls, titles, http.who())
        return http.reply(http.wait(made), 201)

    @routes.post("/tickets/<id>/files")
    @allow(*DESK)
    @speaks("Put a file on it: the body is the file, `name` what it is called.", query=FileAsked,
            returns=Ticket, status=201, refuses=(404, 413, 415))  # fmt: skip
    def attach(id: str) -> Reply:
        name, data = http.query(FileAsked).name, http.data(MOST_BYTES)
        return http.reply(http.wait(beside.attach(TicketId(id), name, data, http.who())), 201)

    @routes.get("/tickets/<id>/files/<file>")
    @allow(*DESK)
    @speaks("The bytes of a file.", refuses=(404,))
    def read(id: str, file: str) -> Reply:
        if not (file.isascii() and file.isdigit() and len(file) < 19):
            raise Fault("no_such_file")
        found, data = http.wait(beside.read(TicketId(id), int(file), http.who()))
        return http.file(data, found.kind, found.name)

    return routes
