"""The parent of every table mapping in the house, so that all share one catalogue of names.

Mappings live in each room's ``sql_store.py`` and never leave it; the schema itself is made by
storage/migrations, and a test holds both equal.
"""

from sqlalchemy import BigInteger, Boolean, Connection, Float, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Session

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit key the database counts up itself (SQLite counts only plain INTEGER keys)."""


class Base(DeclarativeBase):
    """``str`` is TEXT, ``float`` a double (times: seconds since the epoch), ``int`` 32 bits."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol
        str: Text(),
        float: Float(),
        int: Integer(),
        bool: Boolean(),
    }


Work = Session | Connection
"""A unit of work: a connection where tables are enough, a session for mapped objects."""


def is_sqlite(work: Work) -> bool:
    engine = work if isinstance(work, Connection) else work.get_bind()
    return engine.dialect.name == "sqlite"
