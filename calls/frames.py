"""What travels between an edge and a brain in another process, and on which stream.

An edge says inputs; a brain gives commands, and says hello when it is new or has been away.
"""

import msgspec

from calls.commands import Command
from calls.events import Fact
from calls.ids import EdgeId
from calls.inputs import Input
from calls.notices import Notice

INPUTS = "inputs"
"""All edges to the brain: one stream, so that the brain reads in one order."""
NEWS = "news"
"""Notices and facts: every process to those that have screens."""
BRAIN = "brain"
"""The lease of the brain that speaks."""
_EDGE = "edge:"


def commands_of(edge: EdgeId) -> str:
    """The stream from the brain to this edge."""
    return f"commands:{edge}"


def answers_to(who: str) -> str:
    """The stream on which this process waits for answers."""
    return f"answers:{who}"


def lease_of(edge: EdgeId) -> str:
    return f"{_EDGE}{edge}"


def edges_among(leases: frozenset[str]) -> frozenset[EdgeId]:
    """The edges that are alive."""
    return frozenset(EdgeId(n.removeprefix(_EDGE)) for n in leases if n.startswith(_EDGE))


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """An edge, or somebody at a screen, to the brain."""

    edge: EdgeId | None
    input: Input
    asks: "Asks | None" = None


class Asks(msgspec.Struct, frozen=True):
    """Whoever said it wants to know what came of it."""

    on: str
    """The stream the answer is awaited on."""
    number: int


class Answered(msgspec.Struct, frozen=True, omit_defaults=True):
    """The brain to who asked."""

    number: int
    refused: str | None = None


class Do(msgspec.Struct, frozen=True, tag=True, tag_field="frame"):
    """The brain to an edge: one command."""

    command: Command


class Hello(msgspec.Struct, frozen=True, tag=True, tag_field="frame"):
    """The brain to an edge: I speak under this token now; say what you really hold."""

    token: int


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """A process to the others. ``by``: which process, so that none hears itself."""

    by: str
    notice: Notice | None = None
    fact: Fact | None = None


ToEdge = Do | Hello

_encoder = msgspec.json.Encoder()
_said = msgspec.json.Decoder(Said)
_to_edge: msgspec.json.Decoder[ToEdge] = msgspec.json.Decoder(ToEdge)
_told = msgspec.json.Decoder(Told)
_answered = msgspec.json.Decoder(Answered)


def encode(frame: Said | ToEdge | Told | Answered) -> bytes:
    return _encoder.encode(frame)


def decode_said(data: bytes) -> Said:
    """Raises msgspec.DecodeError or ValidationError for anything else, as do the three below."""
    return _said.decode(data)


def decode_to_edge(data: bytes) -> ToEdge:
    return _to_edge.decode(data)


def decode_told(data: bytes) -> Told:
    return _told.decode(data)


def decode_answered(data: bytes) -> Answered:
    return _answered.decode(data)
