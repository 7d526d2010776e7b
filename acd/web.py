"""Over HTTP: why this agent and no other; callers moved by hand; who is to be called back."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from flask import Blueprint

from acd.choose import Why
from acd.explain_words import reasons_in_words
from acd.standing import Waits
from acd.state import Call
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import AgentId, CallId, QueueId
from calls.inputs import (
    CallAssigned,
    CallbackCancelled,
    CallMoved,
    CallPicked,
    CallPrioritised,
    CallWithdrawn,
    Input,
)
from calls.rights import EVERYBODY, WATCHERS, Serving, Who, allow
from calls.words import Language, Released


class Reasons(msgspec.Struct, frozen=True):
    call: CallId
    offers: tuple[Why, ...]
    """Oldest first; none for a call that was offered to nobody, or long ago."""
    waiting: Waits | None
    """Why nobody has been rung for her, or nobody else; null when she does not wait."""
    words: dict[Language, list[str]]
    """The same in sentences."""


def blueprint(
    http: Exchange,
    why: Callable[[CallId], Sequence[Why]],
    waits: Callable[[CallId], Waits | None],
    names: Callable[[], Mapping[AgentId, str]],
    queue_of: Callable[[CallId], QueueId | None],
) -> Blueprint:
    """``why``: on any thread; ``waits``: on the event loop's. ``queue_of``: of a call that goes on,
    or is over."""
    routes = Blueprint("why", __name__)

    async def waiting(call: CallId) -> Waits | None:
        return waits(call)

    @routes.get("/calls/<id>/why")
    @allow(*WATCHERS)
    @speaks("Why each agent was chosen for a call, and why not the others.", returns=Reasons)
    def reasons(id: str) -> Reply:
        call = CallId(id)
        _check_hers(http.who(), queue_of(call))
        offers, now = tuple(why(call)), http.wait(waiting(call))
        known = names()
        words = {one: reasons_in_words(offers, now, one, known) for one in Language}
        return http.reply(Reasons(call, offers, now, words))

    return routes


class CallerPriority(Asked, frozen=True):
    priority: int
    """In place of hers, what her level adds included."""


class Pick(Asked, frozen=True):
    agent: AgentId | None = None
    """Who takes her; None: the agent who asks."""


class Move(Asked, frozen=True):
    queue: QueueId


class Withdraw(Asked, frozen=True):
    to: Released = Released.OVERFLOW
    """``overflow`` or ``voicemail``."""


class Assign(Asked, frozen=True):
    agent: AgentId
    keep_s: float = 120.0
    """How long she is kept for an agent who is busy."""


def waiting_blueprint(
    http: Exchange,
    tell: Callable[[Input], str | None],
    waits: Callable[[CallId], Waits | None],
    serves: Serving,
) -> Blueprint:
    """What people do about a caller who waits. ``tell``: from any thread, None when it was
    taken. ``waits``: on the event loop's."""
    routes = Blueprint("waiting", __name__)

    def told(said: Input) -> Reply:
        refused = tell(said)
        if refused is not None:
            raise Fault("caller_cannot", why=refused)
        return http.reply(None, 204)

    check = _check_waits(http, waits)

    @routes.post("/calls/<id>/priority")
    @allow(*WATCHERS)
    @speaks(
        "Give a waiting caller another priority, at once.",
        body=CallerPriority,
        status=204,
        refuses=(409,),
    )
    def prioritise(id: str) -> Reply:
        asked = http.body(CallerPriority)
        check(id)
        by = http.who().person
        return told(CallPrioritised(call=CallId(id), priority=asked.priority, by=by))

    @routes.post("/calls/<id>/pick")
    @allow(*EVERYBODY)
    @speaks(
        "Take a waiting caller of one's own queues out of turn.",
        body=Pick,
        status=204,
        refuses=(409,),
    )
    def pick(id: str) -> Reply:
        who = http.who()
        agent = http.body(Pick).agent or who.agent
        if agent is None or not who.may_speak_for(agent, serves(agent)):
            raise Fault("not_your_agent")
        if agent != who.agent:
            check(id)
        return told(CallPicked(call=CallId(id), agent=agent, by=who.person))

    @routes.post("/calls/<id>/assign")
    @allow(*WATCHERS)
    @speaks(
        "Give a waiting caller to an agent, at once or when that agent comes free.",
        body=Assign,
        status=204,
        refuses=(409,),
    )
    def assign(id: str) -> Reply:
        asked = http.body(Assign)
        check(id)
        if not http.who().may_speak_for(asked.agent, serves(asked.agent)):
            raise Fault("not_your_agent", "$.agent")
        said = CallAssigned(
            call=CallId(id), agent=asked.agent, by=http.who().person, keep_s=asked.keep_s
        )
        return told(said)

    @routes.post("/calls/<id>/move")
    @allow(*WATCHERS)
    @speaks(
        "Send a waiting caller to another queue, with her waited time.",
        body=Move,
        status=204,
        refuses=(409,),
    )
    def move(id: str) -> Reply:
        asked = http.body(Move)
        check(id)
        return told(CallMoved(call=CallId(id), queue=asked.queue, by=http.who().person))

    @routes.post("/calls/<id>/withdraw")
    @allow(*WATCHERS)
    @speaks(
        "Take a waiting caller out of her queue: her tree goes on by that branch.",
        body=Withdraw,
        status=204,
        refuses=(409,),
    )
    def withdraw(id: str) -> Reply:
        asked = http.body(Withdraw)
        check(id)
        return told(CallWithdrawn(call=CallId(id), to=asked.to, by=http.who().person))

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
        hers = filter(lambda call: http.who().looks_after(call.queue), http.wait(now()))
        return http.reply(PromisedPage(tuple(map(_promised, hers))))

    @routes.delete("/callbacks/<id>")
    @allow(*WATCHERS)
    @speaks("Call her back no more.", status=204, refuses=(404,))
    def cancel(id: str) -> Reply:
        said, who = CallbackCancelled(call=CallId(id), by=http.who().person), http.who()
        known = {call.id: call.queue for call in http.wait(now())}
        if who.is_limited() and not who.looks_after(known.get(said.call)):
            raise Fault("no_such_callback", id=id)
        if tell(said) is not None:
            raise Fault("no_such_callback", id=id)
        return http.reply(None, 204)

    return routes


def _check_waits(http: Exchange, waits: Callable[[CallId], Waits | None]) -> Callable[[str], None]:
    async def queue_of(call: CallId) -> QueueId | None:
        found = waits(call)
        return found.queue if found is not None else None

    def check(id: str) -> None:
        """Raises Fault unless who asks looks after the queue this caller waits in."""
        if http.who().is_limited():
            _check_hers(http.who(), http.wait(queue_of(CallId(id))))

    return check


def _check_hers(who: Who, queue: QueueId | None) -> None:
    if not who.looks_after(queue):
        raise Fault("not_your_queue")


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
