"""A database filled by the first version is brought to this one's schema, on either kind, with what
was in it still there.
"""

from typing import Any

import pytest
from sqlalchemy import MetaData, Table, insert, inspect, select, text

from storage.base import Base
from storage.database import Database
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.integration

FIRST = "0001"
ROWS: dict[str, dict[str, Any]] = {
    "call_records": {
        "call": "cn1-1", "number": "+8613800000001", "name": "王芳", "started_at": 1.5,
        "ended_at": 99.25, "ended_by": "caller", "outcome": "answered", "queue": "sales",
        "agent": "a1", "ring": 2, "within_rule": True, "detail": '{"call": "cn1-1"}',
    },
    "call_legs": {"call": "cn1-1", "offer": "o1", "made_at": 3.0, "missed": None, "ring": 2},
    "outbox": {"kind": "call_ended", "key": "cn1-1", "payload": "{}", "made_at": 99.25},
    "reader_positions": {"reader": "records", "stream": "facts", "position": 1 << 40, "at": 1.0},
    "customers": {"id": "c1", "name": "王芳", "created_at": 1.0, "updated_at": 1.0},
    "customer_numbers": {"number": "+8613800000001", "customer": "c1", "shared": True},
    "tickets": {
        "kind": "sales", "state": "open", "titles": '{"zh-CN": "销售"}', "opened_at": 1.0,
        "updated_at": 2.0, "due_at": 3.0,
    },
    "recordings": {"id": "r1", "call": "cn1-1", "path": "x.wav", "bytes": 1 << 33, "made_at": 1.0},
    "trees": {"id": "hotline", "name": "热线", "created_at": 1.0, "updated_at": 1.0},
    "people": {"id": "li", "roles": "agent", "active": True, "created_at": 1.0, "updated_at": 1.0},
    "audit": {"at": 1.0, "who": "li", "what": "signed_in"},
}  # fmt: skip
"""Of each table that matters, one row as the first version wrote it."""


def table(database: Database, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=database.engine)


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_of_the_first_version_keeps_its_data_through_every_step(
    kind: str, empty_database: NewDatabase
) -> None:
    database = empty_database(kind)
    database.migrate(to=FIRST)
    with database.session() as session:
        for name, row in ROWS.items():
            session.execute(insert(table(database, name)).values(row))
        tickets = session.execute(text("SELECT id FROM tickets")).scalar_one()
    database.migrate()
    with database.reading() as session:
        for name, row in ROWS.items():
            kept = session.execute(select(table(database, name))).mappings().one()
            assert {column: kept[column] for column in row} == row, name
        assert session.execute(text("SELECT id FROM tickets")).scalar_one() == tickets


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_brought_up_step_by_step_is_the_one_made_at_once(
    kind: str, empty_database: NewDatabase
) -> None:
    grown, fresh = empty_database(kind), empty_database(kind)
    grown.migrate(to=FIRST)
    grown.migrate()
    fresh.migrate()
    assert _shape(grown) == _shape(fresh)
    assert set(_shape(fresh)) >= set(Base.metadata.tables)


def _shape(database: Database) -> dict[str, Any]:
    made = inspect(database.engine)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in made.get_columns(name)],
            sorted(str(index["name"]) for index in made.get_indexes(name)),
        )
        for name in made.get_table_names()
    }
