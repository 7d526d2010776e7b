"""When a store keeps failing, stop asking it for a while: callers must not pay for its trouble.

Pure: time comes in as an argument, in seconds.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """Closed, it lets every question pass; after ``failures`` in a row it opens for ``rest_s``;
    then one question is let through, and its answer decides."""

    failures: int = 5
    rest_s: float = 10.0
    _in_a_row: int = 0
    _opened_at: float | None = None
    _trying: bool = False

    @property
    def open(self) -> bool:
        return self._opened_at is not None

    def may_ask(self, now: float) -> bool:
        """Whether to ask now. A True must be followed by ``succeeded`` or ``failed``."""
        if self._opened_at is None:
            return True
        if self._trying or now < self._opened_at + self.rest_s:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        self._in_a_row, self._opened_at, self._trying = 0, None, False

    def failed(self, now: float) -> None:
        self._in_a_row += 1
        if self._trying or self._in_a_row >= self.failures:
            self._opened_at, self._trying = now, False
