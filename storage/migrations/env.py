"""Where Alembic enters. The connection is given, its transaction is the caller's."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite can roll a schema change back; Alembic has to be told.
    transactional_ddl=True,
)
context.run_migrations()
