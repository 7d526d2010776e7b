"""Over HTTP: why this agent and no other; who is to be called back."""

from collections.abc import Callable, Sequence

import msgspec
from flask import Blueprint

from acd.choose import Why
from acd.state import Call
from calls.exchange import Exchange, Fault, Reply, speaks
from calls.ids import CallId, QueueId
from calls.inputs import CallbackCancelled, Input
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


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who hung up and is to be called back."""

    call: CallId
    """The call in which it was promised."""
    queue: QueueId
    number: str
    asked_at: float
    waits_since: float
    """When her wait began: her place in the queue goes by it."""
    expires_at: float
    attempts: int
    due_at: float | None
    """Not called before this: the last try was in vain."""
    agent_kept: bool
    """She is being dialled now, and an agent kept for her."""


class PromisedPage(msgspec.Struct, frozen=True):
    callbacks: tuple[Promised, ...]
    """Who came first, first."""


def callbacks_blueprint(
    http: Exchange,
    callbacks: Callable[[], Sequence[Call]],
    tell: Callable[[Input], str | None],
) -> Blueprint:
    """``callbacks``: on the event loop's thread; ``tell``: from any, None when it was taken."""
    routes = Blueprint("callbacks", __name__)

    async def now() -> Sequence[Call]:
        return callbacks()

    @routes.get("/callbacks")
    @allow(*WATCHERS)
    @speaks("Everybody who is to be called back.", returns=PromisedPage)
    def page() -> Reply:
        return http.reply(PromisedPage(tuple(_promised(call) for call in http.wait(now()))))

    @routes.delete("/callbacks/<id>")
    @allow(*WATCHERS)
    @speaks("Call her back no more.", status=204, refuses=(404,))
    def cancel(id: str) -> Reply:
        said = CallbackCancelled(call=CallId(id), by=http.who().person)
        if tell(said) is not None:
            raise Fault("no_such_callback", id=id)
        return http.reply(None, 204)

    return routes


def _promised(call: Call) -> Promised:
    callback = call.callback
    assert callback is not None
    return Promised(
        call=call.id,
        queue=call.queue,
        number=callback.number,
        asked_at=callback.asked_at,
        waits_since=call.began,
        expires_at=callback.expires_at,
        attempts=call.attempt,
        due_at=callback.due_at,
        agent_kept=call.offer is not None,
    )
