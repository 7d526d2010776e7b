"""A customer and her numbers, and who a caller's number may be, best first.

Pure. Storage knows rows; screens know `Match`; between them stand these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from calls.ids import CustomerId
from calls.notices import Match
from calls.words import Language, Level
from cti.numbers import could_be_same

MAX_MATCHES = 10
"""More people than this behind one number are a switchboard: an agent asks for the name."""

_RANK = {Level.VIP: 0, Level.GOLD: 1, Level.SILVER: 2, Level.NORMAL: 3}


@dataclass(frozen=True, slots=True)
class CustomerNumber:
    number: str
    """A key of cti.numbers.CallerNumber: E.164, or bare digits for an extension."""
    label: str = ""
    shared: bool = False
    """Marked by people: a switchboard or a family's phone, so never a sure match."""


@dataclass(frozen=True, slots=True)
class Customer:
    id: CustomerId
    name: str
    company: str = ""
    level: Level = Level.NORMAL
    language: Language | None = None
    """None: she has not said."""
    region: str = ""
    note: str = ""
    numbers: tuple[CustomerNumber, ...] = ()
    """A store gives them back ordered by number."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One customer as found behind one number."""

    customer: CustomerId
    name: str
    company: str
    level: Level
    language: Language | None
    number: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Person:
    """The customer a caller surely is: what routing, branches and records may rely on."""

    customer: CustomerId
    name: str
    level: Level
    language: Language | None


@dataclass(frozen=True, slots=True)
class Found:
    matches: tuple[Match, ...] = ()
    """Best first."""
    person: Person | None = None
    """None when nobody was found, or somebody only may be her."""


NOBODY = Found()


def judge_exact(owners: Sequence[Owner]) -> Found:
    """Owners of exactly the caller's number. One, not marked shared, is sure; several are all
    unsure, better levels first, then by name."""
    if len(owners) != 1 or owners[0].shared:
        return Found(_in_order(owners, sure=False))
    owner = owners[0]
    person = Person(owner.customer, owner.name, owner.level, owner.language)
    return Found(_in_order(owners, sure=True), person)


def judge_similar(key: str, owners: Iterable[Owner]) -> Found:
    """Owners of numbers with the caller's last digits, when nobody owns hers: unsure, all."""
    return Found(_in_order((o for o in owners if could_be_same(key, o.number)), sure=False))


def _in_order(owners: Iterable[Owner], *, sure: bool) -> tuple[Match, ...]:
    once: dict[CustomerId, Owner] = {}
    for owner in sorted(owners, key=lambda o: (_RANK[o.level], o.name, o.customer)):
        once.setdefault(owner.customer, owner)  # two numbers of one customer: one match
    return tuple(
        Match(customer=o.customer, name=o.name, level=o.level, company=o.company, sure=sure)
        for o in list(once.values())[:MAX_MATCHES]
    )
