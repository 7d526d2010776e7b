"""Over HTTP: the site's documents: read, checked as one types, saved, taken back."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import msgspec
from flask import Blueprint, request

from agent_softphone_bridge.board import Board
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.rights import allow
from calls.words import Language, Role
from config.documents import Documents, DocumentVersion, NoSuchDocument, Saved
from config.floor import FILE as FLOOR
from config.folder import DOCUMENTS, Configuration
from config.phrases import PHRASES
from config.problems import ConfigRefused, Problem
from runtime.configuring import AT_ONCE, Configuring


class DocumentLine(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    at_once: bool
    """Saved, it is in force; else after the next start."""
    saved: DocumentVersion | None
    """The last time it was saved here."""


class DocumentPage(msgspec.Struct, frozen=True):
    documents: tuple[DocumentLine, ...]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    text: str
    """Passwords are dots; sent back as dots they stay as they were."""
    hash: str
    at_once: bool


class DocumentText(Asked, frozen=True):
    text: str


class Save(Asked, frozen=True):
    text: str
    note: str = ""
    """Why, for the history."""


class TakeBack(Asked, frozen=True):
    version: int


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    document: str
    line: int
    """1-based; 0 where there is none."""
    path: str
    """The keys that lead there, ``queues.sales.ring.rings``."""
    wrong: str
    right: str


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    queue: str
    waiting: int
    """Callers who wait there now: they would go back to their tree."""


class DocumentChecked(msgspec.Struct, frozen=True, kw_only=True):
    mistakes: tuple[Mistake, ...] = ()
    gone: tuple[Gone, ...] = ()
    """Queues that would be gone."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    hash: str
    in_force: bool
    why: str = ""
    """Why it is not: ``next_start``, or what the engine said."""
    missing: tuple[str, ...] = ()
    """What of it waits for the next start all the same."""


class VersionPage(msgspec.Struct, frozen=True):
    versions: tuple[DocumentVersion, ...]


class VersionText(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    text: str


def mistakes_of(refused: ConfigRefused, language: Language) -> tuple[Mistake, ...]:
    return tuple(_mistake(problem, language) for problem in refused.problems)


def configuration_blueprint(
    http: Exchange, documents: Documents, configuring: Configuring, board: Board
) -> Blueprint:
    routes = Blueprint("configuration", __name__)
    turn = Lock()  # What is saved first is in force first.

    def keep(id: str, save: Callable[[], tuple[Saved, Configuration]]) -> Reply:
        with turn:
            saved, new = save()
            missing = tuple(configuring.prepare(new.floor)) if id == FLOOR else ()
            why = http.wait(configuring.take(id, new))
        http.changed(saved.before, saved.hash)
        kept = Kept(
            version=saved.version, hash=saved.hash, in_force=not why, why=why, missing=missing
        )
        return http.reply(kept)

    @routes.get("/configuration")
    @allow(Role.ADMIN)
    @speaks("The site's documents.", returns=DocumentPage)
    def all_documents() -> Reply:
        lines = []
        for id in DOCUMENTS:
            versions = documents.versions(id)
            saved = versions[0] if versions else None
            lines.append(DocumentLine(id=id, at_once=id in AT_ONCE, saved=saved))
        return http.reply(DocumentPage(tuple(lines)))

    @routes.get("/configuration/<id>")
    @allow(Role.ADMIN)
    @speaks("A document as it stands.", returns=Document, refuses=(404, 409))
    def read(id: str) -> Reply:
        found = documents.read(id)
        document = Document(id=id, text=found.text, hash=found.hash, at_once=id in AT_ONCE)
        response = http.reply(document)
        response.set_etag(found.hash)
        return response

    @routes.post("/configuration/<id>/check")
    @allow(Role.ADMIN)
    @speaks("Every mistake of a text, and what it would take away.", body=DocumentText,
            returns=DocumentChecked, refuses=(404,))  # fmt: skip
    def check(id: str) -> Reply:
        http.unchanged()
        try:
            new = documents.check(id, http.body(DocumentText).text)
        except ConfigRefused as refused:
            return http.reply(DocumentChecked(mistakes=mistakes_of(refused, http.language())))
        staying = {queue.id for queue in new.floor.queues}
        gone = (line for line in board.queues() if id == FLOOR and line.id not in staying)
        return http.reply(
            DocumentChecked(gone=tuple(Gone(queue=line.id, waiting=line.waiting) for line in gone))
        )

    @routes.put("/configuration/<id>")
    @allow(Role.ADMIN)
    @speaks("Save a text made of the one whose hash is in If-Match, and take it into force.",
            body=Save, returns=Kept, refuses=(404, 412, 428))  # fmt: skip
    def save(id: str) -> Reply:
        asked, made_of, who = http.body(Save), _made_of(), http.who().person
        return keep(id, lambda: documents.save(id, asked.text, made_of, who, asked.note))

    @routes.post("/configuration/<id>/take-back")
    @allow(Role.ADMIN)
    @speaks("Save a former version again. If-Match as when saving.", body=TakeBack,
            returns=Kept, refuses=(404, 412, 428))  # fmt: skip
    def take_back(id: str) -> Reply:
        number, made_of, who = http.body(TakeBack).version, _made_of(), http.who().person
        return keep(id, lambda: documents.take_back(id, number, made_of, who))

    @routes.get("/configuration/<id>/versions")
    @allow(Role.ADMIN)
    @speaks("Every version saved, newest first.", returns=VersionPage, refuses=(404,))
    def versions(id: str) -> Reply:
        return http.reply(VersionPage(tuple(documents.versions(id))))

    @routes.get("/configuration/<id>/versions/<number>")
    @allow(Role.ADMIN)
    @speaks("The text of one version.", returns=VersionText, refuses=(404, 409))
    def version(id: str, number: str) -> Reply:
        if not number.isascii() or not number.isdecimal() or len(number) > 9:
            raise NoSuchDocument(f"{id} {number}")
        return http.reply(VersionText(number=int(number), text=documents.version(id, int(number))))

    return routes


def _made_of() -> str:
    sent = request.headers.get("If-Match")
    if sent is None:
        raise Fault("hash_missing")
    return sent.strip().removeprefix("W/").strip('"')


def _mistake(problem: Problem, language: Language) -> Mistake:
    """Paths of this machine are nobody's business."""
    known = os.sep in problem.file
    return Mistake(
        document=Path(problem.file).name if known else problem.file,
        line=problem.line,
        path=problem.path,
        wrong=PHRASES.say(problem.wrong, language),
        right=PHRASES.say(problem.right, language),
    )
