"""The tables of the spine: calls, tickets, customers, recordings, trees, people, audit.

Times are seconds since the epoch. Columns named after a call, agent, queue or customer hold ids of
calls.ids; they are no foreign keys, because a record outlives whom it speaks of.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

from storage.base import Base, BigId

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def text(name: str, default: str | None = "") -> sa.Column[str]:
    """A text that may be ''. ``default`` None: there is none, the row must bring it."""
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def maybe(name: str, kind: type[TypeEngine[Any]] = sa.Text) -> sa.Column[Any]:
    """Something that may be unknown."""
    return sa.Column(name, kind, nullable=True)


def time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float, nullable=False)


def count(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def flag(name: str, default: bool = False) -> sa.Column[bool]:
    return sa.Column(
        name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false()
    )


def key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def counted(name: str) -> sa.Column[int]:
    return sa.Column(name, BigId, primary_key=True, autoincrement=True)


def of(name: str, target: str, cascade: bool = True, part_of_key: bool = False) -> sa.Column[str]:
    """A row that belongs to another."""
    return sa.Column(
        name,
        sa.Text,
        sa.ForeignKey(target, ondelete="CASCADE" if cascade else None),
        primary_key=part_of_key,
        nullable=False,
    )


def index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def upgrade() -> None:
    op.get_context().opts["target_metadata"] = Base.metadata
    calls()
    messages()
    customers()
    tickets()
    recordings()
    trees()
    people()


def calls() -> None:
    op.create_table(
        "call_records",
        key("call"),
        text("number"),
        text("name"),
        text("dialled"),
        text("trunk"),
        maybe("tree"),
        text("tree_version"),
        maybe("language"),
        maybe("customer"),
        maybe("level"),
        time("started_at"),
        time("ended_at"),
        text("ended_by", None),
        text("cause"),
        text("outcome", None),
        maybe("queue"),
        maybe("first_queued_at", sa.Float),
        sa.Column("waited_s", sa.Float, nullable=False, server_default="0"),
        maybe("answered_at", sa.Float),
        maybe("agent"),
        maybe("device"),
        maybe("ring", sa.Integer),
        maybe("answer_s", sa.Float),
        sa.Column("talk_s", sa.Float, nullable=False, server_default="0"),
        maybe("within_rule", sa.Boolean),
        text("transferred_to"),
        count("gaps"),
        flag("reconciled"),
        # JSON: nodes, keys, variables, queues, scores, recordings, voicemails.
        text("detail", "{}"),
    )
    for columns in (
        ("started_at",),
        ("number", "started_at"),
        ("customer", "started_at"),
        ("queue", "started_at"),
        ("agent", "started_at"),
        ("outcome", "started_at"),
    ):
        index("call_records", *columns)
    op.create_table(
        "call_legs",
        of("call", "call_records.call", part_of_key=True),
        key("offer"),
        maybe("queue"),
        maybe("agent"),
        maybe("device"),
        count("attempt", 1),
        time("made_at"),
        maybe("rang_at", sa.Float),
        maybe("answered_at", sa.Float),
        maybe("talk_at", sa.Float),
        maybe("ended_at", sa.Float),
        maybe("missed"),
        maybe("ring", sa.Integer),
        maybe("ended_by"),
    )
    index("call_legs", "agent", "made_at")


def messages() -> None:
    # What a committed change asks of another room. Done once: (kind, key) is unique.
    op.create_table(
        "outbox",
        counted("id"),
        text("kind", None),
        text("key", None),
        text("payload", None),
        time("made_at"),
        maybe("done_at", sa.Float),
        count("tries"),
        text("error"),
        sa.UniqueConstraint("kind", "key", name="uq_outbox_kind_key"),
        sqlite_autoincrement=True,  # ticket_calls remembers these ids: never used twice
    )
    index("outbox", "kind", "done_at", "id")
    # How far each reader of the journal has come.
    op.create_table(
        "reader_positions",
        key("reader"),
        key("stream"),
        sa.Column("position", sa.BigInteger, nullable=False),
        time("at"),
    )


def customers() -> None:
    op.create_table(
        "customers",
        key("id"),
        text("name"),
        text("company"),
        text("level", "normal"),
        maybe("language"),
        text("region"),
        text("note"),
        time("created_at"),
        time("updated_at"),
    )
    index("customers", "name")
    op.create_table(
        "customer_numbers",
        key("number"),  # E.164 where it could be read
        of("customer", "customers.id", part_of_key=True),
        text("tail"),  # last eight digits, '' when shorter: similar numbers are found by it
        text("label"),
        flag("shared"),
        sqlite_with_rowid=False,
    )
    index("customer_numbers", "customer")
    index("customer_numbers", "tail")


def tickets() -> None:
    op.create_table(
        "tickets",
        counted("id"),
        text("kind", None),  # technical, service, sales, other
        text("state", "open"),
        count("priority"),
        text("titles", "{}"),  # JSON: language tag to title
        maybe("customer"),
        text("number"),
        maybe("queue"),
        maybe("level"),
        maybe("assignee"),
        text("rule"),
        time("opened_at"),
        maybe("due_at", sa.Float),
        time("updated_at"),
        maybe("closed_at", sa.Float),
        sqlite_autoincrement=True,  # callers are told these numbers: never used twice
    )
    for columns in (
        ("customer", "state", "kind"),
        ("number", "state", "kind"),
        ("state", "due_at"),
        ("assignee", "state"),
        ("opened_at",),
    ):
        index("tickets", *columns)
    op.create_table(
        "ticket_calls",
        key("call"),  # one call is on one ticket, whoever tells it how often
        sa.Column("ticket", BigId, sa.ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
        text("role", None),  # opened, joined
        time("at"),
        maybe("finished_at", sa.Float),
        sa.Column("outbox", BigId, nullable=True),
        sa.UniqueConstraint("outbox", name="uq_ticket_calls_outbox"),
    )
    index("ticket_calls", "ticket")
    op.create_table(
        "ticket_entries",
        counted("id"),
        sa.Column("ticket", BigId, sa.ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
        time("at"),
        text("who"),
        text("kind", None),  # call, note, state
        text("text"),
        maybe("call"),
    )
    index("ticket_entries", "ticket")


def recordings() -> None:
    op.create_table(
        "recordings",
        key("id"),
        text("call", None),
        text("kind", "talk"),  # talk, voicemail
        text("path"),  # relative to the recordings folder
        sa.Column("seconds", sa.Float, nullable=False, server_default="0"),
        sa.Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
        text("sha256"),
        text("flaw"),
        time("made_at"),
        maybe("queue"),
        maybe("agent"),
        maybe("offer"),
    )
    for columns in (("call",), ("made_at",), ("agent", "made_at"), ("kind", "made_at")):
        index("recordings", *columns)


def trees() -> None:
    op.create_table(
        "trees",
        key("id"),
        text("name"),
        text("draft"),
        text("draft_by"),
        time("created_at"),
        time("updated_at"),
    )
    op.create_table(
        "tree_versions",
        key("hash"),
        of("tree", "trees.id", cascade=False),
        text("document", None),
        time("published_at"),
        text("published_by"),
    )
    index("tree_versions", "tree", "published_at")
    op.create_table(
        "tree_current",
        of("tree", "trees.id", part_of_key=True),
        of("version", "tree_versions.hash", cascade=False),
        time("at"),
        text("by"),
    )


def people() -> None:
    op.create_table(
        "people",
        key("id"),  # what is typed at log-in
        text("name"),
        text("password_hash"),
        text("roles"),  # comma between: agent,supervisor,admin
        maybe("agent"),
        maybe("language"),
        flag("active", True),
        time("created_at"),
        time("updated_at"),
    )
    op.create_table(
        "web_sessions",
        key("id"),  # SHA-256 of the cookie, never the cookie
        of("person", "people.id"),
        text("csrf"),
        time("made_at"),
        time("seen_at"),
        time("expires_at"),
        text("address"),
    )
    index("web_sessions", "person")
    index("web_sessions", "expires_at")
    op.create_table(
        "audit",
        counted("id"),
        time("at"),
        text("who"),
        text("what", None),
        text("subject"),
        text("detail", "{}"),  # JSON
        text("address"),
    )
    index("audit", "at")
    index("audit", "who", "at")
    index("audit", "subject", "at")
