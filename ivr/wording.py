"""From what a node says to prompts: variables filled in, each read as the tree wishes. Pure, total.

A value that cannot be read so is read as text, and an unset one not at all: nobody hears an error.
"""

import re
from collections.abc import Callable
from datetime import date

from calls.words import Language
from ivr.model import Says, Tree, Variable
from ivr.prompts import Date, Digits, Fixed, Number, Prompt, Text

ValueOf = Callable[[str], str]
"""A variable's value, '' when it is not set."""

MAX_SPOKEN = 200
"""Characters of free text; nobody on a telephone listens to more."""
_NUMBER = re.compile(r"-?[0-9]{1,12}")
_DIGITS = re.compile(r"[0-9+*#]{1,32}")


def prompts_for(tree: Tree, says: Says, value_of: ValueOf) -> tuple[Prompt, ...]:
    found: list[Prompt] = []
    for one in says:
        if isinstance(one, str):
            found.append(Fixed(id=one))
        elif value := value_of(one.variable):
            found.append(_read(tree, one, value))
    return tuple(found)


def in_each_language(prompts: tuple[Prompt, ...], languages: list[Language]) -> tuple[Prompt, ...]:
    """All prompts in the first language, then all in the next."""
    return tuple(
        Fixed(id=prompt.id, language=language) if isinstance(prompt, Fixed) else prompt
        for language in languages
        for prompt in prompts
    )


def _read(tree: Tree, variable: Variable, value: str) -> Prompt:
    match variable.read_as:
        case "number" if _NUMBER.fullmatch(value):
            return Number(value=int(value))
        case "digits" if _DIGITS.fullmatch(value):
            return Digits(digits=value)
        case "date" if _is_date(value[:10]):
            return Date(iso=value[:10])
        case "prompt" if variable.prefix + value in tree.prompts:
            return Fixed(id=variable.prefix + value)
    return Text(text=value[:MAX_SPOKEN])


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
