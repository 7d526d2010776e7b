"""What a view needs of HTTP, so that a room's ``web.py`` knows neither the app nor another room.

runtime.web.exchange implements it. Pure: marks, a protocol, and how a view refuses.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from calls.rights import View, Who
from calls.words import Language

T = TypeVar("T")
Reply = Any
"""What a view gives back: a response of Flask, which this floor does not know."""

_MARK = "speaks"


class Fault(Exception):
    """The asker's fault. ``code`` names a sentence and a status in runtime.web.sentences;
    ``values`` fill its blanks, ``field`` is what to point at on a form, ``now`` what somebody else
    made of it meanwhile, ``findings`` all that is wrong with a document."""

    def __init__(
        self,
        code: str,
        field: str = "",
        *,
        now: object = None,
        findings: Sequence[object] = (),
        **values: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.now = now
        self.findings = tuple(findings)
        self.values = values


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A query or a body: named fields only, what is not known is refused."""


class Exchange(Protocol):
    def who(self) -> Who:
        """Who asks; only in views that are not public."""

    def query(self, kind: type[T]) -> T:
        """What stands behind the question mark. A wrong one ends the request with 422."""

    def body(self, kind: type[T]) -> T:
        """The JSON sent. Ends the request with 400 (no JSON), 413 or 422."""

    def reply(self, value: object, status: int = 200) -> Reply:
        """``value`` (Structs, dataclasses, plain values) as a JSON response."""

    def data(self, most: int) -> bytes:
        """The bytes sent, whatever they are. Ends the request with 413 when there are more."""

    def file(self, data: bytes, kind: str, name: str) -> Reply:
        """Bytes to be saved under this name, never to be shown as a page of ours."""

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the event loop do it, and wait; what it raises is raised here. 503 when it takes
        too long."""

    def language(self) -> Language:
        """In which the asker is told what is wrong."""

    def now(self) -> float: ...

    def changed(self, before: str, after: str) -> None:
        """For the audit: what this request changes, by its hash or name before and after."""

    def unchanged(self) -> None:
        """For the audit: a request that is no GET and still changes nothing."""


class Speech(msgspec.Struct, frozen=True):
    """What a view takes and gives: what the API's description is made of."""

    about: str
    query: Any = None
    body: Any = None
    returns: Any = None
    status: int = 200
    refuses: tuple[int, ...] = ()
    """Statuses of refusals besides those every view has."""


def speaks(
    about: str,
    *,
    query: Any = None,
    body: Any = None,
    returns: Any = None,
    status: int = 200,
    refuses: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Describe a view; types are what ``Exchange.query``, ``body`` and ``reply`` are given."""

    def mark(view: View) -> View:
        vars(view)[_MARK] = Speech(about, query, body, returns, status, refuses)
        return view

    return mark


def speech_of(view: Callable[..., object]) -> Speech | None:
    found = vars(view).get(_MARK)
    return found if isinstance(found, Speech) else None
