"""What a caller's session wants to know again when she is called back: kept by the engine, as text.

Like her place on the channel, but nothing limits its size: it never rides on a channel.
"""

import msgspec

from calls.words import Language
from ivr.cursor import Cursor
from ivr.cursor import pack as pack_cursor

LIMIT = 4_000
"""Characters. A tree notes a few dozen variables at most; more is left behind."""


class Promise(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    tree: str
    """Version hash of the tree she waited in."""
    cursor: str
    """ivr.cursor's, at the queue node."""
    language: Language = Language.ZH
    number: str = ""
    """She called from."""
    name: str = ""
    dialled: str = ""
    queued_at: float = 0.0
    keys: tuple[str, ...] = ()
    variables: dict[str, str] = {}
    consent: bool = False
    told: int | None = None


class PromiseUnreadable(ValueError):
    """Nothing this version understands."""


def pack(promise: Promise, cursor: Cursor) -> str:
    text = msgspec.json.encode(
        msgspec.structs.replace(promise, cursor=pack_cursor(cursor))
    ).decode()
    if len(text) <= LIMIT:
        return text
    return pack(msgspec.structs.replace(promise, keys=(), variables={}, name=""), cursor)


def unpack(text: str) -> Promise:
    try:
        return msgspec.json.decode(text, type=Promise)
    except msgspec.MsgspecError as error:
        raise PromiseUnreadable(str(error)) from error
