"""Text that strangers control, made safe before anybody uses it; and masked before it is logged.

A caller chooses the number and name shown; both have arrived with control characters in them.
"""

import re
import unicodedata

MAX_NUMBER = 32
"""E.164 allows 15 digits; international prefixes and feature codes need some more."""
MAX_NAME = 80

_WEB_CALLER = re.compile(r"web-[0-9a-f]{12}\Z")
_NUMBER_CHARS = frozenset("0123456789+*#")
_AS_WRITTEN = str.maketrans("", "", " -.()/")


def clean_number(text: str) -> str:
    """Only ``0-9 + * #``, at most MAX_NUMBER; '' when anything else was in it, so that a forged
    number becomes a hidden one and never a different one. Spaces, dots, dashes and brackets are
    how people write numbers, and are dropped."""
    bare = text.translate(_AS_WRITTEN)
    if not bare or len(bare) > MAX_NUMBER or not set(bare) <= _NUMBER_CHARS:
        return ""
    return bare


def is_web_caller(text: str) -> bool:
    """Whether this is what stands in place of a number for somebody who calls from a web page. Our
    own dialplan alone gives such a name: from a trunk it comes as a hidden number."""
    return _WEB_CALLER.match(text) is not None


def clean_caller(text: str) -> str:
    """Who calls: a number as `clean_number` leaves it, or a web caller's name."""
    return text if is_web_caller(text) else clean_number(text)


def clean_name(text: str) -> str:
    """No control, format or private characters, spaces folded, at most MAX_NAME characters."""
    if text.isprintable():  # nearly every name: nothing to drop
        return " ".join(text.split())[:MAX_NAME]
    kept = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return " ".join(kept.split())[:MAX_NAME]


def mask_number(number: str) -> str:
    """``13812345678`` becomes ``138****5678``: enough to recognise, not enough to ring."""
    if len(number) < 7:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
