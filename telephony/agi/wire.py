"""AGI on the wire: bytes in, messages out; words in, one safe line out. Knows no socket.

A message that breaks the rules is the last one: ``Broken``, and the session ends into the fallback.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from telephony.agi.environment import BadEnvironment, Environment, EnvironmentReader


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes and counts a peer may use. Asterisk's own sizes stand beside each."""

    line: int = 16384
    """GET VARIABLE gives at most 1,023 characters, GET FULL VARIABLE some 8,000."""
    headers: int = 192
    """21 fixed keys, and at most 127 words in one call of AGI()."""
    environment: int = 65536
    usage: int = 32768
    """The longest usage text of one command is under 4,000."""


MAX_COMMAND = 8000
"""Asterisk reads a command into 8,192 bytes; a longer one would become two, and every reply after
it would belong to the command before."""


class Breach(StrEnum):
    """How a peer broke the rules."""

    LINE_TOO_LONG = "line_too_long"
    ENVIRONMENT_TOO_LONG = "environment_too_long"
    BAD_ENVIRONMENT = "bad_environment"
    NOT_A_REPLY = "not_a_reply"
    USAGE_TOO_LONG = "usage_too_long"


@dataclass(frozen=True, slots=True)
class EnvironmentRead:
    environment: Environment


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    """200, 510 (no such command), 511 (not on a dead channel), 520 (wrong usage)."""
    result: str = ""
    data: str | None = None
    """What stood in brackets, unchecked: it may be text of a stranger."""
    endpos: int | None = None
    """Samples played or recorded."""
    raw: bytes = b""
    """The lines as they came, each with its newline."""

    @property
    def number(self) -> int | None:
        """The result as a number; None when it is none."""
        return int(self.result) if re.fullmatch(r"-?[0-9]{1,9}", self.result) else None


@dataclass(frozen=True, slots=True)
class HangupSeen:
    """This session lost the channel, which is not the same as: the caller has gone."""


@dataclass(frozen=True, slots=True)
class Broken:
    breach: Breach
    detail: str


Message = EnvironmentRead | Reply | HangupSeen | Broken


class AgiReader:
    """Feed it what comes; it gives back whole messages, in order, wherever the bytes were cut."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._buffer = bytearray()
        self._searched = 0
        self._headers: EnvironmentReader | None = EnvironmentReader()
        self._header_bytes = 0
        self._usage: bytearray | None = None
        self._broken = False

    def feed(self, data: bytes) -> list[Message]:
        """Messages completed by ``data``. After a ``Broken`` there is never another."""
        messages: list[Message] = []
        if self._broken:
            return messages
        self._buffer += data
        while (end := self._buffer.find(b"\n", self._searched)) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            self._searched = 0
            message = self._line(line)
            if message is not None:
                messages.append(message)
            if isinstance(message, Broken):
                return self._stop(messages)
        self._searched = len(self._buffer)
        if len(self._buffer) > self._limits.line:
            messages.append(Broken(Breach.LINE_TOO_LONG, f"no newline in {self._searched} bytes"))
            return self._stop(messages)
        return messages

    def _stop(self, messages: list[Message]) -> list[Message]:
        self._broken = True
        self._buffer.clear()
        return messages

    def _line(self, line: bytes) -> Message | None:
        if len(line) > self._limits.line:
            return Broken(Breach.LINE_TOO_LONG, f"{len(line)} bytes")
        if self._headers is not None:
            return self._header(self._headers, line)
        if self._usage is not None:
            return self._usage_line(self._usage, line)
        if line == b"HANGUP":
            return HangupSeen()
        if line.startswith(b"520-"):
            self._usage = bytearray(line + b"\n")
            return None
        return read_reply(line)

    def _header(self, headers: EnvironmentReader, line: bytes) -> Message | None:
        self._header_bytes += len(line) + 1
        if len(headers) >= self._limits.headers or self._header_bytes > self._limits.environment:
            return Broken(Breach.ENVIRONMENT_TOO_LONG, f"{len(headers)} lines")
        try:
            if line:
                headers.add(line)
                return None
            self._headers = None
            return EnvironmentRead(headers.whole())
        except BadEnvironment as error:
            return Broken(Breach.BAD_ENVIRONMENT, str(error))

    def _usage_line(self, usage: bytearray, line: bytes) -> Message | None:
        usage += line + b"\n"
        if len(usage) > self._limits.usage:
            return Broken(Breach.USAGE_TOO_LONG, f"{len(usage)} bytes")
        if not line.startswith(b"520 End of proper usage"):
            return None
        self._usage = None
        text = usage.decode("utf-8", "replace").strip()
        return Reply(520, data=text, raw=bytes(usage))


_RESULT = re.compile(r"200 result=([^ (]*)")
_ENDPOS = re.compile(r"(?:^| )endpos=([0-9]{1,12})(?: |$)")


def read_reply(line: bytes) -> Reply | Broken:
    """One reply line without its newline. A bracket left open is a value cut by a newline of its
    own, whose rest would be taken for replies: that is ``Broken``, never a shorter value."""
    raw = line + b"\n"
    text = line.decode("utf-8", "replace")
    if text[:4] in ("510 ", "511 ", "520 "):
        return Reply(int(text[:3]), data=text[4:], raw=raw)
    found = _RESULT.match(text)
    if found is None:
        return Broken(Breach.NOT_A_REPLY, f"{len(line)} bytes that are no reply")
    rest, data = text[found.end() :], None
    if rest.startswith(" ("):
        end = rest.rfind(")")
        if end < 0:
            return Broken(Breach.NOT_A_REPLY, "a value with a newline in it")
        data, rest = rest[2:end], rest[end + 1 :]
    if rest and not rest.startswith(" "):
        return Broken(Breach.NOT_A_REPLY, f"{len(line)} bytes that are no reply")
    endpos = _ENDPOS.search(rest)
    return Reply(200, found[1], data, int(endpos[1]) if endpos else None, raw)


class UnfitCommand(ValueError):
    """A command that must not be sent: it would become two, or be cut. Nothing was sent."""


_VERB = re.compile(r"[A-Z]+(?: [A-Z]+)*")


def encode_command(words: Sequence[str | int]) -> bytes:
    """The line for a verb (``"STREAM FILE"``) and its arguments, each argument quoted.

    Raises UnfitCommand for CR, LF, NUL, lone surrogates, a verb that is none, a line too long.
    """
    if not words or not isinstance(words[0], str) or not _VERB.fullmatch(words[0]):
        raise UnfitCommand(f"not a verb: {words[:1]!r}")
    line = " ".join([words[0], *(_quoted(str(word)) for word in words[1:])])
    if any(bad in line for bad in "\r\n\0"):
        raise UnfitCommand(f"line break or NUL in a {words[0]}")
    try:
        data = line.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise UnfitCommand(f"not text in a {words[0]}") from error
    if len(data) > MAX_COMMAND:
        raise UnfitCommand(f"{words[0]} of {len(data)} bytes, {MAX_COMMAND} allowed")
    return data + b"\n"


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def split_command(line: str) -> list[str]:
    """The words Asterisk reads from a command line: quotes group, a backslash takes the next."""
    words: list[str] = []
    quoted = escaped = False
    between = True
    for char in line:
        if char == '"' and not escaped:
            quoted = not quoted
            if quoted and between:
                words.append("")
                between = False
        elif char in " \t" and not quoted and not escaped:
            between = True
        elif char == "\\" and not escaped:
            escaped = True
        else:
            if between:
                words.append("")
                between = False
            words[-1] += char
            escaped = False
    return words
