"""Over HTTP: forms, what was filled in on them, the page to print, and new versions by admins."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import TicketId
from calls.rights import DESK, allow
from calls.words import Language, Role
from tickets.forms.service import Forms
from tickets.forms.sql_store import Filled, FormVersion

FormId = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]


class FormPage(msgspec.Struct, frozen=True):
    forms: tuple[FormVersion, ...]


class FilledPage(msgspec.Struct, frozen=True):
    filled: tuple[Filled, ...]


class FormQuery(Asked, frozen=True):
    number: int | None = None
    """Of the version; the last one without."""


class FillAsked(Asked, frozen=True):
    form: FormId
    data: dict[str, Any]
    version: int = 0
    """Of what was there before; 0: nothing."""


class PublishAsked(Asked, frozen=True):
    document: dict[str, Any]
    number: int = 0
    """The version it was made of; 0: a new form."""


def forms_blueprint(http: Exchange, forms: Forms) -> Blueprint:
    routes = Blueprint("forms", __name__)

    @routes.get("/forms")
    @allow(*DESK)
    @speaks("Every form in its last version.", returns=FormPage)
    def all_forms() -> Reply:
        return http.reply(FormPage(tuple(http.wait(forms.all()))))

    @routes.get("/forms/<id>")
    @allow(*DESK)
    @speaks("One version of a form.", query=FormQuery, returns=FormVersion, refuses=(404,))
    def form(id: str) -> Reply:
        return http.reply(http.wait(forms.get(id, http.query(FormQuery).number)))

    @routes.put("/forms/<id>")
    @allow(Role.ADMIN)
    @speaks("Publish a new version; what was filled in on the old stays on it.",
            body=PublishAsked, returns=FormVersion, refuses=(422,))  # fmt: skip
    def publish(id: str) -> Reply:
        asked = http.body(PublishAsked)
        if not _fits(id):
            raise Fault("no_such_form", "id")
        made = http.wait(forms.publish(id, asked.document, asked.number, http.who()))
        http.changed(f"{id} {asked.number}", f"{id} {made.number}")
        return http.reply(made)

    @routes.get("/tickets/<id>/forms")
    @allow(*DESK)
    @speaks("What was filled in for a ticket.", returns=FilledPage, refuses=(404,))
    def of_ticket(id: str) -> Reply:
        found = http.wait(forms.of_ticket(TicketId(id), http.who()))
        return http.reply(FilledPage(tuple(found)))

    @routes.put("/tickets/<id>/forms")
    @allow(*DESK)
    @speaks("Fill in a form for a ticket; one of each kind.", body=FillAsked, returns=Filled,
            refuses=(404, 412, 422))  # fmt: skip
    def fill(id: str) -> Reply:
        asked = http.body(FillAsked)
        filled = forms.fill(asked.form, TicketId(id), asked.data, asked.version, http.who())
        return http.reply(http.wait(filled))

    @routes.get("/forms/<id>/filled")
    @allow(*DESK)
    @speaks("What was filled in on its own, newest first.", returns=FilledPage)
    def of_form(id: str) -> Reply:
        return http.reply(FilledPage(tuple(http.wait(forms.of_form(id, 100)))))

    @routes.post("/forms/<id>/filled")
    @allow(*DESK)
    @speaks("Fill in a form that belongs to no ticket: a day's statistics.", body=FillAsked,
            returns=Filled, status=201, refuses=(404, 422))  # fmt: skip
    def fill_alone(id: str) -> Reply:
        asked = http.body(FillAsked)
        return http.reply(http.wait(forms.fill(id, None, asked.data, 0, http.who())), 201)

    @routes.get("/filled/<id>/pdf")
    @allow(*DESK)
    @speaks("A filled form as a page to print (PDF).", refuses=(404,))
    def pdf(id: str) -> Reply:
        if not (id.isascii() and id.isdigit() and len(id) < 19):
            raise Fault("no_such_form")
        who = http.who()
        language = who.language or Language.ZH
        name, page = http.wait(forms.pdf(int(id), language, who))
        return http.file(page, "application/pdf", name)

    return routes


def _fits(id: str) -> bool:
    try:
        msgspec.convert(id, FormId)
    except msgspec.ValidationError:
        return False
    return True
