"""Every way a request can fail, as one JSON shape in the asker's language.

What a room raises in its own words becomes a code here and nowhere else.
"""

import logging
from collections.abc import Callable
from typing import Any

import msgspec
from flask import Flask, Response, has_request_context, request
from werkzeug.exceptions import HTTPException

from calls.exchange import Fault
from calls.words import Language
from config.documents import DocumentChanged, DocumentTorn, NoSuchDocument
from config.problems import ConfigRefused
from cti.importing import ImportBusy, NoSuchImport, PartMisplaced
from cti.service import UnknownCustomer
from ivr.findings import TreeRefused
from ivr.phrases import in_words
from ivr.rollout.model import RolloutRefused
from ivr.service import NoSuchTree
from ivr.speech.voices import VoiceMissing
from runtime.web.configuration import mistakes_of
from runtime.web.desk_refusals import OF_THE_DESK
from runtime.web.sentences import SENTENCES
from storage.database import unavailable

log = logging.getLogger(__name__)

_BY_STATUS = {
    400: "bad_request",
    404: "not_found",
    405: "wrong_method",
    413: "too_large",
    416: "bad_range",
}
_WORDS: dict[type[Exception], Callable[[Any, str], Fault]] = {
    **OF_THE_DESK,
    UnknownCustomer: lambda _, id: Fault("no_such_customer", id=id),
    NoSuchDocument: lambda _, id: Fault("no_such_document", id=id),
    DocumentChanged: lambda _, id: Fault("document_changed", id=id),
    NoSuchImport: lambda _, id: Fault("no_such_import", id=id),
    ImportBusy: lambda _, __: Fault("import_busy"),
    PartMisplaced: lambda _, __: Fault("part_misplaced"),
    DocumentTorn: lambda _, id: Fault("document_torn", id=id),
    ConfigRefused: lambda error, _: Fault(
        "configuration_refused", findings=mistakes_of(error, asked_language())
    ),
    RolloutRefused: lambda error, id: Fault(error.code, error.field, id=id),
    NoSuchTree: lambda _, id: Fault("no_such_tree", id=id),
    VoiceMissing: lambda error, _: Fault("no_voice", why=str(error)),
    TreeRefused: lambda error, _: Fault(
        "tree_refused", findings=in_words(error.findings, asked_language())
    ),
    HTTPException: lambda error, _: Fault(_BY_STATUS.get(error.code or 500, "bad_request")),
    TimeoutError: lambda _, __: Fault("too_busy"),
    OverflowError: lambda _, __: Fault("out_of_range"),
}
"""Kind of error to what is said of it; asked with the error and the id in the address."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every answer from 400 on."""

    error: str
    message: str
    field: str = ""
    """What to point at on a form, as a JSON path."""
    now: Any = None
    """What somebody else made of it meanwhile, as it stands."""
    findings: tuple[Any, ...] = ()
    """All that is wrong with a tree, or with the configuration."""


def language_of(asked: str | None, accepted: str | None) -> Language:
    """``?lang`` before ``Accept-Language``; Chinese when neither says one we speak."""
    for text in (asked or "", *(part.split(";")[0] for part in (accepted or "").split(","))):
        word = text.strip().casefold()
        if word.startswith("en"):
            return Language.EN
        if word.startswith("zh"):
            return Language.ZH
    return Language.ZH


def refusal(
    code: str, language: Language, values: dict[str, object], field: str = ""
) -> tuple[int, Refusal]:
    """Status and body."""
    sentence = SENTENCES[code]
    message = sentence.say(language, values)
    return sentence.status, Refusal(error=code, message=message, field=field)


def in_our_words(error: Exception) -> Fault | None:
    """What a room raised, as a fault of the asker or of a peer; None for a bug."""
    if isinstance(error, Fault):
        return error
    for kind in type(error).__mro__:
        if kind in _WORDS:
            return _WORDS[kind](error, _asked_for())
    return Fault("unavailable") if unavailable(error) else None


def install(app: Flask) -> None:
    @app.errorhandler(Exception)
    def refuse(error: Exception) -> Response:
        fault = in_our_words(error)
        if fault is None:
            log.exception("a request failed", extra={"endpoint": request.endpoint or ""})
            fault = Fault("failed")
        status, body = refusal(fault.code, asked_language(), fault.values, fault.field)
        told = msgspec.structs.replace(body, now=fault.now, findings=fault.findings)
        return _answer(status, told)


def _answer(status: int, body: Refusal) -> Response:
    response = Response(msgspec.json.encode(body), status, content_type="application/json")
    if status in (429, 503):
        response.headers["Retry-After"] = "2"
    return response


def asked_language() -> Language:
    """Of the request that is being answered."""
    return language_of(request.args.get("lang"), request.headers.get("Accept-Language"))


def _asked_for() -> str:
    if not has_request_context():  # who answers without Flask knows what it was asked for
        return ""
    return next((str(value) for value in (request.view_args or {}).values()), "")
