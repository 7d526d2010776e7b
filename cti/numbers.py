"""A caller's number, as trunks send it and people write it, brought to one form.

Pure but for phonenumbers' tables. Nothing a stranger writes here raises, and text that is not a
number never becomes one: it is hidden or malformed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from calls.text import clean_number, is_web_caller

MAX_WRITTEN = 64
"""Longer text is not read at all; the longest number with brackets and spaces has about 30."""
MAX_SHORT = 6
"""Digits an extension (8001) or a service number (95588, 118114) may have."""
TAIL = 8
"""Two writings of one subscriber's number agree in their last eight digits: a Chinese landline
has seven or eight behind its area code."""


class NumberKind(StrEnum):
    E164 = "e164"
    INTERNAL = "internal"
    """Too short for the public plan: an extension of the house, or a service number."""
    WEB = "web"
    """No number: somebody who calls from a web page, known again by this name."""
    HIDDEN = "hidden"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class CallerNumber:
    """``e164`` is '' unless the kind is E164; ``national`` is digits as its own country dials
    them; ``display`` is for eyes. All three are '' for hidden numbers; a web caller has her name
    in place of the national digits."""

    kind: NumberKind
    e164: str = ""
    national: str = ""
    display: str = ""

    @property
    def key(self) -> str:
        """What facts, tables and look-ups carry: E.164, else the bare digits, '' when hidden."""
        return self.e164 or self.national

    @property
    def can_be_dialled(self) -> bool:
        return self.kind in (NumberKind.E164, NumberKind.INTERNAL)


_HIDDEN_WORDS = frozenset(
    [
        "anonymous",
        "restricted",
        "private",
        "unknown",
        "unavailable",
        "withheld",
        "hidden",
        "blocked",
        "nonumber",
        "none",
        "null",
        "asterisk",
        "匿名",
        "未知",
        "隐藏",
        "保密",
        "无号码",
        "未知号码",
        "匿名号码",
        "私人号码",
    ]
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー"), "-")
# Direction marks and zero-width spaces ride along when a number is copied from a web page.
_INVISIBLE = dict.fromkeys(
    [0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF]
)
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_WRITING = _DASHES | _INVISIBLE | _FULL_WIDTH
_NUMBER = re.compile(r"\+?[0-9]+\Z")
_DIGITS = re.compile(r"[0-9]+\Z")
_CN_MOBILE = re.compile(r"(?:\+86|0086|86|0)?(1[3-9][0-9]{9})\Z")
"""In China eleven digits from 13 to 19 are a mobile, also of a range newer than our tables. It
spares most rows of a large import the slower general way; a test holds both equal."""
MIN_WITHOUT_PLUS = 11
"""Digits that may be a whole international number whose ``+`` was lost; shorter ones are local."""


def read_number(text: str, region: str = "CN", area_code: str = "") -> CallerNumber:
    """The number meant by ``text``. ``region``: the centre's country, ISO 3166 (``CN``).

    ``area_code``: digits of the centre's own area without the trunk prefix (``10`` for Beijing),
    so that a local number (62345678) can be completed; without it such a number is malformed.
    Reads ``+86``, ``0086``, ``86``, the trunk prefix 0, spaces, dots, dashes, brackets, slashes
    and full-width digits. Never raises.
    """
    if len(text) > MAX_WRITTEN:
        return CallerNumber(NumberKind.MALFORMED)
    return _read(text, region, area_code)


@lru_cache(maxsize=1024)
def _read(text: str, region: str, area_code: str) -> CallerNumber:
    plain = text.translate(_WRITING).strip(" ")
    if is_web_caller(plain):
        return CallerNumber(NumberKind.WEB, national=plain, display=plain)
    word = plain.casefold().replace(" ", "").split("@")[0]
    if word in _HIDDEN_WORDS or not word.strip("0+-"):
        return CallerNumber(NumberKind.HIDDEN)
    bare = clean_number(plain)
    if not bare:
        return CallerNumber(NumberKind.MALFORMED)
    mobile = _CN_MOBILE.match(bare) if region == "CN" else None
    if mobile:
        return _mobile(mobile[1])
    if _DIGITS.match(bare) and len(bare) <= MAX_SHORT:
        return CallerNumber(NumberKind.INTERNAL, national=bare, display=bare)
    number = _parse(bare, region, area_code) if _NUMBER.match(bare) else None
    if number is None:
        return CallerNumber(NumberKind.MALFORMED, national=bare, display=bare)
    return _public(number, region)


def tail_of(number: str) -> str:
    """The last eight digits, by which similar numbers are found; '' when there are fewer."""
    digits = number.removeprefix("+")
    if len(digits) < TAIL or not _DIGITS.match(digits):
        return ""
    return digits[-TAIL:]


def could_be_same(one: str, other: str) -> bool:
    """Whether two keys of `CallerNumber` may be writings of one number, though they differ.

    Equal tails are asked for. Two complete numbers of one country that differ in what stands
    before the tail are two subscribers (138-1234-5678 is not 139-1234-5678), so they are not
    similar; a number without its area code, or read in the wrong country, may be.
    """
    tail = tail_of(one)
    if not tail or tail != tail_of(other):
        return False
    first, second = sorted((_significant(one), _significant(other)), key=len)
    return second.endswith(first)


def _mobile(digits: str) -> CallerNumber:
    return CallerNumber(
        NumberKind.E164,
        e164=f"+86{digits}",
        national=digits,
        display=f"{digits[:3]} {digits[3:7]} {digits[7:]}",
    )


def _parse(bare: str, region: str, area_code: str) -> PhoneNumber | None:
    whole = bare
    local = _DIGITS.match(bare) is not None
    if local and area_code and 7 <= len(bare) <= TAIL:
        whole = f"+{phonenumbers.country_code_for_region(region)}{area_code}{bare}"
    number = _valid(whole, region)
    if number is None and local and len(bare) >= MIN_WITHOUT_PLUS and bare[0] != "0":
        number = _valid(f"+{bare}", region)
    if number is None and bare.startswith(("+", "00")):
        number = _possible(bare, region)
    return number


def _valid(written: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _possible(written: str, region: str) -> PhoneNumber | None:
    """Written internationally and of a possible length: a range newer than our tables."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _public(number: PhoneNumber, region: str) -> CallerNumber:
    home = number.country_code == phonenumbers.country_code_for_region(region)
    style = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return CallerNumber(
        NumberKind.E164,
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        national="".join(c for c in national if c.isdigit()),
        display=phonenumbers.format_number(number, style),
    )


def _significant(key: str) -> str:
    """The digits without country code and trunk prefix."""
    if key.startswith("+"):
        try:
            number = phonenumbers.parse(key)
        except phonenumbers.NumberParseException:
            return key[1:]
        return phonenumbers.national_significant_number(number)
    return key.lstrip("0")
