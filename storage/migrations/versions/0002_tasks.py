"""Tasks: what somebody of the house has to do by a certain time."""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),  # calls.tasks.TaskKind
        sa.Column("owner", sa.Text, nullable=False),  # agent:a8001, person:li, role:supervisor
        sa.Column("state", sa.Text, nullable=False, server_default="open"),
        sa.Column("titles", sa.Text, nullable=False, server_default="{}"),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("updated_at", sa.Float, nullable=False),
        sa.Column("due_at", sa.Float),
        sa.Column("escalated_at", sa.Float),
        sa.Column("ticket", sa.Text),
        sa.Column("call", sa.Text),
        sa.Column("customer", sa.Text),
        sa.Column("number", sa.Text, nullable=False, server_default=""),
        sa.Column("outcome", sa.Text, nullable=False, server_default=""),
        sa.Column("closed_by", sa.Text, nullable=False, server_default=""),
        sa.Column("closed_at", sa.Float),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.UniqueConstraint("key", name="uq_tasks_key"),
        sqlite_autoincrement=True,
    )
    for columns in (("owner", "state", "due_at"), ("state", "due_at"), ("ticket",), ("customer",)):
        op.create_index(f"ix_tasks_{'_'.join(columns)}", "tasks", list(columns))
