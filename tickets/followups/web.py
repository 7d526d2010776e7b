"""Over HTTP: follow-ups to be made, taken and written down; and how well they are kept."""

from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import CustomerId
from calls.rights import EVERYBODY, WATCHERS, allow
from calls.tasks import owners_of
from tickets.followups.model import FollowUpAnswers, FollowUpCause, FollowUpEnding
from tickets.followups.service import FollowUps, FollowUpStanding
from tickets.followups.sql_store import FollowUpFigures, FollowUpFilter

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]


class FollowUpQuery(Asked, frozen=True):
    whose: Annotated[str, msgspec.Meta(pattern="^(mine|all)$")] = "mine"
    """``mine``: of her and her roles, and for those who lead what was left undone, too; ``all``:
    everybody's, for those who lead."""
    over: bool = False
    """Those that are over, newest first."""
    cause: FollowUpCause | None = None
    customer: CustomerId | None = None
    limit: Limit = 50
    skip: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class FollowUpPage(msgspec.Struct, frozen=True):
    follow_ups: tuple[FollowUpStanding, ...]
    """Soonest due first."""
    more: bool


class FollowUpTaken(Asked, frozen=True):
    version: int
    """Of the task as it was seen: 412 when somebody was quicker."""


class FollowUpEnded(Asked, frozen=True):
    """What came of it; a complete one says whether it is solved and how content she is."""

    version: int
    ending: FollowUpEnding
    solved: bool | None = None
    score: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    opinion: Annotated[str, msgspec.Meta(max_length=4_000)] = ""


class FollowUpFiguresAsked(Asked, frozen=True):
    since: float
    until: float


class FollowUpFiguresPage(msgspec.Struct, frozen=True):
    causes: tuple[FollowUpFigures, ...]


def follow_ups_blueprint(http: Exchange, follow_ups: FollowUps) -> Blueprint:
    routes = Blueprint("follow_ups", __name__)

    @routes.get("/follow-ups")
    @allow(*EVERYBODY)
    @speaks("Customers to be asked how it went, soonest due first.", query=FollowUpQuery,
            returns=FollowUpPage)  # fmt: skip
    def find() -> Reply:
        asked, who = http.query(FollowUpQuery), http.who()
        mine = asked.whose == "mine"
        wanted = FollowUpFilter(
            owners=owners_of(who) if mine else None,
            or_escalated=mine,
            over=asked.over,
            cause=asked.cause,
            customer=asked.customer,
        )
        found = http.wait(follow_ups.find(wanted, who, asked.limit, asked.skip))
        return http.reply(FollowUpPage(tuple(found), len(found) == asked.limit))

    @routes.get("/follow-ups/<id>")
    @allow(*EVERYBODY)
    @speaks(
        "One follow-up: why, every try, and what she said.",
        returns=FollowUpStanding,
        refuses=(404,),
    )
    def one(id: str) -> Reply:
        return http.reply(http.wait(follow_ups.get(_number(id), http.who())))

    @routes.post("/follow-ups/<id>/take")
    @allow(*EVERYBODY)
    @speaks("Take it, to call her now: refused in her rest time and for who is never called.",
            body=FollowUpTaken, returns=FollowUpStanding, refuses=(404, 409, 412))  # fmt: skip
    def take(id: str) -> Reply:
        asked = http.body(FollowUpTaken)
        return http.reply(http.wait(follow_ups.take(_number(id), http.who(), asked.version)))

    @routes.post("/follow-ups/<id>/end")
    @allow(*EVERYBODY)
    @speaks("Write down what came of it; who was not reached comes again later.",
            body=FollowUpEnded, returns=FollowUpStanding, refuses=(404, 409, 412, 422))  # fmt: skip
    def end(id: str) -> Reply:
        asked = http.body(FollowUpEnded)
        answers = FollowUpAnswers(asked.solved, asked.score, asked.opinion.strip())
        done = follow_ups.end(_number(id), asked.ending, answers, http.who(), asked.version)
        return http.reply(http.wait(done))

    @routes.get("/figures/follow-ups")
    @allow(*WATCHERS)
    @speaks("Of follow-ups opened in a time, by cause: how many were made, and in time.",
            query=FollowUpFiguresAsked, returns=FollowUpFiguresPage)  # fmt: skip
    def figures() -> Reply:
        asked = http.query(FollowUpFiguresAsked)
        found = http.wait(follow_ups.figures(asked.since, asked.until))
        return http.reply(FollowUpFiguresPage(tuple(found)))

    return routes


def _number(id: str) -> int:
    if not (id.isascii() and id.isdigit() and len(id) < 19):
        raise Fault("no_such_task", id=id)
    return int(id)
