"""The second factor of those who want one.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("second_secret", sa.Text, nullable=False, server_default=""))
    op.add_column(
        "people", sa.Column("second_used", sa.Integer, nullable=False, server_default="0")
    )
