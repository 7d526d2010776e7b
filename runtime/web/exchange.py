"""What views ask of HTTP, on Flask: the implementation of calls.exchange."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as WaitedTooLong
from typing import Any, TypeVar, cast
from urllib.parse import quote

import msgspec
from flask import Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from agent_softphone_bridge.people import SignedIn
from calls.exchange import Fault, Reply
from calls.rights import Who
from calls.words import Language
from runtime.web.refusals import asked_language

T = TypeVar("T")

GREATEST = 2.0**53
"""More is no number of anything here, and no database keeps it."""
WAIT_S = 5.0
"""A view that needs longer would keep a thread from everybody else."""


class FlaskExchange:
    def __init__(self, loop: asyncio.AbstractEventLoop, now: Callable[[], float]) -> None:
        self._loop = loop
        self._now = now

    def who(self) -> Who:
        return self.signed_in().who

    def signed_in(self) -> SignedIn:
        """Raises Fault when nobody is."""
        found = cast(SignedIn | None, g.get("signed_in"))
        if found is None:
            raise Fault("not_signed_in")
        return found

    def query(self, kind: type[T]) -> T:
        asked = {name: values[-1] for name, values in request.args.lists() if name != "lang"}
        try:
            query = msgspec.convert(asked, kind, strict=False)
        except msgspec.ValidationError as error:
            raise _unfit(error) from error
        for name in asked:
            value = getattr(query, name, None)
            if isinstance(value, int | float) and not abs(value) < GREATEST:
                raise Fault("out_of_range", name)
        return query

    def body(self, kind: type[T]) -> T:
        if not request.is_json:
            raise Fault("not_json")
        try:
            return msgspec.json.decode(request.get_data(cache=False), type=kind)
        except msgspec.ValidationError as error:
            raise _unfit(error) from error
        except msgspec.DecodeError as error:
            raise Fault("not_json") from error

    def reply(self, value: object, status: int = 200) -> Reply:
        if status == 204:
            return Response(status=204)
        return Response(msgspec.json.encode(value), status, content_type="application/json")

    def data(self, most: int) -> bytes:
        request.max_content_length = most
        try:
            return request.get_data(cache=False)
        except RequestEntityTooLarge as error:
            raise Fault("too_large") from error

    def file(self, data: bytes, kind: str, name: str) -> Reply:
        return Response(
            data,
            headers={
                "Content-Type": kind,
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
                "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
            },
        )

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        waiting = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return waiting.result(WAIT_S)
        except WaitedTooLong:
            waiting.cancel()
            raise

    def language(self) -> Language:
        return asked_language()

    def now(self) -> float:
        return self._now()

    def changed(self, before: str, after: str) -> None:
        g.changed = {"before": before, "after": after}

    def unchanged(self) -> None:
        g.changed = None


def _unfit(error: msgspec.ValidationError) -> Fault:
    detail, _, path = str(error).partition(" - at ")
    return Fault("unfit", path.strip("`"), detail=detail)
