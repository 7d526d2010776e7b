"""Customers in memory: for tests, and for a hotline that may forget. The same contract as SQL."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from calls.ids import CustomerId
from cti.model import Customer, CustomerNumber, Owner
from cti.numbers import tail_of
from cti.ports import MAX_OWNERS


class MemoryCustomers:
    """A `CustomerStore`; also its own `CustomerRows`."""

    def __init__(self, customers: Iterable[Customer] = ()) -> None:
        self._customers: dict[CustomerId, Customer] = {}
        self._by_number: dict[str, set[CustomerId]] = {}
        self._by_tail: dict[str, set[tuple[str, CustomerId]]] = {}
        self.put(tuple(customers), 0.0)

    @contextmanager
    def reading(self) -> Iterator["MemoryCustomers"]:
        yield self

    @contextmanager
    def writing(self) -> Iterator["MemoryCustomers"]:
        before = tuple(self._customers.values())
        try:
            yield self
        except BaseException:
            for id_ in tuple(self._customers):
                self.remove(id_)
            self.put(before, 0.0)
            raise

    def owners_of(self, key: str) -> Sequence[Owner]:
        ids = sorted(self._by_number.get(key, ()))[:MAX_OWNERS]
        return [self._owner(id_, key) for id_ in ids]

    def owners_like(self, tail: str) -> Sequence[Owner]:
        pairs = sorted(self._by_tail.get(tail, ()))[:MAX_OWNERS] if tail else []
        return [self._owner(id_, number) for number, id_ in pairs]

    def get(self, ids: Iterable[CustomerId]) -> dict[CustomerId, Customer]:
        return {id_: self._customers[id_] for id_ in ids if id_ in self._customers}

    def holders(self, keys: Iterable[str]) -> dict[str, tuple[CustomerId, ...]]:
        return {key: tuple(sorted(ids)) for key in keys if (ids := self._by_number.get(key))}

    def put(self, customers: Sequence[Customer], at: float) -> None:
        for given in customers:
            customer = replace(given, numbers=tuple(sorted(given.numbers, key=lambda n: n.number)))
            self.remove(customer.id)
            self._customers[customer.id] = customer
            for number in customer.numbers:
                self._by_number.setdefault(number.number, set()).add(customer.id)
                if tail := tail_of(number.number):
                    self._by_tail.setdefault(tail, set()).add((number.number, customer.id))

    def search(self, text: str, after: CustomerId | None, limit: int) -> Sequence[Customer]:
        found = (c for c in self._customers.values() if c.name.startswith(text))
        return sorted((c for c in found if after is None or c.id > after), key=lambda c: c.id)[
            :limit
        ]

    def remove(self, id_: CustomerId) -> bool:
        customer = self._customers.pop(id_, None)
        for number in customer.numbers if customer else ():
            self._by_number[number.number].discard(id_)
            self._by_tail.get(tail_of(number.number), set()).discard((number.number, id_))
        return customer is not None

    def count(self) -> int:
        return len(self._customers)

    def _owner(self, id_: CustomerId, key: str) -> Owner:
        customer = self._customers[id_]
        number = next((n for n in customer.numbers if n.number == key), CustomerNumber(key))
        return Owner(
            customer=id_,
            name=customer.name,
            company=customer.company,
            level=customer.level,
            language=customer.language,
            number=key,
            shared=number.shared,
        )
