"""Forms, plans, reviews and assessments of quality scoring."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _maybe(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float, nullable=True)


def upgrade() -> None:
    op.create_table(
        "review_forms",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        _text("document"),
        sa.Column("made_at", sa.Float, nullable=False),
        _text("made_by"),
    )
    op.create_table("review_plans", sa.Column("id", sa.Text, primary_key=True), _text("document"))
    op.create_table(
        "assessments",
        sa.Column("id", sa.Text, primary_key=True),
        _text("recording"),
        sa.Column("agent", sa.Text, nullable=True),
        sa.Column("queue", sa.Text, nullable=True),
        _text("kind"),
        _text("state"),
        sa.Column("plan", sa.Text, nullable=True),
        sa.Column("period", sa.Text, nullable=True),
        sa.Column("made_at", sa.Float, nullable=False),
        _maybe("score"),
        _flag("fatal"),
        _maybe("told_at"),
        _text("dispute", ""),
        _text("decision", ""),
        _text("decided_by", ""),
        sa.UniqueConstraint(
            "plan", "period", "recording", name="uq_assessments_plan_period_recording"
        ),
    )
    op.create_index("ix_assessments_agent_made_at", "assessments", ["agent", "made_at"])
    op.create_index("ix_assessments_state_made_at", "assessments", ["state", "made_at"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.Text, primary_key=True),
        _text("assessment"),
        _text("recording"),
        _text("form"),
        sa.Column("version", sa.Integer, nullable=False),
        _text("reviewer"),
        _maybe("done_at"),
        _maybe("score"),
        _flag("fatal"),
        _text("answers", "{}"),
        _text("comment", ""),
    )
    op.create_index("ix_reviews_assessment", "reviews", ["assessment"])
    op.create_index("ix_reviews_reviewer_done_at", "reviews", ["reviewer", "done_at"])
