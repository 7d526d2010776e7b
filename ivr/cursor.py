"""Where a caller stands in her tree, and how that is carried on her channel. Pure.

Everything a waiting node needs to go on, or to be repeated after the controller was lost.
"""

import base64
import binascii

import msgspec

from calls.words import Language

PACKED_LIMIT = 640
"""Characters. Asterisk hands back 1,023 of a variable; what else a session keeps needs some."""
MAX_VALUE = 64
"""Characters of one variable's value; more is cut."""
_VARIABLE_BYTES = 350
"""Of the 479 that PACKED_LIMIT leaves in base64; the rest is for node, entry and counters."""
_FORMAT = "1"


class CursorUnreadable(ValueError):
    """The text is no cursor of this version's format."""


class Cursor(msgspec.Struct, frozen=True, kw_only=True, array_like=True, omit_defaults=True):
    """``pack`` and ``unpack`` are exact: what would not fit is forgotten when it is set, so that a
    caller who comes back is treated no other than one who was never away."""

    node: str
    language: Language
    stage: str = ""
    """What the node waits for, when it can wait for several things; '' on the way in."""
    tries: int = 0
    """Failed tries at this node."""
    steps: int = 0
    entry: str = ""
    """Keys taken but not yet believed."""
    limited: bool = False
    """The step limit was reached once and the tree's own way out is being followed."""
    variables: tuple[tuple[str, str], ...] = ()
    """Oldest first."""

    def value_of(self, name: str) -> str | None:
        for known, value in self.variables:
            if known == name:
                return value
        return None

    def with_variable(self, name: str, value: str) -> "Cursor":
        """This and one value more. When there is no room the oldest are forgotten."""
        others = [pair for pair in self.variables if pair[0] != name]
        # What UTF-8 cannot carry would not come back from the channel either.
        value = value[:MAX_VALUE].encode(errors="replace").decode()
        variables = [*others, (name, value)]
        while len(msgspec.msgpack.encode(variables)) > _VARIABLE_BYTES:
            del variables[0]
        return msgspec.structs.replace(self, variables=tuple(variables))


def pack(cursor: Cursor) -> str:
    """Letters, digits, ``-`` and ``_`` only, at most PACKED_LIMIT: nothing that AGI, AMI or the
    dialplan would read as more than text."""
    data = msgspec.msgpack.encode(cursor)
    return _FORMAT + base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpack(text: str) -> Cursor:
    """Raises CursorUnreadable."""
    if not text.startswith(_FORMAT) or len(text) > PACKED_LIMIT:
        raise CursorUnreadable(f"no cursor of format {_FORMAT}: {text[:20]!r}")
    try:
        data = base64.b64decode(text[1:] + "=" * (-(len(text) - 1) % 4), b"-_", validate=True)
        return msgspec.msgpack.decode(data, type=Cursor)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise CursorUnreadable(f"{error}: {text[:20]!r}") from error
