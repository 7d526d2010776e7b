"""What a simulated day is made of: callers, people, and how telephones are answered. Values."""

from collections.abc import Iterable
from math import inf
from typing import NamedTuple, Protocol

import msgspec

from calls.commands import OfferCall
from calls.floor import FloorSpec
from calls.inputs import CallQueued, Input
from calls.words import NoAnswer


class Caller(msgspec.Struct, frozen=True, gc=False):
    """One who calls: when, what she is told to be, and what she would do whatever we do."""

    at: float
    """Seconds since the epoch, or since the beginning of a made-up day."""
    said: CallQueued
    talk_s: float
    patience_s: float = inf
    """Hangs up when she has not been answered for so long."""
    wrap_up_s: float | None = None
    """How long the agent works on after the talk; None: until the queue's limit is over."""


class Told(msgspec.Struct, frozen=True, gc=False):
    """Something people or telephones do at a moment, whatever the callers do."""

    at: float
    said: Input


class Reaction(NamedTuple):
    """What one telephone does when it is rung."""

    rings_after_s: float = 0.0
    ends_after_s: float = 0.0
    """After it began to ring: the answer, or the miss."""
    missed: NoAnswer | None = None
    """None: answered."""


INSTANT = Reaction()


class Conduct(Protocol):
    """How agents behave when they are rung."""

    def react(self, offer: OfferCall, number: int) -> Reaction:
        """``number``: of this offer in the day, from 0; the same day gives the same."""

    def returns_after_s(self, number: int) -> float:
        """When an agent who was set aside after misses says ready again; inf: never. ``number``
        as above, of the last miss."""


class AtOnce:
    """Everybody answers in the moment of the offer."""

    def react(self, offer: OfferCall, number: int) -> Reaction:
        return INSTANT

    def returns_after_s(self, number: int) -> float:
        return inf


class Load(NamedTuple):
    """A whole day to be simulated."""

    floor: FloorSpec
    starts_at: float
    callers: Iterable[Caller]
    """In order of time."""
    told: Iterable[Told] = ()
    """In order of time; what the engine refuses is left out, as it would be on a day."""
    conduct: Conduct = AtOnce()
