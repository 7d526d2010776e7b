"""A caller's channel as a session holds it: ask, await, and be told at once when it is lost.

One command is on the way at a time; further askers wait their turn. A turn ends with the reply,
not with the asker's patience: a cancelled asker leaves a reply owed, which is read and dropped.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from calls.clock import Clock, Timer
from telephony.agi.arguments import (
    Raw,
    application_name,
    assignments,
    join_arguments,
    key_set,
    variable_name,
)
from telephony.agi.environment import Environment
from telephony.agi.wire import Reply, encode_command

__all__ = [
    "AgiFailure",
    "Channel",
    "ChannelLost",
    "CommandRefused",
    "OutcomeUnknown",
    "Pipe",
    "Raw",
    "RecordEnd",
    "Recorded",
]

log = logging.getLogger(__name__)

QUICK_S = 10.0
"""Limit for commands that Asterisk answers from memory; they take 0.1 ms."""
SAMPLE_RATES = {"wav16": 16000, "sln16": 16000, "g722": 16000, "sln48": 48000}
"""Samples a second of ``endpos`` by format; all other formats have 8,000."""
ANSWERED_WHEN_LOST = frozenset({"GET VARIABLE", "SET VARIABLE"})
"""What a session may still ask of a channel it has lost. EXEC would work too, and dial a phone for
a caller who is not there: refused."""


class AgiFailure(Exception):
    """What a command of a session can end in, other than its reply."""


class ChannelLost(AgiFailure):
    """This session has lost the channel: the caller left, or it was taken elsewhere."""


class CommandRefused(AgiFailure):
    """Asterisk would not do it: 510 unknown, 511 not on a dead channel, 520 wrong usage."""

    def __init__(self, verb: str, reply: Reply) -> None:
        super().__init__(f"{verb}: {reply.code} {reply.data}")
        self.verb = verb
        self.reply = reply
        self.code = reply.code


class OutcomeUnknown(AgiFailure):
    """No reply in time. It may or may not have happened; the connection has been ended."""


class RecordEnd(StrEnum):
    KEY = "key"
    HANGUP = "hangup"
    LIMIT = "limit"
    """``max_s`` were full, or there was silence for ``silence_s``."""
    FAILED = "failed"
    """Nothing was written."""


@dataclass(frozen=True, slots=True)
class Recorded:
    end: RecordEnd
    seconds: float
    key: str = ""


class Pipe(Protocol):
    """The connection below."""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None:
        """End it after what was written has been sent."""

    def abort(self) -> None:
        """End it now."""


@dataclass(slots=True)
class _Asked:
    verb: str
    answer: asyncio.Future[Reply]
    timer: Timer | None = None


class Channel:
    def __init__(self, environment: Environment, pipe: Pipe, clock: Clock) -> None:
        """Built by the server inside a running loop."""
        self.environment = environment
        self.carried: Mapping[str, str] = {}
        """Variables as they were when the channel came in, those its server was told to ask for."""
        self.lost = False
        self._lost_event: asyncio.Event | None = None
        self._pipe = pipe
        self._clock = clock
        self._turn = asyncio.Lock()
        self._asked: _Asked | None = None
        self._closed = False
        self._on_lost: list[Callable[[], None]] = []

    @property
    def lost_event(self) -> asyncio.Event:
        """Set when the channel is lost. Made when first asked for: most sessions never do."""
        if self._lost_event is None:
            self._lost_event = asyncio.Event()
            if self.lost:
                self._lost_event.set()
        return self._lost_event

    def when_lost(self, fn: Callable[[], None]) -> None:
        """Call ``fn`` once, the moment the channel is lost; at once if it is already."""
        if self.lost:
            fn()
        else:
            self._on_lost.append(fn)

    async def send(self, verb: str, *arguments: str | int, timeout_s: float | None = None) -> Reply:
        """Send one command and await its reply (code 200). Without ``timeout_s`` it may take for
        ever. Raises ChannelLost, CommandRefused, OutcomeUnknown; UnfitCommand if it was not sent.
        """
        line = encode_command((verb, *arguments))
        self._must_be_there(verb)
        await self._turn.acquire()
        try:
            self._must_be_there(verb)
        except ChannelLost:
            self._turn.release()
            raise
        asked = _Asked(verb, asyncio.get_running_loop().create_future())
        if timeout_s is not None:
            asked.timer = self._clock.call_later(timeout_s, self._too_late)
        self._asked = asked
        self._pipe.write(line)
        reply = await asked.answer
        if reply.code != 200:
            raise CommandRefused(verb, reply)
        return reply

    async def play(self, file: str, keys: str = "") -> str:
        """Play one file (without its suffix) to its end or to the first of ``keys``; the key, or
        ''. A file that cannot be played is logged and passed over: the caller must go on."""
        reply = await self.send("STREAM FILE", file, key_set(keys))
        if reply.number == -1:
            await self.still_here()
            log.warning("prompt not played", extra={"file": file})
        return _key(reply)

    async def play_all(self, files: Sequence[str], keys: str = "") -> str:
        """Play one after the other; the first key pressed ends all."""
        for file in files:
            if key := await self.play(file, keys):
                return key
        return ""

    async def wait_key(self, timeout_s: float) -> str:
        """The next key within ``timeout_s``; '' for none, or when the wait was cut from outside."""
        reply = await self.send(
            "WAIT FOR DIGIT", max(1, round(timeout_s * 1000)), timeout_s=timeout_s + QUICK_S
        )
        if reply.number == -1:
            await self.still_here()
        return _key(reply)

    async def get(self, name: str) -> str:
        """A variable's value, '' when unset. Asterisk silently cuts it at 1,023 characters."""
        reply = await self.send("GET VARIABLE", variable_name(name), timeout_s=QUICK_S)
        return reply.data or ""

    async def set(self, name: str, value: str) -> None:
        await self.send("SET VARIABLE", variable_name(name), value, timeout_s=QUICK_S)

    async def set_all(self, values: Mapping[str, str]) -> None:
        """Set several variables in one round trip."""
        await self.execute("MSet", assignments(values), timeout_s=QUICK_S)

    async def execute(
        self, app: str, *arguments: str | int | float | Raw, timeout_s: float | None = None
    ) -> Reply:
        """Run a dialplan application to its end. ``result=-1`` says neither that the caller left
        nor that nothing happened; ``-2`` that there is no such application."""
        return await self.send(
            "EXEC", application_name(app), join_arguments(arguments), timeout_s=timeout_s
        )

    async def music_on(self, cls: str = "default") -> None:
        """Music until ``music_off``, while the session does nothing or other things."""
        await self.send("SET MUSIC", "on", cls, timeout_s=QUICK_S)

    async def music_off(self) -> None:
        await self.send("SET MUSIC", "off", timeout_s=QUICK_S)

    async def record(
        self,
        file: str,
        fmt: str,
        *,
        stop_keys: str = "#",
        max_s: float = 120.0,
        silence_s: float = 0.0,
        beep: bool = True,
    ) -> Recorded:
        """Record the caller into ``file`` (without suffix). With ``silence_s`` 0 silence is
        recorded like speech. Raises as ``send``; a hang-up ends the record and is no error here."""
        options: list[str | int] = ["BEEP"] if beep else []
        if silence_s > 0:
            options.append(f"s={max(1, round(silence_s))}")
        words = (file, fmt, key_set(stop_keys), round(max_s * 1000), *options)
        reply = await self.send("RECORD FILE", *words, timeout_s=max_s + 2 * QUICK_S)
        return _recorded(reply, SAMPLE_RATES.get(fmt, 8000))

    async def set_language(self, language: str) -> None:
        """The folder of sounds from which Asterisk's own prompts come."""
        await self.set("CHANNEL(language)", language)

    async def hang_up(self) -> None:
        """Hang the caller up. Returns quietly when she has already gone."""
        try:
            await self.send("HANGUP", timeout_s=QUICK_S)
        except (ChannelLost, CommandRefused):
            return

    async def still_here(self) -> None:
        """Return if the channel is there, else raise ChannelLost. After a ``-1`` only this tells:
        Asterisk says that a channel hung up before it reads the next command, not before."""
        await self.send("NOOP", timeout_s=QUICK_S)

    def close(self) -> None:
        """Give the channel back to the dialplan. Later commands raise ChannelLost."""
        if not self._closed:
            self._closed = True
            self._fail(ChannelLost("closed"))
            self._pipe.close()

    def gone(self) -> None:
        """Asterisk itself said, by another way, that the channel is no more: whoever waits for it
        is told, and the connection is ended."""
        if not self._closed:
            self._closed = True
            self._lose()
            self._fail(ChannelLost("hung up"))
            self._pipe.abort()

    # What the server tells.

    @property
    def reply_owed(self) -> bool:
        return self._asked is not None

    def replied(self, reply: Reply) -> None:
        """The reply to the command on the way. Call it only while ``reply_owed``."""
        asked = self._take()
        if asked is not None and not asked.answer.done():
            asked.answer.set_result(reply)

    def hangup_seen(self) -> None:
        """HANGUP came. Asterisk writes it only between commands: one on the way was not read
        before the channel died, so it fails now, and its reply, if any, is dropped."""
        asked = self._asked
        if asked is not None and asked.verb not in ANSWERED_WHEN_LOST and not asked.answer.done():
            asked.answer.set_exception(ChannelLost(asked.verb))
        self._lose()

    def connection_gone(self) -> None:
        """The socket is closed: by Asterisk, or after our own ``close``."""
        if not self._closed:
            self._closed = True
            self._lose()
        self._fail(ChannelLost("connection closed"))

    def _must_be_there(self, verb: str) -> None:
        if self._closed or (self.lost and verb not in ANSWERED_WHEN_LOST):
            raise ChannelLost(verb)

    def _lose(self) -> None:
        if self.lost:
            return
        self.lost = True
        if self._lost_event is not None:
            self._lost_event.set()
        listeners, self._on_lost = self._on_lost, []
        for fn in listeners:
            try:
                fn()
            except Exception:
                log.exception("a listener to the loss of a channel failed")

    def _too_late(self) -> None:
        verb = self._asked.verb if self._asked else ""
        self._closed = True
        self._fail(OutcomeUnknown(f"{verb}: no reply in time"))
        self._pipe.abort()
        self._lose()

    def _fail(self, error: AgiFailure) -> None:
        asked = self._take()
        if asked is not None and not asked.answer.done():
            asked.answer.set_exception(error)

    def _take(self) -> _Asked | None:
        asked, self._asked = self._asked, None
        if asked is not None:
            if asked.timer is not None:
                asked.timer.cancel()
            self._turn.release()
        return asked


def _key(reply: Reply) -> str:
    """The key of a result; '' for none, a failure, and numbers that are no key (1000: cut)."""
    number = reply.number
    return chr(number) if number is not None and 0 < number < 128 else ""


def _recorded(reply: Reply, rate: int) -> Recorded:
    seconds = (reply.endpos or 0) / rate
    if reply.data == "hangup":
        return Recorded(RecordEnd.HANGUP, seconds)
    if reply.data == "dtmf":
        return Recorded(RecordEnd.KEY, seconds, _key(reply))
    if reply.data == "timeout":
        return Recorded(RecordEnd.LIMIT, seconds)
    return Recorded(RecordEnd.FAILED, seconds)
