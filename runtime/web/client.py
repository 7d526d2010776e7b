"""A small client of our own API, for the command line and the demo: sign in, ask, listen.

The standard library alone; blocks, so it runs on threads or in a process of its own.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

API = "/api/v1"
TIMEOUT_S = 10.0
SILENCE_S = 20.0
"""The server gives a sign of life every five."""


class ApiRefused(Exception):
    """The server said no; the message is its sentence."""

    def __init__(self, status: int, code: str, message: str, body: Any = None) -> None:
        super().__init__(message or code)
        self.status = status
        self.code = code
        self.body = body


class Unreachable(Exception):
    """Nobody answers there, or the answer broke off."""


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    """'' for a beat."""
    name: str
    data: Any


class Client:
    """``base``: ``http://127.0.0.1:8300``. ``language``: of the server's sentences."""

    def __init__(self, base: str, language: str = "en", timeout_s: float = TIMEOUT_S) -> None:
        self._base = base.rstrip("/")
        self._language = language
        self._timeout_s = timeout_s
        self._token = "1"
        # The hotline is asked directly, whatever proxy the shell names.
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def sign_in(self, name: str, password: str) -> Any:
        """The session; later requests are this person's. Raises ApiRefused, Unreachable."""
        session = self.post("/session", {"name": name, "password": password})
        self._token = session["token"]
        return session

    def resume(self, cookie: str, token: str) -> None:
        """Go on with a session that was opened elsewhere; ``cookie`` as ``name=value``."""
        self._token = token
        self._opener.addheaders = [("Cookie", cookie)]

    def sign_out(self) -> None:
        self._ask("DELETE", "/session")
        self._token = "1"

    def get(self, path: str, **query: object) -> Any:
        """``path`` below /api/v1, or one beginning with ``//`` for those outside (``//ready``).
        Raises ApiRefused, Unreachable."""
        asked = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", path + (f"?{urlencode(asked)}" if asked else ""))

    def post(self, path: str, body: object = None) -> Any:
        return self._ask("POST", path, {} if body is None else body)

    def put(self, path: str, body: object, made_of: str = "") -> Any:
        """``made_of``: the hash of what it was made of, where the route wants one."""
        return self._ask("PUT", path, body, made_of)

    def patch(self, path: str, body: object) -> Any:
        return self._ask("PATCH", path, body)

    def events(self, after: str = "") -> Iterator[Event]:
        """The live stream: first ``reset`` with the floor, or what was missed after the event id
        ``after``; then notices and beats, until the connection ends (Unreachable). To go on, ask
        again with the last id."""
        request = self._request("GET", "/events", None)
        if after:
            request.add_header("Last-Event-ID", after)
        try:
            with self._open(request, SILENCE_S) as stream:
                yield from _events(stream)
        except OSError as error:
            raise Unreachable(f"the stream broke off: {error}") from error
        raise Unreachable("the stream has ended")

    def _ask(self, method: str, path: str, body: object = None, made_of: str = "") -> Any:
        request = self._request(method, path, body)
        if made_of:
            request.add_header("If-Match", made_of)
        try:
            with self._open(request, self._timeout_s) as response:
                kind, data = response.headers.get_content_type(), response.read()
        except OSError as error:
            raise Unreachable(f"{self._base}: {error}") from error
        if kind == "application/json":
            return json.loads(data) if data else None
        return data.decode()

    def _request(self, method: str, path: str, body: object) -> Request:
        url = f"{self._base}{path[1:]}" if path.startswith("//") else f"{self._base}{API}{path}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept-Language": self._language, "X-ThreeRing": self._token}
        if data is not None:
            headers["Content-Type"] = "application/json"
        return Request(url, data, headers, method=method)

    def _open(self, request: Request, timeout_s: float) -> HTTPResponse:
        try:
            response: HTTPResponse = self._opener.open(request, timeout=timeout_s)
        except HTTPError as error:
            with error:
                raise _refused(error.code, error.read()) from None
        except URLError as error:
            raise Unreachable(f"{self._base}: {error.reason}") from error
        return response


def _refused(status: int, data: bytes) -> ApiRefused:
    try:
        body = json.loads(data)
        return ApiRefused(status, body.get("error", ""), body.get("message", ""), body)
    except (ValueError, AttributeError):
        return ApiRefused(status, "", f"the server answered {status}")


def _events(stream: HTTPResponse) -> Iterator[Event]:
    id = name = ""
    data: list[str] = []
    for raw in stream:
        field, _, value = raw.decode().rstrip("\r\n").partition(": ")
        if field == "id":
            id = value
        elif field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif not field and data:
            yield Event(id, name, json.loads("\n".join(data)))
            id, name, data = "", "", []
