"""What answers without a thread: refusals in the shape of the API, who asks, and bytes sent no
faster than they are read. On the event loop's thread.
"""

from typing import Any

import msgspec
from twisted.internet.interfaces import IPushProducer
from twisted.web.server import NOT_DONE_YET
from zope.interface import implementer  # type: ignore[import-untyped]

from agent_softphone_bridge.people import People, SignedIn
from agent_softphone_bridge.web import COOKIE
from calls.exchange import Fault
from calls.words import Language
from runtime.web.refusals import in_our_words, language_of, refusal
from storage.offload import Offload

Request = Any
"""Twisted's, whose methods carry no types."""


def answer(request: Request, status: int, body: bytes, kind: str = "application/json") -> Any:
    """Answer whole, and be done."""
    request.setResponseCode(status)
    headers(request, kind)
    request.setHeader(b"Content-Length", str(len(body)).encode())
    if request.method != b"HEAD":
        request.write(body)
    request.finish()
    return NOT_DONE_YET


def headers(request: Request, kind: str) -> None:
    request.setHeader(b"Content-Type", kind.encode())
    request.setHeader(b"Cache-Control", b"no-store")
    request.setHeader(b"X-Content-Type-Options", b"nosniff")
    request.setHeader(b"Content-Security-Policy", b"default-src 'none'; frame-ancestors 'none'")


def refuse(request: Request, code: str, **values: object) -> Any:
    status, body = refusal(code, language(request), values)
    if status in (429, 503):
        request.setHeader(b"Retry-After", b"2")
    return answer(request, status, msgspec.json.encode(body))


def refuse_for(request: Request, error: Exception) -> Any:
    """As the app would: a fault in its own words, anything else as ours."""
    fault = in_our_words(error) or Fault("failed")
    return refuse(request, fault.code, **fault.values)


def language(request: Request) -> Language:
    return language_of(asked_for(request, b"lang"), request.getHeader("accept-language"))


def asked_for(request: Request, name: bytes) -> str:
    """A value from behind the question mark; '' when it is not there."""
    values: list[bytes] = (request.args or {}).get(name, [b""])
    return values[-1].decode("latin-1")


async def signed_in(request: Request, people: People, offload: Offload) -> SignedIn:
    """From memory when we can, else from the store on a thread. Raises Fault when nobody is, and
    what the store raises."""
    cookie = cookie_of(request)
    found = people.known(cookie) or await offload.run(people.who, cookie)
    if found is None:
        raise Fault("not_signed_in")
    return found


def cookie_of(request: Request) -> str:
    sent: bytes | None = request.getCookie(COOKIE.encode())
    return (sent or b"").decode("latin-1")


@implementer(IPushProducer)
class Flow:
    """Tells a writer when the reader cannot keep up."""

    def __init__(self, request: Request) -> None:
        self.paused = False
        self.over = False
        """Nobody reads any more."""
        self._request = request
        request.notifyFinish().addBoth(self._ended)
        request.registerProducer(self, True)

    def pauseProducing(self) -> None:  # noqa: N802 (Twisted's word)
        self.paused = True

    def resumeProducing(self) -> None:  # noqa: N802
        self.paused = False
        self.resumed()

    def stopProducing(self) -> None:  # noqa: N802
        self._ended(None)

    def resumed(self) -> None:
        """The reader can take more."""

    def ended(self) -> None:
        """Answered, or the reader has gone."""

    def cut(self) -> None:
        """Drop the connection; what was not read is lost."""
        if not self.over:
            self._request.transport.abortConnection()
            self._ended(None)

    def release(self) -> None:
        """Answer in another way."""
        if not self.over:
            self._request.unregisterProducer()

    def finish(self) -> None:
        """Nothing more comes; the connection may be used again."""
        if not self.over:
            self._request.unregisterProducer()
            self._request.finish()

    def close(self) -> None:
        """Nothing more comes, and the connection ends when all was read."""
        if not self.over:
            channel = self._request.channel
            self.finish()
            channel.loseConnection()

    def _ended(self, _: object) -> None:
        if not self.over:
            self.over = True
            self.ended()
