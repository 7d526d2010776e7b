"""One database: engine, unit of work, migrations. SQLite file by default, PostgreSQL by URL.

Synchronous: every use must run off the event loop's thread (storage.offload).
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy import exc as sa_exc
from sqlalchemy.orm import Session

from storage.errors import StorageError

BUSY_TIMEOUT_S = 5.0
"""How long one waits for another writer before the database says "locked"."""
CONNECT_TIMEOUT_S = 5
POOL = 8
"""Connections kept; as many again may be opened in a rush. Offload pools are smaller than that."""
WRITE_LOCK = 0x33_52_49_4E_47
"""Advisory lock on PostgreSQL of whoever writes: see docs/decisions/0090."""

_PRAGMAS = (
    f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


class Database:
    """``url``: a SQLAlchemy URL, ``sqlite:////path/to/file.db`` or ``postgresql://…``.

    The SQLite file and its folder are made, readable by their owner alone. Raises StorageError
    when the URL cannot be used.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self.engine = _engine(self.url)
        # Two writers of SQLite that both began as readers cannot both go on, whatever they wait,
        # and two of PostgreSQL would not see each other; so a unit of work takes the write lock at
        # its beginning.
        self._writing = self.engine.execution_options(unit_of_work=True)
        self._looking = self.engine
        if not self.is_sqlite:
            self._looking = self.engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A unit of work: committed when the block ends, rolled back when it raises."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent look at the data; waits for no writer. What is changed is thrown away."""
        with Session(self._looking, expire_on_commit=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """As ``reading``, for tables and not for mapped objects: at half the price, for what every
        call asks."""
        with self._looking.connect() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """As ``session``, for tables and not for mapped objects."""
        with self._writing.begin() as connection:
            yield connection

    def migrate(self, to: str = "head") -> None:
        """Bring the schema to this version's (or to that step), in one transaction; does nothing
        when it is there.

        Raises StorageError when the database was made by a newer version.
        """
        from storage.migrations.run import upgrade

        try:
            with self._writing.begin() as connection:
                upgrade(connection, to)
        except sa_exc.DBAPIError as error:
            raise StorageError(f"database {self.where}: {error.orig}") from error

    @property
    def is_sqlite(self) -> bool:
        """A file on this machine; else PostgreSQL."""
        return self.url.drivername.startswith("sqlite")

    @property
    def where(self) -> str:
        """The database in words, without its password."""
        if self.is_sqlite:
            return str(self.url.database)
        return self.url.render_as_string(hide_password=True)

    def dispose(self) -> None:
        """Close every connection. The object may be used again."""
        self.engine.dispose()


def unavailable(error: BaseException) -> bool:
    """True when the database could not be reached or was locked, full or cut off: the same work may
    be tried again. False for what would fail again (a wrong statement, a broken rule)."""
    if isinstance(error, StorageError):
        return error.retryable
    if isinstance(error, sa_exc.IntegrityError | sa_exc.ProgrammingError | sa_exc.DataError):
        return False
    return isinstance(
        error, sa_exc.DBAPIError | sa_exc.TimeoutError | sqlite3.OperationalError | OSError
    )


def _checked(url: str) -> URL:
    try:
        made = make_url(url)
    except sa_exc.ArgumentError as error:
        raise StorageError(
            f"database URL {url!r} cannot be read; write sqlite:////path/to/hotline.db "
            "or postgresql://user:password@host/name"
        ) from error
    if made.drivername == "postgresql":
        made = made.set(drivername="postgresql+psycopg")
    if made.drivername in ("sqlite", "sqlite+pysqlite"):
        if not made.database or made.database == ":memory:":
            raise StorageError("the database must be a file: several threads look at it")
        return made
    if made.drivername != "postgresql+psycopg":
        raise StorageError(f"database {made.drivername} is not known; use sqlite or postgresql")
    return made


def _engine(url: URL) -> Engine:
    if url.drivername.startswith("sqlite"):
        file = Path(str(url.database))
        _make_private(file)
        engine = create_engine(
            url, pool_size=POOL, max_overflow=POOL, connect_args={"timeout": BUSY_TIMEOUT_S}
        )
        event.listen(engine, "do_connect", lambda *_: _must_be_there(file))
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "connect", lambda _, record: _note_which(file, record))
        event.listen(engine, "checkout", lambda _, record, __: _must_be_the_same(file, record))
        event.listen(engine, "begin", _begin)
        return engine
    # A connection that broke while it lay in the pool is noticed before it is used.
    engine = create_engine(
        url,
        pool_size=POOL,
        max_overflow=POOL,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "threering"},
    )
    event.listen(engine, "connect", _set_settings)
    event.listen(engine, "begin", _take_write_lock)
    return engine


def _make_private(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StorageError(f"database {file}: {error.strerror}") from error


def _must_be_there(file: Path) -> None:
    """SQLite would make an empty one in its place."""
    if not file.is_file():
        raise sqlite3.OperationalError(f"database {file} is gone")


def _note_which(file: Path, record: Any) -> None:
    record.info["file"] = _identity(file)


def _must_be_the_same(file: Path, record: Any) -> None:
    """A connection outlives the removal of its file, and what it writes then is lost in silence:
    such a one is closed, and the next opens what stands there now."""
    if _identity(file) != record.info["file"]:
        raise sa_exc.DisconnectionError(f"database {file} was moved or replaced")


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _set_pragmas(connection: Any, _record: Any) -> None:
    # The driver's own idea of when a transaction begins is switched off; _begin says it.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("unit_of_work")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _set_settings(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = '{int(BUSY_TIMEOUT_S * 1000)}ms'")
    # A controller that stands still with the lock shall not stop the others for good.
    connection.execute("SET idle_in_transaction_session_timeout = '60s'")
    connection.commit()


def _take_write_lock(connection: Connection) -> None:
    if connection.get_execution_options().get("unit_of_work"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
