"""Over HTTP: what went out and what waits, tried again by hand; and a trial whether it works."""

import secrets
from collections.abc import Callable, Sequence
from re import fullmatch
from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.rights import allow
from calls.words import Role
from config.outgoing import ADDRESS, OutgoingPlan
from runtime.outgoing.service import Outgoing
from storage.outgoing import Hook, Item, Letter, OutgoingLine

MOST = 200


class Page(Asked, frozen=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = 50
    before: int | None = None
    waiting: bool = False
    """Only what has not arrived."""


class OutgoingPage(msgspec.Struct, frozen=True):
    lines: Sequence[OutgoingLine]


class Trial(Asked, frozen=True):
    to: str
    """A mail address, or the name of a webhook."""


class Posted(msgspec.Struct, frozen=True):
    key: str


def outgoing_blueprint(
    http: Exchange, outgoing: Outgoing, plan: Callable[[], OutgoingPlan]
) -> Blueprint:
    routes = Blueprint("outgoing", __name__)

    @routes.get("/outgoing")
    @allow(Role.ADMIN)
    @speaks(
        "Mail and webhooks, newest first; what they say is not shown.",
        query=Page,
        returns=OutgoingPage,
    )
    def page() -> Reply:
        asked = http.query(Page)
        lines = http.wait(outgoing.lines(asked.limit, asked.before, asked.waiting))
        return http.reply(OutgoingPage(lines))

    @routes.post("/outgoing/<id>/again")
    @allow(Role.ADMIN)
    @speaks("Try this one again now.", status=202, refuses=(404,))
    def again(id: str) -> Reply:
        if not (fullmatch("[0-9]{1,18}", id) and http.wait(outgoing.try_again(int(id)))):
            raise Fault("not_found")
        return http.reply({}, 202)

    @routes.post("/outgoing/trial")
    @allow(Role.ADMIN)
    @speaks("Send a few words to see that it works.", body=Trial, returns=Posted, status=202)
    def trial() -> Reply:
        item = _trial(http.body(Trial).to.strip(), plan(), http.who().name)
        key = f"trial-{secrets.token_hex(6)}"

        async def post() -> None:
            outgoing.post(key, item)

        http.wait(post())
        return http.reply(Posted(key), 202)

    return routes


def _trial(to: str, plan: OutgoingPlan, who: str) -> Item:
    if to in plan.webhooks:
        return Hook(to=to, event="trial", body={"by": who})
    if not fullmatch(ADDRESS, to):
        raise Fault("no_such_target", "to")
    text = f"三响热线的测试邮件，由 {who} 发出。\nA trial letter of this hotline, sent by {who}.\n"
    return Letter(to=(to,), subject="ThreeRing 三响: 测试 trial", text=text)
