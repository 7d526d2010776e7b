"""Words to bytes and back, the same bytes in every process: journal entries and messages."""

import msgspec

from calls.commands import Command
from calls.events import Fact
from calls.inputs import Input
from calls.notices import Notice

_encoder = msgspec.json.Encoder(order="deterministic")
_fact: msgspec.json.Decoder[Fact] = msgspec.json.Decoder(Fact)
_input: msgspec.json.Decoder[Input] = msgspec.json.Decoder(Input)
_command: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_notice: msgspec.json.Decoder[Notice] = msgspec.json.Decoder(Notice)


def encode(word: Fact | Input | Command | Notice) -> bytes:
    return _encoder.encode(word)


def decode_fact(data: bytes) -> Fact:
    """Raises msgspec.DecodeError or ValidationError for anything that is not a fact."""
    return _fact.decode(data)


def decode_input(data: bytes) -> Input:
    return _input.decode(data)


def decode_command(data: bytes) -> Command:
    return _command.decode(data)


def decode_notice(data: bytes) -> Notice:
    return _notice.decode(data)
