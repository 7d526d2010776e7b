"""Where recordings are listed."""

from typing import Protocol

from calls.ids import CallId, RecordingId
from recordings.model import Recording


class RecordingStore(Protocol):
    """Blocks on its disk or database: called off the event loop. Raises what its database does."""

    def add(self, recording: Recording) -> None:
        """Put it in the list; the same id again replaces what was known (a retried finish)."""

    def find(self, id_: RecordingId) -> Recording | None: ...

    def of_call(self, call: CallId) -> list[Recording]:
        """Oldest first."""

    def made_before(self, at: float, limit: int) -> list[Recording]:
        """At most ``limit`` that still have a file, oldest first: for a retention rule."""
