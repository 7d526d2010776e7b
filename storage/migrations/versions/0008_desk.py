"""The desk behind a ticket: departments and owners, clocks, watchers, links, files, search."""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId
from storage.search_index import SearchIndex

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def of_ticket(name: str = "ticket", key: bool = True) -> sa.Column[int]:
    to = sa.ForeignKey("tickets.id", ondelete="CASCADE")
    return sa.Column(name, BigId, to, primary_key=key, nullable=False)


def upgrade() -> None:
    for column in (
        text("department"),  # departments.yaml
        text("owner"),  # who of the department has it, by log-in name
        sa.Column("answered_at", sa.Float),
        sa.Column("merged_into", BigId),
        sa.Column("merged_from_state", sa.Text),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    ):
        op.add_column("tickets", column)
    for columns in (("department", "state", "due_at"), ("owner", "state"), ("merged_into",)):
        op.create_index(f"ix_tickets_{'_'.join(columns)}", "tickets", list(columns))
    op.add_column("ticket_calls", sa.Column("came_from", BigId))
    op.add_column("ticket_entries", text("channel"))
    op.add_column("people", text("departments"))  # comma between
    clocks()
    beside()
    complaints()
    forms()
    search()


def clocks() -> None:
    op.create_table(
        "ticket_clocks",
        of_ticket(),
        sa.Column("kind", sa.Text, primary_key=True),  # reach, answer
        sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("started_at", sa.Float, nullable=False),
        sa.Column("budget_s", sa.Float, nullable=False),
        sa.Column("warn_s", sa.Float, nullable=False),
        sa.Column("used_s", sa.Float, nullable=False, server_default="0"),
        sa.Column("since", sa.Float),
        text("cause"),
        sa.Column("due_at", sa.Float),
        sa.Column("warn_at", sa.Float),
        sa.Column("stopped_at", sa.Float),
        sa.Column("warned_at", sa.Float),
        sa.Column("late_at", sa.Float),
    )
    op.create_index("ix_ticket_clocks_due_at", "ticket_clocks", ["due_at"])
    op.create_index("ix_ticket_clocks_warn_at", "ticket_clocks", ["warn_at"])


def beside() -> None:
    op.create_table("ticket_watchers", of_ticket(), sa.Column("who", sa.Text, primary_key=True))
    op.create_index("ix_ticket_watchers_who", "ticket_watchers", ["who"])
    op.create_table(
        "ticket_links",
        of_ticket(),
        of_ticket("other"),
        sa.Column("kind", sa.Text, nullable=False),
        text("who"),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "ticket_files",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        of_ticket(key=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        text("who"),
    )
    op.create_index("ix_ticket_files_ticket", "ticket_files", ["ticket"])
    op.create_index("ix_ticket_files_sha256", "ticket_files", ["sha256"])


def complaints() -> None:
    op.create_table(
        "complaints",
        of_ticket(),
        sa.Column("received_at", sa.Float, nullable=False),
        sa.Column("month", sa.Text, nullable=False),  # 2026-11, on the hotline's wall
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("stands", sa.Boolean),
        sa.Column("category", sa.Text),
        text("department"),
        text("assignee"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    )
    op.create_index("ix_complaints_state", "complaints", ["state"])
    op.create_index("ix_complaints_received_at", "complaints", ["received_at"])
    op.create_table(
        "complaint_steps",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column(
            "ticket",
            BigId,
            sa.ForeignKey("complaints.ticket", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        text("who"),
        text("text"),
    )
    op.create_index("ix_complaint_steps_ticket", "complaint_steps", ["ticket"])


def forms() -> None:
    op.create_table(
        "form_versions",
        sa.Column("form", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("document", sa.Text, nullable=False),  # JSON Schema
        sa.Column("at", sa.Float, nullable=False),
        text("by"),
    )
    op.create_table(
        "filled_forms",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("ticket", BigId, sa.ForeignKey("tickets.id", ondelete="CASCADE")),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("at", sa.Float, nullable=False),
        text("who"),
    )
    op.create_index("ix_filled_forms_ticket", "filled_forms", ["ticket"])
    op.create_index("ix_filled_forms_form_at", "filled_forms", ["form", "at"])


def search() -> None:
    op.create_table(
        "ticket_unindexed",
        sa.Column("ticket", BigId, primary_key=True, autoincrement=False),
        sa.Column("mark", sa.Integer, nullable=False, server_default="1"),
    )
    connection = op.get_bind()
    SearchIndex("ticket_words").create(connection)
    # What is there already becomes findable, too.
    connection.execute(
        sa.text("INSERT INTO ticket_unindexed (ticket, mark) SELECT id, 1 FROM tickets")
    )
