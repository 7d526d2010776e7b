"""Two WebSockets made one: a browser's, that ends here, and ours to Asterisk's HTTP on loopback.

Knows neither people nor telephones: who may is asked before (runtime.web.sip_door, caller_door).
"""

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import ClientFactory, Protocol, connectionDone
from zope.interface import implementer  # type: ignore[import-untyped]

from calls.clock import Timer
from calls.exchange import Fault
from runtime.web.native import Request

_HANDED_ON = ("Sec-WebSocket-Key", "Sec-WebSocket-Version")
_PACKING = "Sec-WebSocket-Extensions"


class Unfit(Exception):
    """What a browser says is not handed on, and nothing after it."""


def must_be_ours(request: Request) -> None:
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


def join(
    request: Request,
    reactor: Any,
    port: int,
    browser: "Browser",
    begun: Callable[[], None],
    failed: Callable[[], None],
    *,
    packed: bool = True,
) -> None:
    """Ask Asterisk for a WebSocket; when it agrees, ``begun``, and the browser's goes on there,
    else ``failed``: the request is still to be answered then, unless it is gone. ``packed``: the
    two may agree on a way to make frames smaller."""
    asterisk = _Asterisk(_upgrade_of(request, port, packed))

    def through() -> None:
        if request._disconnected:
            asterisk.cut()
            failed()
            return
        begun()
        browser.asterisk = asterisk
        _take(request, browser)

    asterisk.through = through
    reactor.connectTCP("127.0.0.1", port, _Factory(asterisk, failed), timeout=5)


def _upgrade_of(request: Request, port: int, packed: bool) -> bytes:
    lines = [
        "GET /ws HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Protocol: sip",
    ]
    for name in (*_HANDED_ON, _PACKING) if packed else _HANDED_ON:
        value = request.getHeader(name)
        if value and value.isprintable():
            lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _take(request: Request, browser: "Browser") -> None:
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
            # A TLS connection closes only when nobody feeds it any more.
            self.transport.unregisterProducer()
            self.transport.loseConnection()

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802
        other, self.other = self.other, None
        if other is not None:
            other.cut()


class Browser(_End):
    """``heard``: what of its bytes is handed on; raises Unfit, and the connection ends."""

    def __init__(
        self, gone: Callable[[], None], heard: Callable[[bytes], bytes] = lambda data: data
    ) -> None:
        self.asterisk: _Asterisk | None = None
        self.timer: Timer | None = None
        self._gone = gone
        self._heard = heard

    def connectionMade(self) -> None:  # noqa: N802
        assert self.asterisk is not None
        self.pair(self.asterisk)
        self.transport.write(self.asterisk.begun)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        try:
            passed = self._heard(data)
        except Unfit:
            self.cut()
            return
        super().dataReceived(passed)

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802
        super().connectionLost(reason)
        self._gone()


class _Asterisk(_End):
    """Asterisk's end. Until it has agreed to speak SIP the browser's connection is still HTTP."""

    def __init__(self, upgrade: bytes) -> None:
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
