"""The web server: what answers where, started and stopped. One port for pages, API and stream."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Blueprint
from twisted.internet.defer import maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.protocols.policies import WrappingFactory
from twisted.python.threadpool import ThreadPool
from twisted.web import http
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from agent_softphone_bridge.board import Board
from agent_softphone_bridge.callers import Callers
from agent_softphone_bridge.people import People
from agent_softphone_bridge.phones import Phones
from agent_softphone_bridge.push import Hub
from calls.inputs import Input
from calls.notices import Alarm
from cti.recent import RecentFacts
from ivr.whereabouts import Whereabouts
from runtime.emergency import ALARM
from runtime.web import house, native
from runtime.web.admission import Door
from runtime.web.app import API, MAX_BODY, make_app
from runtime.web.audio import Audio
from runtime.web.caller_door import PATH as CALLERS
from runtime.web.caller_door import CallerDoor
from runtime.web.counts import Count, Metrics, OfferCounts, floor_counts
from runtime.web.events import Streams
from runtime.web.exchange import FlaskExchange
from runtime.web.pages import pages_blueprint
from runtime.web.ports import WebPorts
from runtime.web.routes import api_blueprints
from runtime.web.sip_door import PATH as SIP
from runtime.web.sip_door import SipDoor
from runtime.web.trials import TrialBook
from tickets.file_kinds import MOST_BYTES

MOST_CONNECTIONS = 2_000
MAX_FILE = MOST_BYTES + 1_000
_TICKETS = f"{API}/tickets/".encode()
IDLE_S = 60
"""A connection on which nothing is being answered is closed after this."""

log = logging.getLogger(__name__)


class WebPortTaken(OSError):
    """Somebody else listens there, or we may not; the message says what to do."""


class WebServer:
    """Built by ``build_web``. One is started once."""

    def __init__(self, ports: WebPorts, people: People, epoch: str) -> None:
        from twisted.internet import reactor

        self.people = people
        self.hub = Hub(Board(ports.clock, epoch), ports.clock)
        self.hub.listen(ports.bus)
        self.facts = RecentFacts()
        self.facts.listen(ports.bus)
        inside = Whereabouts()
        inside.listen(ports.bus)
        trials = TrialBook()
        trials.listen(ports.bus)
        self._ports = ports
        self._reactor: Any = reactor
        self._pool = ThreadPool(1, ports.threads, name="web")
        self._streams = Streams(self.hub, people, ports.offload, ports.clock)
        self._audio = Audio(ports, people)
        offers = OfferCounts(ports.bus)
        exchange = FlaskExchange(ports.loop, ports.clock.now)
        phones = Phones(ports.phone, ports.plan, ports.order, ports.clock.now)
        self._sip = SipDoor(
            people, ports.offload, ports.clock, reactor, ports.asterisk_http, phones
        )
        callers = Callers(ports.callers, ports.order, ports.clock.now) if ports.callers else None
        self._callers = CallerDoor(callers, reactor, ports.asterisk_http)
        metrics = Metrics(
            (*floor_counts(self.hub), *offers.counts(), *self._counts(), *ports.counts)
        )
        self.app = make_app(
            people,
            api_blueprints(
                exchange,
                ports,
                people,
                self.hub.board,
                self.facts,
                lambda said: exchange.wait(self._tell(said)),
                phones,
                callers,
                inside,
                trials,
                self.hub.furnish,
            ),
            (house.watch_blueprint(exchange, ports.ready, metrics), _pages(ports)),
        )
        self._door = Door(self.app, self._reactor, self._pool, ports.clock)
        self._site: Any = _Limited(_Site(_Root(self)))  # type: ignore[no-untyped-call]
        self._listening: list[Any] = []

    async def start(self, host: str, port: int) -> int:
        """Show the floor as it stands, and listen; returns the port, which the system chooses when
        ``port`` is 0. To be called when the engine knows its floor. Raises WebPortTaken."""
        self.hub.furnish(self._ports.plan())
        for notice in self._ports.floor.standing():
            self.hub.hear(notice)
        emergency = self._ports.emergency.position
        if emergency.on:
            at = emergency.at or self._ports.clock.now()
            self.hub.hear(Alarm(name=ALARM, on=True, text=emergency.reason, at=at))
        with _or_said(host, port, "web.port", "THREERING_WEB_PORT"):
            listening = self._reactor.listenTCP(port, self._site, interface=host)
        self._listening.append(listening)
        tls = self._ports.tls
        if tls is not None:
            with _or_said(tls.address, tls.port, "web.tls_port", "THREERING_TLS_PORT"):
                self._listening.append(
                    self._reactor.listenSSL(
                        tls.port, self._site, tls.context, interface=tls.address
                    )
                )
        self._pool.start()
        self._streams.start()
        return int(listening.getHost().port)

    async def stop(self) -> None:
        """Listen no more, end every stream, let running requests finish."""
        loop = asyncio.get_running_loop()
        if not self._listening:
            return
        for port in self._listening:
            await maybeDeferred(port.stopListening).asFuture(loop)
        self._listening = []
        self._sip.close()
        self._callers.close()
        self._streams.close()
        self._audio.close()
        await self._ports.studies.stop()
        await self._ports.imports.stop()
        # Off the loop: a request that is being answered may need it to come to its end.
        await loop.run_in_executor(None, self._pool.stop)
        for connection in tuple(self._site.protocols):
            connection.transport.loseConnection()

    def render(self, request: Request) -> Any:
        """Find who answers: the stream, audio and the sign of life need no thread."""
        path = request.path.decode("latin-1")
        if path == "/health":
            return self._reads(request) or native.answer(request, 200, b'{"alive":true}')
        if path == f"{API}/events":
            if request.method != b"GET":
                return native.refuse(request, "wrong_method")
            return self._streams.render(request)
        if path == SIP:
            return self._sip.render(request)
        if path == CALLERS:
            return self._callers.render(request)
        if path.startswith(f"{API}/recordings/") and path.endswith("/audio"):
            id = path.removeprefix(f"{API}/recordings/").removesuffix("/audio")
            return self._reads(request) or self._audio.render(request, id)
        return self._door.render(request)

    def _reads(self, request: Request) -> Any:
        if request.method in (b"GET", b"HEAD"):
            return None
        return native.refuse(request, "wrong_method")

    async def _tell(self, said: Input) -> str | None:
        return await self._ports.floor.tell(said)

    def _counts(self) -> tuple[Count, ...]:
        return (
            Count("web_busy", "Requests on a thread", lambda: self._door.busy, grows=False),
            Count("web_waiting", "Requests in line", lambda: self._door.waiting, grows=False),
            Count("web_turned_away", "Requests sent away", lambda: self._door.turned_away),
            Count("phones", "Browsers' telephones", lambda: self._sip.telephones, grows=False),
            Count(
                "page_callers", "Callers on web pages", lambda: self._callers.calling, grows=False
            ),
            Count("push_cut", "Streams cut as too slow", lambda: self._streams.cut),
        )


def _pages(ports: WebPorts) -> Blueprint:
    return pages_blueprint(ports.ui, ports.callers.origins if ports.callers else None)


@contextmanager
def _or_said(host: str, port: int, setting: str, variable: str) -> Iterator[None]:
    try:
        yield
    except CannotListenError as error:
        why = getattr(error.socketError, "strerror", None) or str(error.socketError)
        raise WebPortTaken(
            f"the web server cannot listen on {host} port {port}: {why}; "
            f"choose another with {setting} in threering.yaml or {variable}"
        ) from error


def build_web(ports: WebPorts, epoch: str, people: People | None = None) -> WebServer:
    """Put the web together; it hears the bus from now on and answers nobody before ``start``.

    ``epoch``: a random text, new for each process (it tells event ids of one run from another's).
    ``people``: when wiring has made one already, to create people before the start.
    """
    return WebServer(ports, people or People(ports.people, ports.clock.now), epoch)


class _Limited(WrappingFactory):
    """Takes no more connections than it can serve; a browser tries again by itself."""

    noisy = False

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 (Twisted's word)
        if len(self.protocols) >= MOST_CONNECTIONS:
            return None
        return super().buildProtocol(addr)


class _Root(Resource):
    isLeaf = True  # noqa: N815 (Twisted's word)

    def __init__(self, server: WebServer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._server = server

    def render(self, request: Request) -> Any:
        return self._server.render(request)


class _LimitedRequest(Request):
    """Refuses a body that is too large while it arrives, declared or not."""

    _taken = 0
    _most = MAX_BODY

    def gotLength(self, length: int | None) -> None:  # noqa: N802 (Twisted's word)
        # The path is with the channel until the whole request is there.
        path = bytes(getattr(self.channel, "_path", b"")).partition(b"?")[0]
        if path.startswith(_TICKETS) and path.endswith(b"/files"):
            self._most = MAX_FILE
        super().gotLength(length)  # type: ignore[no-untyped-call]

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 (Twisted's word)
        self._taken += len(data)
        if self._taken <= self._most:
            super().handleContentChunk(data)  # type: ignore[no-untyped-call]
        elif self._taken > 2 * self._most:
            # Nobody who reads our answer sends on for so long.
            cast(Any, self.transport).abortConnection()

    def process(self) -> Any:
        if self._taken > self._most:
            return native.refuse(self, "too_large")
        return super().process()  # type: ignore[no-untyped-call]


class _Site(Site):
    def __init__(self, root: Resource) -> None:
        # Forms are not read: what we take is JSON, and a form would be parsed on the loop.
        super().__init__(  # type: ignore[no-untyped-call]
            root, _LimitedRequest, timeout=IDLE_S, parsePOSTFormSubmission=False
        )

    def log(self, request: http.Request) -> None:
        """Addresses of requests carry customers' numbers; they are not written down."""
