"""What may stand in an application's arguments and in a variable's name: pure checks.

Asterisk splits the arguments of EXEC at commas and Dial splits at ``&``: text that could change
how many there are is refused, unless its writer says it is ready made.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from telephony.agi.wire import UnfitCommand


@dataclass(frozen=True, slots=True)
class Raw:
    """Arguments put together by our own code, taken as they are. Never text of a stranger."""

    text: str


_SPLITTING = re.compile(r'[,&"\\;]|\$[{\[]|[\x00-\x1f\x7f]')
_TAKEN_BY_MSET = re.compile(r'[,"\\()\[\]]')
"""Splits, groups or vanishes there, unless a backslash stands before it."""
_ESCAPED = r"\\\g<0>"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_APPLICATION = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}(?:\([A-Za-z0-9_,.:/-]{0,80}\))?")
KEYS = frozenset("0123456789*#ABCD")


@lru_cache(maxsize=256)
def application_name(name: str) -> str:
    if not _APPLICATION.fullmatch(name):
        raise UnfitCommand(f"not an application: {name!r}")
    return name


@lru_cache(maxsize=256)
def variable_name(name: str) -> str:
    """A variable, or one function of a plain argument, such as ``CHANNEL(language)``."""
    if not _VARIABLE.fullmatch(name):
        raise UnfitCommand(f"not a variable: {name!r}")
    return name


def key_set(keys: str) -> str:
    if not set(keys) <= KEYS:
        raise UnfitCommand(f"not keys: {keys!r}")
    return keys


def join_arguments(arguments: tuple[str | int | float | Raw, ...]) -> str:
    """The one string that EXEC takes. Raises UnfitCommand for text that would split or escape."""
    return ",".join(
        argument.text if isinstance(argument, Raw) else _plain(str(argument))
        for argument in arguments
    )


def assignments(values: Mapping[str, str]) -> Raw:
    """What MSet takes for these variables; any text goes through unchanged."""
    return Raw(
        ",".join(
            f"{variable_name(name)}={_TAKEN_BY_MSET.sub(_ESCAPED, value)}"
            for name, value in values.items()
        )
    )


def _plain(text: str) -> str:
    if _SPLITTING.search(text) or not _balanced(text):
        raise UnfitCommand(f"an argument that would be taken for more than one: {text[:60]!r}")
    return text


def _balanced(text: str) -> bool:
    open_: list[str] = []
    for char in text:
        if char in "([{":
            open_.append(char)
        elif char in _PAIRS and (not open_ or open_.pop() != _PAIRS[char]):
            return False
    return not open_
