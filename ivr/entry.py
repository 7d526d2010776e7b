"""What a caller typed, checked: lengths, check digits, patterns. Pure.

Patterns come from admins and entries from strangers, so only patterns that cannot run long are let
through: a telephone must not stop the hotline.
"""

import re

from ivr.model import Ask, Luhn, Modulo, Regex

MAX_REPEATS = 3
"""Open-ended repeats in one pattern: three over 32 characters are about 6,000 steps at worst."""
_NEVER = (
    (re.compile(r"\(\?(?!:)"), "look-around, flags and named groups are not allowed"),
    (re.compile(r"\\[1-9]"), "back-references are not allowed"),
    (re.compile(r"\)[*+{]"), "a group must not be repeated; write the repeat on one character"),
)
_REPEAT = re.compile(r"[*+]|\{[0-9]*,[0-9]*\}")


def is_valid(node: Ask, keys: str) -> bool:
    """Whether these keys satisfy everything that can be known without asking anybody."""
    if not node.min_length <= len(keys) <= node.max_length:
        return False
    if isinstance(node.check, Regex):
        return re.fullmatch(node.check.pattern, keys) is not None
    if not (keys.isascii() and keys.isdigit()):
        return False
    if isinstance(node.check, Luhn):
        return luhn(keys)
    if isinstance(node.check, Modulo):
        return int(keys) % node.check.divisor == node.check.remainder
    return True


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def pattern_problem(pattern: str) -> str:
    """Why a pattern is not let through; '' when it is."""
    try:
        re.compile(pattern)
    except re.error as error:
        return f"not a pattern: {error}"
    for never, why in _NEVER:
        if never.search(pattern):
            return why
    if len(_REPEAT.findall(re.sub(r"\\.|\[[^\]]*\]", "x", pattern))) > MAX_REPEATS:
        return f"more than {MAX_REPEATS} open-ended repeats"
    return ""
