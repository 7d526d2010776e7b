"""People, sessions and deeds in SQL; the mapping never leaves this file."""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, Index, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from agent_softphone_bridge.model import Deed, Person, WebSession
from calls.ids import AgentId, QueueId
from calls.words import Language, Role
from storage.base import Base, BigId
from storage.database import Database


class _Person(Base):
    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(server_default="")
    password_hash: Mapped[str] = mapped_column(server_default="")
    roles: Mapped[str] = mapped_column(server_default="")
    agent: Mapped[str | None]
    language: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default="1")
    second_secret: Mapped[str] = mapped_column(server_default="")
    second_used: Mapped[int] = mapped_column(server_default="0")
    departments: Mapped[str] = mapped_column(server_default="")
    queues: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[float]
    updated_at: Mapped[float]


class _Session(Base):
    __tablename__ = "web_sessions"
    __table_args__ = (Index(None, "person"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    csrf: Mapped[str] = mapped_column(server_default="")
    made_at: Mapped[float]
    seen_at: Mapped[float]
    expires_at: Mapped[float]
    address: Mapped[str] = mapped_column(server_default="")


class _Deed(Base):
    __tablename__ = "audit"
    __table_args__ = (Index(None, "at"), Index(None, "who", "at"), Index(None, "subject", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[float]
    who: Mapped[str] = mapped_column(server_default="")
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")
    detail: Mapped[str] = mapped_column(server_default="{}")
    address: Mapped[str] = mapped_column(server_default="")


class SqlPeople:
    """A PeopleStore over a migrated database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def person(self, id_: str) -> Person | None:
        with self._database.reading() as session:
            row = session.get(_Person, id_)
            return None if row is None else _person(row)

    def people(self) -> Sequence[Person]:
        with self._database.reading() as session:
            return [_person(row) for row in session.scalars(select(_Person).order_by(_Person.id))]

    def put(self, person: Person, at: float) -> None:
        with self._database.session() as session:
            row = session.get(_Person, person.id)
            if row is None:
                row = _Person(id=person.id, created_at=at)
                session.add(row)
            row.name, row.password_hash = person.name, person.password_hash
            row.roles = ",".join(person.roles)
            row.agent, row.language = person.agent, person.language
            row.active, row.updated_at = person.active, at
            row.second_secret, row.second_used = person.second_secret, person.second_used
            row.departments = ",".join(person.departments)
            row.queues = ",".join(person.queues)

    def open(self, session: WebSession) -> None:
        with self._database.session() as work:
            work.execute(delete(_Session).where(_Session.expires_at <= session.made_at))
            work.add(_Session(**{name: getattr(session, name) for name in _SESSION}))

    def session(self, id_: str) -> tuple[WebSession, Person] | None:
        wanted = select(_Session, _Person).join(_Person, _Session.person == _Person.id)
        with self._database.reading() as session:
            found = session.execute(wanted.where(_Session.id == id_)).first()
            if found is None:
                return None
            row, person = found
            return WebSession(**{name: getattr(row, name) for name in _SESSION}), _person(person)

    def seen(self, id_: str, at: float) -> None:
        with self._database.session() as session:
            session.execute(update(_Session).where(_Session.id == id_).values(seen_at=at))

    def close(self, id_: str) -> None:
        with self._database.session() as session:
            session.execute(delete(_Session).where(_Session.id == id_))

    def close_all_of(self, person: str) -> None:
        with self._database.session() as session:
            session.execute(delete(_Session).where(_Session.person == person))

    def note(self, deed: Deed) -> None:
        with self._database.session() as session:
            session.add(_Deed(**{name: getattr(deed, name) for name in _DEED}))

    def deeds(
        self, limit: int, before: int | None = None, who: str = "", subject: str = ""
    ) -> Sequence[Deed]:
        wanted = select(_Deed).order_by(_Deed.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(_Deed.id < before)
        if who:
            wanted = wanted.where(_Deed.who == who)
        if subject:
            wanted = wanted.where(_Deed.subject == subject)
        with self._database.reading() as session:
            rows = session.scalars(wanted)
            return [Deed(id=row.id, **{n: getattr(row, n) for n in _DEED}) for row in rows]


_SESSION = ("id", "person", "csrf", "made_at", "seen_at", "expires_at", "address")
_DEED = ("at", "who", "what", "subject", "detail", "address")


def _person(row: _Person) -> Person:
    known = {role.value: role for role in Role}
    return Person(
        id=row.id,
        name=row.name,
        roles=tuple(known[word] for word in row.roles.split(",") if word in known),
        agent=AgentId(row.agent) if row.agent else None,
        language=Language(row.language) if row.language else None,
        active=row.active,
        departments=tuple(filter(None, row.departments.split(","))),
        queues=tuple(QueueId(id_) for id_ in row.queues.split(",") if id_),
        password_hash=row.password_hash,
        second_secret=row.second_secret,
        second_used=row.second_used,
    )
