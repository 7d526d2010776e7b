"""Over HTTP: signing in, the live floor, and what agents tell the engine about themselves."""

from collections.abc import Callable
from typing import Literal, Protocol

import msgspec
from flask import Blueprint, request

from agent_softphone_bridge.board import AgentLine, Board, Floor, QueueLine, queues_seen
from agent_softphone_bridge.people import People, SignedIn
from agent_softphone_bridge.second import make_secret, uri_of
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import AgentId, QueueId
from calls.inputs import (
    AgentFreed,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentPaused,
    AgentReady,
    AgentServes,
    AgentUnpaused,
    Input,
    WrapUpExtended,
    WrapUpFinished,
)
from calls.rights import DESK, EVERYBODY, WATCHERS, Who, allow, public
from calls.words import AgentState, Language, Role

COOKIE = "threering"


class Tell(Protocol):
    def __call__(self, said: Input, /) -> str | None:
        """Tell the engine, from any thread, and wait; None when it was taken, else why not."""


class SignedInNow(Protocol):
    def __call__(self) -> SignedIn:
        """Who asks, with the session; raises Fault when nobody is signed in."""


class SignIn(Asked, frozen=True):
    name: str
    password: str
    code: str = ""
    """The second factor, once it was asked for (``code_needed``)."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    person: str
    name: str
    roles: tuple[Role, ...]
    agent: AgentId | None
    language: Language | None
    departments: tuple[str, ...]
    """Whose tickets she answers."""
    queues: tuple[QueueId, ...]
    """The only ones a supervisor looks after; none: all of them, or she is none."""
    token: str
    """To be sent as ``X-ThreeRing`` with everything that changes something."""
    expires_at: float


class NewPassword(Asked, frozen=True):
    old: str
    new: str


class Second(msgspec.Struct, frozen=True, kw_only=True):
    on: bool
    secret: str
    """A fresh one, in force when it comes back with a code."""
    uri: str
    """The same for a QR code."""


class NewSecond(Asked, frozen=True):
    secret: str
    code: str
    password: str


class NoSecond(Asked, frozen=True):
    password: str


class NotReady(Asked, frozen=True):
    reason: str = ""


class Pause(Asked, frozen=True):
    cause: str
    """What holds the agent, or who: "meeting", "presence:dnd". Takes it back by the same name."""
    reason: str = ""
    until: float | None = None
    """Ends by itself then, in seconds since the epoch."""


class Serves(Asked, frozen=True):
    queues: tuple[QueueId, ...]


class WrapUp(Asked, frozen=True):
    do: Literal["finish", "extend"] = "finish"
    by_s: float = 30.0
    """How much longer, when it is extended."""


class AgentPage(msgspec.Struct, frozen=True):
    agents: tuple[AgentLine, ...]


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """What agents may know of each other: whom to ask, and who is free."""

    id: AgentId
    name: str
    staff_number: str
    queues: tuple[QueueId, ...]
    state: AgentState


class ColleaguePage(msgspec.Struct, frozen=True):
    colleagues: tuple[Colleague, ...]


class QueuePage(msgspec.Struct, frozen=True):
    queues: tuple[QueueLine, ...]


LONGEST_REASON = 80


def session_blueprint(http: Exchange, people: People, signed_in: SignedInNow) -> Blueprint:
    routes = Blueprint("session", __name__)

    @routes.post("/session")
    @public
    @speaks("Sign in.", body=SignIn, returns=Session, status=201, refuses=(401, 429))
    def sign_in() -> Reply:
        asked = http.body(SignIn)
        address = request.remote_addr or ""
        cookie, now_in = people.sign_in(asked.name, asked.password, address, asked.code)
        return _with_cookie(http.reply(_session(now_in), 201), cookie)

    @routes.get("/session")
    @allow(*DESK)
    @speaks("Who is signed in.", returns=Session)
    def show() -> Reply:
        return http.reply(_session(signed_in()))

    @routes.put("/session/password")
    @allow(*DESK)
    @speaks(
        "Another password for oneself; every other browser is signed out.",
        body=NewPassword,
        returns=Session,
        refuses=(429,),
    )
    def change_password() -> Reply:
        asked, person = http.body(NewPassword), http.who().person
        address = request.remote_addr or ""
        cookie, now_in = people.change_own_password(person, asked.old, asked.new, address)
        return _with_cookie(http.reply(_session(now_in)), cookie)

    @routes.get("/session/second")
    @allow(*DESK)
    @speaks("The second factor, and a new secret for an authenticator app.", returns=Second)
    def second() -> Reply:
        person, secret = http.who().person, make_secret()
        uri = uri_of(secret, person)
        return http.reply(Second(on=people.has_second(person), secret=secret, uri=uri))

    @routes.put("/session/second")
    @allow(*DESK)
    @speaks("From now on ask for a code, too.", body=NewSecond, status=204, refuses=(429,))
    def want_second() -> Reply:
        asked, person = http.body(NewSecond), http.who().person
        address = request.remote_addr or ""
        people.want_second(person, asked.password, asked.secret, asked.code, address)
        return http.reply(None, 204)

    @routes.post("/session/second/off")
    @allow(*DESK)
    @speaks("The password alone from now on.", body=NoSecond, status=204, refuses=(429,))
    def drop_second() -> Reply:
        asked, person = http.body(NoSecond), http.who().person
        people.drop_second(person, asked.password, request.remote_addr or "")
        return http.reply(None, 204)

    @routes.delete("/session")
    @allow(*DESK)
    @speaks("Sign out.", status=204)
    def sign_out() -> Reply:
        people.sign_out(request.cookies.get(COOKIE, ""))
        response = http.reply(None, 204)
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax", path="/")
        return response

    return routes


def floor_blueprint(http: Exchange, board: Board) -> Blueprint:
    routes = Blueprint("floor", __name__)

    @routes.get("/floor")
    @allow(*EVERYBODY)
    @speaks("The live floor, as far as you may see it.", returns=Floor)
    def floor() -> Reply:
        return http.reply(board.snapshot(http.who()))

    @routes.get("/queues")
    @allow(*EVERYBODY)
    @speaks("Every queue as it is now, of those you look after.", returns=QueuePage)
    def queues() -> Reply:
        return http.reply(QueuePage(queues_seen(http.who(), board.queues())))

    @routes.get("/agents")
    @allow(*WATCHERS)
    @speaks("Every agent as they are now, of those who serve a queue you look after.",
            returns=AgentPage)  # fmt: skip
    def agents() -> Reply:
        who = http.who()
        hers = (line for line in board.agents() if who.may_speak_for(line.id, line.queues))
        return http.reply(AgentPage(tuple(hers)))

    @routes.get("/colleagues")
    @allow(*EVERYBODY)
    @speaks("Who else is at work: whom a caller may be handed to.", returns=ColleaguePage)
    def colleagues() -> Reply:
        own = http.who().agent
        at_work = (
            Colleague(
                id=line.id,
                name=line.name,
                staff_number=line.staff_number,
                queues=line.queues,
                state=line.state,
            )
            for line in board.agents()
            if line.id != own and line.state is not AgentState.LOGGED_OUT
        )
        return http.reply(ColleaguePage(tuple(at_work)))

    @routes.get("/agents/<id>")
    @allow(*EVERYBODY)
    @speaks("One agent.", returns=AgentLine, refuses=(404,))
    def agent(id: str) -> Reply:
        return http.reply(_own(http, board, id))

    return routes


def agents_blueprint(http: Exchange, board: Board, tell: Tell) -> Blueprint:
    """What agents say for themselves, and supervisors for them."""
    routes = Blueprint("agents", __name__)

    def told(id: str, said: Input) -> Reply:
        refused = tell(said)
        if refused is not None:
            raise Fault("agent_cannot", why=refused)
        return http.reply(_own(http, board, id))

    @routes.post("/agents/<id>/log-in")
    @allow(*EVERYBODY)
    @speaks("Begin work; not ready yet.", returns=AgentLine, refuses=(404, 409))
    def log_in(id: str) -> Reply:
        return told(id, AgentLoggedIn(agent=_own(http, board, id).id))

    @routes.post("/agents/<id>/log-out")
    @allow(*EVERYBODY)
    @speaks("End work, after the call if there is one.", returns=AgentLine, refuses=(404, 409))
    def log_out(id: str) -> Reply:
        return told(id, AgentLoggedOut(agent=_own(http, board, id).id))

    @routes.post("/agents/<id>/ready")
    @allow(*EVERYBODY)
    @speaks("May be offered calls.", returns=AgentLine, refuses=(404, 409))
    def ready(id: str) -> Reply:
        return told(id, AgentReady(agent=_own(http, board, id).id))

    @routes.post("/agents/<id>/not-ready")
    @allow(*EVERYBODY)
    @speaks(
        "Pause, after the call if there is one.",
        body=NotReady,
        returns=AgentLine,
        refuses=(404, 409),
    )
    def not_ready(id: str) -> Reply:
        agent = _own(http, board, id).id
        reason = http.body(NotReady).reason.strip()[:LONGEST_REASON]
        return told(id, AgentNotReady(agent=agent, reason=reason))

    @routes.post("/agents/<id>/wrap-up")
    @allow(*EVERYBODY)
    @speaks("Finish or extend wrap-up.", body=WrapUp, returns=AgentLine, refuses=(404, 409))
    def wrap_up(id: str) -> Reply:
        agent = _own(http, board, id).id
        asked = http.body(WrapUp)
        if asked.do == "extend":
            return told(id, WrapUpExtended(agent=agent, by_s=asked.by_s))
        return told(id, WrapUpFinished(agent=agent))

    _offerable(routes, http, board, told)
    return routes


def _offerable(
    routes: Blueprint, http: Exchange, board: Board, told: Callable[[str, Input], Reply]
) -> None:
    """What keeps calls from an agent besides her own state: causes, queues, an old offer."""

    @routes.post("/agents/<id>/pauses")
    @allow(*EVERYBODY)
    @speaks(
        "Not ready for a cause; the agent is ready again when the last cause has ended.",
        body=Pause,
        returns=AgentLine,
        refuses=(404, 409),
    )
    def pause(id: str) -> Reply:
        agent = _own(http, board, id).id
        asked = http.body(Pause)
        reason = asked.reason.strip()[:LONGEST_REASON]
        said = AgentPaused(agent=agent, cause=asked.cause.strip(), reason=reason, until=asked.until)
        return told(id, said)

    @routes.delete("/agents/<id>/pauses/<cause>")
    @allow(*EVERYBODY)
    @speaks("This cause has ended.", returns=AgentLine, refuses=(404, 409))
    def unpause(id: str, cause: str) -> Reply:
        return told(id, AgentUnpaused(agent=_own(http, board, id).id, cause=cause))

    @routes.put("/agents/<id>/queues")
    @allow(*EVERYBODY)
    @speaks(
        "Of the queues on the plan, take calls of these alone from now on.",
        body=Serves,
        returns=AgentLine,
        refuses=(404, 409),
    )
    def serve(id: str) -> Reply:
        line, asked = _own(http, board, id), http.body(Serves)
        _check_serves(http.who(), line, asked.queues)
        return told(id, AgentServes(agent=line.id, queues=asked.queues))

    @routes.post("/agents/<id>/free")
    @allow(*WATCHERS)
    @speaks(
        "Take the agent out of an offer or talk that is not true any more.",
        returns=AgentLine,
        refuses=(404, 409),
    )
    def free(id: str) -> Reply:
        return told(id, AgentFreed(agent=_own(http, board, id).id))


def _check_serves(who: Who, line: AgentLine, wanted: tuple[QueueId, ...]) -> None:
    """Who looks after some queues leaves the others as they are. Raises Fault."""
    served = set(line.queues) - set(line.away_from)
    changed = served.symmetric_difference(wanted)
    if line.id != who.agent and not all(map(who.looks_after, changed)):
        raise Fault("not_your_queue", "$.queues")


def _own(http: Exchange, board: Board, id: str) -> AgentLine:
    """The agent, when this person may speak for her."""
    found = next((line for line in board.agents() if line.id == id), None)
    if not http.who().may_speak_for(AgentId(id), found.queues if found else ()):
        raise Fault("not_your_agent")
    if found is None:
        raise Fault("no_such_agent", id=id)
    return found


def _with_cookie(response: Reply, cookie: str) -> Reply:
    response.set_cookie(
        COOKIE, cookie, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    return response


def _session(signed_in: SignedIn) -> Session:
    who = signed_in.who
    return Session(
        person=who.person,
        name=who.name,
        roles=who.roles,
        agent=who.agent,
        language=who.language,
        departments=who.departments,
        queues=who.queues if who.is_limited() else (),
        token=signed_in.session.csrf,
        expires_at=signed_in.session.expires_at,
    )
