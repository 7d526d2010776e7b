"""What SQL alone can get wrong: a scan where an index was meant, a word we did not write."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.dialects import sqlite

from calls.ids import CustomerId
from calls.words import Level
from cti.model import Customer, CustomerNumber
from cti.sql_store import OWNERS_BY_NUMBER, OWNERS_BY_TAIL, CustomerRow, NumberRow, SqlCustomers
from storage.database import Database

pytestmark = pytest.mark.integration


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'customers.db'}")
    database.migrate()
    yield database
    database.dispose()


def plan_of(database: Database, question: Any) -> list[str]:
    compiled = question.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with database.reading() as session:
        return [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda: OWNERS_BY_NUMBER.params(key="+8613812345678"), "PRIMARY KEY (number=?)"),
        (lambda: OWNERS_BY_TAIL.params(tail="12345678"), "ix_customer_numbers_tail (tail=?)"),
    ],
)
def test_a_live_look_up_is_answered_by_an_index_whatever_the_size(
    database: Database, ask: Callable[[], Any], index: str
) -> None:
    plan = plan_of(database, ask())
    assert any(index in step for step in plan), plan
    assert not any(step.startswith("SCAN") for step in plan), plan


def test_the_mapping_is_what_the_migration_made(database: Database) -> None:
    made = inspect(database.engine)
    for mapping in (CustomerRow, NumberRow):
        columns = {c["name"]: c["nullable"] for c in made.get_columns(mapping.__tablename__)}
        assert columns == {c.name: c.nullable for c in mapping.__table__.columns}
        indexes = {i["name"] for i in made.get_indexes(mapping.__tablename__)}
        assert indexes == {i.name for i in mapping.__table__.indexes}  # type: ignore[attr-defined]


def test_words_of_another_program_in_a_row_do_not_keep_the_caller_from_being_found(
    database: Database,
) -> None:
    store = SqlCustomers(database)
    with store.writing() as rows:
        number = CustomerNumber("+8613812345678")
        rows.put([Customer(CustomerId("1"), "王", numbers=(number,))], 1.0)
    with database.session() as session:
        session.execute(text("UPDATE customers SET level = 'platinum', language = 'xx'"))
    with store.reading() as rows:
        (owner,) = rows.owners_of("+8613812345678")
    assert (owner.level, owner.language) == (Level.NORMAL, None)


def test_when_she_was_first_kept_is_not_forgotten_by_an_update(database: Database) -> None:
    store = SqlCustomers(database)
    for at in (1.0, 2.0):
        with store.writing() as rows:
            rows.put([Customer(CustomerId("1"), "王")], at)
    with database.reading() as session:
        row = session.execute(text("SELECT created_at, updated_at FROM customers")).one()
    assert tuple(row) == (1.0, 2.0)
