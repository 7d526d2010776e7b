"""Who exported or erased all that is known of a person; entries that are one person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_COUNTS = ("calls", "recordings", "held", "tickets", "follow_ups", "tasks", "files")


def upgrade() -> None:
    op.create_table(
        "personal_acts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False, server_default=""),
        sa.Column("customer", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("id", name="pk_personal_acts"),
    )
    op.create_table(
        "customer_merges",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gone", sa.Text, nullable=False),
        sa.Column("stays", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("undone_at", sa.Float, nullable=True),
        sa.Column("was", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer_merges"),
    )
    op.create_index("ix_customer_merges_stays", "customer_merges", ["stays"])
    op.create_index("ix_customer_merges_gone", "customer_merges", ["gone"])
