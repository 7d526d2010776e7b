"""Mail and webhooks on their way out.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outgoing",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("made_at", sa.Float, nullable=False),
        sa.Column("again_at", sa.Float, nullable=True),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("sent_at", sa.Float, nullable=True),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.UniqueConstraint("key", name="uq_outgoing_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outgoing_again_at", "outgoing", ["again_at"])
