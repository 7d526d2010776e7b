"""The knowledge base: articles, their versions, what was said of them, and their words.

``call`` of a use is '' outside any call, so that it can be part of the key.
"""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId
from storage.search_index import SearchIndex

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("latest", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("published", sa.Integer),
        sa.Column("published_at", sa.Float),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("review_at", sa.Float),
        sa.Column("opened", sa.Integer, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_owner", "articles", ["owner"])
    op.create_index("ix_articles_review_at", "articles", ["review_at"])
    op.create_table(
        "article_versions",
        _of_article(part_of_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("keywords", sa.Text, nullable=False, server_default="[]"),  # JSON
        sa.Column("queues", sa.Text, nullable=False, server_default="[]"),  # JSON
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "article_uses",
        _of_article(part_of_key=True),
        sa.Column("who", sa.Text, primary_key=True),
        sa.Column("call", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("ticket", sa.Text),
        sa.Column("verdict", sa.Text),
    )
    op.create_table(
        "article_remarks",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        _of_article(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("settled_by", sa.Text, nullable=False, server_default=""),
        sa.Column("settled_at", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_article_remarks_article", "article_remarks", ["article"])
    SearchIndex("article_words").create(op.get_bind())


def _of_article(part_of_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "article",
        BigId,
        sa.ForeignKey("articles.id", ondelete="CASCADE"),
        primary_key=part_of_key,
        autoincrement=False,
        nullable=False,
    )
