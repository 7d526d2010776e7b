"""Follow-ups beside their tasks: what each is for, every try, and what she said."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _maybe(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def upgrade() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("task", _ID, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        _text("person"),
        sa.Column("pool", sa.Text, nullable=False),
        _maybe("level"),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("next_at", sa.Float, nullable=True),
        sa.Column("ended_at", sa.Float, nullable=True),
        _maybe("ending"),
        sa.Column("solved", sa.Boolean, nullable=True),
        sa.Column("score", sa.Integer, nullable=True),
        _text("opinion"),
        sa.PrimaryKeyConstraint("task", name="pk_follow_ups"),
        sa.ForeignKeyConstraint(
            ["task"], ["tasks.id"], name="fk_follow_ups_task_tasks", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_follow_ups_person", "follow_ups", ["person"])
    op.create_index("ix_follow_ups_opened_at", "follow_ups", ["opened_at"])
    op.create_table(
        "follow_up_reasons",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("task", _ID, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        _maybe("ticket"),
        _maybe("call"),
        sa.Column("score", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_follow_up_reasons"),
        sa.ForeignKeyConstraint(
            ["task"],
            ["follow_ups.task"],
            name="fk_follow_up_reasons_task_follow_ups",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_follow_up_reasons_task", "follow_up_reasons", ["task"])
    op.create_index("ix_follow_up_reasons_ticket", "follow_up_reasons", ["ticket"])
    op.create_table(
        "follow_up_tries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("task", _ID, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("ending", sa.Text, nullable=False),
        _text("note"),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up_tries"),
        sa.ForeignKeyConstraint(
            ["task"],
            ["follow_ups.task"],
            name="fk_follow_up_tries_task_follow_ups",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_follow_up_tries_task", "follow_up_tries", ["task"])
