"""The second factor of those who want one.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("second_secret", sa.Text, nullable=False, server_default=""))
    op.add_column(
        "people", sa.Column("second_used", sa.Integer, nullable=False, server_default="0")
    )
