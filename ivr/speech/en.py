"""English: the pieces it is spoken from, and how numbers, dates, places and waits are said. Pure.

American usage, to match the voice: no "and" after hundred, month before day, "pound" for #.
"""

import string
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

LARGEST = 10**12 - 1
"""Above it a number is read digit by digit."""
LONG_WAIT_MIN = 60
_SIGNS = {"+": "plus", "*": "star", "#": "hash"}
_WORDS = """\
zero one two three four five six seven eight nine
ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
. . twenty thirty forty fifty sixty seventy eighty ninety
January February March April May June July August September October November December
first second third fourth fifth sixth seventh eighth ninth tenth
eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
"""
_ONES, _TEENS, _TENS, _MONTHS, _FIRSTS, _TEENTHS = (row.split() for row in _WORDS.splitlines())
_PHRASES = {
    "minus": "minus",
    "plus": "plus",
    "star": "star",
    "hash": "pound",
    "oh": "oh",
    "hundred": "hundred",
    "thousand": "thousand",
    "million": "million",
    "billion": "billion",
    "staff_before": "Agent",
    "staff_after": "at your service",
    "place_next": "You are next in the queue",
    "place_before": "You are number",
    "place_after": "in the queue",
    "wait_about": "The expected wait is about",
    "wait_between": "The expected wait is",
    "wait_up_to": "The expected wait is up to",
    "wait_short": "The expected wait is less than a minute",
    "wait_long": "The expected wait is more than an hour",
    "to": "to",
    "minute": "minute",
    "minutes": "minutes",
    "pause": "",
}


def _under_hundred(value: int) -> str:
    if value < 20:
        return (_ONES + _TEENS)[value]
    tens, ones = divmod(value, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


def _ordinal(value: int) -> str:
    if value < 20:
        return (_FIRSTS + _TEENTHS)[value - 1]
    tens, ones = divmod(value, 10)
    return f"{_TENS[tens]}-{_FIRSTS[ones - 1]}" if ones else _TENS[tens][:-1] + "ieth"


def _pieces() -> dict[str, str]:
    pieces = {f"n{value}": _under_hundred(value) for value in range(100)}
    pieces |= {f"hundred{digit}": f"{_ONES[digit]} hundred" for digit in range(1, 10)}
    pieces |= {f"month{number}": name for number, name in enumerate(_MONTHS, 1)}
    pieces |= {f"day{day}": _ordinal(day) for day in range(1, 32)}
    pieces |= {f"letter_{letter}": letter.upper() for letter in string.ascii_lowercase}
    return pieces | _PHRASES


PIECES: Mapping[str, str] = MappingProxyType(_pieces())
"""Every piece by name, with the words it speaks; 'pause' is silence."""


def number(value: int) -> list[str]:
    """105 is one hundred five; below zero begins with minus."""
    if value < 0:
        return ["minus", *number(-value)]
    if value > LARGEST:
        return digits(str(value))
    said: list[str] = []
    for unit, name in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (1, "")):
        hundreds, rest = divmod(value // unit % 1000, 100)
        said += [f"hundred{hundreds}"] if hundreds else []
        said += [f"n{rest}"] if rest else []
        said += [name] if name and (hundreds or rest) else []
    return said or ["n0"]


def digits(text: str) -> list[str]:
    """One by one. Spaces and dashes are pauses."""
    said = []
    for sign in text.lower():
        if sign in "0123456789":
            said.append(f"n{sign}")
        elif sign in string.ascii_lowercase:
            said.append(f"letter_{sign}")
        else:
            said.append(_SIGNS.get(sign, "pause"))
    return said


def staff(text: str) -> list[str]:
    return ["staff_before", *digits(text), "staff_after"]


def _year(value: int) -> list[str]:
    """1905 nineteen oh five, 2000 two thousand, 2008 two thousand eight, 2026 twenty twenty-six."""
    century, rest = divmod(value, 100)
    if value < 1000 or (century % 10 == 0 and rest < 10):
        return number(value)
    if rest == 0:
        return [f"n{century}", "hundred"]
    return [f"n{century}", *(["oh"] if rest < 10 else []), f"n{rest}"]


def day(value: date) -> list[str]:
    return [f"month{value.month}", f"day{value.day}", *_year(value.year)]


def place(value: int) -> list[str]:
    """1 (or less) is next."""
    if value <= 1:
        return ["place_next"]
    return ["place_before", *number(value), "place_after"]


def _minutes(value: int) -> list[str]:
    return [*number(value), "minute" if value == 1 else "minutes"]


def wait(low_min: int, high_min: int) -> list[str]:
    """Whole minutes, ``0 <= low_min <= high_min``."""
    if high_min == 0:
        return ["wait_short"]
    if low_min >= LONG_WAIT_MIN:
        return ["wait_long"]
    if low_min == 0:
        return ["wait_up_to", *_minutes(high_min)]
    if low_min == high_min:
        return ["wait_about", *_minutes(high_min)]
    return ["wait_between", *number(low_min), "to", *_minutes(high_min)]
