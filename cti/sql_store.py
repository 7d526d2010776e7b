"""Customers in SQL: every question of a live call is answered by an index, whatever the size."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Table,
    and_,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import CustomerId
from calls.words import Language, Level
from cti.model import Customer, CustomerNumber, Owner
from cti.numbers import tail_of
from cti.ports import MAX_OWNERS
from storage.base import Base
from storage.database import Database

ASKED_AT_ONCE = 500
"""Values in one IN list; SQLite's older limit is 999."""


class CustomerRow(Base):
    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(server_default="", index=True)
    company: Mapped[str] = mapped_column(server_default="")
    level: Mapped[str] = mapped_column(server_default="normal")
    language: Mapped[str | None]
    region: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[float]
    updated_at: Mapped[float]


class NumberRow(Base):
    __tablename__ = "customer_numbers"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own protocol

    number: Mapped[str] = mapped_column(primary_key=True)
    customer: Mapped[str] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    tail: Mapped[str] = mapped_column(server_default="", index=True)
    label: Mapped[str] = mapped_column(server_default="")
    shared: Mapped[bool] = mapped_column(server_default="0")


class SqlCustomers:
    """A `CustomerStore` over a migrated `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator["SqlRows"]:
        with self._database.asking() as connection:
            yield SqlRows(connection)

    @contextmanager
    def writing(self) -> Iterator["SqlRows"]:
        with self._database.changing() as connection:
            yield SqlRows(connection)


_PEOPLE = cast(Table, CustomerRow.__table__)
_NUMBERS = cast(Table, NumberRow.__table__)
_person, _number = _PEOPLE.c, _NUMBERS.c
_OWNERS = (
    select(
        _person.id,
        _person.name,
        _person.company,
        _person.level,
        _person.language,
        _number.number,
        _number.shared,
    )
    .select_from(_NUMBERS.join(_PEOPLE, _person.id == _number.customer))
    .limit(MAX_OWNERS)
)
# Built once: every call asks them, and building costs more than asking.
OWNERS_BY_NUMBER = _OWNERS.where(_number.number == bindparam("key")).order_by(_number.customer)
"""The question every call asks, by ``key``."""
OWNERS_BY_TAIL = _OWNERS.where(_number.tail == bindparam("tail")).order_by(
    _number.number, _number.customer
)
"""The question asked when nobody has the very number, by ``tail``."""


class SqlRows:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def owners_of(self, key: str) -> Sequence[Owner]:
        return [_owner(row) for row in self._connection.execute(OWNERS_BY_NUMBER, {"key": key})]

    def owners_like(self, tail: str) -> Sequence[Owner]:
        if not tail:
            return []
        return [_owner(row) for row in self._connection.execute(OWNERS_BY_TAIL, {"tail": tail})]

    def get(self, ids: Iterable[CustomerId]) -> dict[CustomerId, Customer]:
        found: dict[CustomerId, Customer] = {}
        for some in _chunks(ids):
            numbers: dict[str, list[CustomerNumber]] = {}
            asked = (
                select(NumberRow.customer, NumberRow.number, NumberRow.label, NumberRow.shared)
                .where(NumberRow.customer.in_(some))
                .order_by(NumberRow.number)
            )
            for row in self._connection.execute(asked):
                numbers.setdefault(row.customer, []).append(
                    CustomerNumber(row.number, row.label, row.shared)
                )
            people = select(*CustomerRow.__table__.columns).where(CustomerRow.id.in_(some))
            for row in self._connection.execute(people):
                found[CustomerId(row.id)] = _customer(row, numbers.get(row.id, ()))
        return found

    def holders(self, keys: Iterable[str]) -> dict[str, tuple[CustomerId, ...]]:
        found: dict[str, list[CustomerId]] = {}
        for some in _chunks(keys):
            asked = (
                select(NumberRow.number, NumberRow.customer)
                .where(NumberRow.number.in_(some))
                .order_by(NumberRow.customer)
            )
            for number, customer in self._connection.execute(asked):
                found.setdefault(number, []).append(CustomerId(customer))
        return {number: tuple(ids) for number, ids in found.items()}

    def put(self, customers: Sequence[Customer], at: float) -> None:
        if not customers:
            return
        connection = self._connection
        insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
        people = insert(CustomerRow.__table__)  # type: ignore[arg-type]
        kept = ("name", "company", "level", "language", "region", "note", "updated_at")
        people = people.on_conflict_do_update(
            index_elements=["id"], set_={name: people.excluded[name] for name in kept}
        )
        connection.execute(people, [_customer_values(c, at) for c in customers])
        for some in _chunks(c.id for c in customers):
            connection.execute(delete(NumberRow).where(NumberRow.customer.in_(some)))
        numbers = [_number_values(c.id, n) for c in customers for n in c.numbers]
        if numbers:
            connection.execute(insert(NumberRow.__table__), numbers)  # type: ignore[arg-type]

    def search(self, text: str, after: CustomerId | None, limit: int) -> Sequence[Customer]:
        asked = select(CustomerRow.id).order_by(CustomerRow.id).limit(limit)
        if text:
            asked = asked.where(self._begins_with(text))
        if after is not None:
            asked = asked.where(CustomerRow.id > after)
        ids = [CustomerId(id_) for id_ in self._connection.scalars(asked)]
        found = self.get(ids)
        return [found[id_] for id_ in ids]

    def _begins_with(self, text: str) -> ColumnElement[bool]:
        if self._connection.dialect.name == "sqlite":
            # A range on the index; SQLite's LIKE folds case and scans.
            return and_(CustomerRow.name >= text, CustomerRow.name < text + "\U0010ffff")
        return CustomerRow.name.startswith(text, autoescape=True)

    def remove(self, id_: CustomerId) -> bool:
        connection = self._connection
        connection.execute(delete(NumberRow).where(NumberRow.customer == id_))
        return connection.execute(delete(CustomerRow).where(CustomerRow.id == id_)).rowcount > 0

    def count(self) -> int:
        return self._connection.scalar(select(func.count()).select_from(CustomerRow)) or 0


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(dict.fromkeys(values))
    while some := list(islice(rest, ASKED_AT_ONCE)):
        yield some


def _level(word: str) -> Level:
    """A word another program wrote must not keep a caller from being found."""
    return Level(word) if word in set(Level) else Level.NORMAL


def _language(word: str | None) -> Language | None:
    return Language(word) if word in set(Language) else None


def _owner(row: Any) -> Owner:
    return Owner(
        customer=CustomerId(row.id),
        name=row.name,
        company=row.company,
        level=_level(row.level),
        language=_language(row.language),
        number=row.number,
        shared=row.shared,
    )


def _customer(row: Any, numbers: Iterable[CustomerNumber]) -> Customer:
    return Customer(
        id=CustomerId(row.id),
        name=row.name,
        company=row.company,
        level=_level(row.level),
        language=_language(row.language),
        region=row.region,
        note=row.note,
        numbers=tuple(numbers),
    )


def _customer_values(customer: Customer, at: float) -> dict[str, Any]:
    return {
        "id": customer.id,
        "name": customer.name,
        "company": customer.company,
        "level": customer.level.value,
        "language": customer.language.value if customer.language else None,
        "region": customer.region,
        "note": customer.note,
        "created_at": at,
        "updated_at": at,
    }


def _number_values(id_: CustomerId, number: CustomerNumber) -> dict[str, Any]:
    return {
        "number": number.number,
        "customer": id_,
        "tail": tail_of(number.number),
        "label": number.label,
        "shared": number.shared,
    }
