"""Over HTTP: trees drafted, checked, published and taken back."""

from collections.abc import Sequence

import msgspec
from flask import Blueprint, request

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import TreeId
from calls.rights import WATCHERS, allow
from calls.words import Language, Role
from ivr.findings import Finding
from ivr.phrases import in_words
from ivr.ports import Draft, DraftChanged, StoredVersion, TreeSummary, draft_hash
from ivr.service import NothingPublished, TreeBook, TreeVersion
from ivr.validator import may_be_published


class TreePage(msgspec.Struct, frozen=True):
    trees: tuple[TreeSummary, ...]


class Checked(msgspec.Struct, frozen=True):
    may_be_published: bool
    findings: tuple[Finding, ...]
    """Errors first."""


class Published(msgspec.Struct, frozen=True):
    tree: TreeId
    version: str
    by: str
    at: float


class Versions(msgspec.Struct, frozen=True):
    versions: tuple[StoredVersion, ...]
    """Newest first."""


class Rollback(Asked, frozen=True):
    version: str


def blueprint(http: Exchange, book: TreeBook) -> Blueprint:
    routes = Blueprint("trees", __name__)

    @routes.get("/trees")
    @allow(*WATCHERS)
    @speaks("Every tree, and what of it callers hear.", returns=TreePage)
    def trees() -> Reply:
        return http.reply(TreePage(tuple(book.trees())))

    @routes.get("/trees/<id>")
    @allow(*WATCHERS)
    @speaks("The draft of one tree.", returns=Draft, refuses=(404,))
    def draft(id: str) -> Reply:
        found = book.draft(TreeId(id))
        reply = http.reply(found)
        reply.set_etag(draft_hash(found.document))
        return reply

    @routes.put("/trees/<id>")
    @allow(Role.ADMIN)
    @speaks("Keep a draft, faults and all; says what is wrong with it. With If-Match, only over "
            "the draft of that ETag.", body=msgspec.Raw, returns=Checked,
            refuses=(412,))  # fmt: skip
    def save(id: str) -> Reply:
        document, over = request.get_data(cache=False), request.headers.get("If-Match")
        try:
            saved = book.save_draft(
                TreeId(id), document, http.who().person, http.now(),
                None if over is None else over.strip('"'),
            )  # fmt: skip
        except DraftChanged as error:
            raise Fault("draft_changed") from error
        http.changed(saved.before, saved.now)
        reply = http.reply(_checked(saved.findings, http.language()))
        reply.set_etag(saved.now)
        return reply

    @routes.get("/trees/<id>/check")
    @allow(*WATCHERS)
    @speaks("What stands against publishing the draft.", returns=Checked, refuses=(404,))
    def check(id: str) -> Reply:
        return http.reply(_checked(book.check_draft(TreeId(id)), http.language()))

    @routes.post("/trees/<id>/publish")
    @allow(Role.ADMIN)
    @speaks("Make the draft what new callers hear.", returns=Published, refuses=(404,))
    def publish(id: str) -> Reply:
        before = _current(book, TreeId(id))
        version = book.publish(TreeId(id), http.who().person, http.now())
        http.changed(before, version.hash)
        return http.reply(_published(TreeId(id), version))

    @routes.get("/trees/<id>/versions")
    @allow(*WATCHERS)
    @speaks("What was published, newest first.", returns=Versions, refuses=(404,))
    def versions(id: str) -> Reply:
        book.draft(TreeId(id))
        return http.reply(Versions(tuple(book.versions(TreeId(id)))))

    @routes.post("/trees/<id>/rollback")
    @allow(Role.ADMIN)
    @speaks("Make an earlier version current again.", body=Rollback, returns=Published,
            refuses=(404,))  # fmt: skip
    def rollback(id: str) -> Reply:
        asked = http.body(Rollback)
        before = _current(book, TreeId(id))
        version = book.rollback(TreeId(id), asked.version, http.who().person, http.now())
        http.changed(before, version.hash)
        return http.reply(_published(TreeId(id), version))

    return routes


def _current(book: TreeBook, tree: TreeId) -> str:
    try:
        return book.current(tree).hash
    except NothingPublished:
        return ""


def _checked(findings: Sequence[Finding], language: Language) -> Checked:
    return Checked(may_be_published(findings), in_words(findings, language))


def _published(tree: TreeId, version: TreeVersion) -> Published:
    return Published(tree, version.hash, version.by, version.at)
