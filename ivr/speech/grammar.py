"""From a prompt and a language to the names of the pieces that say it. Pure and total.

Fixed and Text are not made of pieces: their audio is found by the book. Every name returned is a
key of ``all_pieces(language)``; what cannot be said raises Unspeakable and nothing else.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Protocol, cast

from calls.words import Language
from ivr.prompts import Date, Digits, Number, Place, StaffNumber, Wait
from ivr.speech import en, zh

MAX_DIGITS = 40
"""Nobody listens to more; an account number has at most 34 (IBAN)."""
_DIGITS = re.compile(r"[0-9A-Za-z+*# \-]*[0-9A-Za-z+*#][0-9A-Za-z+*# \-]*")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Unspeakable(ValueError):
    """The value has no reading (a date that does not exist, digits that are not)."""


class _Tongue(Protocol):
    PIECES: Mapping[str, str]

    def number(self, value: int, /) -> list[str]: ...
    def digits(self, text: str, /) -> list[str]: ...
    def staff(self, text: str, /) -> list[str]: ...
    def day(self, value: date, /) -> list[str]: ...
    def place(self, value: int, /) -> list[str]: ...
    def wait(self, low_min: int, high_min: int, /) -> list[str]: ...


_TONGUES = {Language.ZH: cast(_Tongue, zh), Language.EN: cast(_Tongue, en)}


def all_pieces(language: Language) -> Mapping[str, str]:
    """Every piece of ``language`` with the words it speaks; '' is a silence."""
    return _TONGUES[language].PIECES


def piece_names(
    prompt: Number | Digits | StaffNumber | Date | Place | Wait, language: Language
) -> tuple[str, ...]:
    """The pieces to play, in order. Places below 1 are said as next; waits below 0 as 0, bounds in
    the wrong order are exchanged. Raises Unspeakable."""
    tongue = _TONGUES[language]
    match prompt:
        case Number(value=value):
            said = tongue.number(value)
        case Digits(digits=digits):
            said = tongue.digits(_checked(digits))
        case StaffNumber(digits=digits):
            said = tongue.staff(_checked(digits))
        case Date(iso=iso):
            said = tongue.day(_day(iso))
        case Place(place=place):
            said = tongue.place(place)
        case Wait(low_min=one, high_min=other):
            low, high = sorted((max(0, one), max(0, other)))
            said = tongue.wait(low, high)
    return tuple(said)


def _checked(digits: str) -> str:
    if len(digits) > MAX_DIGITS or not _DIGITS.fullmatch(digits):
        raise Unspeakable("digits to read must be 1 to 40 of 0-9 A-Z + * #, spaces or dashes")
    return digits.strip(" -")


def _day(iso: str) -> date:
    try:
        if _ISO_DAY.fullmatch(iso):
            return date.fromisoformat(iso)
    except ValueError:
        pass
    raise Unspeakable("a date to read must be an existing day written YYYY-MM-DD")
