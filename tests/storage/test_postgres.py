"""What PostgreSQL alone can do to us: connections that break, a writer that stands still."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage import outbox
from storage.database import Database, unavailable
from storage.positions import move_to, position_of
from tests.databases import NewDatabase
from tests.storage.postgres_server import PostgresServer

pytestmark = pytest.mark.integration


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """One that may be killed."""
    server = PostgresServer()
    try:
        server.start(synchronous_commit="on")
        yield server
    finally:
        server.close()


def test_a_server_that_goes_down_is_a_thing_to_wait_for_and_everybody_comes_back(
    own_server: PostgresServer,
) -> None:
    database = Database(own_server.url("postgres"))
    database.migrate()
    with database.session() as session:
        outbox.put(session, "a", [("1", "{}")], at=1.0)
    own_server.kill()
    with pytest.raises(OperationalError) as gone, database.session() as session:
        outbox.backlog(session, "a")
    assert unavailable(gone.value)
    own_server.start(synchronous_commit="on")
    with database.session() as session:
        assert outbox.backlog(session, "a") == 1
    database.dispose()


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    database = Database("postgresql://u:secret@127.0.0.1:1/nowhere")
    with pytest.raises(OperationalError) as refused, database.reading() as session:
        session.execute(text("SELECT 1"))
    assert unavailable(refused.value)
    assert "secret" not in str(refused.value)
    assert "secret" not in database.where


def test_who_waits_too_long_for_a_writer_is_told_to_try_again(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.BUSY_TIMEOUT_S", 0.05)
    database = new_database("postgresql")

    def write() -> None:
        with database.session() as session:
            outbox.backlog(session, "a")

    with database.session() as slow:
        outbox.backlog(slow, "a")
        with pytest.raises(OperationalError, match="lock timeout") as refused:
            write()
        assert unavailable(refused.value)
    write()


def test_one_look_sees_one_state_however_long_it_takes(database: Database) -> None:
    with database.session() as session:
        move_to(session, "r", "s", 1, at=0.0)
    with database.reading() as looking:
        assert position_of(looking, "r", "s") == 1
        looked, written = Event(), Event()

        def write() -> None:
            looked.wait(10)
            with database.session() as session:
                move_to(session, "r", "s", 2, at=0.0)
            written.set()

        writer = Thread(target=write)
        writer.start()
        looked.set()
        assert written.wait(10)
        looking.expire_all()
        assert position_of(looking, "r", "s") == 1
        writer.join()
