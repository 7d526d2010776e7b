"""What checkers say in English, said in Chinese: by the sentence they filled in. Pure.

A phrase is an English sentence with blanks, ``write a number up to {}``, and the Chinese one; what
stood in the blanks is said over, itself by a phrase where there is one. What no phrase fits is said
as it is. A test reads the checkers' own source: no sentence of theirs lacks its phrase.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from calls.words import Language

_BLANK = "{}"
DEPTH = 2
"""A blank's own blanks; deeper there are names alone."""


class Phrases:
    def __init__(self, chinese: Mapping[str, str]) -> None:
        """The first phrase that fits counts: those with more words of their own go first."""
        whole = {en: zh for en, zh in chinese.items() if _BLANK not in en}
        blanks = sorted((en for en in chinese if _BLANK in en), key=_own_words, reverse=True)
        self._whole = whole
        self._blanks = [
            (en.partition(_BLANK)[0], en.rpartition(_BLANK)[2], _pattern(en), chinese[en])
            for en in blanks
        ]
        self._in_chinese = lru_cache(4_096)(self._look)

    def say(self, text: str, language: Language) -> str:
        return text if language is Language.EN else self._in_chinese(text, DEPTH)

    def _look(self, text: str, depth: int) -> str:
        known = self._whole.get(text)
        if known is not None or not depth:
            return known or text
        for head, tail, pattern, zh in self._blanks:
            if text.startswith(head) and text.endswith(tail):
                found = pattern.fullmatch(text)
                if found:
                    values = [self._look(value, depth - 1) for value in found.groups()]
                    return _filled(zh, values)
        return text


def _own_words(english: str) -> int:
    return len(english.replace(_BLANK, ""))


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, english.split(_BLANK))), re.DOTALL)


def _filled(chinese: str, values: list[str]) -> str:
    """Blanks in order; ``{2}`` stands for the second value wherever Chinese wants it."""
    for number, value in enumerate(values, start=1):
        chinese = chinese.replace(f"{{{number}}}", value)
    for value in values:
        chinese = chinese.replace(_BLANK, value, 1)
    return chinese
