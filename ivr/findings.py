"""What is wrong with a tree, where, and what would be right. Pure."""

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum

import msgspec


class Severity(StrEnum):
    ERROR = "error"
    """Not published like this."""
    WARNING = "warning"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    severity: Severity
    rule: str
    """One word, for screens that colour and tests that ask."""
    problem: str
    advice: str
    where: str = "$"
    """JSON path in the document, e.g. ``$.nodes.main.keys.1``."""
    node: str = ""
    path: str = ""
    """How a caller gets to the node: ``welcome > main > sales``; '' when nobody does."""

    def __str__(self) -> str:
        way = f" (on the way {self.path})" if self.path else ""
        return f"{self.where}: {self.problem}{way}; {self.advice}"


class TreeRefused(ValueError):
    """The document is no tree, or not one that may be published; ``findings`` say why."""

    def __init__(self, source: str, findings: Iterable[Finding]) -> None:
        self.source = source
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{source}: {finding}" for finding in self.findings))


def instead(wrong: str, known: Iterable[str], noun: str) -> str:
    """Advice for a name that does not exist: the nearest that does, or all of them."""
    names = sorted(known)
    near = get_close_matches(wrong, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    if not names:
        return f"there is no {noun} yet"
    more = ", ..." if len(names) > 12 else ""
    return f"{noun} is one of: {', '.join(names[:12])}{more}"
