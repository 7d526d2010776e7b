"""The figures added up: a row for each quarter of an hour and each queue, agent, node of a tree.

Made of the records there are when the hotline next starts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERVED = "answered in_rule ruled ring_1 ring_2 ring_3 ring_later answer_ms talk_ms"
JUDGED = "scored satisfied score_sum repeated"
QUEUE = f"""calls offered abandoned {SERVED} waited_ms wrap_up_ms abandoned_in_menu self_service
    voicemail transferred rescued refused callback callback_failed {JUDGED}"""
MISSED = """rang_out rejected busy not_registered never_rang caller_left withdrawn failed
    answered_elsewhere not_accepted"""
TIMES = """ready_ms offered_ms talking_ms wrap_up_ms not_ready_ms not_responding_ms"""
AGENT = f"""{SERVED} rung talks ring_ms {" ".join(f"missed_{kind}" for kind in MISSED.split())}
    {JUDGED} {TIMES}"""
NODE = "visits left served"


def upgrade() -> None:
    of("figures_queue", QUEUE, sa.Column("waits", sa.Text, nullable=False, server_default=""))
    of("figures_agent", AGENT)
    of("figures_node", NODE)


def of(table: str, measures: str, *more: sa.Column[str]) -> None:
    op.create_table(
        table,
        sa.Column("slot", sa.BigInteger, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
            for name in measures.split()
        ),
        *more,
        sqlite_with_rowid=False,
    )
