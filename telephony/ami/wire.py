"""AMI bytes to messages and actions to bytes; pure.

Cuts on bytes and decodes whole messages, so that a character split between two reads survives.
Knows nothing of what an event means, nor of sockets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from telephony.ami.errors import BadField, ProtocolFault, Quarantined

MAX_ACTION_LINE = 1_024
"""Bytes with CR LF: the size of Asterisk's input buffer (manager.c, ``inbuf``)."""
MAX_ACTION_LINES = 128
"""AST_MAX_MANHEADERS: what comes after is dropped by Asterisk."""

_EOL = b"\r\n"
_END = b"\r\n\r\n"
_GREETING = "Asterisk Call Manager/"
_FORBIDDEN = frozenset("\r\n\0")
_NAME_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")

Fields = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may make us hold."""

    line: int = 16_384
    """Bytes. Asterisk's longest is a variable's value (4,096 in the dialplan), escaped."""
    message: int = 65_536
    """Bytes. The longest measured, a DialEnd with both channels' variables, has 2,000."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event or reply: names in lower case, values as sent, order and repeats kept."""

    headers: tuple[tuple[str, str], ...]
    stray: tuple[str, ...] = ()
    """Lines without a colon: never in an event of Asterisk's own, so a sign of forged text."""
    _first: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_first", dict(reversed(self.headers)))

    def get(self, name: str, default: str = "") -> str:
        """The first value of that name, whichever way it is written."""
        return self._first.get(name.lower(), default)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of that name, in the order sent."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key == wanted)

    def one(self, name: str, default: str = "") -> str:
        """The value of a name that may stand only once; raises Quarantined when it is repeated."""
        if name.lower() in self.repeated:
            raise Quarantined(f"{name} is repeated")
        return self.get(name, default)

    def has(self, name: str) -> bool:
        return name.lower() in self._first

    def lacks(self, names: frozenset[str]) -> frozenset[str]:
        """Those of these names, in lower case, that do not stand in the message."""
        return names - self._first.keys()

    @property
    def repeated(self) -> frozenset[str]:
        """Names that stand more than once."""
        if len(self._first) == len(self.headers):
            return frozenset()
        names = [name for name, _ in self.headers]
        return frozenset(name for name in self._first if names.count(name) > 1)

    @property
    def event(self) -> str:
        """Name of the event; '' for a reply."""
        return self.get("event")

    @property
    def is_response(self) -> bool:
        return "response" in self._first

    @property
    def action_id(self) -> str:
        return self.get("actionid")

    @property
    def succeeded(self) -> bool:
        """A reply that is not a refusal."""
        return self.get("response") in {"Success", "Follows", "Goodbye"}


class AmiReader:
    """Bytes in any pieces in, whole messages out. After a ProtocolFault it must not be fed."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.greeting = ""
        """What the peer called itself, once it has."""
        self._limits = limits or Limits()
        self._rest = bytearray()
        self._searched = 0

    def feed(self, data: bytes) -> list[Message]:
        """Messages completed by ``data``. Raises ProtocolFault when a limit is passed or the
        first line is not Asterisk's greeting."""
        self._rest += data
        if not self.greeting and not self._greet():
            return []
        messages = []
        while (block := self._cut()) is not None:
            messages.append(_read(block, self._limits))
        return messages

    def _greet(self) -> bool:
        line, eol, rest = bytes(self._rest).partition(_EOL)
        text = line.decode("utf-8", "replace")
        if not text.startswith(_GREETING[: len(text)]):
            raise ProtocolFault("the peer is no Asterisk manager: its greeting is missing")
        if not eol:
            self._check_unfinished()
            return False
        if not text.startswith(_GREETING):
            raise ProtocolFault("the peer is no Asterisk manager: its greeting is cut short")
        self.greeting = text
        self._rest = bytearray(rest)
        return True

    def _cut(self) -> bytes | None:
        # Some replies end in an empty line too many.
        while self._rest.startswith(_EOL):
            del self._rest[:2]
            self._searched = 0
        end = self._rest.find(_END, self._searched)
        if end < 0:
            self._searched = max(0, len(self._rest) - 3)
            self._check_unfinished()
            return None
        if end > self._limits.message:
            raise ProtocolFault(f"a message of {end} bytes")
        block = bytes(self._rest[:end])
        del self._rest[: end + len(_END)]
        self._searched = 0
        return block

    def _check_unfinished(self) -> None:
        if len(self._rest) > self._limits.message + len(_END):
            raise ProtocolFault(f"over {self._limits.message} bytes without an end")
        if len(self._rest) - (self._rest.rfind(_EOL) + 1) > self._limits.line + len(_EOL):
            raise ProtocolFault(f"over {self._limits.line} bytes without a line's end")


def _read(block: bytes, limits: Limits) -> Message:
    headers, stray = [], []
    if len(block) > limits.line and max(map(len, block.split(_EOL))) > limits.line:
        raise ProtocolFault(f"a line of over {limits.line} bytes")
    for line in block.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers.append((name.lower(), value.removeprefix(" ")))
        else:
            stray.append(line)
    return Message(tuple(headers), tuple(stray))


def encode_action(name: str, fields: Fields) -> bytes:
    """One action ready to send; a sequence becomes one line an entry (``Variable``).

    Raises BadField for a name that is no plain word, CR, LF or NUL anywhere, and lines that
    Asterisk would refuse.
    """
    lines = [_line("Action", name)]
    for key, values in fields.items():
        if key.lower() == "action" or not set(key.lower()) <= _NAME_CHARS or not key:
            raise BadField(f"not a field name: {key!r}")
        entries = (values,) if isinstance(values, str) else values
        lines += [_line(key, value) for value in entries]
    if len(lines) > MAX_ACTION_LINES:
        raise BadField(f"{name} has {len(lines)} lines, Asterisk reads {MAX_ACTION_LINES}")
    return b"".join(lines) + _EOL


def _line(key: str, value: str) -> bytes:
    if _FORBIDDEN & set(value):
        raise BadField(f"{key} holds a line break or NUL")
    try:
        line = f"{key}: {value}\r\n".encode()
    except UnicodeEncodeError as error:
        raise BadField(f"{key} holds half a character") from error
    if len(line) > MAX_ACTION_LINE:
        raise BadField(f"{key} makes a line of {len(line)} bytes, Asterisk reads {MAX_ACTION_LINE}")
    return line
