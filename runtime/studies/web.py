"""Over HTTP: questions about past days, asked now and answered when a worker process is done."""

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.rights import WATCHERS, allow
from runtime.studies.book import Study, StudyBook, TooManyStudies
from runtime.studies.orders import Order


class Question(Asked, frozen=True):
    ask: Order


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
    @allow(*WATCHERS)
    @speaks(
        "Explain a call, replay a day, try changes on it, or work out how many agents it needs.",
        body=Question,
        returns=Study,
        status=202,
        refuses=(429,),
    )
    def ask() -> Reply:
        order = http.body(Question).ask
        try:
            return http.reply(http.wait(start(order, http.who().person)), 202)
        except TooManyStudies:
            raise Fault("too_many_studies") from None

    @routes.get("/studies")
    @allow(*WATCHERS)
    @speaks("The last questions, without their answers.", returns=Studies)
    def page() -> Reply:
        return http.reply(Studies(http.wait(listed())))

    @routes.get("/studies/<id>")
    @allow(*WATCHERS)
    @speaks("How far a study is, and its answer.", returns=Study, refuses=(404,))
    def one(id: str) -> Reply:
        return http.reply(_known(http.wait(find(id)), id))

    @routes.delete("/studies/<id>")
    @allow(*WATCHERS)
    @speaks("Ask no more; its process is ended.", status=204, refuses=(404,))
    def stop(id: str) -> Reply:
        _known(http.wait(find(id)), id)
        http.wait(cancel(id))
        return http.reply(None, 204)

    return routes


def _known(study: Study | None, id: str) -> Study:
    if study is None:
        raise Fault("no_such_study", id=id)
    return study
