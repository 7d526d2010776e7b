"""People, sessions and deeds in memory: for tests and for a hotline that may forget."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from threading import Lock

from agent_softphone_bridge.model import Deed, Person, WebSession


class MemoryPeople:
    """A PeopleStore."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._people: dict[str, Person] = {}
        self._sessions: dict[str, WebSession] = {}
        self._deeds: deque[Deed] = deque(maxlen=10_000)
        self._noted = 0

    def person(self, id_: str) -> Person | None:
        return self._people.get(id_)

    def people(self) -> Sequence[Person]:
        with self._lock:
            return [self._people[id_] for id_ in sorted(self._people)]

    def put(self, person: Person, at: float) -> None:
        with self._lock:
            self._people[person.id] = person

    def open(self, session: WebSession) -> None:
        with self._lock:
            live = {k: s for k, s in self._sessions.items() if s.expires_at > session.made_at}
            self._sessions = {**live, session.id: session}

    def session(self, id_: str) -> tuple[WebSession, Person] | None:
        session = self._sessions.get(id_)
        return None if session is None else (session, self._people[session.person])

    def seen(self, id_: str, at: float) -> None:
        with self._lock:
            if id_ in self._sessions:
                self._sessions[id_] = replace(self._sessions[id_], seen_at=at)

    def close(self, id_: str) -> None:
        with self._lock:
            self._sessions.pop(id_, None)

    def close_all_of(self, person: str) -> None:
        with self._lock:
            self._sessions = {k: s for k, s in self._sessions.items() if s.person != person}

    def note(self, deed: Deed) -> None:
        with self._lock:
            self._noted += 1
            self._deeds.append(replace(deed, id=self._noted))

    def deeds(
        self, limit: int, before: int | None = None, who: str = "", subject: str = ""
    ) -> Sequence[Deed]:
        found = (
            deed
            for deed in reversed(self._deeds)
            if (before is None or deed.id < before)
            and (not who or deed.who == who)
            and (not subject or deed.subject == subject)
        )
        return list(islice(found, limit))
