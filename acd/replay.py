"""From the journal back to the engine that wrote it: the last snapshot, then what followed."""

import logging
from itertools import islice

from acd.engine import Engine
from acd.entries import Epoch, Step, decode, last_snapshot
from calls.ids import CallId
from calls.journal import FLOOR, Journal

CALLS_EXPLAINED = 5_000
"""Calls whose explanations are found at once; older ones by acd.entries.why_in, in a worker."""

log = logging.getLogger(__name__)


class Replayed:
    """An engine brought where the journal is, entry by entry."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.positions: dict[CallId, list[int]] = {}
        """Where each call's explanations stand, as far back as was read."""
        self.entries = 0
        self.heard = ""
        """How far the stream of inputs from other processes had been read; '' for not at all."""
        self.position = 0
        """Of the last entry taken."""
        self.torn = ""
        """Why the journal was not read to its end; '' when it was."""

    def take(self, position: int, data: bytes) -> None:
        """One more entry. The commands in it are taken as what happened, whatever this code would
        choose. Raises msgspec.ValidationError for an entry this code cannot read."""
        entry = decode(data)
        self.entries += 1
        self.position = position
        if isinstance(entry, Step):
            self.heard = entry.heard or self.heard
            if entry.refused is None:
                self.engine.recall(entry.input, entry.now, entry.commands)
            for why in entry.why:
                self.positions.setdefault(why.call, []).append(position)
            keep_newest(self.positions)
        elif isinstance(entry, Epoch):
            self.engine.take_over(entry.token, entry.now)
        else:
            # The state at this moment, also where what led to it is gone.
            self.engine, self.heard = Engine(entry.state), entry.heard


def replay(journal: Journal) -> Replayed:
    """Rebuild the engine, as far as the journal can be read: at the first entry that cannot, it is
    cut, and ``torn`` says so. Raises what reading the journal raises."""
    mark = last_snapshot(journal)
    replayed = Replayed()
    replayed.position = 0 if mark is None else mark - 1
    go_on(replayed, journal)
    return replayed


def go_on(replayed: Replayed, journal: Journal) -> None:
    """Take what has been appended since."""
    for position, data in journal.read(FLOOR, replayed.position):
        try:
            replayed.take(position, data)
        except Exception as error:
            # Half an entry, one of another release, or a bug of ours: what came before is whole.
            log.exception("the journal is cut", extra={"position": position})
            replayed.torn = f"unreadable from position {position} on: {error}"
            return


def keep_newest(positions: dict[CallId, list[int]]) -> None:
    """Forget the oldest calls beyond CALLS_EXPLAINED."""
    for call in tuple(islice(positions, max(0, len(positions) - CALLS_EXPLAINED))):
        del positions[call]
