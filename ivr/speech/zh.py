"""Mandarin: the pieces it is spoken from, and how numbers, dates, places and waits are said. Pure.

两 stands before a measure word, 千, 万 and 亿, and before 百 where the number begins with it;
elsewhere 二. 1 is 幺 wherever digits are read one by one, as telephone staff do, but 一 in a year.
"""

import string
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

DIGITS = "零一二三四五六七八九"
LARGEST = 10**12 - 1
"""Above it a number is read digit by digit: nobody follows 兆 by ear."""
LONG_WAIT_MIN = 60
_MOBILE_DIGITS = 11
_SIGNS = {"+": "plus", "*": "star", "#": "hash"}


def _under_hundred(value: int) -> str:
    tens, ones = divmod(value, 10)
    if tens == 0:
        return DIGITS[ones]
    head = "" if tens == 1 else DIGITS[tens]
    return f"{head}十{DIGITS[ones] if ones else ''}"


def _pieces() -> dict[str, str]:
    pieces = {f"n{value}": _under_hundred(value) for value in range(100)}
    pieces |= {f"teen{value}": "一" + _under_hundred(value) for value in range(10, 20)}
    pieces |= {f"hundred{digit}": DIGITS[digit] + "百" for digit in range(1, 10)}
    pieces |= {f"thousand{digit}": DIGITS[digit] + "千" for digit in range(1, 10)}
    pieces |= {f"month{month}": _under_hundred(month) + "月" for month in range(1, 13)}
    pieces |= {f"day{day}": _under_hundred(day) + "日" for day in range(1, 32)}
    pieces |= {f"letter_{letter}": letter for letter in string.ascii_lowercase}
    return pieces | {
        "thousand2": "两千",
        "hundred2_first": "两百",
        "wan": "万",
        "yi": "亿",
        "liang": "两",
        "yao": "幺",
        "minus": "负",
        "plus": "加",
        "star": "星号",
        "hash": "井号",
        "year": "年",
        "staff_before": "工号",
        "staff_after": "为您服务",
        "place_next": "您是下一位",
        "place_before": "您前面还有",
        "place_after": "位客户",
        "wait_about": "预计等待时间约",
        "wait_between": "预计等待时间",
        "wait_up_to": "预计等待时间不超过",
        "wait_short": "预计等待时间不到一分钟",
        "wait_long": "预计等待时间超过一小时",
        "to": "到",
        "minutes": "分钟",
        "pause": "",
    }


PIECES: Mapping[str, str] = MappingProxyType(_pieces())
"""Every piece by name, with the words it speaks; 'pause' is silence."""


def _section(value: int, first: bool) -> list[str]:
    """One group of four digits, 1 to 9999; ``first`` when the number begins with it."""
    thousands, rest = divmod(value, 1000)
    hundreds, rest = divmod(rest, 100)
    said = [f"thousand{thousands}"] if thousands else []
    if hundreds:
        said.append(
            "hundred2_first" if hundreds == 2 and first and not said else f"hundred{hundreds}"
        )
    if not rest:
        return said
    if said and (rest < 10 or not hundreds):
        said.append("n0")
    inside = bool(said) or not first
    return [*said, f"teen{rest}" if inside and 10 <= rest < 20 else f"n{rest}"]


def number(value: int) -> list[str]:
    """A quantity with no measure word after it: 2 is 二, 12 十二, 105 一百零五, 2000 两千."""
    if value < 0:
        return ["minus", *number(-value)]
    if value > LARGEST:
        return digits(str(value))
    said: list[str] = []
    skipped = False
    for unit, name in ((10**8, "yi"), (10**4, "wan"), (1, "")):
        section = value // unit % 10**4
        if not section:
            skipped = bool(said)
            continue
        if said and (section < 1000 or skipped):
            said.append("n0")
        said += ["liang"] if section == 2 and name else _section(section, first=not said)
        said += [name] if name else []
        skipped = False
    return said or ["n0"]


def count(value: int) -> list[str]:
    """A quantity before a measure word (位, 分钟): exactly 2 is 两."""
    return ["liang"] if value == 2 else number(value)


def digits(text: str) -> list[str]:
    """One by one, 1 as 幺. Spaces and dashes are pauses; a bare mobile number falls into 3-4-4."""
    if len(text) == _MOBILE_DIGITS and text.isdecimal() and text[0] == "1":
        text = f"{text[:3]} {text[3:7]} {text[7:]}"
    said = []
    for sign in text.lower():
        if sign in "0123456789":
            said.append("yao" if sign == "1" else f"n{sign}")
        elif sign in string.ascii_lowercase:
            said.append(f"letter_{sign}")
        else:
            said.append(_SIGNS.get(sign, "pause"))
    return said


def staff(text: str) -> list[str]:
    return ["staff_before", *digits(text), "staff_after"]


def day(value: date) -> list[str]:
    year = [f"n{digit}" for digit in str(value.year)]
    return [*year, "year", f"month{value.month}", f"day{value.day}"]


def place(value: int) -> list[str]:
    """1 (or less) is next; 3 has two before her."""
    if value <= 1:
        return ["place_next"]
    return ["place_before", *count(value - 1), "place_after"]


def wait(low_min: int, high_min: int) -> list[str]:
    """Whole minutes, ``0 <= low_min <= high_min``."""
    if high_min == 0:
        return ["wait_short"]
    if low_min >= LONG_WAIT_MIN:
        return ["wait_long"]
    if low_min == 0:
        return ["wait_up_to", *count(high_min), "minutes"]
    if low_min == high_min:
        return ["wait_about", *count(high_min), "minutes"]
    return ["wait_between", *count(low_min), "to", *count(high_min), "minutes"]
