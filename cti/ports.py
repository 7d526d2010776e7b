"""What cti asks of the place where customers are kept. memory.py and sql_store.py answer it.

Synchronous: a store may touch a disk, so whoever runs on an event loop calls it from a thread
(cti.service); an import in a process of its own calls it directly.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from calls.ids import CustomerId
from cti.model import Customer, Owner

MAX_OWNERS = 50
"""Rows read for one number; behind a number with more owners nobody can be told apart."""


class CustomerRows(Protocol):
    """One consistent look, or one unit of work."""

    def owners_of(self, key: str) -> Sequence[Owner]:
        """Customers with exactly this number, at most MAX_OWNERS, by an index."""

    def owners_like(self, tail: str) -> Sequence[Owner]:
        """Customers with a number ending in these eight digits, at most MAX_OWNERS, by an
        index. Nobody for ''."""

    def get(self, ids: Iterable[CustomerId]) -> dict[CustomerId, Customer]:
        """Those of the customers that exist, each with all numbers."""

    def holders(self, keys: Iterable[str]) -> dict[str, tuple[CustomerId, ...]]:
        """Who has each of the numbers, ids in order; numbers of nobody are left out."""

    def put(self, customers: Sequence[Customer], at: float) -> None:
        """Store each as given, new or known: fields replaced, numbers exactly these. ``at``:
        seconds since the epoch."""

    def search(self, text: str, after: CustomerId | None, limit: int) -> Sequence[Customer]:
        """Customers whose name begins with ``text`` ('' for all), by id, behind ``after``."""

    def remove(self, id_: CustomerId) -> bool:
        """Forget her and her numbers; False when she was not there."""

    def count(self) -> int: ...


class CustomerStore(Protocol):
    def reading(self) -> AbstractContextManager[CustomerRows]:
        """A look that waits for no writer."""

    def writing(self) -> AbstractContextManager[CustomerRows]:
        """A unit of work: kept whole when the block ends, undone when it raises."""
