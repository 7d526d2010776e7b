"""What Asterisk says of a channel as it comes in: read strictly, because strangers write in it.

A caller's name with a line break in it can pretend to be further keys. Asterisk writes its keys
once and in one order; anything else is refused whole.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from calls.text import clean_caller, clean_name, clean_number

ORDER = (
    "agi_network",
    "agi_network_script",
    "agi_request",
    "agi_channel",
    "agi_language",
    "agi_type",
    "agi_uniqueid",
    "agi_version",
    "agi_callerid",
    "agi_calleridname",
    "agi_callingpres",
    "agi_callingani2",
    "agi_callington",
    "agi_callingtns",
    "agi_dnid",
    "agi_rdnis",
    "agi_context",
    "agi_extension",
    "agi_priority",
    "agi_enhanced",
    "agi_accountcode",
    "agi_threadid",
)
"""The order in which Asterisk writes; agi_arg_1, agi_arg_2, ... follow."""

_OPTIONAL = frozenset({"agi_network", "agi_network_script"})
_PLACE = {key: place for place, key in enumerate(ORDER)}
_ARGUMENT = re.compile(r"agi_arg_([1-9][0-9]{0,3})")
_KEY = re.compile(r"agi_[a-z0-9_]{1,40}")
_NOBODY = "unknown"
"""What Asterisk writes for a number or name it does not have."""


class BadEnvironment(ValueError):
    """Not what Asterisk writes: a key repeated, out of order, missing, or no key at all."""


@dataclass(frozen=True, slots=True)
class Environment:
    channel: str
    """Name of the channel (``PJSIP/trunk-00000001``)."""
    channel_id: str
    number: str
    """Caller's number, ``0-9 + * #`` only, or a web caller's name; '' when hidden or forged."""
    name: str
    """Caller's name without control characters; '' when none."""
    dialled: str
    """The number called, else the extension; '' when neither is a number."""
    context: str
    extension: str
    language: str
    path: str
    """The path of the ``agi://host/path`` that was called, without its slash."""
    arguments: tuple[str, ...] = ()
    lines: str = field(default="", repr=False)
    """All that was sent, ``key:value`` a line: in one piece, for it is kept for every caller."""

    @property
    def raw(self) -> dict[str, str]:
        """All that was sent, by key."""
        pairs = (line.partition(":") for line in self.lines.split("\n") if line)
        return {key: value for key, _, value in pairs}


class EnvironmentReader:
    """Takes the lines one by one, and refuses at the first that is wrong."""

    def __init__(self) -> None:
        self._raw: dict[str, str] = {}
        self._place = -1
        self._arguments: list[str] = []

    def add(self, line: bytes) -> None:
        """One line without its newline. Raises BadEnvironment."""
        key, colon, value = line.decode("utf-8", "replace").partition(":")
        if not colon or not _KEY.fullmatch(key):
            raise BadEnvironment(f"line {len(self._raw) + 1} is no key")
        if key in self._raw:
            raise BadEnvironment(f"{key} is repeated")
        argument = _ARGUMENT.fullmatch(key)
        if argument:
            self._arguments.append(value.removeprefix(" "))
            if int(argument[1]) != len(self._arguments) or ORDER[-1] not in self._raw:
                raise BadEnvironment(f"{key} is out of order")
        elif key in _PLACE:
            if _PLACE[key] < self._place or self._arguments:
                raise BadEnvironment(f"{key} is out of order")
            self._place = _PLACE[key]
        self._raw[key] = value.removeprefix(" ")

    def __len__(self) -> int:
        return len(self._raw)

    def whole(self) -> Environment:
        """At the blank line. Raises BadEnvironment when a key is missing."""
        raw = self._raw
        missing = [key for key in ORDER if key not in raw and key not in _OPTIONAL]
        if missing:
            raise BadEnvironment(f"{missing[0]} is missing")
        name = raw["agi_calleridname"]
        return Environment(
            channel=clean_name(raw["agi_channel"]),
            channel_id=clean_name(raw["agi_uniqueid"]),
            number=clean_caller(raw["agi_callerid"]),
            name="" if name == _NOBODY else clean_name(name),
            dialled=clean_number(raw["agi_dnid"]) or clean_number(raw["agi_extension"]),
            context=clean_name(raw["agi_context"]),
            extension=clean_name(raw["agi_extension"]),
            language=clean_name(raw["agi_language"]),
            path=_path(raw["agi_request"]),
            arguments=tuple(self._arguments),
            lines="\n".join(f"{key}:{value}" for key, value in raw.items()),
        )


def _path(request: str) -> str:
    try:
        return urlsplit(request).path.strip("/") if "://" in request else request
    except ValueError as error:
        raise BadEnvironment("agi_request is not an address") from error
