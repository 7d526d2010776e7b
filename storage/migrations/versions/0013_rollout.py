"""Versions of trees planned for a time, and versions heard side by side."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _tree() -> sa.Column[str]:
    to = sa.ForeignKey("trees.id", ondelete="CASCADE")
    return sa.Column("tree", sa.Text, to, nullable=False)


def _version(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, sa.ForeignKey("tree_versions.hash"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "tree_plans",
        sa.Column("id", sa.Text, primary_key=True),
        _tree(),
        _version("version"),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("made_at", sa.Float, nullable=False),
        sa.Column("failed_at", sa.Float),
        sa.Column("findings", sa.Text, nullable=False, server_default="[]"),
    )
    op.create_index("ix_tree_plans_tree_at", "tree_plans", ["tree", "at"])
    op.create_table(
        "tree_trials",
        sa.Column("id", sa.Text, primary_key=True),
        _tree(),
        _version("a"),
        _version("b"),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("began_at", sa.Float, nullable=False),
        sa.Column("ended_at", sa.Float),
        sa.Column("ended_by", sa.Text, nullable=False, server_default=""),
        sa.Column("kept", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_tree_trials_tree_began_at", "tree_trials", ["tree", "began_at"])
