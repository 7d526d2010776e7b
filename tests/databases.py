"""A migrated database for a test, of the kind it asks for; gone when the test is over."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from psycopg import sql

from storage.database import Database
from tests.storage.postgres_server import PostgresServer

KINDS = ("sqlite", "postgresql")
"""Everything the house keeps is kept in either, with the same tests."""
NewDatabase = Callable[[str], Database]
"""``new_database("sqlite")``, ``new_database("postgresql")``: one more, migrated, empty."""
_TEMPLATE = "migrated"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Running; with a migrated database in it, of which the others are copies."""
    server = PostgresServer()
    try:
        server.start()
        _create(server, _TEMPLATE)
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
            _create(server, name, template)
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
            _drop(request.getfixturevalue("postgres"), str(database.url.database))


def _create(server: PostgresServer, name: str, template: str | None = None) -> None:
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        copied = sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
        statement = statement + copied
    server.ask(sql.Composed([statement]))


def _drop(server: PostgresServer, name: str) -> None:
    assert re.fullmatch("test_[0-9]+", name)
    server.ask(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
