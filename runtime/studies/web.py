"""Over HTTP: questions about past days, asked now and answered when a worker process is done."""

import msgspec
from flask import Blueprint, Response

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.rights import WATCHERS, allow
from calls.words import Language
from runtime.studies.book import Study, StudyBook, TooManyStudies
from runtime.studies.orders import Order
from runtime.studies.page import page as page_of


class StudyQuestion(Asked, frozen=True):
    ask: Order


class Drawn(Asked, frozen=True):
    language: Language = Language.ZH
    """Of the labels."""


PAGE_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The page carries its own style and picture, and nothing that runs."""


class Studies(msgspec.Struct, frozen=True):
    studies: list[Study]
    """Newest first, without their answers."""


def studies_blueprint(http: Exchange, book: StudyBook) -> Blueprint:
    routes = Blueprint("studies", __name__)

    async def start(order: Order, by: str) -> Study:
        return book.start(order, by)

    async def find(id: str) -> Study | None:
        return book.get(id)

    async def listed() -> list[Study]:
        return book.all()

    async def cancel(id: str) -> None:
        book.cancel(id)

    @routes.post("/studies")
    @allow(*WATCHERS, whole=True)
    @speaks(
        "Explain a call, replay a day, try changes on it, or work out how many agents it needs.",
        body=StudyQuestion,
        returns=Study,
        status=202,
        refuses=(429,),
    )
    def ask() -> Reply:
        order = http.body(StudyQuestion).ask
        try:
            return http.reply(http.wait(start(order, http.who().person)), 202)
        except TooManyStudies:
            raise Fault("too_many_studies") from None

    @routes.get("/studies")
    @allow(*WATCHERS, whole=True)
    @speaks("The last questions, without their answers.", returns=Studies)
    def page() -> Reply:
        return http.reply(Studies(http.wait(listed())))

    @routes.get("/studies/<id>")
    @allow(*WATCHERS, whole=True)
    @speaks("How far a study is, and its answer.", returns=Study, refuses=(404,))
    def one(id: str) -> Reply:
        return http.reply(_known(http.wait(find(id)), id))

    @routes.delete("/studies/<id>")
    @allow(*WATCHERS, whole=True)
    @speaks("Ask no more; its process is ended.", status=204, refuses=(404,))
    def stop(id: str) -> Reply:
        _known(http.wait(find(id)), id)
        http.wait(cancel(id))
        return http.reply(None, 204)

    _pictures(routes, http, book)
    return routes


def _pictures(routes: Blueprint, http: Exchange, book: StudyBook) -> None:
    async def drawn(id: str, language: Language) -> tuple[Study | None, bytes | None]:
        return book.get(id), book.picture(id, language)

    def picture_of(id: str) -> tuple[Study, bytes, Language]:
        language = http.query(Drawn).language
        found, picture = http.wait(drawn(id, language))
        study = _known(found, id)
        if picture is None:
            raise Fault("no_picture", id=id)
        return study, picture, language

    @routes.get("/studies/<id>/study.png")
    @allow(*WATCHERS, whole=True)
    @speaks(
        "The figures of a day, and of the same day otherwise, as a picture (PNG).",
        query=Drawn,
        refuses=(404,),
    )
    def png(id: str) -> Reply:
        _, picture, _ = picture_of(id)
        return Response(picture, content_type="image/png")

    @routes.get("/studies/<id>/study.html")
    @allow(*WATCHERS, whole=True)
    @speaks(
        "Picture and figures as one page (HTML) that needs nothing beside it.",
        query=Drawn,
        refuses=(404,),
    )
    def html(id: str) -> Reply:
        study, picture, language = picture_of(id)
        return Response(
            page_of(study.result, picture, language),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": PAGE_POLICY},
        )


def _known(study: Study | None, id: str) -> Study:
    if study is None:
        raise Fault("no_such_study", id=id)
    return study
