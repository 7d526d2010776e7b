"""Where recordings are listed, and who heard them."""

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from calls.ids import CallId, EdgeId, QueueId, RecordingId
from recordings.chain import Link
from recordings.listening import Heard
from recordings.model import Place, Recording, Sought, Waiting


class RecordingStore(Protocol):
    """Blocks on its disk or database: called off the event loop. Raises what its database does."""

    def add(self, recording: Recording, peaks: Sequence[bytes] = ()) -> None:
        """Put it in the list and, in the same unit of work, link it into the chain. The same id
        again replaces what the session knew (a retried finish), never hold or score; it is linked
        again only when its audio became another. ``peaks``: see recordings.audio."""

    def find(self, id_: RecordingId) -> Recording | None: ...

    def of_call(self, call: CallId) -> list[Recording]:
        """Oldest first."""

    def search(
        self, wanted: Sought, limit: int, before: tuple[float, RecordingId] | None = None
    ) -> list[Recording]:
        """Newest first. For the next page pass the last one's ``made_at`` and ``id``."""

    def peaks(self, id_: RecordingId) -> tuple[bytes, ...]:
        """As they were kept; empty when there are none."""

    def keep_peaks(self, id_: RecordingId, peaks: Sequence[bytes]) -> None: ...

    # Where audio is

    def made_before(
        self,
        at: float,
        limit: int,
        kind: str,
        queue: QueueId | None = None,
        besides: Collection[QueueId] = (),
    ) -> list[Recording]:
        """At most ``limit`` of one kind that have audio and no hold, oldest first: of one queue, or
        of all ``besides`` those."""

    def condemn(self, id_: RecordingId) -> Recording | None:
        """Nobody may hear it any more and its audio is to be deleted. None for one under hold, or
        without audio."""

    def move(self, id_: RecordingId, former: Place, place: Place) -> bool:
        """Say where the audio is from now on; to '' its path is forgotten, too. False when it is
        not at ``former`` any more."""

    def waiting(self, place: Place, now: float, limit: int, edge: EdgeId) -> list[Waiting]:
        """Those of this edge at this place whose next try is due, oldest first."""

    def put_off(self, id_: RecordingId, retry_at: float, error: str) -> None:
        """A try was in vain."""

    def backlog(self, place: Place) -> int:
        """How many there are at this place."""

    # Hold and score

    def hold(self, id_: RecordingId, why: str, by: str, at: float) -> bool:
        """``why`` '': no hold any more. False when its audio is gone or going."""

    def score(self, id_: RecordingId, score: float | None) -> None: ...

    # The chain and who listened

    def links(self, after: int = 0, limit: int = 1000) -> list[Link]:
        """In order, from the one after that position."""

    def hear(self, heard: Heard) -> None:
        """Keep a line; one more part of the same playing makes that line longer."""

    def heard(self, id_: RecordingId, limit: int = 200) -> list[Heard]:
        """Newest first."""


def all_links(store: RecordingStore) -> Iterator[Link]:
    after = 0
    while page := store.links(after):
        yield from page
        after = page[-1].position
