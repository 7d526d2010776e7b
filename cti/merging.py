"""Told rows laid upon the customers there are: whose row it is, and what changes. Pure.

The rule. A row with an id is that customer's. A row without one is the customer's who has one of
its numbers and its name (or no name); else a new customer's, whose id is made from its name and
first number, so that the same file twice gives the same customers. What a row says wins over what
was known, what it leaves empty stays, numbers are joined and never taken away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from calls.ids import CustomerId
from cti.customer_rows import BadRow, Told
from cti.model import Customer, CustomerNumber


@dataclass(slots=True)
class Merged:
    changed: dict[CustomerId, Customer] = field(default_factory=dict)
    """To be stored."""
    added: int = 0
    updated: int = 0
    same: int = 0
    """Rows that said nothing new."""
    bad: list[BadRow] = field(default_factory=list)


def made_id(told: Told) -> CustomerId:
    """The id of a customer first seen in this row: the same row always makes the same."""
    number = told.numbers[0].number if told.numbers else ""
    return CustomerId("c" + sha256(f"{told.name}\0{number}".encode()).hexdigest()[:16])


def ids_asked(rows: Sequence[Told]) -> list[CustomerId]:
    """Ids `merge` wants to know, beside the holders of the rows' numbers."""
    return [told.id or made_id(told) for told in rows]


def merge(
    rows: Sequence[Told],
    known: Mapping[CustomerId, Customer],
    holders: Mapping[str, Sequence[CustomerId]],
) -> Merged:
    """``known``: customers of `ids_asked` and of ``holders``; ``holders``: who has each number of
    the rows. Rows are taken in order, each seeing what the former ones made."""
    merged = Merged()
    people = dict(known)
    having = {number: list(ids) for number, ids in holders.items()}
    for told in rows:
        id_ = told.id or _owner_of(told, people, having)
        if id_ is None:
            reason = "several customers have this number; give the name or the id"
            merged.bad.append(BadRow(told.line, reason))
            continue
        before = people.get(id_)
        after = _joined(before or Customer(id=id_, name=told.name), told)
        if before is None:
            merged.added += 1
        elif after == before:
            merged.same += 1
            continue
        else:
            merged.updated += 1
        people[id_] = merged.changed[id_] = after
        for number in told.numbers:
            ids = having.setdefault(number.number, [])
            if id_ not in ids:
                ids.append(id_)
    return merged


def _owner_of(
    told: Told, people: Mapping[CustomerId, Customer], having: Mapping[str, Sequence[CustomerId]]
) -> CustomerId | None:
    own = made_id(told)
    if own in people:
        return own
    candidates = {i for n in told.numbers for i in having.get(n.number, ()) if i in people}
    namesakes = {i for i in candidates if told.name in ("", people[i].name) or not people[i].name}
    if not told.name and len(namesakes) > 1:
        return None
    return min(namesakes, default=own)


def _joined(stored: Customer, told: Told) -> Customer:
    return replace(
        stored,
        name=told.name or stored.name,
        company=told.company or stored.company,
        level=told.level or stored.level,
        language=told.language or stored.language,
        region=told.region or stored.region,
        note=told.note or stored.note,
        numbers=_joined_numbers(stored.numbers, told.numbers),
    )


def _joined_numbers(
    stored: Sequence[CustomerNumber], told: Sequence[CustomerNumber]
) -> tuple[CustomerNumber, ...]:
    joined = {n.number: n for n in stored}
    for number in told:
        known = joined.get(number.number, number)
        joined[number.number] = CustomerNumber(
            number.number, number.label or known.label, number.shared or known.shared
        )
    return tuple(joined[number] for number in sorted(joined))
