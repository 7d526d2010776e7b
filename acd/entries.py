"""What the journal's floor stream is made of: steps, epochs and snapshots, as bytes and back.

A step holds its input and the commands it gave. Snapshots stand in the same stream; a second, tiny
stream says where, so that a start reads from the last one and not from the first day.
"""

import logging
from collections.abc import Iterable, Iterator

import msgspec

from acd.choose import Why
from acd.state import FloorState
from calls.commands import Command
from calls.ids import CallId
from calls.inputs import Input
from calls.journal import FLOOR, Journal

FLOOR_MARKS = "floor_marks"
"""Positions of snapshots in the floor stream."""


class _Entry(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="entry", tag=True, omit_defaults=True
):
    pass


class Step(_Entry, frozen=True):
    now: float
    input: Input
    commands: tuple[Command, ...] = ()
    why: tuple[Why, ...] = ()
    refused: str | None = None
    heard: str = ""
    """Where the input stood in the stream it came by; '' when it was said in this process."""


class Epoch(_Entry, frozen=True):
    """An engine begins to speak under this fencing token; older ones have nothing to say."""

    now: float
    token: int


class Snapshot(_Entry, frozen=True):
    state: FloorState
    heard: str = ""
    """The last ``heard`` of the steps before it."""


class Mark(msgspec.Struct, frozen=True):
    snapshot_at: int
    at: float | None = None
    """When that was, by the engine's time."""


Entry = Step | Epoch | Snapshot

log = logging.getLogger(__name__)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_mark_decoder = msgspec.json.Decoder(Mark)


def encode(entry: Entry | Mark) -> bytes:
    return _encoder.encode(entry)


def decode(data: bytes) -> Entry:
    """Raises msgspec.DecodeError or ValidationError for anything that is not an entry."""
    return _decoder.decode(data)


def last_snapshot(journal: Journal) -> int | None:
    """Where in the floor stream the last durable snapshot stands."""
    last = None
    for _, data in journal.read(FLOOR_MARKS):
        try:
            last = _mark_decoder.decode(data).snapshot_at
        except msgspec.DecodeError:
            log.error("a mark in the journal is torn; the one before it counts")
    return last


def forget(journal: Journal, before: float) -> int | None:
    """Prune what the newest snapshot older than ``before`` (seconds since the epoch) made
    unnecessary: everything since then can still be replayed. Its position, or None for nothing to
    prune."""
    found = None
    for position, data in journal.read(FLOOR_MARKS):
        mark = _mark_decoder.decode(data)
        if mark.at is not None and mark.at <= before:
            found = (position, mark.snapshot_at)
    if found is None:
        return None
    journal.prune(FLOOR, found[1])
    journal.prune(FLOOR_MARKS, found[0])
    return found[1]


def why_in(journal: Journal, call: CallId, after: int = 0) -> Iterator[tuple[int, Why]]:
    """Every explanation of this call in the journal, with its position. Reads the whole journal
    after ``after``: for a worker process, not for the one that holds calls."""
    needle = msgspec.json.encode(call)
    for position, data in journal.read(FLOOR, after):
        if needle in data and b'"why":' in data:
            yield from ((position, why) for why in why_at(data) if why.call == call)


def why_of(journal: Journal, positions: Iterable[int], call: CallId) -> list[Why]:
    """The explanations of this call in the entries at these positions."""
    found: list[Why] = []
    for position in positions:
        for _, data in journal.read(FLOOR, position - 1):
            found += [why for why in why_at(data) if why.call == call]
            break
    return found


def why_at(data: bytes) -> tuple[Why, ...]:
    """The explanations in one entry."""
    entry = decode(data)
    return entry.why if isinstance(entry, Step) else ()
