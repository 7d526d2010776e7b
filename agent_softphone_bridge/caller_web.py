"""Over HTTP: a line for somebody who calls the hotline from a web page. Open to everybody."""

from collections.abc import Callable

import msgspec
from flask import Blueprint, request

from agent_softphone_bridge.callers import CallerLine, Callers, LinesFull, TooMany
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.rights import public


class CallWish(Asked, frozen=True):
    number: str
    known_as: str = ""
    """From the last call of this browser; '' at the first."""


class CalledNumbers(msgspec.Struct, frozen=True, kw_only=True):
    numbers: tuple[str, ...]
    """What may be dialled, as people write it."""


def caller_blueprint(
    http: Exchange, callers: Callers | None, number_of: Callable[[str], str]
) -> Blueprint:
    """``callers``: None where nobody may call from a page. ``number_of``: a called number as it is
    dialled, of what a person wrote."""
    routes = Blueprint("calling", __name__)

    def open_to_all() -> Callers:
        if callers is None:
            raise Fault("no_page_callers")
        return callers

    @routes.get("/call")
    @public
    @speaks("What can be called from a web page.", returns=CalledNumbers, refuses=(404,))
    def numbers() -> Reply:
        return http.reply(CalledNumbers(numbers=open_to_all().settings.shown))

    @routes.post("/call")
    @public
    @speaks(
        "A line to call one of these numbers once, from this page.",
        body=CallWish,
        returns=CallerLine,
        status=201,
        refuses=(404, 429, 503),
    )
    def begin() -> Reply:
        lines, asked = open_to_all(), http.body(CallWish)
        number = number_of(asked.number)
        if number not in lines.settings.numbers:
            raise Fault("not_called_here", "number")
        try:
            line = lines.open(number, asked.known_as, request.remote_addr or "")
        except TooMany as error:
            raise Fault("too_many_calls", wait_s=max(1, round(error.wait_s))) from error
        except LinesFull as error:
            raise Fault("lines_full") from error
        return http.reply(line, 201)

    return routes
