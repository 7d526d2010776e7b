"""Passwords hashed with Argon2id, a few at a time: each takes 19 MiB and some 20 ms of a core."""

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

AT_ONCE = 2
"""Sign-ins at the change of shift stand in line; the process that holds calls keeps its memory."""
SHORTEST = 10
LONGEST = 200
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without those that look alike when read from a terminal."""


class Passwords:
    """Blocks: used on threads."""

    def __init__(self, memory_kib: int = 19_456, rounds: int = 2) -> None:
        """OWASP's smaller recommendation: 19 MiB, two rounds, one lane."""
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._room = BoundedSemaphore(AT_ONCE)
        self._nobodys = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        with self._room:
            return self._hasher.hash(password)

    def matches(self, hashed: str, password: str) -> bool:
        """False takes as long when there is no such person (``hashed`` is ''), so that names cannot
        be found out by time."""
        with self._room:
            try:
                return self._hasher.verify(hashed or self._nobodys, password) and bool(hashed)
            except (Argon2Error, InvalidHashError):
                return False

    def outdated(self, hashed: str) -> bool:
        """Made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(hashed)


def make_password(letters: int = 12) -> str:
    """A random one, to be shown once: 60 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))
