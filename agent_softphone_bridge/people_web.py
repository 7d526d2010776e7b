"""Over HTTP: who may sign in, as what, and what everybody did."""

import json
from typing import Annotated, TypeVar

import msgspec
from flask import Blueprint

from agent_softphone_bridge.model import Deed, Person
from agent_softphone_bridge.passwords import make_password
from agent_softphone_bridge.people import People
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import AgentId, QueueId
from calls.rights import allow
from calls.words import Language, Role

MOST_DEEDS = 200
Queues = tuple[Annotated[QueueId, msgspec.Meta(pattern="^[A-Za-z0-9._-]{1,60}$")], ...]
Departments = tuple[Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")], ...]


Word = TypeVar("Word", bound=str)


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """What is typed at log-in."""
    name: str
    roles: tuple[Role, ...]
    agent: AgentId | None
    language: Language | None
    active: bool
    second: bool = False
    """A code is asked for besides the password."""
    departments: tuple[str, ...] = ()
    queues: tuple[QueueId, ...] = ()
    """Of a supervisor: the only ones she looks after; none: all."""


class PersonPage(msgspec.Struct, frozen=True):
    people: tuple[PersonLine, ...]


class NewPerson(Asked, frozen=True):
    id: str
    name: str = ""
    roles: tuple[Role, ...] = ()
    agent: str | None = None
    """Whose calls she takes; null: she takes none."""
    language: Language | None = None
    departments: Departments = ()
    """Whose tickets she answers, by the names in departments.yaml."""
    queues: Queues = ()
    """Of a supervisor: the only ones she looks after; none: all."""


class ChangedPerson(Asked, frozen=True):
    name: str
    roles: tuple[Role, ...]
    agent: str | None
    language: Language | None
    active: bool
    departments: Departments = ()
    queues: Queues = ()


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    person: PersonLine
    password: str
    """Made just now, shown this once."""


class DeedsAsked(Asked, frozen=True):
    limit: int = 100
    before: int | None = None
    """Only older than this one."""
    who: str = ""
    subject: str = ""


class DeedLine(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    at: float
    who: str
    what: str
    subject: str
    before: str
    after: str
    """What was changed, where the deed says so."""
    address: str


class DeedPage(msgspec.Struct, frozen=True):
    deeds: tuple[DeedLine, ...]


def people_blueprint(http: Exchange, people: People) -> Blueprint:
    routes = Blueprint("people", __name__)

    @routes.get("/people")
    @allow(Role.ADMIN)
    @speaks("Everybody who may sign in, or might.", returns=PersonPage)
    def everybody() -> Reply:
        return http.reply(PersonPage(tuple(map(_line, people.all()))))

    @routes.post("/people")
    @allow(Role.ADMIN)
    @speaks("Somebody new; the password is made here.", body=NewPerson, returns=Welcome,
            status=201, refuses=(409,))  # fmt: skip
    def add() -> Reply:
        asked, password = http.body(NewPerson), make_password()
        agent = AgentId(asked.agent) if asked.agent else None
        person = people.create_person(
            asked.id,
            asked.name,
            password,
            _roles(asked.roles),
            agent,
            asked.language,
            _each(asked.departments),
            _each(asked.queues),
        )
        http.changed("", _said(person))
        return http.reply(Welcome(person=_line(person), password=password), 201)

    @routes.put("/people/<id>")
    @allow(Role.ADMIN)
    @speaks("Another name, other roles, another agent; switched off or on.", body=ChangedPerson,
            returns=PersonLine, refuses=(404, 409))  # fmt: skip
    def change(id: str) -> Reply:
        asked = http.body(ChangedPerson)
        agent = AgentId(asked.agent) if asked.agent else None
        roles, language = _roles(asked.roles), asked.language
        changed = Person(
            id,
            asked.name,
            roles,
            agent,
            language,
            active=asked.active,
            departments=_each(asked.departments),
            queues=_each(asked.queues),
        )
        before = people.change_person(changed)
        http.changed(_said(before), _said(changed))
        return http.reply(_line(changed))

    @routes.post("/people/<id>/password")
    @allow(Role.ADMIN)
    @speaks("A new password, made here; ends all of the person's sessions.", returns=Welcome,
            refuses=(404,))  # fmt: skip
    def reset(id: str) -> Reply:
        password = make_password()
        people.set_password(id, password)
        person = next(one for one in people.all() if one.id == id)
        return http.reply(Welcome(person=_line(person), password=password))

    @routes.post("/people/<id>/second/off")
    @allow(Role.ADMIN)
    @speaks("The password alone from now on, for somebody whose telephone is lost.", status=204,
            refuses=(404,))  # fmt: skip
    def drop_second(id: str) -> Reply:
        people.reset_second(id)
        http.changed("second factor", "none")
        return http.reply(None, 204)

    @routes.get("/audit")
    @allow(Role.ADMIN)
    @speaks("Who changed what, newest first.", query=DeedsAsked, returns=DeedPage)
    def audit() -> Reply:
        asked = http.query(DeedsAsked)
        if not 1 <= asked.limit <= MOST_DEEDS:
            raise Fault("unfit", "$.limit", detail=f"1 to {MOST_DEEDS}")
        found = people.deeds(asked.limit, asked.before, asked.who, asked.subject)
        return http.reply(DeedPage(tuple(map(_deed, found))))

    return routes


def _roles(asked: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(asked))


def _each(asked: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(dict.fromkeys(asked))


def _line(person: Person) -> PersonLine:
    return PersonLine(
        id=person.id,
        name=person.name,
        roles=person.roles,
        agent=person.agent,
        language=person.language,
        active=person.active,
        second=bool(person.second_secret),
        departments=person.departments,
        queues=person.queues,
    )


def _said(person: Person) -> str:
    """For the audit."""
    return msgspec.json.encode(_line(person)).decode()


def _deed(deed: Deed) -> DeedLine:
    detail = json.loads(deed.detail)
    return DeedLine(
        id=deed.id,
        at=deed.at,
        who=deed.who,
        what=deed.what,
        subject=deed.subject,
        before=str(detail.get("before", "")),
        after=str(detail.get("after", "")),
        address=deed.address,
    )
