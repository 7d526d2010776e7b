"""How far Asterisk's log has been dealt with, kept in the journal of facts itself.

One file, one order: the place can never be durable before the facts that brought it there, so a
crash in between repeats a step and loses nothing.
"""

from itertools import islice

import msgspec

from calls.codec import decode_fact
from calls.events import Fact
from calls.journal import CEL, FACTS, Journal
from telephony.cel_file import Place

AT_ONCE = 1_000
"""Facts to one read: a few milliseconds."""


class Bookmark:
    def __init__(self, journal: Journal) -> None:
        self.durable: Place | None = None
        """A place that would survive a power cut."""
        self._journal = journal
        self._kept: Place | None = None

    def last(self) -> Place | None:
        """Where the last controller stopped. Blocks on the disk."""
        place = None
        for _, entry in self._journal.read(CEL):
            place = msgspec.json.decode(entry, type=Place)
        return place

    def facts_after(self, position: int) -> tuple[list[Fact], int]:
        """The next facts, and the position of the last; none: there are no more. Blocks on the
        disk."""
        entries = list(islice(self._journal.read(FACTS, position), AT_ONCE))
        facts = []
        for _, entry in entries:
            try:
                facts.append(decode_fact(entry))
            except (msgspec.DecodeError, msgspec.ValidationError):
                continue  # counted by whoever writes the records
        return facts, entries[-1][0] if entries else position

    def keep(self, place: Place | None) -> None:
        if place is None or place == self._kept:
            return

        def durable(position: int) -> None:
            self.durable = place
            self._journal.prune(CEL, position)

        self._journal.append(CEL, msgspec.json.encode(place), durable)
        self._kept = place
