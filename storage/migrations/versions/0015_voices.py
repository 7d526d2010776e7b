"""How good the voice was, leg by leg.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ways = [
        sa.Column(f"{way}_{name}", kind, nullable=name == "score")
        for way in ("came", "went")
        for name, kind in (
            ("packets", sa.Integer),
            ("loss", sa.Float),
            ("jitter_ms", sa.Float),
            ("score", sa.Float),
        )
    ]
    op.create_table(
        "voices",
        sa.Column("call", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("agent", sa.Text, nullable=True),
        sa.Column("device", sa.Text, nullable=True),
        *ways,
        sa.Column("round_trip_ms", sa.Float, nullable=True),
        sa.Column("score", sa.Float, nullable=True),
    )
    op.create_index("ix_voices_agent_at", "voices", ["agent", "at"])
    op.create_index("ix_voices_at", "voices", ["at"])
