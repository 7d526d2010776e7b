"""A migrated database for a test, of the kind it asks for; gone when the test is over."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.database import Database

if TYPE_CHECKING:  # loaded by those tests that ask for it
    from tests.storage.postgres_server import PostgresServer

KINDS = ("sqlite", "postgresql")
"""Everything the house keeps is kept in either, with the same tests."""
NewDatabase = Callable[[str], Database]
"""``new_database("sqlite")``, ``new_database("postgresql")``: one more, migrated, empty."""
_TEMPLATE = "migrated"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> "Iterator[PostgresServer]":
    """Running; with a migrated database in it, of which the others are copies."""
    from tests.storage.postgres_server import PostgresServer

    server = PostgresServer()
    try:
        server.start()
        server.create(_TEMPLATE)
        first = Database(server.url(_TEMPLATE))
        first.migrate()
        first.dispose()
        yield server
    finally:
        server.close()


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """As ``new_database``, not migrated."""
    yield from _maker(request, tmp_path, None)


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    yield from _maker(request, tmp_path, _TEMPLATE)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, new_database: NewDatabase) -> Database:
    """One of either kind."""
    return new_database(request.param)


def _maker(
    request: pytest.FixtureRequest, folder: Path, template: str | None
) -> Iterator[NewDatabase]:
    made: list[Database] = []

    def new(kind: str) -> Database:
        name = f"test_{next(_numbers)}"
        if kind == "postgresql":
            server: PostgresServer = request.getfixturevalue("postgres")
            server.create(name, template)
            database = Database(server.url(name))
        else:
            database = Database(f"sqlite:///{folder}/{name}.db")
            if template is not None:
                database.migrate()
        made.append(database)
        return database

    yield new
    for database in made:
        database.dispose()
        if database.url.drivername.startswith("postgresql"):
            request.getfixturevalue("postgres").drop(str(database.url.database))
