"""Mistakes in what people wrote, said so that they can mend them; public API.

Where it stands, what is wrong, what would be right. All of them at once, never only the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    file: str
    """As the person knows it: a path, or the name of an environment variable."""
    line: int
    """1-based; 0 where there are no lines."""
    path: str
    """The keys that lead there, ``queues.sales.ring.rings``; '' for the file as a whole."""
    wrong: str
    right: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.path, f"{self.wrong}; {self.right}") if part)


class ConfigRefused(Exception):
    """Nothing was started or changed; ``problems`` says why, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
