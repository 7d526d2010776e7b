"""Over HTTP: customers from a file, sent in parts, with progress and the rows that were bad."""

from typing import Annotated

import msgspec
from flask import Blueprint, request

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.rights import allow
from calls.words import Language, Role
from cti.importing import MOST_BYTES, Import, ImportBook
from cti.phrases import PHRASES

PART_BYTES = 1_000_000
SHOWN = 500
"""Bad rows told; the count covers the rest."""


class NewImport(Asked, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    size: Annotated[int, msgspec.Meta(ge=1, le=MOST_BYTES)]


class ImportPage(msgspec.Struct, frozen=True):
    imports: tuple[Import, ...]
    """Newest first."""
    part_bytes: int
    """At most so much in a part."""


def imports_blueprint(http: Exchange, book: ImportBook) -> Blueprint:
    routes = Blueprint("imports", __name__)

    @routes.get("/customer-imports")
    @allow(Role.ADMIN)
    @speaks("Imports of customers since the start, newest first.", returns=ImportPage)
    def imports() -> Reply:
        shown = tuple(_told(one, http.language()) for one in book.all())
        return http.reply(ImportPage(shown, PART_BYTES))

    @routes.post("/customer-imports")
    @allow(Role.ADMIN)
    @speaks("Announce a file; its parts come next.", body=NewImport, returns=Import, status=201,
            refuses=(409,))  # fmt: skip
    def announce() -> Reply:
        asked, by = http.body(NewImport), http.who().person

        async def open_() -> Import:
            return book.open(asked.name, asked.size, by)

        return http.reply(http.wait(open_()), 201)

    @routes.put("/customer-imports/<id>/parts/<offset>")
    @allow(Role.ADMIN)
    @speaks("The bytes from this offset on, as application/octet-stream.", returns=Import,
            refuses=(404, 409, 413))  # fmt: skip
    def part(id: str, offset: str) -> Reply:
        if not (offset.isascii() and offset.isdigit() and len(offset) < 13):
            raise Fault("unfit", "offset", detail="offset")
        data = request.get_data(cache=False)
        http.unchanged()
        return http.reply(book.add_part(id, int(offset), data))

    @routes.post("/customer-imports/<id>/begin")
    @allow(Role.ADMIN)
    @speaks("All parts are there: read it.", returns=Import, status=202, refuses=(404, 409))
    def begin(id: str) -> Reply:
        async def begin_() -> Import:
            return book.begin(id)

        return http.reply(http.wait(begin_()), 202)

    @routes.get("/customer-imports/<id>")
    @allow(Role.ADMIN)
    @speaks("How far it is, or how it ended, and the rows that were bad.", returns=Import,
            refuses=(404,))  # fmt: skip
    def one(id: str) -> Reply:
        return http.reply(_told(book.get(id), http.language()))

    @routes.delete("/customer-imports/<id>")
    @allow(Role.ADMIN)
    @speaks("Stop it; what was stored stays.", status=204, refuses=(404,))
    def cancel(id: str) -> Reply:
        async def cancel_() -> None:
            book.cancel(id)

        http.wait(cancel_())
        return http.reply(None, 204)

    return routes


def _told(one: Import, language: Language) -> Import:
    bad = tuple(
        msgspec.structs.replace(row, reason=PHRASES.say(row.reason, language))
        for row in one.report.bad_rows[:SHOWN]
    )
    report = msgspec.structs.replace(one.report, bad_rows=bad)
    return msgspec.structs.replace(one, report=report, why=PHRASES.say(one.why, language))
