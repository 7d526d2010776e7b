"""One unit of work at a time, whole or not at all; and a schema equal to what the rooms map."""

import importlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage import outbox
from storage.base import Base
from storage.database import Database, unavailable
from storage.errors import Closed, Saturated, StorageError
from storage.positions import move_to, position_of
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
ROOMS = ("storage", "ivr", "acd", "cti", "tickets", "recordings", "hotline", "config", "runtime")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    """A SQLite one."""
    made = Database(f"sqlite:///{tmp_path}/var/hotline.db")
    made.migrate()
    yield made
    made.dispose()


def test_the_migrated_schema_is_what_the_mappings_say(database: Database) -> None:
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            if "storage.base import" in file.read_text() and "migrations" not in file.parts:
                name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
                importlib.import_module(name)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        mapped = set(Base.metadata.tables)
        found = [
            change
            for change in compare_metadata(context, Base.metadata)
            # Tables no room has mapped yet are the migration's alone.
            if not (change[0] == "remove_table" and change[1].name not in mapped)
            and not (change[0] == "remove_index" and change[1].table.name not in mapped)
        ]
    assert mapped >= {"outbox", "reader_positions"}
    assert found == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_migration_that_fails_leaves_nothing_behind(
    kind: str, empty_database: NewDatabase
) -> None:
    database = empty_database(kind)
    with database.session() as session:
        session.execute(text("CREATE TABLE tickets (something TEXT)"))
    with pytest.raises(StorageError, match=r'"?tickets"? already exists'):
        database.migrate()
    assert inspect(database.engine).get_table_names() == ["tickets"]


def test_a_database_of_a_newer_version_is_refused_in_words(database: Database) -> None:
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="step 9999, which this version does not know"):
        database.migrate()


def test_a_unit_of_work_is_kept_when_it_ends_well_and_undone_when_it_raises(
    database: Database,
) -> None:
    with database.session() as session:
        outbox.put(session, "a", [("1", "{}")], at=1.0)

    def ask(*keys: str) -> None:
        with database.session() as session:
            for key in keys:
                outbox.put(session, "a", [(key, "{}")], at=1.0)
                session.flush()

    with pytest.raises(IntegrityError):
        ask("2", "3", "1")
    with database.reading() as session:
        assert [message.key for message in outbox.pending(session, "a", 10)] == ["1"]


def test_what_is_changed_while_only_reading_is_thrown_away(database: Database) -> None:
    with database.reading() as session:
        outbox.put(session, "a", [("1", "{}")], at=1.0)
        session.flush()
    with database.reading() as session:
        assert outbox.backlog(session, "a") == 0


def test_power_cuts_are_survived_by_the_file(file: Database) -> None:
    with file.reading() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("synchronous", "foreign_keys", "journal_mode")
        }
    assert pragmas == {"synchronous": 2, "foreign_keys": 1, "journal_mode": "wal"}


def test_references_are_held(database: Database) -> None:
    with pytest.raises(IntegrityError), database.session() as session:
        session.execute(
            text("INSERT INTO ticket_entries (ticket, at, kind, text) VALUES (9,1,'2','3')")
        )


def test_writers_that_read_first_wait_for_each_other_and_neither_fails(database: Database) -> None:
    with database.session() as session:
        move_to(session, "r", "s", 1, at=0.0)
    begun = Event()

    def add_ten() -> None:
        begun.wait(10)
        for _ in range(10):
            with database.session() as session:
                move_to(session, "r", "s", position_of(session, "r", "s") + 1, at=0.0)

    threads = [Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert position_of(session, "r", "s") == 41


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.session() as writing:
        outbox.put(writing, "a", [("1", "{}")], at=1.0)
        writing.flush()
        with database.reading() as session:
            assert outbox.backlog(session, "a") == 0


def _use(database: Database) -> None:
    with database.session() as session:
        outbox.backlog(session, "a")


def test_nothing_is_written_into_a_file_that_was_taken_away_and_no_other_is_made(
    file: Database,
) -> None:
    database, place = file, Path(str(file.url.database))
    with database.session() as session:
        outbox.put(session, "a", [("1", "{}")], at=1.0)
    aside = place.parent / "aside"
    aside.mkdir()
    for part in place.parent.glob(f"{place.name}*"):
        part.rename(aside / part.name)
    for _ in range(2):
        with pytest.raises(OperationalError, match="is gone") as gone:
            _use(database)
        assert unavailable(gone.value)
    assert not place.exists()
    for part in aside.iterdir():
        part.rename(place.parent / part.name)
    with database.session() as session:
        outbox.put(session, "a", [("2", "{}")], at=2.0)
        assert outbox.backlog(session, "a") == 2


def test_only_the_owner_may_read_the_file(file: Database) -> None:
    assert Path(str(file.url.database)).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "cannot be read; write sqlite:///"),
        ("sqlite://", "must be a file"),
        ("mysql://u@h/d", "use sqlite or postgresql"),
        ("sqlite:////proc/nowhere/hotline.db", "/proc/nowhere/hotline.db"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_what_to_write(url: str, words: str) -> None:
    with pytest.raises(StorageError, match=words):
        Database(url)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in Database("postgresql://u:secret@h/d").where


def test_a_lock_may_be_waited_out_and_a_broken_rule_may_not() -> None:
    locked = OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))
    broken = IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE"))
    assert unavailable(locked)
    assert unavailable(OSError("no disk"))
    assert unavailable(sqlite3.OperationalError("disk I/O error"))
    assert unavailable(Saturated("full line"))
    assert not unavailable(Closed("closing"))
    assert not unavailable(broken)
    assert not unavailable(ValueError("bug"))


def test_a_message_is_asked_once_and_claimed_once(database: Database) -> None:
    with database.session() as session:
        outbox.put(session, "a", [("1", "{}")], at=1.0)
    with pytest.raises(IntegrityError), database.session() as session:
        outbox.put(session, "a", [("1", "{}")], at=1.0)
    with database.session() as session:
        (message,) = outbox.pending(session, "a", 10)
        assert outbox.claim(session, [message.id, 99], at=2.0) == {message.id}
        assert outbox.claim(session, [message.id], at=2.0) == set()
        assert outbox.pending(session, "a", 10) == []


def test_message_numbers_are_never_used_twice(database: Database) -> None:
    seen: list[int] = []
    for turn in range(3):
        with database.session() as session:
            outbox.put(session, "a", [(str(turn), "{}")], at=1.0)
            session.flush()
            (message,) = outbox.pending(session, "a", 10)
            outbox.claim(session, [message.id], at=2.0)
            seen.append(message.id)
        with database.session() as session:
            assert outbox.forget_done(session, before=3.0) == 1
    assert seen == sorted(set(seen))


def test_a_reader_never_goes_back(database: Database) -> None:
    with database.session() as session:
        assert position_of(session, "r", "s") == 0
        move_to(session, "r", "s", 9, at=0.0)
        move_to(session, "r", "s", 5, at=1.0)
    with database.reading() as session:
        assert position_of(session, "r", "s") == 9
