"""One FastAGI peer: its bytes, its limits, and the one word its connection ends with.

The reader decides what the bytes are, the channel what they mean; the server admits and counts.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from typing import Protocol as Interface

from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure

from calls.clock import Clock, Timer
from telephony.agi.channel import Channel
from telephony.agi.wire import AgiReader, Broken, EnvironmentRead, HangupSeen, Limits, Message


class Ending(StrEnum):
    """How a connection ended. The first three are good ends."""

    FINISHED = "finished"
    LOST = "lost"
    """The session went on until the channel was lost."""
    STOPPED = "stopped"
    """The server was stopped under the session."""
    HANDLER_FAILED = "handler_failed"
    TOO_MANY = "too_many"
    ENVIRONMENT_LATE = "environment_late"
    CLOSED_EARLY = "closed_early"
    """Closed, or hung up, before the session could begin."""
    UNASKED_REPLY = "unasked_reply"
    WRONG_ECHO = "wrong_echo"
    """What followed the environment was not the answer to our first command."""
    LINE_TOO_LONG = "line_too_long"
    ENVIRONMENT_TOO_LONG = "environment_too_long"
    BAD_ENVIRONMENT = "bad_environment"
    NOT_A_REPLY = "not_a_reply"
    USAGE_TOO_LONG = "usage_too_long"


GOOD = frozenset({Ending.FINISHED, Ending.LOST, Ending.STOPPED})


@dataclass(frozen=True, slots=True)
class ServerLimits:
    wire: Limits = field(default_factory=Limits)
    environment_s: float = 5.0
    """Asterisk sends it in one go; a peer that takes longer is none."""
    connections: int = 2000
    backlog: int = 512


class Door(Interface):
    """What a connection needs of the server."""

    def admits(self, connection: "Connection") -> bool: ...

    def begin(self, connection: "Connection", channel: Channel) -> None:
        """The environment is read: start the session."""

    def ended(self, ending: Ending, peer: str, detail: str) -> None:
        """Told once per connection, when its end is decided."""

    def gone(self, connection: "Connection") -> None:
        """The socket is closed."""


class Connection(Protocol):
    transport: Any
    """A TCP transport; Twisted's type for it lacks half of its words."""

    def __init__(self, door: Door, clock: Clock, limits: ServerLimits, peer: str) -> None:
        self._door = door
        self._clock = clock
        self._limits = limits
        self._peer = peer
        self._reader = AgiReader(limits.wire)
        self._channel: Channel | None = None
        self._ending: Ending | None = None
        self._late: Timer | None = None

    def connectionMade(self) -> None:  # noqa: N802 (Twisted's word)
        self.transport.setTcpNoDelay(True)
        if not self._door.admits(self):
            self._reject(Ending.TOO_MANY)
            return
        self._late = self._clock.call_later(
            self._limits.environment_s, lambda: self._reject(Ending.ENVIRONMENT_LATE)
        )

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if not self._open():
            return
        for message in self._reader.feed(data):
            if self._open():
                self._heard(message)

    def connectionLost(self, reason: Failure | None = None) -> None:  # noqa: N802
        self._door.gone(self)
        self._forget_timer()
        if self._channel is None:
            self.end(Ending.CLOSED_EARLY)
        else:
            self._channel.connection_gone()

    def write(self, data: bytes) -> None:
        """A command is short and goes alone, so the socket takes it at once; by way of the reactor
        it would cost two more system calls and a turn of the loop."""
        sent = self.transport.writeSomeData(data)
        if not isinstance(sent, int) or sent < 0:
            self.transport.write(data)  # the reactor finds out what is wrong, and tells us
        elif sent < len(data):
            self.transport.write(data[sent:])

    def close(self) -> None:
        self.transport.loseConnection()

    def abort(self) -> None:
        self.transport.abortConnection()

    def end(self, ending: Ending, detail: str = "") -> None:
        """Count the end, the first time only: what comes after it is its consequence."""
        if self._ending is None:
            self._ending = ending
            self._door.ended(ending, self._peer, detail)

    def _open(self) -> bool:
        return self._ending is None

    def _heard(self, message: Message) -> None:
        if isinstance(message, Broken):
            self._reject(Ending(message.breach.value), message.detail)
        elif isinstance(message, EnvironmentRead):
            self._forget_timer()
            self._channel = Channel(message.environment, self, self._clock)
            self._door.begin(self, self._channel)
        elif self._channel is None:
            return
        elif isinstance(message, HangupSeen):
            self._channel.hangup_seen()
        elif self._channel.reply_owed:
            self._channel.replied(message)
        else:
            self._reject(Ending.UNASKED_REPLY, f"code {message.code}")

    def _reject(self, ending: Ending, detail: str = "") -> None:
        self.end(ending, detail)
        self._forget_timer()
        self.abort()

    def _forget_timer(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
