"""Floor 1: what must be true tomorrow. SQLAlchemy engine and unit of work, migrations, journal."""
