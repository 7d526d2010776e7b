"""Browsers' SIP: the WebSocket of a signed-in person, handed on to Asterisk's HTTP on loopback.

Who may use which telephone is asked before a byte is handed on; afterwards bytes pass unread. When
the connection goes, whoever holds the talk is told at once: no BYE comes from a page that is gone.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import ClientFactory, Protocol, connectionDone
from twisted.web.server import NOT_DONE_YET
from zope.interface import implementer  # type: ignore[import-untyped]

from agent_softphone_bridge.people import People
from calls.clock import Clock, Timer
from calls.exchange import Fault
from calls.ids import DeviceId
from calls.rights import Who
from runtime.web.native import Request, asked_for, refuse, refuse_for, signed_in
from storage.offload import Offload

PATH = "/ws/sip"
ASK_AGAIN_S = 60.0
"""A person who signed out keeps no telephone longer than this."""
_HANDED_ON = ("Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions")


class SipDoor:
    def __init__(
        self,
        people: People,
        offload: Offload,
        clock: Clock,
        reactor: Any,
        port: int,
        device_of: Callable[[Who], DeviceId | None],
        left: Callable[[DeviceId], None],
    ) -> None:
        """``port``: of Asterisk's HTTP. ``left``: this device's connection is gone, and no newer
        one has taken its place."""
        self._people = people
        self._offload = offload
        self._clock = clock
        self._reactor = reactor
        self._port = port
        self._device_of = device_of
        self._left = left
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: dict[DeviceId, _Browser] = {}

    @property
    def telephones(self) -> int:
        """Browsers connected now."""
        return len(self._open)

    def render(self, request: Request) -> Any:
        task = asyncio.get_running_loop().create_task(self._answer(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return NOT_DONE_YET

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for browser in tuple(self._open.values()):
            browser.cut()

    async def _answer(self, request: Request) -> None:
        try:
            _must_be_ours(request)
            person = await signed_in(request, self._people, self._offload)
            device = self._device_of(person.who)
            if device is None or asked_for(request, b"device") != device:
                raise Fault("not_your_phone")
        except Exception as error:
            if not request._disconnected:
                refuse_for(request, error)
            return
        if not request._disconnected:
            self._hand_over(request, device)

    def _hand_over(self, request: Request, device: DeviceId) -> None:
        upgrade = _upgrade_of(request, self._port)
        browser = _Browser(lambda: self._gone(device, browser))
        asterisk = _Asterisk(browser, upgrade)
        factory = _Factory(asterisk, lambda: refuse(request, "no_telephony"))

        def through() -> None:
            former = self._open.get(device)
            self._open[device] = browser
            if former is not None:
                former.cut()
            browser.asterisk = asterisk
            _take(request, browser)
            self._ask_again(request, device, browser)

        asterisk.through = through
        self._reactor.connectTCP("127.0.0.1", self._port, factory, timeout=5)

    def _gone(self, device: DeviceId, browser: "_Browser") -> None:
        if browser.timer is not None:
            browser.timer.cancel()
        if self._open.get(device) is browser:
            del self._open[device]
            self._left(device)

    def _ask_again(self, request: Request, device: DeviceId, browser: "_Browser") -> None:
        def look() -> None:
            task = asyncio.get_running_loop().create_task(ask())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        async def ask() -> None:
            try:
                person = await signed_in(request, self._people, self._offload)
            except Fault:
                browser.cut()
                return
            except Exception:
                pass  # The database is away: whoever was signed in here stays so.
            else:
                if self._device_of(person.who) != device:
                    browser.cut()
                    return
            browser.timer = self._clock.call_later(ASK_AGAIN_S, look)

        browser.timer = self._clock.call_later(ASK_AGAIN_S, look)


def _must_be_ours(request: Request) -> None:
    """Raises Fault. Scripts of any site may open a WebSocket to us, cookie and all: only the Origin
    that the browser adds tells them from our own pages."""
    if request.method != b"GET" or (request.getHeader("upgrade") or "").lower() != "websocket":
        raise Fault("bad_request")
    protocols = (request.getHeader("sec-websocket-protocol") or "").split(",")
    if "sip" not in [one.strip() for one in protocols]:
        raise Fault("bad_request")
    origin, host = request.getHeader("origin") or "", request.getHeader("host") or ""
    if not host or origin.partition("://")[2] != host:
        raise Fault("other_origin")


def _upgrade_of(request: Request, port: int) -> bytes:
    lines = [
        "GET /ws HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Protocol: sip",
    ]
    for name in _HANDED_ON:
        value = request.getHeader(name)
        if value and value.isprintable():
            lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _take(request: Request, browser: "_Browser") -> None:
    """From now on this connection is no HTTP any more."""
    channel = request.channel
    channel.setTimeout(None)
    transport, channel.transport = channel.transport, None
    # What carries our own limit of connections (serve._Limited) stands between.
    transport.wrappedProtocol = browser
    transport.unregisterProducer()
    browser.makeConnection(transport)  # type: ignore[no-untyped-call]
    producer = getattr(channel, "_networkProducer", transport)
    producer.resumeProducing()


class _End(Protocol):
    """One end of the pair; the other is told when this one can take no more."""

    transport: Any = None
    other: Any = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's word)
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def pair(self, other: "_End") -> None:
        self.other, other.other = other, self
        for one, its in ((self, other), (other, self)):
            one.transport.registerProducer(_Producer(its), True)

    def cut(self) -> None:
        if self.transport is not None:
            self.transport.loseConnection()

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802
        other, self.other = self.other, None
        if other is not None:
            other.cut()


class _Browser(_End):
    def __init__(self, gone: Callable[[], None]) -> None:
        self.asterisk: _Asterisk | None = None
        self.timer: Timer | None = None
        self._gone = gone

    def connectionMade(self) -> None:  # noqa: N802
        assert self.asterisk is not None
        self.pair(self.asterisk)
        self.transport.write(self.asterisk.begun)

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802
        super().connectionLost(reason)
        self._gone()


class _Asterisk(_End):
    """Asterisk's end. Until it has agreed to speak SIP the browser's connection is still HTTP."""

    def __init__(self, browser: _Browser, upgrade: bytes) -> None:
        self.begun = b""
        """What it said first, for the browser."""
        self.through: Callable[[], None] = lambda: None
        self._upgrade = upgrade
        self._agreed = False

    def connectionMade(self) -> None:  # noqa: N802
        self.transport.write(self._upgrade)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self._agreed:
            super().dataReceived(data)
            return
        self.begun += data
        if b"\r\n\r\n" not in self.begun:
            return
        if self.begun.startswith(b"HTTP/1.1 101"):
            self._agreed = True
            self.through()
        else:
            self.transport.loseConnection()

    @property
    def agreed(self) -> bool:
        return self._agreed


class _Factory(ClientFactory):
    noisy = False

    def __init__(self, asterisk: _Asterisk, failed: Callable[[], Any]) -> None:
        self._asterisk = asterisk
        self._failed = failed

    def buildProtocol(self, addr: Any) -> Protocol:  # noqa: N802
        return self._asterisk

    def clientConnectionFailed(self, connector: Any, reason: Any) -> None:  # noqa: N802
        self._failed()

    def clientConnectionLost(self, connector: Any, reason: Any) -> None:  # noqa: N802
        if not self._asterisk.agreed:
            self._failed()


@implementer(IPushProducer)
class _Producer:
    """Slows the one end when the other's reader is slow."""

    def __init__(self, end: _End) -> None:
        self._end = end

    def pauseProducing(self) -> None:  # noqa: N802
        if self._end.transport is not None:
            self._end.transport.pauseProducing()

    def resumeProducing(self) -> None:  # noqa: N802
        if self._end.transport is not None:
            self._end.transport.resumeProducing()

    def stopProducing(self) -> None:  # noqa: N802
        self._end.cut()
