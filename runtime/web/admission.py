"""Requests wait in a short line for a thread, and not for long: a full house says so at once.

On the event loop's thread. The line is ours and not the thread pool's, because what waits in the
pool can neither be counted nor sent away.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from twisted.python.threadpool import ThreadPool
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET
from twisted.web.wsgi import WSGIResource
from werkzeug.wsgi import ClosingIterator

from calls.clock import Clock, Timer
from runtime.web.native import Request, refuse

LONGEST_LINE = 64
LONGEST_WAIT_S = 3.0

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Door(Resource):
    isLeaf = True  # noqa: N815 (Twisted's word)

    def __init__(self, app: WsgiApp, reactor: Any, pool: ThreadPool, clock: Clock) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._app = app
        self._reactor = reactor
        self._clock = clock
        self._threads = pool.max
        self._wsgi: Any = WSGIResource(reactor, pool, self._answer)  # type: ignore[no-untyped-call]
        self._line: OrderedDict[Request, Timer] = OrderedDict()
        self.busy = 0
        """Requests on a thread, those of clients who have gone included."""
        self.turned_away = 0

    @property
    def waiting(self) -> int:
        return len(self._line)

    def render(self, request: Request) -> Any:
        if self.busy < self._threads:
            return self._admit(request)
        if len(self._line) >= LONGEST_LINE:
            return self._turn_away(request)
        give_up = self._clock.call_later(LONGEST_WAIT_S, lambda: self._too_long(request))
        self._line[request] = give_up
        request.notifyFinish().addErrback(lambda _: self._leave(request))
        return NOT_DONE_YET

    def _admit(self, request: Request) -> Any:
        self.busy += 1
        return self._wsgi.render(request)

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """On a thread of the pool."""
        try:
            answer = self._app(environ, start_response)
        except BaseException:
            self._reactor.callFromThread(self._done)
            raise
        return ClosingIterator(answer, [lambda: self._reactor.callFromThread(self._done)])

    def _done(self) -> None:
        self.busy -= 1
        if self._line and self.busy < self._threads:
            request, give_up = self._line.popitem(last=False)
            give_up.cancel()
            self._admit(request)

    def _leave(self, request: Request) -> bool:
        """False when it stands in the line no more."""
        give_up = self._line.pop(request, None)
        if give_up is not None:
            give_up.cancel()
        return give_up is not None

    def _too_long(self, request: Request) -> None:
        if self._leave(request):
            self._turn_away(request)

    def _turn_away(self, request: Request) -> Any:
        self.turned_away += 1
        return refuse(request, "too_busy")
