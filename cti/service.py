"""Customers for whoever runs on the event loop: who is this number, and keep what people tell us.

Every touch of the store runs on a thread; nothing here waits on a disk.
"""

from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import ParamSpec, Protocol, TypeVar

from calls.ids import CustomerId
from calls.notices import Match
from cti.model import NOBODY, Customer, Found, judge_exact, judge_similar
from cti.numbers import CallerNumber, tail_of
from cti.ports import CustomerStore

P = ParamSpec("P")
Result = TypeVar("Result")


class Threads(Protocol):
    def run(self, fn: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Awaitable[Result]:
        """``fn(*args)`` on another thread (storage.offload.Offload)."""


class UnknownCustomer(LookupError):
    """No customer has this id; the caller of the API asked for somebody who is not there."""


class Customers:
    def __init__(self, store: CustomerStore, threads: Threads, now: Callable[[], float]) -> None:
        self._store = store
        self._threads = threads
        self._now = now

    async def find(self, number: CallerNumber) -> Found:
        """Who this number may be, and who it surely is. Raises what the store raises."""
        if not number.key:
            return NOBODY
        return await self._threads.run(self._find, number.key)

    async def lookup(self, number: CallerNumber) -> tuple[Match, ...]:
        """Who this number may be, best first."""
        return (await self.find(number)).matches

    async def get(self, id_: CustomerId) -> Customer:
        """Raises UnknownCustomer."""
        customer = await self._threads.run(self._get, id_)
        if customer is None:
            raise UnknownCustomer(id_)
        return customer

    async def search(
        self, text: str = "", after: CustomerId | None = None, limit: int = 50
    ) -> tuple[Customer, ...]:
        """A page of customers by the beginning of their names; next page: ``after`` the last."""
        return await self._threads.run(self._search, text, after, limit)

    async def save(self, customer: Customer) -> None:
        """Keep her exactly as given, numbers included."""
        await self._threads.run(self._save, customer)

    async def remove(self, id_: CustomerId) -> None:
        """Raises UnknownCustomer."""
        if not await self._threads.run(self._remove, id_):
            raise UnknownCustomer(id_)

    def _find(self, key: str) -> Found:
        with self._store.reading() as rows:
            exact = rows.owners_of(key)
            if exact:
                return judge_exact(exact)
            return judge_similar(key, rows.owners_like(tail_of(key)))

    def _get(self, id_: CustomerId) -> Customer | None:
        with self._store.reading() as rows:
            return rows.get([id_]).get(id_)

    def _search(self, text: str, after: CustomerId | None, limit: int) -> tuple[Customer, ...]:
        with self._store.reading() as rows:
            return tuple(rows.search(text, after, limit))

    def _save(self, customer: Customer) -> None:
        with self._store.writing() as rows:
            rows.put([customer], self._now())

    def _remove(self, id_: CustomerId) -> bool:
        with self._store.writing() as rows:
            return rows.remove(id_)


def new_customer_id() -> CustomerId:
    """An id for a customer somebody enters by hand."""
    return CustomerId(f"c{token_hex(8)}")
