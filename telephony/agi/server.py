"""The door by which calls come in: FastAGI on Twisted, one connection a caller, one task a session.

A peer that breaks the rules loses its own connection and is counted; no other call notices. When
a session fails, its socket closes and the dialplan takes the caller over.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from twisted.internet.defer import maybeDeferred
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory

from calls.clock import Clock
from telephony.agi.arguments import variable_name
from telephony.agi.channel import AgiFailure, Channel, ChannelLost
from telephony.agi.connection import GOOD, Connection, Ending, ServerLimits

__all__ = ["AgiServer", "Ending", "Handler", "ServerLimits"]

log = logging.getLogger(__name__)

Handler = Callable[[Channel], Awaitable[None]]


class AgiServer:
    def __init__(
        self,
        handler: Handler,
        clock: Clock,
        *,
        carried: Sequence[str] = (),
        limits: ServerLimits | None = None,
        on_rejected: Callable[[Ending, str, str], None] = lambda ending, peer, detail: None,
        reactor: Any = None,
    ) -> None:
        """``handler`` is one session: it runs as a task until it returns, then the channel goes
        back to the dialplan. ``carried``: variables that each session finds in ``Channel.carried``;
        they cost it no round trip. ``on_rejected(ending, peer, detail)`` hears of every bad end."""
        self.endings: Counter[Ending] = Counter()
        self._handler = handler
        self._clock = clock
        self._carried = tuple(variable_name(name) for name in carried)
        self._limits = limits or ServerLimits()
        self._on_rejected = on_rejected
        self._reactor = reactor
        self._listening: Any = None
        self._connections: set[Connection] = set()
        self._sessions: set[asyncio.Task[None]] = set()
        self._stopping = False

    @property
    def connections(self) -> int:
        """Sockets open now."""
        return len(self._connections)

    @property
    def sessions(self) -> int:
        """Sessions not yet over; a session may outlive its socket while it tidies up."""
        return len(self._sessions)

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port, which the system chooses when ``port`` is 0. Raises Twisted's
        CannotListenError when it is taken."""
        if self._reactor is None:
            from twisted.internet import reactor

            self._reactor = reactor
        self._listening = self._reactor.listenTCP(
            port, _Connections(self), backlog=self._limits.backlog, interface=host
        )
        return int(self._listening.getHost().port)

    async def stop(self, grace_s: float = 2.0) -> None:
        """Listen no more, cancel every session, give them ``grace_s`` to leave cleanly, then
        close what is open: the dialplan takes these callers over."""
        self._stopping = True
        if self._listening is not None:
            stopped = maybeDeferred(self._listening.stopListening)
            await stopped.asFuture(asyncio.get_running_loop())
            self._listening = None
        for session in self._sessions:
            session.cancel()
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=grace_s)
        for connection in tuple(self._connections):
            connection.abort()

    def connection(self, address: IAddress | None) -> Connection:
        """A protocol for one accepted connection."""
        return Connection(self, self._clock, self._limits, str(getattr(address, "host", "?")))

    # What a connection tells.

    def admits(self, connection: Connection) -> bool:
        self._connections.add(connection)
        return len(self._connections) <= self._limits.connections and not self._stopping

    def gone(self, connection: Connection) -> None:
        self._connections.discard(connection)

    def ended(self, ending: Ending, peer: str, detail: str) -> None:
        self.endings[ending] += 1
        if ending in GOOD:
            return
        log.warning("agi connection ended", extra={"ending": ending.value, "detail": detail})
        self._on_rejected(ending, peer, detail)

    def begin(self, connection: Connection, channel: Channel) -> None:
        session = asyncio.get_running_loop().create_task(self._serve(connection, channel))
        self._sessions.add(session)
        session.add_done_callback(self._sessions.discard)

    async def _serve(self, connection: Connection, channel: Channel) -> None:
        try:
            if not await self._proved(connection, channel):
                return
            await self._handler(channel)
            connection.end(Ending.FINISHED)
        except ChannelLost:
            connection.end(Ending.LOST)
        except asyncio.CancelledError:
            connection.end(Ending.STOPPED)
        except Exception as error:
            log.exception("a session failed", extra={"channel": channel.environment.channel})
            connection.end(Ending.HANDLER_FAILED, type(error).__name__)
        finally:
            channel.close()

    async def _proved(self, connection: Connection, channel: Channel) -> bool:
        """An environment can be forged whole by a line break in a caller's name or number; what
        Asterisk really wrote then follows it, before the echo of a word nobody could guess."""
        word = secrets.token_hex(8)
        asked = word.join(["", *(f"${{{name}}}" for name in self._carried), ""])
        try:
            reply = await channel.send(
                "GET FULL VARIABLE", asked, timeout_s=self._limits.environment_s
            )
        except ChannelLost:
            connection.end(Ending.CLOSED_EARLY, "before the echo")
            return False
        except AgiFailure as error:
            connection.end(Ending.WRONG_ECHO, str(error))
            return False
        before, *values = (reply.data or "").split(word)
        if before or len(values) != len(self._carried) + 1 or values.pop():
            connection.end(Ending.WRONG_ECHO)
            return False
        channel.carried = dict(zip(self._carried, values, strict=True))
        return True


class _Connections(Factory):
    noisy = False

    def __init__(self, server: AgiServer) -> None:
        self._server = server

    def buildProtocol(self, addr: IAddress | None) -> Connection:  # noqa: N802 (Twisted's word)
        return self._server.connection(addr)
