"""Where the facts of calls are written: the journal first, then whoever listens in this process."""

from calls.bus import Bus
from calls.codec import encode
from calls.events import Fact
from calls.journal import FACTS, Journal


class FactLog:
    def __init__(self, journal: Journal, bus: Bus) -> None:
        self._journal = journal
        self._bus = bus

    def write(self, fact: Fact) -> None:
        """Append the fact and tell the bus. Returns at once; the journal makes it durable."""
        self._journal.append(FACTS, encode(fact))
        self._bus.publish(fact)
