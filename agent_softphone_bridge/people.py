"""Signing in, staying signed in, and who is asking.

Synchronous: used on threads; only ``known`` touches no disk. Knows no HTTP: a cookie is a text.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from agent_softphone_bridge.model import Deed, Person, WebSession
from agent_softphone_bridge.passwords import LONGEST, SHORTEST, Passwords, make_password
from agent_softphone_bridge.ports import PeopleStore
from agent_softphone_bridge.second import is_secret, step_of
from agent_softphone_bridge.tries import Tries
from calls.exchange import Fault
from calls.ids import AgentId, QueueId
from calls.rights import Who
from calls.text import MAX_NAME, clean_name
from calls.words import Language, Role
from storage.database import unavailable

IDLE_S = 3_600.0
"""An open board or desktop counts as use."""
LONGEST_S = 16 * 3_600.0
"""A double shift."""
SEEN_EVERY_S = 60.0
TRUSTED_S = 15.0
"""A change made by another process (a person switched off) is noticed within this."""
REMEMBERED = 2_000

DEMO = "demo"
"""Who tries the demo signs in so, and sees every page."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    who: Who
    session: WebSession


@dataclass(frozen=True, slots=True)
class _Known:
    signed_in: SignedIn
    checked_at: float


class People:
    def __init__(
        self, store: PeopleStore, now: Callable[[], float], passwords: Passwords | None = None
    ) -> None:
        """``now``: seconds since the epoch."""
        self._store = store
        self._now = now
        self._passwords = passwords or Passwords()
        self._tries = Tries()
        self._lock = Lock()
        self._changing = Lock()
        self._known: dict[str, _Known] = {}

    # Signing in and out

    def sign_in(
        self, name: str, password: str, address: str, code: str = ""
    ) -> tuple[str, SignedIn]:
        """The cookie and who it stands for. Raises Fault: ``wrong_password`` (which of the two was
        wrong is not said), ``code_needed``, ``wrong_code``, ``too_many_tries``."""
        id_, now = name.strip().casefold(), self._now()
        self._wait_after_tries(id_, address, now)
        person = self._store.person(id_)
        hashed = person.password_hash if person and person.active else ""
        if not self._passwords.matches(hashed, password[: LONGEST + 1]) or person is None:
            with self._lock:
                self._tries.failed(id_, address, now)
            self.note(id_, "sign_in_failed", address=address)
            raise Fault("wrong_password", "password")
        if person.second_secret:
            person = self._second(person, code, address, now)
        with self._lock:
            self._tries.succeeded(id_, address)
        if self._passwords.outdated(hashed):
            person = replace(person, password_hash=self._passwords.hash(password))
            self._store.put(person, now)
        return self._open(person, address, now)

    def sign_out(self, cookie: str) -> None:
        key = _key(cookie)
        with self._lock:
            self._known.pop(key, None)
        self._store.close(key)

    def who(self, cookie: str) -> SignedIn | None:
        """Who this cookie stands for; None when it stands for nobody (any more). While the database
        is away, whoever was signed in here stays so. Raises what the store raises otherwise."""
        if not cookie:
            return None
        key, now = _key(cookie), self._now()
        known = self._known.get(key)
        if known is None or now - known.checked_at > TRUSTED_S:
            try:
                known = self._look_up(key, now)
            except Exception as error:
                if known is None or not unavailable(error):
                    raise
        return self._used(key, known, now) if known else None

    def known(self, cookie: str) -> SignedIn | None:
        """The same from memory alone, without a look at the store."""
        known, now = self._known.get(_key(cookie)), self._now()
        if known is None or _over(known.signed_in.session, now):
            return None
        return known.signed_in

    # Who there is

    def create_person(
        self,
        id_: str,
        name: str,
        password: str,
        roles: Iterable[Role],
        agent: AgentId | None = None,
        language: Language | None = None,
        departments: tuple[str, ...] = (),
        queues: tuple[QueueId, ...] = (),
    ) -> Person:
        """Raises Fault: ``person_exists``, ``weak_password``, ``bad_name``."""
        id_ = id_.strip().casefold()
        if not id_ or len(id_) > 60 or not id_.isprintable() or " " in id_:
            raise Fault("bad_name", "id")
        _check_name(name)
        with self._changing:
            if self._store.person(id_) is not None:
                raise Fault("person_exists", "id", id=id_)
            hashed = self._hash(password)
            person = Person(
                id_,
                name or id_,
                tuple(roles),
                agent,
                language,
                password_hash=hashed,
                departments=departments,
                queues=queues,
            )
            self._store.put(person, self._now())
        return person

    def all(self) -> Sequence[Person]:
        """Everybody, by id."""
        return self._store.people()

    def deeds(self, limit: int, before: int | None, who: str, subject: str) -> Sequence[Deed]:
        """As PeopleStore.deeds."""
        return self._store.deeds(limit, before, who, subject)

    def change_person(self, changed: Person) -> Person:
        """Give a person another name, roles, agent or language, or switch her off; the password
        stays. Who is switched off, or has other roles, is signed out at once. Returns the former
        one. Raises Fault: ``no_such_person``, ``bad_name``, ``last_admin``."""
        with self._changing:
            before = self._existing(changed.id)
            _check_name(changed.name)
            changed = replace(
                changed,
                password_hash=before.password_hash,
                second_secret=before.second_secret,
                second_used=before.second_used,
            )
            if _is_admin(before) and not _is_admin(changed):
                self._refuse_without_admin(changed.id)
            self._store.put(changed, self._now())
        if _may(before) == _may(changed):
            self._forget_person(changed.id)
        else:
            self._sign_out_everywhere(changed.id)
        return before

    def set_password(self, id_: str, password: str) -> None:
        """Ends all sessions of this person. Raises Fault: ``no_such_person``, ``weak_password``."""
        with self._changing:
            person = self._existing(id_)
            self._store.put(replace(person, password_hash=self._hash(password)), self._now())
        self._sign_out_everywhere(id_)

    def change_own_password(
        self, id_: str, old: str, new: str, address: str
    ) -> tuple[str, SignedIn]:
        """The same for oneself: every other browser is signed out, this one has a new cookie.
        Raises Fault: ``wrong_old_password``, ``too_many_tries``, ``weak_password``."""
        self._prove(id_, old, address)
        self.set_password(id_, new)
        return self._open(self._existing(id_), address, self._now())

    # The second factor

    def has_second(self, id_: str) -> bool:
        person = self._store.person(id_)
        return person is not None and bool(person.second_secret)

    def want_second(self, id_: str, password: str, secret: str, code: str, address: str) -> None:
        """From now on a code is asked for, too; ``code`` shows that the app has the secret. Raises
        Fault: ``wrong_old_password``, ``too_many_tries``, ``wrong_code``."""
        self._prove(id_, password, address)
        step = step_of(secret, code, self._now(), 0) if is_secret(secret) else None
        if step is None:
            raise Fault("wrong_code", "code")
        with self._changing:
            person = replace(self._existing(id_), second_secret=secret, second_used=step)
            self._store.put(person, self._now())

    def drop_second(self, id_: str, password: str, address: str) -> None:
        """One's own. Raises Fault: ``wrong_old_password``, ``too_many_tries``."""
        self._prove(id_, password, address)
        self.reset_second(id_)

    def reset_second(self, id_: str) -> None:
        """For somebody whose telephone is lost. Raises Fault: ``no_such_person``."""
        with self._changing:
            person = replace(self._existing(id_), second_secret="", second_used=0)
            self._store.put(person, self._now())

    def ensure_admin(self) -> str | None:
        """When there is nobody at all: make ``admin`` and return the password, to be shown once."""
        if self._store.people():
            return None
        password = make_password()
        self.create_person("admin", "Admin", password, (Role.ADMIN, Role.SUPERVISOR))
        return password

    def ensure_demo_people(
        self, agents: Iterable[tuple[AgentId, str]], own: AgentId | None = None
    ) -> dict[str, str]:
        """People of the demo floor, made or given new passwords: name typed to password, ``demo``,
        ``admin`` and ``supervisor`` first. ``agents``: each with the name shown. ``own``: the one
        who is the visitor's, who holds every role."""
        roles = tuple(role for role in Role if own or role is not Role.AGENT)
        wanted = [
            Person(DEMO, "演示 Demo", roles, own),
            Person("admin", "管理员 Admin", (Role.ADMIN, Role.SUPERVISOR)),
            Person("supervisor", "班长 Supervisor", (Role.SUPERVISOR,)),
            *(Person(id_.casefold(), name, (Role.AGENT,), id_) for id_, name in agents),
        ]
        passwords = {person.id: make_password() for person in wanted}
        for person in wanted:
            hashed = self._passwords.hash(passwords[person.id])
            self._store.put(replace(person, password_hash=hashed), self._now())
        return passwords

    def open_local(self, id_: str) -> tuple[str, str]:
        """For whoever runs commands on this machine and may read its database anyway: a session of
        a person with every right and no password. Its cookie and its token."""
        person = Person(id_, id_, (Role.ADMIN, Role.SUPERVISOR))
        self._store.put(person, self._now())
        cookie, signed_in = self._open(person, "local", self._now())
        return cookie, signed_in.session.csrf

    def note(
        self,
        who: str,
        what: str,
        subject: str = "",
        detail: Mapping[str, str] | None = None,
        address: str = "",
    ) -> None:
        """A line in the audit. A database that is away costs the line and nothing else."""
        kept = json.dumps(detail or {}, ensure_ascii=False)
        try:
            self._store.note(Deed(self._now(), who, what, subject, kept, address))
        except Exception as error:
            if not unavailable(error):
                raise

    # Inside

    def _wait_after_tries(self, id_: str, address: str, now: float) -> None:
        with self._lock:
            wait_s = self._tries.wait_s(id_, address, now)
        if wait_s > 0:
            raise Fault("too_many_tries", wait_s=round(wait_s) + 1)

    def _prove(self, id_: str, password: str, address: str) -> None:
        """Who changes how she signs in shows that it is she, and no page left open."""
        now = self._now()
        self._wait_after_tries(id_, address, now)
        person = self._existing(id_)
        if not self._passwords.matches(person.password_hash, password[: LONGEST + 1]):
            with self._lock:
                self._tries.failed(id_, address, now)
            raise Fault("wrong_old_password", "old")
        with self._lock:
            self._tries.succeeded(id_, address)

    def _second(self, person: Person, code: str, address: str, now: float) -> Person:
        if not code:
            raise Fault("code_needed", "code")
        with self._changing:
            # Read again: of two who send the same code at once, one comes in.
            person = self._existing(person.id)
            step = step_of(person.second_secret, code, now, person.second_used)
            if step is not None:
                person = replace(person, second_used=step)
                self._store.put(person, now)
        if step is None:
            with self._lock:
                self._tries.failed(person.id, address, now)
            self.note(person.id, "sign_in_failed", address=address)
            raise Fault("wrong_code", "code")
        return person

    def _existing(self, id_: str) -> Person:
        person = self._store.person(id_)
        if person is None:
            raise Fault("no_such_person", "id", id=id_)
        return person

    def _refuse_without_admin(self, but: str) -> None:
        if not any(_is_admin(other) for other in self._store.people() if other.id != but):
            raise Fault("last_admin", "roles")

    def _sign_out_everywhere(self, id_: str) -> None:
        self._store.close_all_of(id_)
        self._forget_person(id_)

    def _forget_person(self, id_: str) -> None:
        """Whoever asks with a session of hers is looked up anew."""
        with self._lock:
            self._known = {
                k: known for k, known in self._known.items() if known.signed_in.who.person != id_
            }

    def _open(self, person: Person, address: str, now: float) -> tuple[str, SignedIn]:
        cookie = secrets.token_urlsafe(32)
        session = WebSession(
            id=_key(cookie),
            person=person.id,
            csrf=secrets.token_urlsafe(24),
            made_at=now,
            seen_at=now,
            expires_at=now + LONGEST_S,
            address=address,
        )
        self._store.open(session)
        signed_in = SignedIn(person.who(), session)
        self._remember(session.id, _Known(signed_in, now))
        self.note(person.id, "signed_in", address=address)
        return cookie, signed_in

    def _look_up(self, key: str, now: float) -> _Known | None:
        found = self._store.session(key)
        if found is None or not found[1].active:
            with self._lock:
                self._known.pop(key, None)
            return None
        session, person = found
        known = _Known(SignedIn(person.who(), session), now)
        self._remember(key, known)
        return known

    def _used(self, key: str, known: _Known, now: float) -> SignedIn | None:
        session = known.signed_in.session
        if _over(session, now):
            self._forget(key)
            return None
        if now - session.seen_at > SEEN_EVERY_S:
            self._see(key, known, now)
        return known.signed_in

    def _see(self, key: str, known: _Known, now: float) -> None:
        session = replace(known.signed_in.session, seen_at=now)
        self._remember(key, replace(known, signed_in=replace(known.signed_in, session=session)))
        try:
            self._store.seen(key, now)
        except Exception as error:
            if not unavailable(error):
                raise

    def _forget(self, key: str) -> None:
        with self._lock:
            self._known.pop(key, None)

    def _remember(self, key: str, known: _Known) -> None:
        with self._lock:
            self._known.pop(key, None)
            self._known[key] = known
            while len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]

    def _hash(self, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            raise Fault("weak_password", "password", shortest=SHORTEST, longest=LONGEST)
        return self._passwords.hash(password)


def _check_name(name: str) -> None:
    if name != clean_name(name):
        raise Fault("bad_shown_name", "name", most=MAX_NAME)


def _is_admin(person: Person) -> bool:
    """And can sign in."""
    return person.active and Role.ADMIN in person.roles and bool(person.password_hash)


def _may(person: Person) -> tuple[object, ...]:
    departments, queues = frozenset(person.departments), frozenset(person.queues)
    return person.active, frozenset(person.roles), person.agent, departments, queues


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()


def _over(session: WebSession, now: float) -> bool:
    return now >= session.expires_at or now - session.seen_at > IDLE_S
