"""What signing in asks of the place where people are kept. memory.py and sql_store.py answer it.

Synchronous: runs on threads. Raises what its database raises.
"""

from collections.abc import Sequence
from typing import Protocol

from agent_softphone_bridge.model import Deed, Person, WebSession


class PeopleStore(Protocol):
    def person(self, id_: str) -> Person | None: ...

    def people(self) -> Sequence[Person]:
        """All, by id."""

    def put(self, person: Person, at: float) -> None:
        """New or changed."""

    def open(self, session: WebSession) -> None:
        """Keep a new session; those that expired before it was made are forgotten."""

    def session(self, id_: str) -> tuple[WebSession, Person] | None: ...

    def seen(self, id_: str, at: float) -> None: ...

    def close(self, id_: str) -> None:
        """Forget one session; nothing when it is not there."""

    def close_all_of(self, person: str) -> None: ...

    def note(self, deed: Deed) -> None: ...

    def deeds(
        self, limit: int, before: int | None = None, who: str = "", subject: str = ""
    ) -> Sequence[Deed]:
        """Newest first; ``before``: older than the deed of this id; ``who``, ``subject``: only
        those, '' for any."""
