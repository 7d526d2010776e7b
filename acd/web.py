"""Over HTTP: why this agent and no other."""

from collections.abc import Callable, Sequence

import msgspec
from flask import Blueprint

from acd.choose import Why
from calls.exchange import Exchange, Reply, speaks
from calls.ids import CallId
from calls.rights import WATCHERS, allow


class Reasons(msgspec.Struct, frozen=True):
    call: CallId
    offers: tuple[Why, ...]
    """Oldest first; none for a call that was offered to nobody, or long ago."""


def blueprint(http: Exchange, why: Callable[[CallId], Sequence[Why]]) -> Blueprint:
    """``why``: on any thread."""
    routes = Blueprint("why", __name__)

    @routes.get("/calls/<id>/why")
    @allow(*WATCHERS)
    @speaks("Why each agent was chosen for a call, and why not the others.", returns=Reasons)
    def reasons(id: str) -> Reply:
        return http.reply(Reasons(CallId(id), tuple(why(CallId(id)))))

    return routes
