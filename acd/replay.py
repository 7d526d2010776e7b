"""From the journal back to the engine that wrote it: the last snapshot, then what followed."""

from typing import NamedTuple

from acd.engine import Engine
from acd.entries import Epoch, Step, decode, last_snapshot
from calls.ids import CallId
from calls.journal import FLOOR, Journal


class Replayed(NamedTuple):
    engine: Engine
    positions: dict[CallId, list[int]]
    """Where each call's explanations stand, as far back as was read."""
    entries: int
    heard: str
    """How far the stream of inputs from other processes had been read; '' for not at all."""


def replay(journal: Journal) -> Replayed:
    """Rebuild the engine. The commands in an entry are taken as what happened, whatever this code
    would choose. Raises msgspec.ValidationError for an entry this code cannot read."""
    mark = last_snapshot(journal)
    engine, positions, entries, heard = Engine(), dict[CallId, list[int]](), 0, ""
    for position, data in journal.read(FLOOR, 0 if mark is None else mark - 1):
        entries += 1
        entry = decode(data)
        if isinstance(entry, Step):
            heard = entry.heard or heard
            if entry.refused is None:
                engine.recall(entry.input, entry.now, entry.commands)
            for why in entry.why:
                positions.setdefault(why.call, []).append(position)
        elif isinstance(entry, Epoch):
            engine.take_over(entry.token, entry.now)
        elif entries == 1:
            engine, heard = Engine(entry.state), entry.heard
    return Replayed(engine, positions, entries, heard)
