"""A call's facts folded into its record: same facts, same record, in whatever order they are told
and however often. Pure.
"""

import re
from collections.abc import Iterable

from calls.events import CallEnded, Fact, PlaceTold
from calls.ids import CallId
from calls.record import CallRecord
from calls.retelling import Retelling

RINGS = 3
"""The rule of the house (三声内接听), for those who set no other count."""
_DIGITS = re.compile(r"([0-9]+)")


class Fold:
    """The facts of one call so far; ``record`` may be asked at any time."""

    __slots__ = ("_facts", "call", "ended")

    def __init__(self, call: CallId) -> None:
        self.call = call
        self.ended = False
        """Whether its end has been told."""
        self._facts: dict[str, Fact] = {}

    def add(self, fact: Fact) -> bool:
        """False when it was known already. Raises ValueError for a fact of another call."""
        if fact.call != self.call:
            raise ValueError(f"a fact of call {fact.call} told to the record of {self.call}")
        if isinstance(fact, PlaceTold):  # many in a long wait, and no part of the record
            return False
        if fact.key in self._facts:
            return False
        self._facts[fact.key] = fact
        self.ended = self.ended or isinstance(fact, CallEnded)
        return True

    def record(self, rings: int = RINGS) -> CallRecord:
        """``rings``: how many the rule allows where an offer does not say. Raises ValueError when
        nothing was told."""
        if not self._facts:
            raise ValueError("no facts, no record")
        retelling = Retelling(self.call)
        for fact in sorted(self._facts.values(), key=_moment):
            retelling.hear(fact)
        return retelling.record(rings)


def fold(facts: Iterable[Fact], rings: int = RINGS) -> CallRecord:
    """The record of one call. Raises ValueError for no facts, or for facts of several calls."""
    told = list(facts)
    if not told:
        raise ValueError("no facts, no record")
    whole = Fold(told[0].call)
    for fact in told:
        whole.add(fact)
    return whole.record(rings)


def _moment(fact: Fact) -> tuple[float, list[str | int]]:
    """By time; at the same moment by key, its digits read as numbers, since a session counts."""
    pieces = _DIGITS.split(fact.key)
    return fact.at, [int(piece) if n % 2 else piece for n, piece in enumerate(pieces)]
