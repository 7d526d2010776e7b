"""Supervisors who look after some queues, and the queue a task comes from.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("queues", sa.Text, nullable=False, server_default=""))
    op.add_column("tasks", sa.Column("queue", sa.Text, nullable=True))
    op.create_index("ix_tasks_queue_state_due_at", "tasks", ["queue", "state", "due_at"])
