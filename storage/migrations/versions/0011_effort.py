"""What contacts cost those who called, beside the other figures of queues.

Counted from now on: of quarters of an hour before there is none, and none is shown.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    for name in ("efforts", "effort_steps"):
        op.add_column(
            "figures_queue", sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
        )
